package main

import (
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
	"cloudtrail_anomaly/src/sink/cloudwatch/cloudwatchtest"
	"cloudtrail_anomaly/src/sink/hec/hectest"
)

// What must be seen nowhere.
const (
	secretKey      = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYhushhush00"
	sessionToken   = "IQoJb3JpZ2luX2VjEHUSH/ABC+def=="
	assumedKey     = "assumed/K7MDENG/bPxRfiCYhushhush00000000"
	assumedToken   = "IQoJassumed/HUSH+def=="
	secretExternal = "hush-external-4711"
)

// A parrot is as much of AWS as a run needs besides S3. What it refuses it refuses with all that it was sent, as AWS's SignatureDoesNotMatch does and as
// proxies do.
type parrot struct {
	mu     sync.Mutex
	refuse []string       // operations
	code   string         // of its errors
	asked  map[string]int // by operation
}

func (p *parrot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, operation, rpc := strings.Cut(r.URL.Path, "/operation/")
	_, target, isJSON := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var body []byte
	if !rpc {
		body, _ = io.ReadAll(r.Body)
	}
	form, _ := url.ParseQuery(string(body))
	operation = either(operation, either(target, form.Get("Action")))
	p.asked[operation]++
	quoted := fmt.Sprintf("The Canonical String for this request should have been 'POST %v %s %v'", r.Header, body, form)
	switch refused := slices.Contains(p.refuse, operation) || isJSON; { // of Organizations all
	case refused && rpc:
		cloudwatchtest.Write(w, http.StatusBadRequest, cbor.Map{"__type": cbor.String("com.amazonaws.cloudwatch#" + p.code), "message": cbor.String(quoted)})
	case refused && isJSON:
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"__type":"AccessDeniedException","message":%q}`, quoted)
	case refused:
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>`, p.code, html.EscapeString(quoted))
	case rpc:
		cloudwatchtest.Write(w, http.StatusOK, cbor.Map{})
	default:
		w.Header().Set("Content-Type", "text/xml")
		_, _ = fmt.Fprintf(w, `<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>`, operation, p.answer(operation, form))
	}
}

func (p *parrot) answer(operation string, form url.Values) string {
	switch operation {
	case "AssumeRole":
		return fmt.Sprintf(`<Credentials><AccessKeyId>ASIAASSUMED000000000</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>%s</SessionToken><Expiration>%s</Expiration></Credentials>`,
			assumedKey, assumedToken, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	case "PublishBatch":
		return `<Successful><member><Id>` + form.Get("PublishBatchRequestEntries.member.1.Id") + `</Id><MessageId>m</MessageId></member></Successful><Failed/>`
	case "GetTopicAttributes":
		return `<Attributes><entry><key>SubscriptionsConfirmed</key><value>1</value></entry></Attributes>`
	}
	return `<Arn>arn:aws:iam::111122223333:user/collector</Arn><UserId>AIDAEXAMPLE</UserId><Account>111122223333</Account>`
}

// kept is what lies in a folder, all files one after the other.
func kept(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	}))
	return all.String()
}

// TestNoSecretIsSeen: neither in what runs print, at the most talkative, nor in events, coverage and state, whether all goes well or those who are called
// quote what they were sent. Only policy shows the external id, as it writes the trust policies that ask for it.
func TestNoSecretIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		refuse []string
		code   string
		hec    int // the code that the collector answers with
		want   int
	}{
		"all goes well":                {nil, "", 0, exitDone},
		"the sinks refuse":             {[]string{"PublishBatch", "PutMetricData"}, "AccessDenied", 4, exitFailed},
		"the sinks fail":               {[]string{"PublishBatch", "PutMetricData"}, "InternalFailure", 10, exitFailed},
		"the signatures do not match":  {[]string{"PublishBatch", "PutMetricData"}, "SignatureDoesNotMatch", 6, exitFailed},
		"no role is given":             {[]string{"AssumeRole"}, "AccessDenied", 0, exitFailed},
		"roles fail":                   {[]string{"AssumeRole"}, "ValidationError", 0, exitFailed},
		"the keys are not known":       {[]string{"GetCallerIdentity"}, "InvalidClientTokenId", 0, exitFailed},
		"the signature does not match": {[]string{"GetCallerIdentity"}, "SignatureDoesNotMatch", 0, exitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			bare(t)
			collector := hectest.New(t)
			if c.hec != 0 {
				collector.Fail(hectest.Fault{Code: c.hec, Echo: true, Times: hectest.Ever})
			}
			p := &parrot{refuse: c.refuse, code: c.code, asked: map[string]int{}}
			front := athenatest.New(t)
			aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "/operation/") || r.Header.Get("X-Amz-Target") != "" || strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
					p.ServeHTTP(w, r)
					return
				}
				front.ServeHTTP(w, r) // S3
			}))
			defer aws.Close()
			front.MakeBucket(trailBucket)
			for _, minute := range []string{"20261110T0905", "20261120T0905"} {
				front.Put(trailBucket, named(minute), zipped(document(record(call{at: minute[:4] + "-" + minute[4:6] + "-" + minute[6:8] + "T09:00:00Z", user: "alice", action: "Act" + minute[6:8]}))))
			}
			for variable, value := range map[string]string{"AWS_ENDPOINT_URL": aws.URL, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": secretKey,
				"AWS_SESSION_TOKEN": sessionToken, "AWS_MAX_ATTEMPTS": "1", "CT_ANOMALY_HEC_TOKEN": collector.Token} {
				t.Setenv(variable, value)
			}
			dir := t.TempDir()
			config := configured(t, fmt.Sprintf("logs: s3://%s\naws:\n  roleExternalId: %s\n  athena: {accountId: '444455556666'}\n  snsTopicArn: %s\n  cloudwatchNamespace: Sec\n  hecUrl: %s\n",
				trailBucket, secretExternal, topicARN, collector.URL))
			run := func(args ...string) said {
				return do(t, slices.Concat([]string{"--verbosity", "debug", "--config", config}, args)...)
			}
			detect := []string{"detect", "anomaly", "--learning-days", "0", "--state", filepath.Join(dir, "state"), "--coverage", filepath.Join(dir, "coverage"), "--output", "json"}
			first := run(detect...)
			require.Equal(t, c.want, first.code, first.err)
			detect[len(detect)-1] = "table"
			seen := []said{first, run(detect...), run("doctor"), run("detect", "records"), run("setup", "all", "--dry-run"), run("teardown", "--dry-run")}
			if c.want == exitDone {
				require.NotEmpty(t, events(t, first.out))
				require.Positive(t, min(p.asked["AssumeRole"], p.asked["PublishBatch"], p.asked["PutMetricData"]), "%v", p.asked)
				require.NotEmpty(t, collector.Indexed())
			} else {
				require.Positive(t, p.asked[c.refuse[0]], "%v\n%s", p.asked, first.err)
			}
			all := kept(t, dir)
			for _, e := range collector.Envelopes() {
				all += string(e.Event) + e.Source + e.Host
			}
			for _, s := range seen {
				all += s.out + s.err
			}
			for _, s := range seen {
				require.NotEqual(t, exitUsage, s.code, s.err)
			}
			for _, secret := range []string{secretKey, sessionToken, assumedKey, assumedToken, secretExternal, collector.Token} {
				for _, spelt := range []string{secret, url.QueryEscape(secret), html.EscapeString(secret)} {
					require.False(t, strings.Contains(all, spelt), "%s is to be seen: …%s", spelt, around(all, spelt))
				}
			}
		})
	}
}

// around is a text's part around another.
func around(text, part string) string {
	i := strings.Index(text, part)
	return text[max(i-300, 0):min(max(i, 0)+60, len(text))]
}
