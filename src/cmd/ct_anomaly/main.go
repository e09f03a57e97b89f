// Command ct_anomaly tells when a role, user or service in AWS does something that it has never done before.
//
// This package is the door: arguments, signals, exit codes, and in wire.go the only place where the rooms of the house meet.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
)

// version is set by the linker.
var version = "dev"

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitPartly = 3 // done, but some accounts, files or records could not be read
)

// A door is where the program meets the system.
type door struct {
	in        io.Reader
	out, err  io.Writer
	now       func() time.Time
	outWidth  int  // columns of the terminal that out is; 0 when it is none
	errIsTerm bool // progress can be shown
	color     bool
	home      func() (string, error)                                               // where state is kept by default
	name      string                                                               // what the program was called as
	inIsTerm  bool                                                                 // somebody types: it is not splunkd
	exit      func(code int)                                                       // ends the process at once
	dial      func(ctx context.Context, network, address string) (net.Conn, error) // of AWS; nil: the system does
	handled   handled
}

// What tests lay hands on, so that it can go wrong: an input's store and its study. In the program itself they are nil.
type handled struct {
	store func(store) store
	study func(*discern.Study)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	signal.Ignore(syscall.SIGPIPE) // a reader that goes away is an error of the write, so that what it did not take stays pending
	out := ownOutput()
	d := &door{name: os.Args[0], in: os.Stdin, out: out, err: os.Stderr, now: time.Now, home: stateHome, exit: os.Exit}
	d.inIsTerm = term.IsTerminal(int(os.Stdin.Fd()))
	if fd := int(out.Fd()); term.IsTerminal(fd) {
		d.color = os.Getenv("NO_COLOR") == ""
		if width, _, err := term.GetSize(fd); err == nil {
			d.outWidth = width
		}
	}
	d.errIsTerm = term.IsTerminal(int(os.Stderr.Fd()))
	code := d.enter(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// ownOutput takes standard output for this program's own results, and leaves standard error in its place for whatever else prints: under
// splunkd, a line that a library printed would break the stream of events. It changes the file itself, so that who kept it gets the other too.
func ownOutput() *os.File {
	own := *os.Stdout
	*os.Stdout = *os.Stderr
	return &own
}

// enter runs one command and gives the exit code.
func (d *door) enter(ctx context.Context, args []string) int {
	if code, called := d.splunk(ctx, args); called {
		return code
	}
	code, err := d.dispatch(ctx, args)
	var u usage
	switch {
	case err == nil:
	case errors.As(err, &u):
		fmt.Fprintf(d.err, "ct_anomaly: %v\n", err)
		code = exitUsage
	case ctx.Err() != nil:
		fmt.Fprintln(d.err, "ct_anomaly: interrupted. Nothing is lost: the same command goes on with the log files that this one did not finish.")
		code = exitFailed
	default:
		fmt.Fprintf(d.err, "ct_anomaly: %v\n", awscall.Plain(err))
		code = exitFailed
	}
	return code
}

// A usage is a fault of the command line.
type usage struct{ error }

func usagef(format string, args ...any) error { return usage{fmt.Errorf(format, args...)} }
