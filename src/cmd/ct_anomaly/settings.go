package main

import (
	"fmt"
	"maps"

	"cloudtrail_anomaly/src/settings"
)

// settings merges flags, config.yml and defaults for a command that reads logs from a folder. It says on standard error what of a
// config.yml this version can't do yet, rather than passing it over.
func (d *door) settings(o *options) (*settings.Settings, error) {
	values := settings.FlagValues{}
	maps.Copy(values, o.values)
	if o.config != "" {
		values["config"] = o.config
	}
	set, err := settings.Parse(settings.Sources{Flags: values, WholeHistory: true})
	if err != nil {
		return nil, usage{fmt.Errorf("settings:\n%w", err)}
	}
	return &set, d.possible(&set)
}

// possible refuses places of logs that this version can't read, and says which settings it passes over.
func (d *door) possible(set *settings.Settings) error {
	switch set.Logs.Kind {
	case settings.Folder, settings.Nowhere:
	default:
		return usagef("--logs: this version reads a folder or a file, not %s; copy the logs to a folder and give that", set.Logs.Kind)
	}
	for _, s := range []struct{ name, value, instead string }{
		{"dynamo_table_name", set.DynamoTableName, "the baseline is kept in a local file, see --state"},
		{"sns_topic_arn", set.SNSTopicARN, "anomalies are printed only"},
		{"hec_url", set.HECURL, "anomalies are printed only"},
		{"scs_tenant", set.SCSTenant, "anomalies are printed only"},
		{"cloudwatch_namespace", set.CloudWatchNamespace, "anomalies are printed only"},
	} {
		if s.value != "" {
			fmt.Fprintf(d.err, "note: %s is not used by this version: %s\n", s.name, s.instead)
		}
	}
	return nil
}

// logSettings are the settings of a command that can't do without logs.
func (d *door) logSettings(o *options) (*settings.Settings, error) {
	set, err := d.settings(o)
	if err == nil && set.Logs.Kind == settings.Nowhere {
		return nil, usagef("--logs: say where the log files are, for example --logs ./AWSLogs; ct_anomaly demo writes some to try")
	}
	return set, err
}
