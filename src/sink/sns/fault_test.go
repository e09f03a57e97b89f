package sns

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
)

const ours = "arn:aws:sns:eu-west-1:123456789012:t"

// answering is a sink whose calls a stand-in for SNS answers, and go as those of the program do.
func answering(t *testing.T, topic string, answer http.HandlerFunc) *Sink {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	caller, err := awscall.Open(t.Context(), awscall.Options{
		EndpointURL: server.URL, Region: "eu-west-1", MaxAttempts: 1, Keys: awscall.Keys{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "secret"}})
	require.NoError(t, err)
	return New(caller.Base(), topic)
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>`, code, message)
}

// TestARefusalSaysWhatMendsIt: the topic's own policy, or its key, may be what refuses.
func TestARefusalSaysWhatMendsIt(t *testing.T) {
	for name, c := range map[string]struct {
		code, message string
		says          []string
		not           string
	}{
		"by the topic": {"AuthorizationError", "User: arn:aws:iam::1:user/u is not authorized to perform: SNS:Publish on resource: " + ours,
			[]string{"a topic of another account must allow it too", "ct_anomaly policy"}, "kms"},
		"by its key, in no words": {"KMSAccessDenied", "null (Service: AWSKMS; Status Code: 400; Error Code: AccessDeniedException)",
			[]string{"sns_topic_arn", "kms:GenerateDataKey*", "kms:Decrypt", "the key's policy"}, "sns:Publish"},
		"by its key": {"KMSAccessDenied", "User: arn:aws:iam::1:user/u is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:1:key/ab-12",
			[]string{"arn:aws:kms:eu-west-1:1:key/ab-12", "kms:Decrypt"}, "sns:Publish"},
		"by a key that is off": {"KMSDisabled", "key is off", []string{"KMSDisabled", "enable"}, "GenerateDataKey"},
	} {
		t.Run(name, func(t *testing.T) {
			s := answering(t, ours, func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusForbidden, c.code, c.message) })
			err := s.Send(t.Context(), []discern.Pending{pending(t, anomaly(1, "AROA1", "a:B", "low"))})
			for _, says := range c.says {
				require.ErrorContains(t, err, says)
			}
			require.NotContains(t, err.Error(), c.not)
		})
	}
}

// TestAMessageThatIsNotTakenKeepsNoOtherBack, whether SNS refuses it within the batch, with it, or it is too large to be sent at all. What SNS
// refuses of all is not asked for again and again.
func TestAMessageThatIsNotTakenKeepsNoOtherBack(t *testing.T) {
	big := anomaly(0, "AROA0", "a:"+strings.Repeat("B", 300<<10), "low")
	large := anomaly(0, "AROA0", "a:"+strings.Repeat("B", 230<<10), "low")
	small := anomaly(0, "AROA0", "a:poison", "low")
	for name, c := range map[string]struct {
		poison discern.Event
		whole  bool // the whole batch is refused for it
		code   string
		most   int // calls
	}{
		"too large":           {big, false, "InvalidParameter", 2},
		"large, in its entry": {large, false, "InvalidParameter", 3},
		"large, by the batch": {large, true, "InvalidParameter", 3},
		"small, in its entry": {small, false, "InvalidParameter", 2},
		"small, by the batch": {small, true, "ParameterValueInvalid", 10},
		"too long for all":    {small, true, "BatchRequestTooLong", 10},
	} {
		t.Run(name, func(t *testing.T) {
			calls, taken := 0, 0
			s := answering(t, ours, func(w http.ResponseWriter, r *http.Request) {
				calls++
				require.NoError(t, r.ParseForm())
				failed, got := "", 0
				for n := 1; r.Form.Get(fmt.Sprintf("PublishBatchRequestEntries.member.%d.Id", n)) != ""; n++ {
					entry := fmt.Sprintf("PublishBatchRequestEntries.member.%d.", n)
					switch bad := strings.Contains(r.Form.Get(entry+"Message"), `"principal_id":"AROA0"`); {
					case !bad:
						got++
					case c.whole:
						refuse(w, http.StatusBadRequest, c.code, "no")
						return
					default:
						failed += "<member><Id>" + r.Form.Get(entry+"Id") + "</Id><Code>" + c.code + "</Code><Message>no</Message><SenderFault>true</SenderFault></member>"
					}
				}
				taken += got
				_, _ = w.Write([]byte(`<PublishBatchResponse><PublishBatchResult><Successful/><Failed>` + failed + `</Failed></PublishBatchResult></PublishBatchResponse>`))
			})
			events := []discern.Pending{pending(t, c.poison)}
			for i := range 12 {
				e := anomaly(i+1, fmt.Sprint("AROA", i+1), "a:B", "low")
				if i < 2 {
					e.Action += strings.Repeat("C", 30<<10) // so that a large one goes alone
				}
				events = append(events, pending(t, e))
			}
			err := s.Send(t.Context(), events)
			var untaken *discern.Untaken
			require.ErrorAs(t, err, &untaken)
			require.Equal(t, []string{events[0].ID}, untaken.IDs)
			require.Equal(t, 12, taken)
			require.LessOrEqual(t, calls, c.most)
		})
	}
	t.Run("all", func(t *testing.T) {
		calls := 0
		s := answering(t, ours, func(w http.ResponseWriter, _ *http.Request) {
			calls++
			refuse(w, http.StatusBadRequest, "InvalidParameter", "the topic")
		})
		var events []discern.Pending
		for i := range 200 {
			events = append(events, pending(t, anomaly(i, fmt.Sprint("AROA", i), "a:B", "low")))
		}
		err := s.Send(t.Context(), events)
		var untaken *discern.Untaken
		require.ErrorAs(t, err, &untaken)
		require.Len(t, untaken.IDs, 200)
		require.LessOrEqual(t, calls, 19, "one batch, by halves")
	})
}

// TestSetupOfATopicThatMayNotBeLookedAt: that of another account is made there, and no right of ours mends it.
func TestSetupOfATopicThatMayNotBeLookedAt(t *testing.T) {
	s := answering(t, "arn:aws:sns:eu-west-1:999988887777:theirs", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "AuthorizationError", "no")
	})
	_, err := s.Setup(t.Context(), "123456789012", false)
	require.ErrorContains(t, err, "is of account 999988887777")
	require.NotContains(t, err.Error(), "its policy needs")
	_, err = answering(t, ours, func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "AuthorizationError", "no")
	}).Setup(t.Context(), "123456789012", false)
	require.True(t, awscall.Denied(err))
	require.ErrorContains(t, err, "sns:GetTopicAttributes")
}
