package main

import (
	"fmt"
	"maps"
	"os"

	"cloudtrail_anomaly/src/settings"
)

// settings merges flags, an input or config.yml, and defaults for a command. It says on standard error what of a
// config.yml this version can't do yet, rather than passing it over.
func (d *door) settings(o *options) (*settings.Settings, error) {
	values := settings.FlagValues{}
	maps.Copy(values, o.values)
	if o.config != "" {
		values["config"] = o.config
	}
	if o.profile != "" {
		values["credential"] = credentialProfile + o.profile
	}
	from := settings.Sources{Flags: values, WholeHistory: true}
	if o.input != "" {
		if o.config != "" {
			return nil, usagef("--config and --input: give one of them; an input names its config.yml itself, in config")
		}
		var err error
		if from.Stanza, err = stanzaOf(o.input); err != nil {
			return nil, err
		}
	}
	set, err := settings.Parse(from)
	if err != nil {
		return nil, usage{fmt.Errorf("settings:\n%w", err)}
	}
	if o.state != "" && set.DynamoTableName != "" {
		fmt.Fprintf(d.err, "note: the baseline is in DynamoDB table %s (dynamo_table_name); one in --state %s is not used, which only tells this collector from others\n",
			set.DynamoTableName, o.state)
	}
	return &set, d.possible(&set)
}

// possible refuses places of logs that a command can't read, and says which settings it passes over.
func (d *door) possible(set *settings.Settings) error {
	if set.Logs.Kind == settings.Demo {
		return usagef("--logs: run ct_anomaly demo DIR and give DIR/logs")
	}
	if set.SCSTenant != "" && !withSCS {
		return usagef("%s", unlinked)
	}
	for _, note := range unused(set) {
		fmt.Fprintf(d.err, "note: %s\n", note)
	}
	return nil
}

// unlinked is said of a setting that only a program built for it knows.
const unlinked = "scs_tenant: this program is built without Splunk Cloud Services; build one with it (make build TAGS=scs), or leave scs_tenant out; docs/sinks.md says what that service is, and why"

// unused says which of the settings given this version passes over.
func unused(set *settings.Settings) []string {
	var notes []string
	if len(set.BusinessUnit) > 0 && inFolder(set) {
		notes = append(notes, "business_unit is not used for logs in a folder: no account is left out by it; use accounts or exclude_accounts")
	}
	if set.Logs.Kind == settings.Bucket && set.Engine == settings.EngineLogs && set.CloudTrailBucket != "" {
		notes = append(notes, "cloudtrail_bucket is not used, as logs names the bucket: its files are read; for Athena leave logs out, or give engine athena")
	}
	return notes
}

// logSettings are the settings of a command that can't do without logs. What is wrong with the command line is found here, before a state file is made.
func (d *door) logSettings(o *options) (*settings.Settings, error) {
	set, err := d.settings(o)
	switch {
	case err != nil:
		return nil, err
	case len(o.args) > 0:
		return nil, usagef("%q: this command takes no arguments; the logs are given by --logs", o.args[0])
	case o.output != "" && o.output != outputTable && o.output != outputJSON:
		return nil, usagef("--output %q: it is table or json", o.output)
	case o.from.unix != 0 && o.to.unix != 0 && o.from.unix > o.to.unix:
		return nil, usagef("--from is later than --to: nothing lies between them")
	case o.to.unix != 0 && set.Engine == settings.EngineAthena:
		return nil, usagef("--to: Athena's queries know no end by event time; give --engine logs and the bucket as --logs s3://BUCKET")
	case set.Logs.Kind == settings.Nowhere && set.CloudTrailBucket == "":
		return nil, usagef("--logs: say where the log files are, for example --logs ./AWSLogs or --logs s3://BUCKET, or --cloudtrail-bucket BUCKET for Athena; ct_anomaly demo writes some to try")
	}
	if set.Logs.Kind != settings.Folder {
		return set, nil
	}
	if _, err := os.Stat(set.Logs.At); err != nil {
		return nil, fmt.Errorf("logs: %w: give the folder that holds the CloudTrail files, or one above it", err)
	}
	return set, nil
}

// awsSettings are the settings of a command that looks after what lies on AWS.
func (d *door) awsSettings(o *options) (*settings.Settings, error) {
	set, err := d.settings(o)
	switch {
	case err != nil:
		return nil, err
	case len(o.args) > 0:
		return nil, usagef("%q: this command takes no arguments", o.args[0])
	case o.output != "" && o.output != outputTable && o.output != outputJSON:
		return nil, usagef("--output %q: it is table or json", o.output)
	case set.Logs.Kind == settings.Nowhere && set.CloudTrailBucket == "" && set.DynamoTableName == "" && !tellsAWS(set):
		return nil, usagef("say what there is on AWS: --cloudtrail-bucket BUCKET, --logs s3://BUCKET, --logs sqs://QUEUE, --dynamo-table-name TABLE, --sns-topic-arn TOPIC or " +
			"--cloudwatch-namespace NAMESPACE, or --config FILE with them")
	}
	return set, nil
}
