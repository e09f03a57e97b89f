// Package cloudwatch counts anomalies in a CloudWatch metric, and sets up the alarms that watch it.
//
// It tells how many there are, never what happened: that stands in the events, which the other sinks carry. The metric is AnomaliesDetected, as
// re:Invent's workshop SID341 has it: as a whole, and by what an anomaly is of.
package cloudwatch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"

	"cloudtrail_anomaly/src/discern"
)

// Metric is the name of the metric in every namespace.
const Metric = "AnomaliesDetected"

// A Sink counts what it is given. It is safe for concurrent use.
type Sink struct {
	namespace, region string
	now               func() time.Time
	metrics           *cloudwatch.Client
}

// New makes a sink that counts in a namespace, in the account and region of the configuration.
func New(cfg aws.Config, namespace string, now func() time.Time) *Sink {
	return &Sink{namespace: namespace, region: cfg.Region, now: now, metrics: cloudwatch.NewFromConfig(cfg)}
}

// Name implements discern.Sink.
func (*Sink) Name() string { return "cloudwatch" }

// Send implements discern.Sink. Suppressed anomalies are taken and not counted. One call has all that an event counts for, so that what one call did
// not bring is counted whole by the next run; where its answer was lost, it is counted twice. The error is a *discern.Untaken.
func (s *Sink) Send(ctx context.Context, events []discern.Pending) error {
	for len(events) > 0 {
		counts, rest := count(events, partsOf)
		if err := s.put(ctx, counts); err != nil {
			return &discern.Untaken{IDs: idsOf(events), Err: err}
		}
		events = rest
	}
	return nil
}

// put counts now. By an event's time, which is minutes to days ago, no alarm would ever see it, and what is older than two weeks is not taken at all.
func (s *Sink) put(ctx context.Context, counts map[part]int) error {
	if len(counts) == 0 {
		return nil
	}
	now := s.now()
	data := make([]types.MetricDatum, 0, len(counts))
	for _, p := range slices.SortedFunc(maps.Keys(counts), part.compare) {
		data = append(data, types.MetricDatum{
			MetricName: aws.String(Metric), Dimensions: p.dimensions(), Timestamp: &now, Unit: types.StandardUnitCount, Value: aws.Float64(float64(counts[p])),
		})
	}
	_, err := s.metrics.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: &s.namespace, MetricData: data})
	if err != nil {
		return fmt.Errorf("count anomalies in cloudwatch_namespace %s in %s: %w", s.namespace, s.region, wrongValue(err))
	}
	return nil
}

// wrongValue adds to CloudWatch's refusal of a value what can be wrong: the namespace is the user's, the time is the host's.
func wrongValue(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() == "InvalidParameterValue" {
		return fmt.Errorf("%w; CloudWatch keeps namespaces that begin with AWS/ for itself (see cloudwatch_namespace), and takes no time that is 2 hours ahead "+
			"or 2 weeks behind (see the clock of this host)", err)
	}
	return err
}

func idsOf(events []discern.Pending) []string {
	ids := make([]string, len(events))
	for i := range events {
		ids[i] = events[i].ID
	}
	return ids
}
