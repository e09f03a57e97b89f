package cloudwatch

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/sink/cloudwatch/cloudwatchtest"
)

// pages answers DescribeAlarms with 250 alarms of ours, a hundred a page, and notes what is deleted.
type pages struct {
	t       *testing.T
	asked   int
	deleted []int // how many, by call
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, rpc := strings.Cut(r.URL.Path, "/operation/")
	if !rpc {
		p.form(w, r)
		return
	}
	in, err := cloudwatchtest.Read(r)
	if err != nil {
		p.t.Error(err)
	}
	out := cbor.Map{}
	switch operation {
	case "DescribeAlarms":
		p.asked++
		from := 0
		if token, ok := in["NextToken"].(cbor.String); ok {
			_, _ = fmt.Sscan(string(token), &from)
		}
		var page cbor.List
		for i := from; i < min(from+100, 250); i++ {
			name := fmt.Sprintf("ct_anomaly Sec rule r%03d", i)
			page = append(page, cbor.Map{"AlarmName": cbor.String(name), "AlarmArn": cbor.String("arn:" + name)})
		}
		out["MetricAlarms"] = page
		if from+100 < 250 {
			out["NextToken"] = cbor.String(fmt.Sprint(from + 100))
		}
	case "ListTagsForResource":
		out["Tags"] = cbor.List{cbor.Map{"Key": cbor.String(tagMade), "Value": cbor.String(madeBy)}}
	case "DeleteAlarms":
		p.deleted = append(p.deleted, len(in["AlarmNames"].(cbor.List)))
	}
	cloudwatchtest.Write(w, http.StatusOK, out)
}

// form answers STS, and SNS, which has no topic.
func (p *pages) form(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/xml")
	if r.FormValue("Action") == "GetCallerIdentity" {
		fmt.Fprint(w, `<GetCallerIdentityResponse><GetCallerIdentityResult>
<Arn>arn:aws:iam::111122223333:user/base</Arn><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
		return
	}
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprint(w, `<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>no</Message></Error></ErrorResponse>`)
}

func TestMoreAlarmsThanAPageHas(t *testing.T) {
	p := &pages{t: t}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	alarms := OpenAlarms(AlarmOptions{Config: connect(t, server.URL, "eu-central-1").Base(), Namespace: "Sec"})
	steps, notes, err := alarms.Drop(t.Context(), false)
	require.NoError(t, err)
	require.Empty(t, notes)
	require.Equal(t, 250, len(steps))
	require.Equal(t, 3, p.asked)
	require.Equal(t, []int{100, 100, 50}, p.deleted)
}
