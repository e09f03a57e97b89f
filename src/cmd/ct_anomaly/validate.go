package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/modinput"
	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/splunkd"
)

// liveTime bounds what validation tries out.
const liveTime = 15 * time.Second

// validate tells splunkd whether an input can be saved: nothing and 0, or all that is wrong with it and 1. splunkd also asks when it
// starts, for every input there is, so nothing outside the host is asked unless validate_live wants that.
func (d *door) validate(ctx context.Context) int {
	defer context.AfterFunc(ctx, func() { d.exit(exitFailed) })() // nothing is lost by ending at once, and standard input may never come
	req, err := modinput.ReadValidation(d.in)
	var faults []string
	if err != nil {
		faults = []string{err.Error()}
	} else {
		faults = d.faults(ctx, &req)
	}
	if len(faults) == 0 {
		return exitDone
	}
	if err := modinput.WriteFault(d.out, strings.Join(faults, "\n")); err != nil {
		d.log().Error(err.Error())
	}
	return exitFailed
}

// faults are all that is wrong with an input, each as "field: what, and the mend".
func (d *door) faults(ctx context.Context, req *modinput.Request) []string {
	params := req.Stanzas[0].Params
	var faults []string
	set, err := settings.Parse(settings.Sources{Stanza: params, NeedLogs: true})
	if err != nil {
		faults = strings.Split(err.Error(), "\n")
	}
	if _, err := modinput.ParseSchedule(either(params["interval"], defaultInterval)); err != nil {
		faults = append(faults, fmt.Sprintf("interval: %v; give seconds such as 900, or a cron schedule such as */15 * * * *", err))
	}
	if err != nil {
		return faults // the settings are not to be trusted further
	}
	faults = append(faults, asked(ctx, req, &set)...)
	if set.ValidateLive {
		ctx, cancel := context.WithTimeout(ctx, liveTime)
		defer cancel()
		faults = append(faults, tried(ctx, &set)...)
	}
	return faults
}

// asked are the faults that splunkd itself knows of. While it starts it may not answer yet: then there are none.
func asked(ctx context.Context, req *modinput.Request, set *settings.Settings) []string {
	const within = 2 * time.Second
	client, err := callSplunkd(req, within)
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var faults []string
	server, err := client.Server(ctx)
	if errors.Is(err, splunkd.ErrUnreachable) || ctx.Err() != nil {
		return nil
	}
	if where := shared(server); err == nil && where != "" && !set.AllowEmbeddedOnCluster {
		faults = append(faults, fmt.Sprintf("allow_embedded_on_cluster: %v; %s", onCluster(where), onClusterMend))
	}
	for _, s := range secrets(set) {
		if _, err := client.Secret(ctx, s.entry, s.fields...); err != nil && !errors.Is(err, splunkd.ErrUnreachable) && ctx.Err() == nil {
			faults = append(faults, s.setting+": "+err.Error())
		}
	}
	return faults
}

// tried are the faults that trying out finds.
func tried(ctx context.Context, set *settings.Settings) []string {
	switch set.Logs.Kind {
	case settings.Demo:
		return nil
	case settings.Folder:
		err := logs.Probe(ctx, set.Logs.At)
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return []string{fmt.Sprintf("logs: no log file was found there within %s; give a folder nearer to the files, or set validate_live = 0", liveTime)}
		case err != nil:
			return []string{err.Error()}
		}
		return nil
	default:
		return []string{"validate_live: this version can only try out a folder; set it to 0"}
	}
}
