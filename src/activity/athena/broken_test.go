package athena

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A result whose connection breaks between two rows, and can't be had again, is not taken for one that has no more rows: the error of a connection that was
// closed wraps io.EOF.
func TestAResultThatBreaksOff(t *testing.T) {
	f := quiet(t)
	var asked atomic.Int32
	front := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, ".csv") {
			f.ServeHTTP(w, r)
			return
		}
		if asked.Add(1) == 1 {
			whole := httptest.NewRecorder()
			f.ServeHTTP(whole, r)
			rows := bytes.SplitAfter(whole.Body.Bytes(), []byte("\n"))
			assert.Greater(t, len(rows), 2)
			for name := range whole.Header() {
				w.Header().Set(name, whole.Header().Get(name))
			}
			_, _ = w.Write(bytes.Join(rows[:2], nil))
			_ = http.NewResponseController(w).Flush()
		}
		panic(http.ErrAbortHandler)
	}))
	front.Start()
	defer front.Close()
	o := options(t, f)
	o.Config.BaseEndpoint = aws.String(front.URL)
	_, err := open(t, o).Next(t.Context())
	require.ErrorContains(t, err, "read the result of query")
	require.Greater(t, asked.Load(), int32(1))
}
