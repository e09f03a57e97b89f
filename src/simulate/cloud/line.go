package cloud

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// A Line connects one process with a cloud, in memory. Whatever goes wrong between the two goes wrong here. Its methods are safe for use by
// many goroutines.
type Line struct {
	server http.Server
	calls  chan net.Conn
	over   chan struct{}
	end    sync.Once
	alive  sync.WaitGroup

	mu   sync.Mutex
	cut  bool
	ends []net.Conn
}

var errCut = errors.New("the line is cut")

// Connect opens a line. fault says what happens to each request, and is asked by several goroutines at once; nil: none goes wrong.
func Connect(handler http.Handler, fault func(r *http.Request) Fault) *Line {
	l := &Line{calls: make(chan net.Conn), over: make(chan struct{})}
	l.server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.Dead() {
			abort()
		}
		handler.ServeHTTP(w, r)
	})
	if fault != nil {
		l.server.Handler = Disturb(l.server.Handler, fault)
	}
	l.alive.Go(func() { _ = l.server.Serve(l) })
	return l
}

// Dial is for an http.Transport.
func (l *Line) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	l.mu.Lock()
	if l.cut {
		l.mu.Unlock()
		return nil, errCut
	}
	l.ends = append(l.ends, near)
	l.mu.Unlock()
	select {
	case l.calls <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.over:
		return nil, errCut
	}
}

// Cut breaks all connections and lets none be made: the process at the near end is dead, or is to be.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for _, end := range l.ends {
		_ = end.Close()
	}
}

// Dead tells whether the line was cut.
func (l *Line) Dead() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cut
}

// Hang ends the line and all that is done at its far end.
func (l *Line) Hang() {
	l.Cut()
	_ = l.server.Close()
	l.alive.Wait()
}

// Accept, Close and Addr make the line a net.Listener for its far end.
func (l *Line) Accept() (net.Conn, error) {
	select {
	case c := <-l.calls:
		return c, nil
	case <-l.over:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *Line) Close() error {
	l.end.Do(func() { close(l.over) })
	return nil
}

// Addr implements net.Listener.
func (l *Line) Addr() net.Addr { return &net.UnixAddr{Name: "line", Net: "unix"} }

// Disturb has requests go wrong before a handler.
func Disturb(handler http.Handler, fault func(*http.Request) Fault) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := fault(r)
		if f.Wait > 0 {
			select {
			case <-time.After(f.Wait):
			case <-r.Context().Done():
			}
		}
		switch {
		case f.Drop:
			abort()
		case f.Forever:
			<-r.Context().Done()
		case f.Refuse:
			refuse(w, r)
		case f.Lose:
			handler.ServeHTTP(&partial{ResponseWriter: w}, r)
			abort()
		case f.Cut:
			handler.ServeHTTP(&partial{ResponseWriter: w, left: 40}, r)
			abort()
		case f.Garble:
			handler.ServeHTTP(&garbled{ResponseWriter: w}, r)
		default:
			handler.ServeHTTP(w, r)
		}
	})
}

func abort() { panic(http.ErrAbortHandler) } // the way of net/http to break a connection

// refuse answers as an overloaded service does, in the form that its protocol has.
func refuse(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusServiceUnavailable)
	switch {
	case r.Header.Get("X-Amz-Target") != "":
		_, _ = w.Write([]byte(`{"__type":"ThrottlingException","message":"Rate exceeded"}`))
	case r.Method == http.MethodPost:
		_, _ = w.Write([]byte(`<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>`))
	default:
		_, _ = w.Write([]byte(`<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>`))
	}
}

// A partial answer breaks off after some bytes of its body; with none left it never begins.
type partial struct {
	http.ResponseWriter
	left int
}

func (p *partial) WriteHeader(status int) {
	if p.left > 0 {
		p.ResponseWriter.WriteHeader(status)
	}
}

func (p *partial) Write(data []byte) (int, error) {
	if n := min(p.left, len(data)); n > 0 {
		p.left -= n
		_, _ = p.ResponseWriter.Write(data[:n])
		if f, ok := p.ResponseWriter.(http.Flusher); ok {
			f.Flush()
		}
	}
	return len(data), nil
}

// A garbled answer has a bit of its body turned over, and its checksum as it was.
type garbled struct {
	http.ResponseWriter
	done bool
}

func (g *garbled) Write(data []byte) (int, error) {
	if !g.done && len(data) > 0 {
		g.done = true
		data = bytes.Clone(data)
		data[len(data)/2] ^= 1
	}
	return g.ResponseWriter.Write(data)
}
