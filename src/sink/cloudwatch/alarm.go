package cloudwatch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"cloudtrail_anomaly/src/discern"
)

// AlarmOptions say which alarms there are to be, and whom they tell.
type AlarmOptions struct {
	Config    aws.Config // of the account and region that the sink counts in
	Namespace string
	Rules     []string // the names of all rules
	Email     string   // alarm_email: told by a topic of our own; "" and no Topic: nobody is told
	Topic     string   // the ARN of a topic that is there, instead of our own
}

// Alarms are those of one namespace: one for the whole, one for each type of anomaly, and one for each rule.
type Alarms struct {
	o      AlarmOptions
	region string
	alarms *cloudwatch.Client
	topics *sns.Client
	who    *sts.Client
}

// OpenAlarms calls nothing yet.
func OpenAlarms(o AlarmOptions) *Alarms {
	cfg := o.Config
	return &Alarms{o: o, region: cfg.Region, alarms: cloudwatch.NewFromConfig(cfg), topics: sns.NewFromConfig(cfg), who: sts.NewFromConfig(cfg)}
}

// anomalyTypes are those that discern tells of.
var anomalyTypes = [...]string{discern.NewAction, discern.NewPrincipal, discern.DeniedThenSuccess, discern.RuleMatch}

// SID341's properties of an alarm. A minute without data is a good one: nothing is put where nothing was found.
const (
	period    = 60 // seconds
	threshold = 1
	missing   = "notBreaching"
)

// mostName is how long the name of an alarm may be.
const mostName = 255

// A watch is an alarm as it is to be.
type watch struct {
	name  string
	part  part
	about string // in the mail that AWS sends
}

func (a *Alarms) watches() ([]watch, error) {
	all := []watch{{a.prefix() + "all", part{}, "ct_anomaly has told of an anomaly."}}
	for _, t := range anomalyTypes {
		all = append(all, watch{a.prefix() + "type " + t, part{byType, t}, "ct_anomaly has told of an anomaly of type " + t + "."})
	}
	for _, r := range a.o.Rules {
		all = append(all, watch{a.prefix() + "rule " + r, part{byRule, r}, "ct_anomaly has told of what its rule " + r + " found."})
	}
	for _, w := range all {
		if len(w.name) > mostName {
			return nil, fmt.Errorf("the alarm %q would have a name of more than %d characters: give a shorter cloudwatch_namespace", w.name, mostName)
		}
	}
	return all, nil
}

// prefix begins the names of the alarms of this namespace, and of no other: a namespace has no spaces.
func (a *Alarms) prefix() string { return "ct_anomaly " + a.o.Namespace + " " }

// named gives the alarms whose names begin as ours do, by name.
func (a *Alarms) named(ctx context.Context) (map[string]types.MetricAlarm, error) {
	found := map[string]types.MetricAlarm{}
	err := a.describe(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNamePrefix: aws.String(a.prefix())}, func(m types.MetricAlarm) {
		found[aws.ToString(m.AlarmName)] = m
	})
	return found, err
}

func (a *Alarms) describe(ctx context.Context, in *cloudwatch.DescribeAlarmsInput, each func(types.MetricAlarm)) error {
	in.MaxRecords = aws.Int32(100)
	in.AlarmTypes = []types.AlarmType{types.AlarmTypeMetricAlarm}
	for pages := cloudwatch.NewDescribeAlarmsPaginator(a.alarms, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("look at the CloudWatch alarms in %s: %w", a.region, err)
		}
		for i := range page.MetricAlarms {
			each(page.MetricAlarms[i])
		}
	}
	return nil
}

// make is the alarm as Setup makes it.
func (a *Alarms) make(w watch, topic string) *cloudwatch.PutMetricAlarmInput {
	in := &cloudwatch.PutMetricAlarmInput{
		AlarmName:          aws.String(w.name),
		AlarmDescription:   aws.String(w.about + " The anomaly's own event has what happened."),
		Namespace:          aws.String(a.o.Namespace),
		MetricName:         aws.String(Metric),
		Dimensions:         w.part.dimensions(),
		Statistic:          types.StatisticSum,
		Period:             aws.Int32(period),
		EvaluationPeriods:  aws.Int32(1),
		Threshold:          aws.Float64(threshold),
		ComparisonOperator: types.ComparisonOperatorGreaterThanOrEqualToThreshold,
		TreatMissingData:   aws.String(missing),
		ActionsEnabled:     aws.Bool(true),
		Tags:               []types.Tag{{Key: aws.String(tagMade), Value: aws.String(madeBy)}},
	}
	if topic != "" {
		in.AlarmActions = []string{topic}
	}
	return in
}

// telling is an alarm that is there, with all it has, and a topic more that it tells.
func telling(m *types.MetricAlarm, topic string) *cloudwatch.PutMetricAlarmInput {
	return &cloudwatch.PutMetricAlarmInput{
		AlarmActions: append(slices.Clone(m.AlarmActions), topic),

		AlarmName: m.AlarmName, AlarmDescription: m.AlarmDescription, Namespace: m.Namespace, MetricName: m.MetricName, Dimensions: m.Dimensions,
		Statistic: m.Statistic, ExtendedStatistic: m.ExtendedStatistic, Period: m.Period, Unit: m.Unit,
		EvaluationPeriods: m.EvaluationPeriods, DatapointsToAlarm: m.DatapointsToAlarm, EvaluationWindow: m.EvaluationWindow,
		Threshold: m.Threshold, ComparisonOperator: m.ComparisonOperator, TreatMissingData: m.TreatMissingData,
		EvaluateLowSampleCountPercentile: m.EvaluateLowSampleCountPercentile, ThresholdMetricId: m.ThresholdMetricId,
		ActionsEnabled: m.ActionsEnabled, ActionConfiguration: m.ActionConfiguration, OKActions: m.OKActions, InsufficientDataActions: m.InsufficientDataActions,
		WarmUpConfiguration: m.WarmUpConfiguration,
	}
}

// on tells whether an alarm that is there watches what it is to watch.
func (w *watch) on(m *types.MetricAlarm, namespace string) bool {
	var p part
	if len(m.Dimensions) == 1 {
		p = part{aws.ToString(m.Dimensions[0].Name), aws.ToString(m.Dimensions[0].Value)}
	}
	return aws.ToString(m.Namespace) == namespace && aws.ToString(m.MetricName) == Metric && p == w.part && len(m.Dimensions) < 2
}

// of names the part that is watched, for people.
func (p part) of() string {
	if p == (part{}) {
		return "all"
	}
	return p.dimension + "=" + p.value
}

// strangers is said of alarms that have our names and watch something else.
func strangers(names []string) string {
	return "these alarms have the names of ours and watch something else: " + strings.Join(names, ", ")
}
