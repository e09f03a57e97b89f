package logs_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
)

func TestFind(t *testing.T) {
	const name = "/CloudTrail/us-east-1/2026/11/22/x.json.gz"
	trail := func(prefix, organization string) logs.Trail {
		return logs.Trail{Bucket: aBucket, Region: "us-east-1", Prefix: prefix, Organization: organization}
	}
	many := func(n int, form string) (keys []string) {
		for i := range n {
			keys = append(keys, fmt.Sprintf(form, i))
		}
		return keys
	}
	tests := []struct {
		name, prefix, organization string
		keys                       []string
		want                       logs.Trail
		fault                      string
	}{
		{"an account's", "", "", []string{"AWSLogs/111122223333" + name}, trail("", ""), ""},
		{"an organization's", "", "", []string{"AWSLogs/o-example/111122223333" + name}, trail("", "o-example"), ""},
		{"below a prefix", "", "", []string{"some/deep/prefix/AWSLogs/o-example/111122223333" + name, "other/x.txt"}, trail("some/deep/prefix", "o-example"), ""},
		{"a prefix is given", "some/", "", []string{"some/prefix/AWSLogs/1" + name, "AWSLogs/2" + name}, trail("some/prefix", ""), ""},
		{"a prefix like the folder in it", "CloudTrail", "", []string{"CloudTrail/AWSLogs/1" + name}, trail("CloudTrail", ""), ""},
		{"down to AWSLogs", "some/AWSLogs", "", []string{"some/AWSLogs/1" + name}, trail("some", ""), ""},
		{"down to the organization", "AWSLogs/o-two/", "", []string{"AWSLogs/o-one/1" + name, "AWSLogs/o-two/1" + name}, trail("", "o-two"), ""},
		{"down to the region", "AWSLogs/o-two/1/CloudTrail/us-east-1", "", []string{"AWSLogs/o-two/1" + name}, trail("", "o-two"), ""},
		{"down to an account", "/AWSLogs/2/", "", []string{"AWSLogs/1" + name, "AWSLogs/2" + name, "AWSLogs/o-one/1" + name}, trail("", ""), ""},
		{"two organizations", "", "", []string{"AWSLogs/o-one/1" + name, "AWSLogs/o-two/1" + name}, logs.Trail{},
			"several trails: give one of s3://" + aBucket + "/AWSLogs/o-one/, s3://" + aBucket + "/AWSLogs/o-two/"},
		{"one of two is given", "", "o-two", []string{"AWSLogs/o-one/1" + name, "AWSLogs/o-two/1" + name}, trail("", "o-two"), ""},
		{"an account's beside an organization's", "", "", []string{"AWSLogs/1" + name, "AWSLogs/o-two/1" + name}, logs.Trail{}, "several trails"},
		{"the account's of the two", "AWSLogs", "", []string{"AWSLogs/1" + name, "AWSLogs/o-two/1" + name}, trail("", ""), ""},
		{"two prefixes", "", "", []string{"a/AWSLogs/1" + name, "b/AWSLogs/1" + name}, logs.Trail{}, "s3://" + aBucket + "/a/AWSLogs/, s3://" + aBucket + "/b/AWSLogs/"},
		{"other services beside it", "", "", []string{"AWSLogs/1/elasticloadbalancing/x.gz", "AWSLogs/1/CloudTrail-Digest/x.gz", "AWSLogs/2" + name, "AWSLogs/o-x/3/Config/x.gz"}, trail("", ""), ""},
		{"nothing", "", "", nil, logs.Trail{}, "there is no folder AWSLogs/ in or below s3://" + aBucket + "/"},
		{"nothing of CloudTrail", "", "", []string{"AWSLogs/1/Config/x.gz"}, logs.Trail{}, `there are "1" in AWSLogs/`},
		{"another organization", "", "o-other", []string{"AWSLogs/o-one/1" + name}, logs.Trail{}, `below AWSLogs/o-other/ (there are "o-one" in AWSLogs/): is organization_id right?`},
		{"far too many folders", "", "", many(200, "data-%03d/x"), logs.Trail{}, "looked into 50 folders"},
		{"far too deep", "", "", []string{"a/b/c/d/e/AWSLogs/1" + name}, logs.Trail{}, "no folder AWSLogs/"},
		{"many accounts", "", "", many(1500, "AWSLogs/%012d"+name), trail("", ""), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newCloud(t)
			for _, key := range test.keys {
				c.put(key, []byte("x"))
			}
			found, err := logs.Find(t.Context(), c.config(), logs.Trail{Bucket: aBucket, Prefix: test.prefix, Organization: test.organization})
			require.LessOrEqual(t, c.count(), 51)
			if test.fault != "" {
				require.ErrorIs(t, err, logs.ErrNoTrail)
				require.ErrorContains(t, err, test.fault)
				return
			}
			require.NoError(t, err)
			if found.Region == "" {
				found.Region = "us-east-1" // the stand-in names none
			}
			require.Equal(t, test.want, found)
		})
	}
}

func TestABucketOfAnotherRegion(t *testing.T) {
	c := newCloud(t)
	c.region = "eu-central-2"
	c.fileAt(anAccount, "us-east-1", now.Add(-time.Hour))
	trail, err := logs.Find(t.Context(), c.config(), logs.Trail{Bucket: aBucket})
	require.NoError(t, err)
	require.Equal(t, "eu-central-2", trail.Region)
	for _, given := range []logs.Trail{trail, {Bucket: aBucket}} {
		b, err := logs.OpenBucket(logs.BucketOptions{Config: c.config(), Trail: given, AccountID: anAccount, Now: func() time.Time { return now }})
		require.NoError(t, err)
		require.Len(t, drain(t, b).Sightings, 1)
	}
	c.disturb = func(w http.ResponseWriter, _ *http.Request, operation, _ string) bool {
		w.Header().Set("x-amz-bucket-region", c.region)
		return operation == "HeadBucket" && refuse(w, http.StatusForbidden, "", "")
	}
	trail, err = logs.Find(t.Context(), c.config(), logs.Trail{Bucket: aBucket})
	require.NoError(t, err, "the region is told to those too who may not ask")
	require.Equal(t, "eu-central-2", trail.Region)
	_, err = logs.Find(t.Context(), c.config(), logs.Trail{Bucket: "another"})
	require.Error(t, err)
}

func TestAccountsRegionsAndDays(t *testing.T) {
	c := newCloud(t)
	trail := logs.Trail{Bucket: aBucket, Region: "us-east-1"}
	for i := range 1200 {
		c.put(fmt.Sprintf("AWSLogs/%012d/CloudTrail/us-east-1/x", i), nil)
	}
	c.put("AWSLogs/o-example/1/x", nil)
	accounts, err := logs.Accounts(t.Context(), c.config(), trail)
	require.NoError(t, err)
	require.Len(t, accounts, 1200)
	require.Equal(t, "000000000000", accounts[0])
	for d := range 5 {
		for range 2 {
			c.fileAt(anAccount, []string{"us-east-1", "il-central-1"}[d%2], now.AddDate(0, 0, -d))
		}
	}
	regions, err := logs.Regions(t.Context(), c.config(), trail, anAccount)
	require.NoError(t, err)
	require.Equal(t, []string{"il-central-1", "us-east-1"}, regions)
	days, err := logs.Days(t.Context(), c.config(), trail, anAccount, now.AddDate(0, 0, -3).Unix(), now.Unix())
	require.NoError(t, err)
	require.Len(t, days, 3)
	midnight := now.Add(-12 * time.Hour)
	require.Equal(t, midnight.AddDate(0, 0, -3).Unix(), days[0].Start)
	require.Equal(t, 1, days[0].Files)
	require.Positive(t, days[0].Bytes)
	days, err = logs.Days(t.Context(), c.config(), trail, anAccount, 0, 0)
	require.NoError(t, err)
	require.Len(t, days, 5)
}

func TestProbeBucket(t *testing.T) {
	c := newCloud(t)
	probe := func(trail logs.Trail) (logs.Taste, error) { return logs.ProbeBucket(t.Context(), c.config(), trail) }
	given := logs.Trail{Bucket: aBucket}
	_, err := probe(given)
	require.ErrorContains(t, err, "logs: there is no folder AWSLogs/")
	_, err = probe(logs.Trail{Bucket: "nowhere"})
	require.ErrorContains(t, err, "logs: there is no bucket nowhere")
	c.disturb = func(w http.ResponseWriter, r *http.Request, _, _ string) bool {
		if r.Method == http.MethodHead { // S3's answers to it have no body, and one to keys that have expired has no region
			w.WriteHeader(http.StatusBadRequest)
		}
		return r.Method == http.MethodHead
	}
	_, err = probe(given)
	require.EqualError(t, err, "logs: S3 does not take a call for bucket "+aBucket+" (HTTP status 400): the credentials have most likely expired, so renew them; else see endpoint_url and aws_region")
	c.disturb = nil
	key := c.fileAt(anAccount, "us-east-1", now)
	tasted, err := probe(given)
	require.NoError(t, err)
	require.Regexp(t, regexp.QuoteMeta(key)+" was opened; its first record is of 20", tasted.String())
	require.LessOrEqual(t, c.count("GetObject"), 1)
	c.disturb = refusing("KMS", key)
	_, err = probe(given)
	require.ErrorContains(t, err, "allow kms:Decrypt")
	c.disturb = nil
	for content, fault := range map[string]string{"garbled": "not valid JSON", string(zipped([]byte(`{"Events":[]}`))): "not a CloudTrail log file",
		string(zipped(document())[:20]): "the file ends too early"} {
		c.put(key, []byte(content))
		tasted, err = probe(given)
		require.NoError(t, err, "others may be better")
		require.Contains(t, tasted.Fault, fault)
		require.Contains(t, tasted.String(), key+" can't be read: ")
	}
	c.put(key, zipped([]byte(`{"Records":[]}`)))
	tasted, err = probe(given)
	require.NoError(t, err)
	require.Contains(t, tasted.String(), "holds no record")
	c.remove(key)
	c.put(strings.TrimSuffix(key, ".json.gz"), nil)
	_, err = probe(given)
	require.ErrorContains(t, err, "there is no log file")
}
