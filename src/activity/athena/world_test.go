package athena

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/rules"
)

const me = "111122223333"

var trail = Trail{Bucket: "logs"}

// noon is when tests run: 21 November 2026, 12:00 UTC.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// config is one by which the SDK calls the front.
func config(f *athenatest.Front) aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(f.URL), HTTPClient: &http.Client{Transport: new(http.Transport)}, RetryMaxAttempts: 3,
		Credentials:    credentials.NewStaticCredentialsProvider("AKIAPROGRAM000000000", "secret", ""),
		ServiceOptions: []func(string, any){func(_ string, o any) { pathStyle(o) }},
	}
}

func pathStyle(o any) {
	if o, ok := o.(*s3.Options); ok {
		o.UsePathStyle = true
	}
}

// bucket is the reader of log files as the door wires it to the port.
type bucket struct {
	*logs.Bucket
	cfg     aws.Config
	trail   logs.Trail
	account string
}

func (b *bucket) Regions(ctx context.Context) ([]string, error) {
	return logs.Regions(ctx, b.cfg, b.trail, b.account)
}

func (b *bucket) Days(ctx context.Context, from, to int64) ([]Day, error) {
	found, err := logs.Days(ctx, b.cfg, b.trail, b.account, from, to)
	var days []Day
	for _, d := range found {
		days = append(days, Day(d))
	}
	return days, err
}

func match(r *cloudtrail.Record, matched func(rule, instance, address string)) {
	for _, rule := range rules.All() {
		if m, ok := rule.Match(r); ok {
			matched(m.Rule, m.Instance, m.Address)
		}
	}
}

// options look at account 111122223333, from an hour before noon.
func options(t *testing.T, f *athenatest.Front) Options {
	t.Helper()
	cfg := config(f)
	o := Options{
		Config: cfg, Trail: trail, AccountID: me, Rules: true, After: noon.Unix() - 3600, Now: func() time.Time { return noon },
		Pause: func(ctx context.Context, _ time.Duration) error { return wait(ctx, time.Millisecond) },
	}
	o.Files = filesOf(t, cfg, o, match)
	return o
}

func filesOf(t *testing.T, cfg aws.Config, o Options, match func(*cloudtrail.Record, func(rule, instance, address string))) Files {
	t.Helper()
	at := logs.Trail{Bucket: o.Trail.Bucket, Prefix: o.Trail.Prefix, Organization: o.Trail.Organization, Region: "eu-west-1"}
	b, err := logs.OpenBucket(logs.BucketOptions{
		Config: cfg, Trail: at, AccountID: o.AccountID, Now: o.Now, Account: o.Account, Category: o.Category, Match: match, From: 1, After: o.After, Lookback: o.Lookback, Sweep: o.Sweep, Since: o.Since,
	})
	require.NoError(t, err)
	return &bucket{b, cfg, at, o.AccountID}
}

func open(t *testing.T, o Options) *Log {
	t.Helper()
	l, err := Open(t.Context(), o)
	require.NoError(t, err)
	return l
}

// all gives all pieces to the end.
func all(t *testing.T, a discern.Activity) []*discern.Piece {
	t.Helper()
	var pieces []*discern.Piece
	for {
		p, err := a.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return pieces
		}
		require.NoError(t, err)
		pieces = append(pieces, p)
	}
}

// key is where a log file of an account lies that was delivered at a time.
func key(account, region string, delivered time.Time, unique string) string {
	return fmt.Sprintf("AWSLogs/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_%s.json.gz", account, region, delivered.Format(dayForm), account, region, delivered.Format(nameForm), unique)
}

type record map[string]any

// file is a log file of these records.
func file(t *testing.T, records ...any) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{"Records": records})
	require.NoError(t, err)
	return zipped(t, text)
}

func zipped(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	_, err := zip.Write(text)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	return b.Bytes()
}

// call is a record of an IAM user's call.
func call(id, at, action string) record {
	source, name, _ := strings.Cut(action, ":")
	return record{
		"eventID": id, "eventTime": at, "eventSource": source + ".amazonaws.com", "eventName": name, "awsRegion": "us-east-1", "recipientAccountId": me,
		"userIdentity": record{"type": "IAMUser", "principalId": "AIDAEXAMPLE000000001", "accountId": me, "userName": "ana"},
	}
}

// answers has a front without an engine answer each SELECT with these rows, and a million bytes scanned.
func answers(f *athenatest.Front, rows ...[]*string) {
	f.Answer(func(string) (athenatest.Answer, error) { return answer(rows...), nil })
}

func answer(rows ...[]*string) athenatest.Answer {
	a := athenatest.Answer{Rows: rows, Scanned: 1_000_000}
	for _, c := range resultColumns {
		a.Columns = append(a.Columns, athenatest.Column{Name: c, Type: "varchar"})
	}
	return a
}

// Rows as the query gives them, of the file someFile.
var someFile = key(me, "us-east-1", noon.Add(-30*time.Minute), "a")

func fileRow(class string, n int) []*string {
	short := strings.TrimPrefix("s3://logs/"+someFile, trail.Base(me))
	row := athenatest.Values("file", me, "2026-11-21T11", "", "", class, "", "", short, "2026-11-21T11:01:00Z", "2026-11-21T11:09:00Z", fmt.Sprint(n), fmt.Sprint(n), "", "")
	row[3], row[4], row[6], row[7], row[13], row[14] = nil, nil, nil, nil, nil, nil
	return row
}

func pairRow(principal, action string, n int) []*string {
	short, _ := json.Marshal([]string{strings.TrimPrefix("s3://logs/"+someFile, trail.Base(me))})
	row := athenatest.Values("pair", me, "2026-11-21T11", principal, action, "ok", "", "", "", "2026-11-21T11:01:00Z", "2026-11-21T11:09:00Z", fmt.Sprint(n), fmt.Sprint(n), string(short), "")
	row[6], row[7], row[8], row[14] = nil, nil, nil, nil
	return row
}
