package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/sink/cloudwatch/cloudwatchtest"
)

// Meters are as much of AWS as counting needs: they say who calls, and add up what is put, by namespace and dimension.
type meters struct {
	url string

	mu      sync.Mutex
	refuse  string // the code of the error that each call is answered with
	counted map[string]float64
	regions map[string]bool // that requests were signed for
}

func startMeters(t *testing.T) *meters {
	t.Helper()
	bare(t)
	a := &meters{counted: map[string]float64{}, regions: map[string]bool{}}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	a.url = server.URL
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	return a
}

func (a *meters) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !strings.HasSuffix(r.URL.Path, "/operation/PutMetricData") {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = fmt.Fprint(w, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/w</Arn>`+
			`<UserId>AIDAEXAMPLE</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
		return
	}
	if a.refuse != "" {
		cloudwatchtest.Refuse(w, http.StatusForbidden, a.refuse)
		return
	}
	if scope := strings.Split(r.Header.Get("Authorization"), "/"); len(scope) > 2 { // key, day, region, service
		a.regions[scope[2]] = true
	}
	in, err := cloudwatchtest.Read(r)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, datum := range in["MetricData"].(cbor.List) {
		d := datum.(cbor.Map)
		of := string(in["Namespace"].(cbor.String)) + " " + string(d["MetricName"].(cbor.String))
		if dimensions, ok := d["Dimensions"].(cbor.List); ok {
			for _, dimension := range dimensions {
				of += fmt.Sprintf(" %s=%s", dimension.(cbor.Map)["Name"], dimension.(cbor.Map)["Value"])
			}
		}
		a.counted[of] += float64(d["Value"].(cbor.Float64))
	}
	cloudwatchtest.Write(w, http.StatusOK, cbor.Map{})
}

// workshop are log files such as the activity generator of SID341 leaves: a trail is made, stopped and deleted, a log group is deleted, and the
// credentials of an instance are used. Below the first folder, which stands for the bucket; the key of each.
func workshop(t *testing.T) (bucket string, keys []string) {
	t.Helper()
	bucket = t.TempDir()
	deeds := []deed{
		{role: "gen", action: "cloudtrail.amazonaws.com:CreateTrail"}, {role: "gen", action: "cloudtrail.amazonaws.com:StopLogging"},
		{role: "gen", action: "cloudtrail.amazonaws.com:DeleteTrail"}, {role: "gen", action: "logs.amazonaws.com:DeleteLogGroup"},
		{role: "instance", session: "i-0d34db33f0d34db33", action: "s3.amazonaws.com:GetBucketPolicy"},
	}
	for i, d := range deeds {
		d.account, d.at = "111122223333", today.Add(-1)
		keys = append(keys, named(fmt.Sprintf("20261122T11%02d", i)))
		put(t, bucket, keys[i], zipped(document(d.record())))
	}
	return bucket, keys
}

// TestMatchesOfDetectRecordsAreCounted, rule by rule, as the events of detect anomaly are.
func TestMatchesOfDetectRecordsAreCounted(t *testing.T) {
	a := startMeters(t)
	bucket, _ := workshop(t)
	r := must(t, exitDone, "detect", "records", bucket, "--cloudwatch-namespace", "reInvent2017/SID341", "--aws-region", "ca-central-1")
	require.Len(t, lines(t, r.out), 4)
	require.Contains(t, r.err, "4 matches counted in reInvent2017/SID341 in ca-central-1.\n")
	const metric = "reInvent2017/SID341 AnomaliesDetected"
	want := map[string]float64{
		metric: 4, metric + " AnomalyType=rule": 4, metric + " AccountId=111122223333": 4,
		metric + " Rule=log_deletion": 2, metric + " Rule=stop_logging": 1, metric + " Rule=instance_credentials": 1,
	}
	require.Equal(t, want, a.counted)
	require.Equal(t, map[string]bool{"ca-central-1": true}, a.regions)

	must(t, exitDone, "detect", "records", filepath.Join(t.TempDir()), "--cloudwatch-namespace", "reInvent2017/SID341")
	require.Equal(t, want, a.counted, "where nothing is found nothing is put")
	refused := must(t, exitUsage, "detect", "records", bucket, "--cloudwatch-namespace", "AWS/reInvent2017/SID341")
	require.Contains(t, refused.err, "begins with AWS/, which CloudWatch keeps for AWS's own services")
	must(t, exitDone, "detect", "records", bucket)
	require.Equal(t, want, a.counted, "without a namespace nothing is counted")
}

// TestMatchesThatCantBeCounted are printed all the same, and the run fails.
func TestMatchesThatCantBeCounted(t *testing.T) {
	a := startMeters(t)
	bucket, _ := workshop(t)
	args := []string{"detect", "records", bucket, "--cloudwatch-namespace", "reInvent2017/SID341"}
	a.refuse = "AccessDenied"
	r := must(t, exitFailed, args...)
	require.Len(t, lines(t, r.out), 4)
	require.Contains(t, r.err, "the matches are printed, and not counted in CloudWatch: 0 of 4 matches are counted: ")
	require.Contains(t, r.err, `"Action":"cloudwatch:PutMetricData"`, "the mend")

	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	r = must(t, exitFailed, args...)
	require.Len(t, lines(t, r.out), 4)
	require.Contains(t, r.err, "not counted in CloudWatch: ")
	require.Empty(t, a.counted)

	t.Setenv("AWS_ENDPOINT_URL", a.url)
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	r = must(t, exitUsage, args...)
	require.Contains(t, r.err, "say in which region the matches are to be counted: --aws-region REGION")
	require.Empty(t, r.out, "said before anything is read")
	r = must(t, exitUsage, "teardown", "--dry-run", "--cloudwatch-namespace", "reInvent2017/SID341")
	require.Contains(t, r.err, "teardown: say in which region the alarms are: --aws-region REGION", "in a region that was guessed there would be none")
}
