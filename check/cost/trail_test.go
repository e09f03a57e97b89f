package cost

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const trailBucket = "org-trail"

var regions = [regionsEnabled]string{"us-east-1", "us-west-2", "eu-west-1", "eu-central-1", // the active ones
	"us-east-2", "us-west-1", "ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
	"eu-west-2", "eu-west-3", "eu-north-1", "sa-east-1"}

// A logfile is one of an account: the n-th of an hour in an active region.
type logfile struct {
	account         string
	hour, region, n int
}

// logfiles are those delivered in an hour.
func logfiles(account string, hour int) iter.Seq[logfile] {
	return func(yield func(logfile) bool) {
		for r := range regionsActive {
			for n := range filesAnHour {
				if !yield(logfile{account, hour, r, n}) {
					return
				}
			}
		}
	}
}

// delivered is the minute in a file's name.
func (f logfile) delivered() time.Time {
	return at(float64(f.hour)).Add(time.Duration(f.n) * time.Hour / filesAnHour)
}

// key is where CloudTrail puts a file.
func (f logfile) key() string { return keyOf(f.account, regions[f.region], f.delivered()) }

func keyOf(account, region string, delivered time.Time) string {
	return path.Join("AWSLogs", account, "CloudTrail", region, delivered.Format("2006/01/02"),
		fmt.Sprintf("%s_CloudTrail_%s_%s_%s.json.gz", account, region, delivered.Format("20060102T1504Z"), "AbCdEfGhIjKlMnOp"))
}

// A record is one in a log file.
type record struct {
	p      int
	action string
	time   time.Time
	id     string
}

// records are what a file holds: of each pair of the hour a record in each quarter. The nine or six others that a pair has in an hour would
// change no call, and are left out.
func (w workload) records(f logfile) iter.Seq[record] {
	return func(yield func(record) bool) {
		const perQuarter = filesAnHour / quarters
		i := -1
		for p, action := range w.pairs(f.hour) {
			if i++; i%regionsActive != f.region || i/regionsActive%perQuarter != f.n%perQuarter {
				continue
			}
			r := record{p, action, f.delivered().Add(-4*time.Minute + time.Duration(i%60)*time.Second), fmt.Sprintf("%d-%d-%d", f.hour, f.n, i)}
			if !yield(r) {
				return
			}
		}
	}
}

// body is a file as CloudTrail writes it, filled up to the size of the model.
func (w workload) body(f logfile, noise string) []byte {
	var packed bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	fmt.Fprint(zip, `{"Records":[`)
	comma := ""
	for r := range w.records(f) {
		id, role := roleID(f.account, r.p), fmt.Sprintf("app-%03d", r.p)
		source, name, _ := strings.Cut(r.action, ":")
		fmt.Fprintf(zip, `%s{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"%s:worker","arn":"arn:aws:sts::%[3]s:assumed-role/%[4]s/worker",`+
			`"accountId":"%[3]s","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"%[2]s","arn":"arn:aws:iam::%[3]s:role/%[4]s",`+
			`"accountId":"%[3]s","userName":"%[4]s"}}},"eventTime":"%[5]s","eventSource":"%[6]s","eventName":"%[7]s","awsRegion":"%[8]s","sourceIPAddress":"192.0.2.1",`+
			`"userAgent":"aws-cli/2","eventID":"%[9]s","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"%[3]s","eventCategory":"Management"}`,
			comma, id, f.account, role, r.time.Format(time.RFC3339), source, name, regions[f.region], r.id)
		comma = ","
	}
	_ = zip.Flush() // into memory
	missing := max(0, bytesOfFile-packed.Len()-64)
	fmt.Fprintf(zip, `],"unused":"%s"}`, noise[:missing*4/3])
	_ = zip.Close()
	return packed.Bytes()
}

// noise can't be packed, but for what base64 adds.
func noise() string {
	raw := make([]byte, 2*bytesOfFile)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(raw) // never fails
	return base64.StdEncoding.EncodeToString(raw)
}

// A trail is the log files of some accounts as they lie on the disk, a folder for each quarter of an hour.
type trail struct {
	workload
	dir           string
	accounts      []string
	before, hours int // the measured day begins between the two
}

// How many hours before the measured day are looked at by a run, and by the sweep.
const (
	hoursOfLookback = 2
	hoursOfSweep    = 24*sweepDays + hoursOfLookback
)

// deliver writes the log files of some hours of the measured day and before it. What was looked at before is not read again: these files
// have a size alone.
func (w workload) deliver(t *testing.T, accounts, before, hours int) trail {
	t.Helper()
	tr := trail{workload: w, dir: t.TempDir(), before: before, hours: hours}
	for i := range accounts {
		tr.accounts = append(tr.accounts, fmt.Sprintf("1111222233%02d", i))
	}
	filler := noise()
	for _, account := range tr.accounts {
		for hour := -before; hour < hours; hour++ {
			for f := range logfiles(account, hour) {
				name := filepath.Join(tr.folder(f.delivered()), filepath.FromSlash(f.key()))
				require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
				if hour < 0 {
					require.NoError(t, os.WriteFile(name, nil, 0o644))
					require.NoError(t, os.Truncate(name, bytesOfFile))
				} else {
					require.NoError(t, os.WriteFile(name, w.body(f, filler), 0o644))
				}
				require.NoError(t, os.Chtimes(name, f.delivered(), f.delivered()))
			}
		}
	}
	return tr
}

// folder holds what was delivered in the same quarter of an hour.
func (tr trail) folder(delivered time.Time) string {
	return filepath.Join(tr.dir, fmt.Sprint(delivered.Truncate(time.Hour/quarters).Unix()))
}
