package main

import (
	"context"
	"errors"
	"fmt"

	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/sink/cloudwatch"
)

// A matchCounter counts what detect records found. Where nothing is to be counted it is nil, and where it can't be it says why, once all is printed.
type matchCounter struct {
	sink      *cloudwatch.Sink
	namespace string
	region    string
	shut      error
}

// counter opens what counts matches, if a namespace is given. Only a fault of the command line is an error: that AWS can't be reached keeps nothing from
// being looked at.
func (d *door) counter(ctx context.Context, set *settings.Settings, o *options) (*matchCounter, error) {
	if set.CloudWatchNamespace == "" {
		return nil, nil
	}
	c := &matchCounter{namespace: set.CloudWatchNamespace}
	e, err := d.estate(ctx, set, o)
	if err == nil && set.AWSRegion == "" { // in the region of the bucket then, as the alarms
		err = e.find(ctx)
	}
	if err == nil {
		err = e.somewhere("detect records", "the matches are to be counted")
	}
	var fault usage
	switch {
	case errors.As(err, &fault):
		return nil, err
	case err != nil:
		c.shut = err
		return c, nil
	}
	c.sink, c.region = e.counter(), e.counting().Region
	return c, nil
}

// count counts each match, as the workshop SID341 does: those with the verdict literal too. It says what it counted.
func (c *matchCounter) count(ctx context.Context, matches []found) (said string, err error) {
	if c == nil || len(matches) == 0 {
		return "", nil
	}
	told := make([]cloudwatch.Match, len(matches))
	for i := range matches {
		told[i] = cloudwatch.Match{Rule: matches[i].Rule, AccountID: matches[i].Account}
	}
	if err = c.shut; err == nil {
		err = c.sink.Count(ctx, told)
	}
	if err != nil {
		return "", withMend(fmt.Errorf("the matches are printed, and not counted in CloudWatch: %w", err))
	}
	return fmt.Sprintf("%s counted in %s in %s.\n", count(len(matches), "match"), c.namespace, c.region), nil
}
