package awscall

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/stretchr/testify/require"
)

// TestAClockThatIsWrong: AWS refuses what is signed by a clock more than five minutes off. It is signed once more by the clock of the answer.
func TestAClockThatIsWrong(t *testing.T) {
	for name, off := range map[string]time.Duration{"behind": time.Hour, "ahead": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				theirs := time.Now().Add(off)
				w.Header().Set("Date", theirs.UTC().Format(http.TimeFormat))
				w.Header().Set("Content-Type", "application/x-amz-json-1.1")
				signed, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
				if err != nil || signed.Sub(theirs).Abs() > 5*time.Minute {
					w.WriteHeader(http.StatusBadRequest)
					_, _ = fmt.Fprint(w, `{"__type":"InvalidSignatureException","message":"Signature not yet current"}`)
					return
				}
				_, _ = fmt.Fprint(w, `{"Accounts":[]}`)
			}))
			t.Cleanup(s.Close)
			c := open(t, Options{EndpointURL: s.URL, MaxAttempts: 3})
			_, err := organizations.NewFromConfig(c.Base()).ListAccounts(t.Context(), nil)
			require.NoError(t, err)
			require.Equal(t, map[string]Calls{"organizations:ListAccounts": {1, 2}}, c.Calls())
		})
	}
}
