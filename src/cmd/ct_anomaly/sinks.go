package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/rules"
	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/sink/cloudwatch"
	"cloudtrail_anomaly/src/sink/hec"
	"cloudtrail_anomaly/src/sink/sns"
	"cloudtrail_anomaly/src/splunkd"
)

// telling are the settings of the sinks that anomalies go to, besides where they are printed or written to splunkd.
func telling() []string {
	return []string{"sns_topic_arn", "cloudwatch_namespace", "hec_url", "hec_index", "scs_tenant"}
}

// tellsAWS tells whether anomalies go to services of AWS.
func tellsAWS(set *settings.Settings) bool {
	return set.SNSTopicARN != "" || set.CloudWatchNamespace != ""
}

// sinks are those that settings ask for. The secret of each is splunkd's, or of a command its environment's. source is what Splunk is told to be the source
// of the events. Where nothing but sinks is on AWS (e is nil), that it can't be reached keeps nothing from being looked at.
func (d *door) sinks(ctx context.Context, set *settings.Settings, e *estate, source string, secrets map[string]splunkd.Secret) (all far, err error) {
	var shut error
	if e == nil && tellsAWS(set) {
		e, shut = d.open(ctx, set, secrets)
	}
	if set.SNSTopicARN != "" {
		all = append(all, behind(shut, "sns", func() discern.Sink { return e.topic() }))
	}
	if set.CloudWatchNamespace != "" {
		all = append(all, behind(shut, "cloudwatch", func() discern.Sink { return e.counter() }))
	}
	if set.HECURL != "" {
		s, err := d.collector(set, source, secrets)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if set.SCSTenant != "" {
		s, err := d.tenant(set, source, secrets)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// collector is Splunk's, which anomalies are sent to over HTTP.
func (d *door) collector(set *settings.Settings, source string, secrets map[string]splunkd.Secret) (*hec.Sink, error) {
	field, err := secretOf("hec_credential", "hec_url", secrets, "token")
	if err != nil {
		return nil, err
	}
	client, err := d.calls(set, secrets).HTTPClient()
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname()
	return hec.New(hec.Options{URL: set.HECURL, Token: field("token"), Index: set.HECIndex, Host: host, Source: source, Client: client})
}

// behind opens a sink, unless what it lies behind is shut: then it takes nothing, and all waits for it.
func behind(shut error, name string, open func() discern.Sink) discern.Sink {
	if shut != nil {
		return unreached{name, shut}
	}
	return open()
}

// An unreached sink could not be opened.
type unreached struct {
	name string
	err  error
}

// Name implements discern.Sink.
func (s unreached) Name() string { return s.name }

// Send implements discern.Sink.
func (s unreached) Send(context.Context, []discern.Pending) error { return s.err }

// topic is where anomalies are published, counter where they are counted: by the caller itself, as it works with the table of the baseline.
func (e *estate) topic() *sns.Sink { return sns.New(e.caller.Base(), e.set.SNSTopicARN) }

func (e *estate) counter() *cloudwatch.Sink {
	return cloudwatch.New(e.counting(), e.set.CloudWatchNamespace, e.now)
}

// alarms are those over the count.
func (e *estate) alarms() *cloudwatch.Alarms {
	var names []string
	for _, r := range rules.All() {
		names = append(names, r.Name)
	}
	return cloudwatch.OpenAlarms(cloudwatch.AlarmOptions{Config: e.counting(), Namespace: e.set.CloudWatchNamespace, Rules: names, Email: e.set.AlarmEmail, Topic: e.set.AlarmTopicARN})
}

// counting is who counts, and where: in the region of the settings, or in that of the trail.
func (e *estate) counting() aws.Config {
	return awscall.In(e.caller.Base(), either(e.set.AWSRegion, e.trail.Region))
}

// far are sinks that are elsewhere.
type far []discern.Sink

// testimonyTime is what telling of the run may take there.
const testimonyTime = 30 * time.Second

// testify tells the sinks that keep coverage what was looked at, once: it is not kept for one that can't be reached.
func (all far) testify(ctx context.Context, at time.Time, lines [][]byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), testimonyTime)
	defer cancel()
	for _, s := range all {
		if collector, ok := s.(*hec.Sink); ok && len(lines) > 0 {
			if err := collector.Cover(ctx, at, lines...); err != nil {
				return fmt.Errorf("hec_url: what the run looked at is not told there: %w", err)
			}
		}
	}
	return nil
}

// secretOf is the entry of a setting; or, where a command was not given one, what its environment holds for each of the fields: HEC's token in CT_ANOMALY_HEC_TOKEN.
func secretOf(setting, needs string, secrets map[string]splunkd.Secret, fields ...string) (field func(string) string, err error) {
	if s, ok := secrets[setting]; ok {
		return s.Field, nil
	}
	if secrets != nil {
		return nil, halt(discern.CodeCredential, fmt.Errorf("%s needs a secret, and %s names no entry", needs, setting), "store an entry in storage/passwords, as the README says, and give its name as "+setting)
	}
	for _, f := range fields {
		if os.Getenv(variable(setting, f)) == "" {
			return nil, usagef("%s needs a secret: put it into the environment, as %s", needs, variable(setting, f))
		}
	}
	return func(name string) string { return os.Getenv(variable(setting, name)) }, nil
}

// variable is where the environment of a command holds the field of a secret.
func variable(setting, field string) string {
	return "CT_ANOMALY_" + strings.ToUpper(strings.TrimSuffix(setting, "credential")+field)
}

// calls say how calls leave this host.
func (d *door) calls(set *settings.Settings, secrets map[string]splunkd.Secret) awscall.Options {
	o := awscall.Options{CAFile: set.CAFile, Proxy: awscall.Proxy{URL: set.ProxyURL}, Dial: d.dial, Now: d.now, Version: version}
	if proxy, ok := secrets["proxy_credential"]; ok {
		o.Proxy.User, o.Proxy.Password = proxy.Field("username"), awscall.Secret(proxy.Field("password"))
	}
	return o
}

// program is the source of what a command sends.
const program = "ct_anomaly"

// linesOf are those of a text of lines.
func linesOf(text *bytes.Buffer) [][]byte {
	if text.Len() == 0 {
		return nil
	}
	return bytes.Split(bytes.TrimSuffix(text.Bytes(), []byte("\n")), []byte("\n"))
}

// examineCollector tries Splunk's collector, for doctor. It sends nothing.
func (d *door) examineCollector(ctx context.Context, c *chart, set *settings.Settings) {
	collector, err := d.collector(set, program, nil)
	if err == nil {
		err = collector.Check(ctx)
	}
	c.note("HEC", set.HECURL, err, "it is well, and knows the token", "see hec_url, and the token in "+variable("hec_credential", "token"))
}

// examineSinks looks at the topic and the alarms.
func (e *estate) examineSinks(ctx context.Context, c *chart) {
	if e.set.SNSTopicARN != "" {
		c.checks = append(c.checks, e.topic().Check(ctx))
	}
	if e.set.CloudWatchNamespace != "" {
		c.checks = append(c.checks, e.alarms().Check(ctx)...)
	}
}
