package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/demo"
	"cloudtrail_anomaly/src/discern"
)

// caller answers what a run asks of STS, and that there is no organization.
func caller(w http.ResponseWriter, r *http.Request) {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"AWSOrganizationsNotInUseException","Message":"no organization"}`)
		return
	}
	fmt.Fprint(w, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/test</Arn>`+
		`<UserId>AIDAEXAMPLE</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
}

// onFront lets commands speak with a front.
func onFront(t *testing.T, f *athenatest.Front) []string {
	t.Helper()
	f.Fallback(http.HandlerFunc(caller))
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": "/dev/null",
		"AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
	return []string{"--endpoint-url", f.URL, "--aws-region", "us-east-1"}
}

// comparable takes from an event what may differ between engines: run, time of detection, window, and how wide it is new where accounts are
// looked at one by one.
func comparable(t *testing.T, lines string, trim string) []string {
	t.Helper()
	var told []string
	for _, e := range events(t, lines) {
		e.RunID, e.DetectedAt, e.LateSeconds, e.WindowStart, e.WindowEnd = "", "", 0, "", ""
		if e.Scope == discern.ScopeOrganization {
			e.Scope, e.Severity, e.SeverityReason = discern.ScopeAccount, "", ""
		}
		if e.Scope == discern.ScopeAccount {
			e.Severity, e.SeverityReason, e.Reason = "", "", ""
		}
		for i := range e.LogFiles {
			e.LogFiles[i] = strings.TrimPrefix(e.LogFiles[i], trim)
		}
		text, err := json.Marshal(e)
		require.NoError(t, err)
		told = append(told, string(text))
	}
	slices.Sort(told)
	return told
}

// sameTold names what only one side tells, a few of them.
func sameTold(t *testing.T, want, got []string, said string) {
	t.Helper()
	const few = 3
	only := func(these, those []string) (some []string) {
		for _, e := range these {
			if !slices.Contains(those, e) && len(some) < few {
				some = append(some, e)
			}
		}
		return some
	}
	require.Empty(t, only(want, got), "told by files alone; Athena said\n%.2000s", said)
	require.Empty(t, only(got, want), "told by Athena alone")
	require.Len(t, got, len(want))
}

// doAt runs a command at a time.
func doAt(t *testing.T, now time.Time, args ...string) said {
	t.Helper()
	var out, err bytes.Buffer
	d := &door{in: strings.NewReader(""), out: &out, err: &err, now: func() time.Time { return now }, home: func() (string, error) { return t.TempDir(), nil }}
	code := d.enter(t.Context(), args)
	require.Contains(t, []int{exitDone, exitPartly}, code, err.String())
	return said{code, out.String(), err.String()}
}

// TestAthenaTellsWhatFilesTell: the demo organization, seen by Athena and in its files, gives the same anomalies: in a first run, and when the
// three days after it, with the intrusion at their end, are caught up in one.
func TestAthenaTellsWhatFilesTell(t *testing.T) {
	f := athenatest.Start(t)
	var (
		end    = today.AddDate(0, 0, -1).Truncate(24 * time.Hour)
		first  = today.AddDate(0, 0, -3)
		folder = []string{"--state", t.TempDir()}
		athena = append(onFront(t, f), "--state", t.TempDir(), "--cloudtrail-bucket", "logs", "--athena-bucket", "results")
		detect = []string{"detect", "anomaly", "--output", "json", "--learning-days", "5", "--history-days", "all"}
	)
	for _, now := range []time.Time{first, today} {
		logs := t.TempDir()
		story, err := demo.Write(t.Context(), demo.Options{Dir: logs, Seed: 3, End: end, Days: 14, Until: now})
		require.NoError(t, err)
		f.PutLogs("logs", "", logs)
		must(t, exitDone, slices.Concat([]string{"setup", "athena"}, athena[:4], athena[6:])...)

		fromFiles := doAt(t, now, slices.Concat(detect, folder, []string{"--logs", logs})...)
		fromAthena := doAt(t, now, slices.Concat(detect, athena)...)
		sameTold(t, comparable(t, fromFiles.out, ""), comparable(t, fromAthena.out, "s3://logs/"), fromAthena.err)
		require.Equal(t, story.ToCome == 0, now == today)
		require.NotEmpty(t, fromAthena.out)
	}
}
