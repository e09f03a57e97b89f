package apptest

import (
	"os/exec"
	"strings"
	"testing"

	"cloudtrail_anomaly/src/splunkd/splunkdtest"
)

// BenchmarkAnswers is how long splunkd waits for the packed program's answers, process and all; splunkd asks for each input when it starts.
func BenchmarkAnswers(b *testing.B) {
	s := splunk(b, splunkdtest.Options{})
	for _, argument := range []string{"--scheme", "--validate-arguments"} {
		b.Run(argument, func(b *testing.B) {
			for b.Loop() {
				c := exec.Command(s.Executable(), argument)
				c.Stdin = strings.NewReader(`<items><server_uri>https://127.0.0.1:9</server_uri><item name="x"><param name="logs">demo:</param></item></items>`)
				if out, err := c.Output(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
			}
		})
	}
}
