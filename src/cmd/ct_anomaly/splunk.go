package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"cloudtrail_anomaly/src/modinput"
	"cloudtrail_anomaly/src/settings"
)

// What splunkd knows of this program. Its scheme, ct_anomaly, is the name of the executable.
const (
	app               = "cloudtrail_anomaly"
	sourceTypeAnomaly = "aws:cloudtrail:anomaly"
	sourceTypeRun     = "aws:cloudtrail:anomaly:run"
)

// grace is how long a run that splunkd stops may take to end in order. splunkd kills what does not end soon after it was told to.
const grace = 2 * time.Second

// splunk answers splunkd where it is splunkd that calls: --scheme, --validate-arguments, or nothing and an input on standard input.
func (d *door) splunk(ctx context.Context, args []string) (code int, called bool) {
	switch {
	case len(args) == 0 && !d.inIsTerm:
		return d.inputs(ctx)
	case slices.Equal(args, []string{"--scheme"}):
		return d.scheme(), true
	case slices.Equal(args, []string{"--validate-arguments"}):
		return d.validate(ctx), true
	default:
		return 0, false
	}
}

func (d *door) log() *slog.Logger { return modinput.NewLog(d.err, slog.LevelInfo) }

func (d *door) scheme() int {
	s := modinput.Scheme{
		Title:       "CloudTrail Anomaly",
		Description: "Tells when a role, user or service in AWS does something that it has never done before. Only the place of the logs must be given.",
	}
	for _, a := range settings.Arguments() {
		s.Arguments = append(s.Arguments, modinput.Argument{Name: a.Name, Title: a.Title, Description: a.Help, Type: a.Type})
	}
	if err := s.Write(d.out); err != nil {
		d.log().Error(err.Error())
		return exitFailed
	}
	return exitDone
}

// inputs runs the inputs that splunkd hands over: with use_single_instance false that is one, but none and several are no fault. It is not
// called where standard input turns out to be empty: then it was not splunkd.
func (d *door) inputs(ctx context.Context) (code int, called bool) {
	stream := modinput.NewStream(d.out)
	defer context.AfterFunc(ctx, func() { d.abandon(stream) })()
	req, err := modinput.ReadRun(d.in)
	if errors.Is(err, modinput.ErrNoInput) {
		return 0, false
	}
	if err != nil {
		d.log().Error(err.Error())
		return exitFailed, true
	}
	for _, stanza := range req.Stanzas {
		in := &input{door: d, req: &req, stanza: stanza, name: stanza.Input(), stream: stream}
		in.log = d.log().With("input", in.name)
		if !in.run(ctx) {
			code = exitFailed
		}
	}
	if err := stream.End(); err != nil {
		d.log().Error(err.Error())
		code = exitFailed
	}
	return code, true
}

// abandon ends a run that was stopped and does not come to its end by itself. Whatever it is at, the state file is whole: what was not
// confirmed is pending, what was not put away is read again. Nothing that may wait, for a pipe that nobody reads, stands before the end.
func (d *door) abandon(stream *modinput.Stream) {
	time.Sleep(grace)
	ended := make(chan int, 2) // the exit code, before and after it is logged
	go func() {
		code := exitDone
		if stream.End() != nil { // not before a write that is under way
			code = exitFailed
		}
		ended <- code
		d.log().Warn(fmt.Sprintf("the run did not end within %s of being stopped, and is left as it is; the next one goes on", grace))
		ended <- code
	}()
	code := exitFailed
	for range 2 {
		select {
		case code = <-ended:
		case <-time.After(grace / 8):
		}
	}
	d.exit(code)
}
