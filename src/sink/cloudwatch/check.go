package cloudwatch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
)

// Check says, for doctor, which alarms there are and whether alarm_email, or the topic, hears of them. Whether anomalies can be counted shows with the first alone:
// CloudWatch has no call that only tries.
func (a *Alarms) Check(ctx context.Context) []discern.Check {
	checks := []discern.Check{a.checkAlarms(ctx)}
	if a.o.Email != "" {
		checks = append(checks, a.checkEmail(ctx))
	}
	if a.o.Topic != "" {
		checks = append(checks, a.checkTopic(ctx))
	}
	return checks
}

const runSetup = "run ct_anomaly setup alarms"

func (a *Alarms) passed(what, result string) discern.Check {
	return discern.Check{What: what, On: a.o.Namespace, OK: true, Result: result}
}

func (a *Alarms) failed(what, result, mend string) discern.Check {
	return discern.Check{What: what, On: a.o.Namespace, Result: result, Mend: mend}
}

// unknown is what is said where AWS did not answer. A run needs none of this.
func (a *Alarms) unknown(what string, err error) discern.Check {
	if awscall.Denied(err) {
		return a.passed(what, "not looked at: that needs rights which a run does not (ct_anomaly policy --for setup)")
	}
	return a.failed(what, err.Error(), "see aws_region, and whether this host reaches CloudWatch, SNS and STS there")
}

func (a *Alarms) checkAlarms(ctx context.Context) discern.Check {
	const what = "CloudWatch alarms"
	watches, err := a.watches()
	if err != nil {
		return a.failed(what, err.Error(), "give a shorter cloudwatch_namespace")
	}
	there, err := a.named(ctx)
	if err != nil {
		return a.unknown(what, err)
	}
	var absent, others []string
	quiet, raised := 0, 0
	for _, w := range watches {
		m, is := there[w.name]
		switch {
		case !is:
			absent = append(absent, w.part.of())
			continue
		case !w.on(&m, a.o.Namespace):
			others = append(others, w.name)
		}
		if len(m.AlarmActions) == 0 || !aws.ToBool(m.ActionsEnabled) {
			quiet++
		}
		if m.StateValue == types.StateValueAlarm {
			raised++
		}
	}
	toBeTold := a.o.Email != "" || a.o.Topic != ""
	switch {
	case len(others) > 0:
		return a.failed(what, strangers(others), "delete them, then "+runSetup)
	case len(absent) == len(watches) && !toBeTold:
		return a.passed(what, "there are none of ct_anomaly's; "+runSetup+" to have them")
	case len(absent) > 0:
		return a.failed(what, "there is none for "+strings.Join(absent, ", "), runSetup)
	case toBeTold && slices.ContainsFunc(watches, func(w watch) bool { return len(there[w.name].AlarmActions) == 0 }):
		return a.failed(what, fmt.Sprintf("%d of %d tell nobody", quiet, len(watches)), runSetup)
	}
	return a.passed(what, fmt.Sprintf("%d are there, %d of them raised now; %d tell nobody", len(watches), raised, quiet))
}

func (a *Alarms) checkTopic(ctx context.Context) discern.Check {
	const what = "alarm_topic_arn"
	if err := a.usable(ctx); err != nil {
		return a.failed(what, err.Error(), "correct alarm_topic_arn")
	}
	return a.passed(what, "the alarms can tell "+a.o.Topic)
}

func (a *Alarms) checkEmail(ctx context.Context) discern.Check {
	const what = "alarm_email"
	topic, err := a.own(ctx)
	if err != nil {
		return a.unknown(what, err)
	}
	there, err := a.exists(ctx, topic)
	if err != nil {
		return a.unknown(what, err)
	}
	if !there {
		return a.failed(what, "there is no SNS topic "+ownTopic+" in "+a.region, runSetup)
	}
	subscription, err := a.subscription(ctx, topic)
	switch {
	case err != nil:
		return a.unknown(what, err)
	case subscription == "":
		return a.failed(what, a.o.Email+" is not subscribed to SNS topic "+ownTopic, runSetup)
	case subscription == pending:
		return a.failed(what, a.o.Email+" has not confirmed the subscription to SNS topic "+ownTopic,
			"open the link in the mail of AWS Notifications; a mail that was not answered for two days is void, then "+runSetup)
	}
	return a.passed(what, a.o.Email+" is told by SNS topic "+ownTopic)
}
