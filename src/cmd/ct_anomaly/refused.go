package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

// overLogs is a command that holds logs against a baseline. Where it fails before it comes to look, that stands in coverage as it does of an
// input.
func overLogs(run func(context.Context, *door, *options, *settings.Settings) (int, error)) func(context.Context, *door, *options) (int, error) {
	return func(ctx context.Context, d *door, o *options) (code int, err error) {
		began, engine := d.now(), engineOf(o.values)
		set, err := d.logSettings(o)
		if err == nil {
			engine = set.Engine
			code, err = run(ctx, d, o, set)
		}
		if err == nil {
			return code, nil
		}
		err = explain(err)
		if !o.covered {
			err = errors.Join(err, d.coverRefused(o, refused(engine, err, d.now().Sub(began))))
		}
		return 0, mended(err)
	}
}

// mended adds to an explained error what to do about it, where it does not say so itself.
func mended(err error) error {
	var halt *discern.Halt
	var none *awscall.CredentialsError
	switch {
	case !errors.As(err, &halt) || halt.Next == "" || errors.As(err, &none):
		return err
	case awscall.Denied(err):
		return fmt.Errorf("%w; %s", err, allNeeded)
	}
	return fmt.Errorf("%w; %s", err, halt.Next)
}

// coverRefused writes the one line of coverage of a command that never came to look.
func (d *door) coverRefused(o *options, c discern.Coverage) (err error) {
	to, done, err := d.coverageTo(o)
	if err != nil || to == nil {
		return err
	}
	if c.RunID, err = newRunID(); err == nil {
		err = to(c)
	}
	return errors.Join(err, done())
}

// refused is the coverage of a run that never came to look, after so long.
func refused(engine string, err error, took time.Duration) discern.Coverage {
	c := discern.Coverage{AccountID: discern.EveryAccount, Engine: engine, DurationMS: took.Milliseconds()}
	var u usage
	if errors.As(err, &u) {
		err = halt(discern.CodeInternal, err, "mend the command line or config.yml; ct_anomaly help says what there is")
	}
	c.Fail(err)
	if !errors.Is(err, context.Canceled) {
		c.Status = discern.StatusFailed // also where it was short of time: nothing was looked at
	}
	return c
}

// engineOf is the engine that settings ask for, as far as faulty ones tell.
func engineOf(given map[string]string) string {
	switch engine := given["engine"]; {
	case engine == settings.EngineAthena, engine == settings.EngineLogs:
		return engine
	case given["logs"] != "":
		return settings.EngineLogs
	default:
		return settings.EngineAthena
	}
}
