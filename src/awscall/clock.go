package awscall

import (
	"net/http"
	"sync/atomic"
	"time"

	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// A clock compares this host's time with that of AWS, as each answer tells it.
type clock struct {
	ahead atomic.Int64 // nanoseconds
}

// Ahead is by how much this host's clock was ahead of AWS's when AWS last answered; negative where it is behind. An answer tells its time in whole
// seconds and was some time under way: less than a few seconds mean nothing.
func (c *Caller) Ahead() time.Duration { return time.Duration(c.clock.ahead.Load()) }

// tells notes the time of an answer.
func (c *Caller) tells(answer any) {
	r, ok := answer.(*smithyhttp.Response)
	if !ok || r.Response == nil {
		return
	}
	if at, err := http.ParseTime(r.Header.Get("Date")); err == nil {
		c.clock.ahead.Store(int64(c.options.Now().Sub(at)))
	}
}
