package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// watched runs detect and gives what it told by account, and its coverage.
func (o *organization) watched(t *testing.T, code int, args ...string) (said, map[string][]discern.Event, map[string]discern.Coverage) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "coverage.jsonl")
	r := at(t, today, append([]string{"detect", "anomaly", "--output", "json", "--coverage", file, "--state", t.TempDir(), "--learning-days", "5"}, args...)...)
	require.Equal(t, code, r.code, r.err)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	by := map[string][]discern.Event{}
	for _, e := range events(t, r.out) {
		by[e.AccountID] = append(by[e.AccountID], e)
	}
	return r, by, coverages(t, string(text))
}

// untouched wants all accounts but one looked at as ever.
func (o *organization) untouched(t *testing.T, but string, told map[string][]discern.Event, covered map[string]discern.Coverage) {
	t.Helper()
	for _, m := range o.members {
		if m.id != but {
			require.Equal(t, discern.StatusOK, covered[m.id].Status, "%+v", covered[m.id])
			require.Empty(t, covered[m.id].Warnings)
			require.Len(t, told[m.id], 1)
		}
	}
}

// TestAWSOneAccountsFaultIsItsOwn: of 30 accounts one can't be looked at; all others are.
func TestAWSOneAccountsFaultIsItsOwn(t *testing.T) {
	o := organize(t, 30)
	o.begin(t)
	bad := o.other().id
	central := []string{"--logs", "s3://" + trailBucket, "--organizations-account-id", o.management, "--athena-account-id", o.home}
	local := []string{"--logs", "s3://" + trailBucket, "--organizations-account-id", o.management, "--athena-account-id", "{account}"}
	for _, c := range []struct {
		name        string
		args        []string
		spoil, mend func()
		code        string
		says        []string
	}{
		{"a role that lost its policy", local, func() {
			_, err := iam.NewFromConfig(o.in(bad)).DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{RoleName: aws.String("CT_AthenaRole"), PolicyName: aws.String("run")})
			require.NoError(t, err)
		}, func() {}, discern.CodeAccessDenied, []string{"arn:aws:iam::" + bad + ":role/CT_AthenaRole is refused s3:ListBucket on arn:aws:s3:::" + trailBucket}},
		{"a listing that fails", central, func() {
			o.instead(func(c wireCall) *wireFault {
				if c.operation == "ListObjectsV2" && accountIn(c.path) == bad {
					return &wireFault{500, "InternalError"}
				}
				return nil
			})
		}, func() { o.instead(nil) }, discern.CodeInternal, []string{"list s3://" + trailBucket + "/central/AWSLogs/" + o.id + "/" + bad}},
		{"files that can't be read", central, func() {
			o.instead(func(c wireCall) *wireFault {
				if c.operation == "GetObject" && accountIn(c.path) == bad {
					return &wireFault{403, "AccessDenied"}
				}
				return nil
			})
		}, func() { o.instead(nil) }, discern.CodeAccessDenied, []string{"s3:GetObject", bad}},
		{"no folder in the bucket", central, func() { o.empty(t, bad) }, func() {}, discern.CodeNoFiles, []string{bad + "/CloudTrail/ holds nothing"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o.authorise(t, false)
			o.install(t, o.policy(t, c.args...), "", "")
			c.spoil()
			o.authorise(t, true)
			defer c.mend()
			r, told, covered := o.watched(t, exitPartly, c.args...)
			o.untouched(t, bad, told, covered)
			require.Empty(t, told[bad])
			require.Equal(t, []string{discern.StatusFailed, c.code}, []string{covered[bad].Status, covered[bad].ErrorCode}, covered[bad].Error)
			require.NotEmpty(t, covered[bad].NextStep)
			for _, says := range c.says {
				require.Contains(t, covered[bad].Error, says)
				require.Contains(t, r.err, says)
			}
			require.Equal(t, discern.StatusPartial, covered["*"].Status)
			require.Contains(t, covered["*"].Error, "1 of 30 accounts were not looked at to the end ("+bad+")")
		})
	}
}

// TestAWSAnEstimateThatFails: what could not be counted is said, by name, and of what can't be known at all nothing is said.
func TestAWSAnEstimateThatFails(t *testing.T) {
	o := organize(t, 4)
	o.begin(t)
	bad := map[string]bool{o.other().id: true}
	o.instead(func(c wireCall) *wireFault {
		if c.operation == "ListObjectsV2" && bad[accountIn(c.path)] {
			return &wireFault{500, "InternalError"}
		}
		return nil
	})
	file := filepath.Join(t.TempDir(), "coverage.jsonl")
	run := func(code int) (said, discern.Coverage) {
		t.Helper()
		s := must(t, code, "detect", "anomaly", "--coverage", file, "--state", t.TempDir(), "--logs", "s3://"+trailBucket, "--organizations-account-id", o.management)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return s, coverages(t, string(text))["*"]
	}
	s, whole := run(exitPartly)
	without := "what is to be read is estimated without 1 of the 4 accounts asked for it; the first: account " + o.other().id
	require.Contains(t, s.err, "warning: "+without)
	require.Contains(t, strings.Join(whole.Warnings, "\n"), without)
	require.Contains(t, s.err, "To be read first: 11 days, 8 files")

	for _, m := range o.members {
		bad[m.id] = true
	}
	s, whole = run(exitFailed)
	require.Contains(t, strings.Join(whole.Warnings, "\n"), "without 4 of the 4 accounts")
	require.NotContains(t, s.err, "To be read first")
}

// empty removes an account's log files.
func (o *organization) empty(t *testing.T, account string) {
	t.Helper()
	api := s3.NewFromConfig(o.in(o.home), pathStyled)
	listed, err := api.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(trailBucket)})
	require.NoError(t, err)
	for _, object := range listed.Contents {
		if accountIn(*object.Key) == account {
			_, err := api.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(trailBucket), Key: object.Key})
			require.NoError(t, err)
		}
	}
}

// TestAWSAccountsSideBySide: never more accounts at once than configured, and more than one.
func TestAWSAccountsSideBySide(t *testing.T) {
	o := organize(t, 30)
	o.begin(t)
	o.slow("", 20*time.Millisecond)
	for _, c := range []struct {
		limit []string
		most  int
	}{{nil, 8}, {[]string{"--max-concurrent-accounts", "3"}, 3}, {[]string{"--max-concurrent-accounts", "1"}, 1}} {
		o.taken()
		_, told, _ := o.watched(t, exitDone, append([]string{"--logs", "s3://" + trailBucket}, c.limit...)...)
		require.Len(t, told, len(o.members))
		require.LessOrEqual(t, o.mostAtOnce(), c.most)
		require.Equal(t, c.most > 1, o.mostAtOnce() > 1)
	}
}

// slow delays the calls of an operation, or all, that ask for an account's files.
func (w *wire) slow(operation string, by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sluggish, w.delay = operation, by
}

// mostAtOnce is for how many accounts' files was asked at once, since calls were taken last.
func (w *wire) mostAtOnce() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.most
}

// TestAWSARunEndsWithinItsTime: a run that can't come to its end says so by account, tells what it found, and the next goes on.
func TestAWSARunEndsWithinItsTime(t *testing.T) {
	o := organize(t, 30)
	o.begin(t)
	state := t.TempDir()
	logs := []string{"--logs", "s3://" + trailBucket, "--state", state, "--max-concurrent-accounts", "2"}
	o.slow("GetObject", 700*time.Millisecond)
	began := time.Now()
	r, first, covered := o.watched(t, exitPartly, append(logs, "--run-timeout", "10s")...)
	require.Less(t, time.Since(began), 20*time.Second, r.err)
	require.NotEmpty(t, first, r.err)
	require.Less(t, len(first), len(o.members))
	require.Equal(t, discern.CodeDeadline, covered["*"].ErrorCode)
	for _, m := range o.members {
		c := covered[m.id]
		if len(first[m.id]) == 0 {
			require.Equal(t, discern.CodeDeadline, c.ErrorCode, "%+v", c)
			require.Contains(t, c.NextStep, "the next run goes on")
		}
	}
	o.slow("", 0)
	_, second, _ := o.watched(t, exitDone, logs...)
	for _, m := range o.members {
		require.Len(t, append(first[m.id], second[m.id]...), 1, m.id)
	}
}

// TestAWSAStoppedRunIsGoneOnWith: a run that is interrupted loses nothing and tells nothing twice.
func TestAWSAStoppedRunIsGoneOnWith(t *testing.T) {
	o := organize(t, 10)
	o.begin(t)
	state := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	o.instead(func(c wireCall) *wireFault {
		if c.operation == "GetObject" && strings.Contains(c.path, o.members[6].id) {
			stop()
		}
		return nil
	})
	detect := []string{"detect", "anomaly", "--output", "json", "--state", state, "--learning-days", "5", "--logs", "s3://" + trailBucket, "--max-concurrent-accounts", "1"}
	cut := atWith(ctx, today, state, nil, detect...)
	require.NotEqual(t, exitDone, cut.code, cut.err)
	o.instead(nil)
	rest := must(t, exitDone, detect...)
	require.Len(t, ids(t, append(events(t, cut.out), events(t, rest.out)...)), len(o.members))
	require.NotEmpty(t, events(t, cut.out))
}
