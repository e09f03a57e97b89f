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
	if set.SCSTenant != "" && !withSCS {
		faults = append(faults, unlinked)
	}
	if err != nil {
		return faults // the settings are not to be trusted further
	}
	unfit, secrets := asked(ctx, req, &set)
	faults = append(faults, unfit...)
	if set.ValidateLive && len(faults) == 0 {
		ctx, cancel := context.WithTimeout(ctx, liveTime)
		defer cancel()
		faults = d.tried(ctx, &set, secrets)
	}
	return faults
}

// asked are the faults that splunkd itself knows of, and the secrets that it holds. While it starts it may not answer yet: then there are none.
func asked(ctx context.Context, req *modinput.Request, set *settings.Settings) (faults []string, held map[string]splunkd.Secret) {
	const within = 4 * time.Second
	client, err := callSplunkd(req, within)
	if err != nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	server, err := client.Server(ctx)
	if errors.Is(err, splunkd.ErrUnreachable) || ctx.Err() != nil {
		return nil, nil
	}
	if where := shared(server); err == nil && where != "" && !set.AllowEmbeddedOnCluster && set.DynamoTableName == "" {
		faults = append(faults, fmt.Sprintf("allow_embedded_on_cluster: %v; %s", onCluster(where), onClusterMend))
	}
	held = map[string]splunkd.Secret{}
	for _, s := range secrets(set) {
		secret, err := client.Secret(ctx, s.entry, s.fields...)
		switch {
		case err == nil:
			held[s.setting] = secret
		case !errors.Is(err, splunkd.ErrUnreachable) && !errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			faults = append(faults, s.setting+": "+err.Error())
		}
	}
	return faults, held
}

// tried are the faults that trying out finds.
func (d *door) tried(ctx context.Context, set *settings.Settings, held map[string]splunkd.Secret) (faults []string) {
	if set.Logs.Kind == settings.Folder {
		err := logs.Probe(ctx, set.Logs.At)
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			faults = append(faults, fmt.Sprintf("logs: no log file was found there within %s; give a folder nearer to the files, or set validate_live = 0", liveTime))
		case err != nil:
			faults = append(faults, err.Error())
		}
	}
	if !onAWS(set) {
		return faults
	}
	e, err := d.open(ctx, set, held)
	if err != nil {
		return append(faults, "credential: "+oneLine(err.Error()))
	}
	for _, c := range e.examine(ctx, examination{accounts: triedAccounts}) {
		if !c.OK && ctx.Err() == nil {
			faults = append(faults, fmt.Sprintf("%s: %s; %s", settingOf(set, c.What), oneLine(c.Result), oneLine(c.Mend)))
		}
	}
	if ctx.Err() != nil {
		faults = append(faults, fmt.Sprintf("validate_live: AWS did not answer all that was asked within %s; try again, or set it to 0 and see the checks of the first run", liveTime))
	}
	return faults
}

// triedAccounts is how many accounts are looked at when an input is saved.
const triedAccounts = 3

// settingOf is the setting to look at when a check failed.
func settingOf(set *settings.Settings, check string) string {
	switch check {
	case "queue":
		return "logs"
	case "trail", "log file", "log files":
		if set.Logs.Kind == settings.Bucket {
			return "logs"
		}
		return "cloudtrail_bucket"
	case "accounts", "organization":
		return "organizations_account_id"
	case "reading role":
		return "athena_account_id"
	case "Athena workgroup":
		return "athena_workgroup"
	case "Athena table":
		return "athena_database"
	case "IAM role":
		return "iam_role_name"
	default:
		return "dynamo_table_name"
	}
}

// oneLine puts a text on one line, since a fault is one.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
