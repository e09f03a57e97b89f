package evidence

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// FuzzEvidence says that whatever stands in a request, a policy or a record, evidence is made without a panic and stays short.
func FuzzEvidence(f *testing.F) {
	policy := `{"Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::b"}}}]}`
	for _, c := range sharingCalls {
		name, _, _ := strings.Cut(c.names, " ")
		request := policy
		for _, part := range slices.Backward(c.path) {
			request = `{"` + part + `":{"items":[` + request + `,"*",{"userId":"1","content":"all"}]}}`
		}
		f.Add(c.source, name, request)
	}
	for _, o := range objectFields {
		f.Add(o.source, "DeleteX", `{"bucketName":"b","`+o.path[0]+`":[{"`+o.path[len(o.path)-1]+`":"x"},[1],null,true,7]}`)
	}
	f.Add("iam", "CreateAccessKey", `[[[{}]],"\ud800","`+strings.Repeat("ö", 200)+`"]`)
	f.Fuzz(func(t *testing.T, source, name, content string) {
		source, name = quoted(t, source+".amazonaws.com"), quoted(t, name)
		text := quoted(t, content)
		places := []string{`"requestParameters":{"policy":` + text + `,"policyDocument":` + text + `,"userName":` + text + `},"userAgent":` + text}
		if json.Valid([]byte(content)) {
			places = append(places, `"requestParameters":`+content, `"resources":`+content+`,"additionalEventData":`+content,
				`"eventID":`+content+`,"userIdentity":`+content+`,"userAgent":`+content)
		}
		for _, place := range places {
			record := `{"eventTime":"2024-05-06T07:08:09Z","recipientAccountId":"1","eventSource":` + source + `,"eventName":` + name + `,` + place + `}`
			_, err := cloudtrail.NewReader().Read(context.Background(), strings.NewReader(`{"Records":[`+record+`]}`), func(r *cloudtrail.Record) error {
				requireShort(t, Of(r))
				return nil
			})
			require.NoError(t, err)
		}
	})
}

// requireShort holds evidence to its limits.
func requireShort(t *testing.T, e discern.Record) {
	t.Helper()
	for _, list := range [][]string{e.Objects, e.SharedWith} {
		require.LessOrEqual(t, len(list), fewStrings)
		sorted := slices.Sorted(slices.Values(list))
		require.Len(t, slices.Compact(sorted), len(list), "%q", list)
		require.NotContains(t, list, "")
	}
	require.NotContains(t, e.SharedWith, e.Account)
	for _, s := range append([]string{
		e.EventID, e.Account, e.PrincipalType, e.PrincipalARN, e.PrincipalName, e.SessionName, e.AccessKeyID, e.OnBehalfOf, e.InvokedBy,
		e.EventSource, e.EventName, e.EventType, e.EventCategory, e.ErrorCode, e.ObjectType, e.Region, e.SourceIPAddress, e.UserAgent,
		e.UserAgentFamily, e.VPCEndpointID,
	}, append(e.Objects, e.SharedWith...)...) {
		require.LessOrEqual(t, len(s), shortBytes)
		require.True(t, utf8.ValidString(s), "%q", s)
	}
}
