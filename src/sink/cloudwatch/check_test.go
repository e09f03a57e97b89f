package cloudwatch

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/sink/cloudwatch/cloudwatchtest"
)

// between stands before moto and answers some calls itself.
func between(t *testing.T, answers func(w http.ResponseWriter, operation string, form bool) bool) string {
	endpoint := os.Getenv("CT_MOTO")
	if endpoint == "" {
		t.Skip("CT_MOTO names no moto server; make check-aws starts one")
	}
	to, err := url.Parse(cloudwatchtest.Door(t, endpoint))
	require.NoError(t, err)
	moto := httputil.NewSingleHostReverseProxy(to)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		_, operation, rpc := strings.Cut(r.URL.Path, "/operation/")
		if form, err := url.ParseQuery(string(body)); !rpc && err == nil {
			operation = form.Get("Action")
		}
		if !answers(w, operation, !rpc) {
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			moto.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestCheckSaysWhatIsToBeDone(t *testing.T) {
	subscribed := ""
	endpoint := between(t, func(w http.ResponseWriter, operation string, form bool) bool {
		if operation != "ListSubscriptionsByTopic" || subscribed == "" {
			return false
		}
		fmt.Fprintf(w, `<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>%s</Subscriptions>
</ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`, subscribed)
		return true
	})
	cfg := in(t, endpoint, "740000000006", "eu-central-1")
	ctx := t.Context()
	o := AlarmOptions{Config: cfg, Namespace: "Sec", Rules: []string{"log_deletion"}}
	check := func() []discern.Check { return OpenAlarms(o).Check(ctx) }

	require.Equal(t, []discern.Check{
		{What: "CloudWatch alarms", On: "Sec", OK: true, Result: "there are none of ct_anomaly's; run ct_anomaly setup alarms to have them"},
	}, check())
	_, err := OpenAlarms(o).Setup(ctx, false)
	require.NoError(t, err)
	require.Equal(t, []discern.Check{{What: "CloudWatch alarms", On: "Sec", OK: true, Result: "6 are there, 0 of them raised now; 6 tell nobody"}}, check())

	o.Email = "soc@example.com"
	require.Equal(t, []discern.Check{
		{What: "CloudWatch alarms", On: "Sec", Result: "6 of 6 tell nobody", Mend: runSetup},
		{What: "alarm_email", On: "Sec", Result: "there is no SNS topic ct-anomaly-alarms in eu-central-1", Mend: runSetup},
	}, check())
	_, err = OpenAlarms(o).Setup(ctx, false)
	require.NoError(t, err)
	for _, c := range check() {
		require.True(t, c.OK, "%+v", c)
	}

	// An address whose mail was not answered yet: AWS is not asked to send another.
	subscribed = `<member><Protocol>email</Protocol><Endpoint>SOC@example.com</Endpoint><SubscriptionArn>PendingConfirmation</SubscriptionArn></member>`
	steps, err := OpenAlarms(o).Setup(ctx, false)
	require.NoError(t, err)
	require.Empty(t, steps)
	c := check()[1]
	require.False(t, c.OK)
	require.Contains(t, c.Mend, "open the link in the mail")
	subscribed = `<member><Protocol>email</Protocol><Endpoint>other@example.com</Endpoint><SubscriptionArn>arn:x</SubscriptionArn></member>`
	require.Equal(t, "soc@example.com is not subscribed to SNS topic ct-anomaly-alarms", check()[1].Result)

	o.Rules = []string{"log_deletion", "stop_logging"}
	require.Equal(t, discern.Check{What: "CloudWatch alarms", On: "Sec", Result: "there is none for Rule=stop_logging", Mend: runSetup}, check()[0])
}

// The role of a run may not look at alarms, which is no fault of it; where setup may not, the missing statement is told.
func TestRefusalsOfSetup(t *testing.T) {
	refused := ""
	endpoint := between(t, func(w http.ResponseWriter, operation string, form bool) bool {
		if operation != refused {
			return false
		}
		if form {
			w.Header().Set("Content-Type", "text/xml")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>`)
			return true
		}
		cloudwatchtest.Refuse(w, http.StatusForbidden, "AccessDenied")
		return true
	})
	cfg := in(t, endpoint, "740000000007", "eu-central-1")
	ctx := t.Context()
	alarms := OpenAlarms(AlarmOptions{Config: cfg, Namespace: "Sec", Email: "soc@example.com"})
	for _, c := range []struct{ operation, action string }{
		{"DescribeAlarms", "cloudwatch:DescribeAlarms"}, {"CreateTopic", "sns:CreateTopic"}, {"Subscribe", "sns:Subscribe"},
		{"ListSubscriptionsByTopic", "sns:ListSubscriptionsByTopic"}, {"PutMetricAlarm", "cloudwatch:PutMetricAlarm"},
	} {
		refused = c.operation
		_, err := alarms.Setup(ctx, false)
		require.ErrorContains(t, err, `"Action":"`+c.action+`"`)
	}
	refused = ""
	_, err := alarms.Setup(ctx, false)
	require.NoError(t, err, "it goes on where it was refused")
	refused = "DescribeAlarms"
	checks := alarms.Check(ctx)
	require.True(t, checks[0].OK)
	require.Contains(t, checks[0].Result, "not looked at: that needs rights which a run does not")
	require.True(t, checks[1].OK)
	for _, operation := range []string{"DeleteAlarms", "DeleteTopic"} {
		refused = operation
		_, _, err := alarms.Drop(ctx, false)
		require.ErrorContains(t, err, operation)
	}
	refused = ""
	_, _, err = alarms.Drop(ctx, false)
	require.NoError(t, err)
}
