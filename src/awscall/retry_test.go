package awscall

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/stretchr/testify/require"
)

// failing answers ListAccounts with a code n times, then with none.
func failing(t *testing.T, status int, code string, n int) (url string, asked *int) {
	asked = new(int)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		*asked++
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if *asked <= n {
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"__type":%q,"message":"no"}`, code)
			return
		}
		_, _ = fmt.Fprint(w, `{"Accounts":[]}`)
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

func TestWhatIsTriedAgain(t *testing.T) {
	for name, tc := range map[string]struct {
		status   int
		code     string
		failures int
		attempts int
		kind     string
	}{
		"throttled, then well":  {400, "TooManyRequestsException", 1, 2, ""},
		"a fault, then well":    {500, "ServiceException", 1, 2, ""},
		"throttled to the end":  {400, "ThrottlingException", 9, 3, "throttled"},
		"refused":               {400, "AccessDeniedException", 9, 1, "denied"},
		"refused without words": {403, "403", 9, 1, "denied"},
		"a wrong key":           {400, "UnrecognizedClientException", 9, 1, "credential"},
		"a wrong key, by 403":   {403, "InvalidClientTokenId", 9, 1, "credential"},
		"an expired session":    {403, "ExpiredTokenException", 9, 1, "credential"},
		"a quota of things":     {400, "LimitExceededException", 9, 3, "other"},
		"something else":        {400, "AWSOrganizationsNotInUseException", 9, 1, "other"},
		"another 403":           {403, "RegionDisabledException", 9, 1, "other"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, asked := failing(t, tc.status, tc.code, tc.failures)
			c, err := Open(t.Context(), Options{Keys: someKeys, Region: "us-east-1", EndpointURL: url, MaxAttempts: 3})
			require.NoError(t, err)
			_, err = organizations.NewFromConfig(c.Base()).ListAccounts(t.Context(), nil)
			require.Equal(t, tc.attempts, *asked)
			require.Equal(t, map[string]Calls{"organizations:ListAccounts": {1, tc.attempts}}, c.Calls())
			require.Equal(t, tc.kind == "", err == nil, "%v", err)
			require.Equal(t, tc.kind == "throttled", Throttled(err), "%v", err)
			require.Equal(t, tc.kind == "denied", Denied(err), "%v", err)
			require.Equal(t, tc.kind == "credential", NoCredentials(err), "%v", err)
		})
	}
}

func TestAttemptsByDefaultAndByTheEnvironment(t *testing.T) {
	bareEnvironment(t)
	require.Equal(t, 5, open(t, Options{}).Base().RetryMaxAttempts)
	t.Setenv("AWS_MAX_ATTEMPTS", "2")
	url, asked := failing(t, 500, "x", 9)
	_, err := organizations.NewFromConfig(open(t, Options{EndpointURL: url}).Base()).ListAccounts(t.Context(), nil)
	require.Error(t, err)
	require.Equal(t, 2, *asked)
}

func TestWaitsEndWithTheContext(t *testing.T) {
	url, _ := failing(t, 400, "ThrottlingException", 1000)
	c, err := Open(t.Context(), Options{Keys: someKeys, Region: "us-east-1", EndpointURL: url, MaxAttempts: 50})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := organizations.NewFromConfig(c.Base()).ListAccounts(ctx, nil)
		done <- err
	}()
	select {
	case err := <-done:
		require.True(t, errors.Is(err, context.DeadlineExceeded), "%v", err)
	case <-time.After(30 * time.Second):
		t.Fatal("the call outlived its context")
	}
}

// An answer that breaks off in its middle is tried again.
func TestAnAnswerThatBreaksOff(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if asked == 1 {
			_, _ = fmt.Fprint(w, `{"Acco`)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		_, _ = fmt.Fprint(w, `{"Accounts":[]}`)
	}))
	t.Cleanup(s.Close)
	for _, mode := range []string{"standard", "adaptive"} {
		asked = 0
		t.Setenv("AWS_RETRY_MODE", mode)
		c, err := Open(t.Context(), Options{Keys: someKeys, Region: "us-east-1", EndpointURL: s.URL, MaxAttempts: 2})
		require.NoError(t, err)
		_, err = organizations.NewFromConfig(c.Base()).ListAccounts(t.Context(), nil)
		require.NoError(t, err, mode)
		require.Equal(t, 2, asked, mode)
	}
}

// The host's clock is compared with what the answers tell.
func TestTheHostsClock(t *testing.T) {
	url, _ := failing(t, 200, "", 0)
	c, err := Open(t.Context(), Options{Keys: someKeys, Region: "us-east-1", EndpointURL: url, Now: func() time.Time { return time.Now().Add(time.Hour) }})
	require.NoError(t, err)
	require.Zero(t, c.Ahead())
	_, err = organizations.NewFromConfig(c.Base()).ListAccounts(t.Context(), nil)
	require.NoError(t, err)
	require.InDelta(t, time.Hour, c.Ahead(), float64(5*time.Second))
}
