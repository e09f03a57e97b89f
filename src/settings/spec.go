package settings

import (
	"fmt"
	"io"
	"strings"
)

// specHead stands above the settings in inputs.conf.spec.
const specHead = `# The settings of an input of CloudTrail Anomaly, as its page has them. This file is made from the program's own table of settings.
#
# Splunk's own settings hold here as for every input, among them:
#   interval    how often the input runs: seconds, or a cron schedule of five fields. The app sets 900.
#   index       the index that the events go to.
#   sourcetype  left as the app sets it: each event names its own, aws:cloudtrail:anomaly or aws:cloudtrail:anomaly:run.

[ct_anomaly://<name>]
* Tells what principals in AWS do for the first time, from CloudTrail's log files.
* Give logs or cloudtrail_bucket, and an index; all else has a default or is found. A setting that is not here is reached by config.
* No secret belongs here: credential names an entry of storage/passwords.
`

// Spec writes README/inputs.conf.spec of the app: the settings that Arguments gives, in that order.
func Spec(w io.Writer) error {
	var b strings.Builder
	b.WriteString(specHead)
	for _, r := range table {
		if r.title == "" {
			continue
		}
		fmt.Fprintf(&b, "\n%s = %s\n", r.name, r.kind.inSpec())
		for _, s := range r.sentences() {
			fmt.Fprintf(&b, "* %s\n", s)
		}
		allowed := "Allowed"
		if r.many {
			allowed = "Allowed for each"
		}
		fmt.Fprintf(&b, "* %s: %s.\n", allowed, r.allowed)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the spec of the settings: %w", err)
	}
	return nil
}

// inSpec is the word for a value in the way of Splunk's own .spec files.
func (k kind) inSpec() string {
	switch k {
	case boolean:
		return "<boolean>"
	case days, count:
		return "<non-negative integer>"
	case daysOrAll:
		return "[<non-negative integer>|all]"
	case list, globs, cidrs:
		return "<comma-separated list>"
	}
	return "<string>"
}
