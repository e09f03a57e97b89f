package athena

import (
	"regexp"
	"time"
)

// pathForm is how a log file's path ends: <region>/YYYY/MM/DD/<account>_CloudTrail_<region>_<minute>_<unique>.json.gz, the minute being that of
// delivery (AWS CloudTrail User Guide, "CloudTrail log file name format").
var pathForm = regexp.MustCompile(`/([a-z0-9-]+)/\d{4}/\d{2}/\d{2}/[^/]*?(?:_CloudTrail_[a-z0-9-]+_(\d{8}T\d{4}Z)_[^/]*)?$`)

// labelOf is what a log file's path tells: its region, and when it was delivered in Unix seconds, 0 where it does not say.
func labelOf(path string) (region string, delivered int64) {
	m := pathForm.FindStringSubmatch(path)
	if m == nil {
		return "", 0
	}
	if t, err := time.Parse(nameForm, m[2]); err == nil {
		delivered = t.Unix()
	}
	return m[1], delivered
}
