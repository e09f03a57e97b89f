package logs

import (
	"regexp"
	"strings"
	"time"
)

// A label is what a log file's path tells.
type label struct {
	account   string
	region    string
	delivered int64 // the minute in the file's name; 0 where it has none
}

// fileName is CloudTrail's file name format (AWS CloudTrail User Guide, "CloudTrail log file name format"), for example
// 111122223333_CloudTrail_us-east-2_20150801T0210Z_Mu0KsOhtH1ar15ZZ.json.gz.
var fileName = regexp.MustCompile(`^([^_/]+)_CloudTrail_([a-z0-9-]+)_(\d{8}T\d{4})Z_[^/]*$`)

// labelOf reads a path such as [prefix/]AWSLogs/[o-…/]<account>/CloudTrail/<region>/YYYY/MM/DD/<name>. A loose file is placed by
// its name alone, or not at all.
func labelOf(path string) label {
	parts := strings.Split(path, "/")
	name := parts[len(parts)-1]
	var l label
	if m := fileName.FindStringSubmatch(name); m != nil {
		l.account, l.region = m[1], m[2]
		if t, err := time.Parse("20060102T1504", m[3]); err == nil {
			l.delivered = t.Unix()
		}
	}
	for i := len(parts) - 3; i > 0; i-- {
		if parts[i] == "CloudTrail" {
			l.account, l.region = parts[i-1], parts[i+1]
			break
		}
	}
	return l
}

// sidecar names what CloudTrail writes beside its log files: other things that are no log files and hold nothing to judge.
func sidecar(path string) string {
	for _, kind := range [...]string{"CloudTrail-Digest", "CloudTrail-Insight", "CloudTrail-Aggregated"} {
		if strings.Contains("/"+path, "/"+kind+"/") || strings.Contains(path, "_"+kind+"_") {
			return kind + " file"
		}
	}
	return ""
}

// logFile tells whether a file's name is that of a log file.
func logFile(name string) bool {
	return strings.HasSuffix(name, ".json.gz") || strings.HasSuffix(name, ".json")
}
