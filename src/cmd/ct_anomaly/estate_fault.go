package main

import (
	"context"
	"errors"
	"fmt"

	"cloudtrail_anomaly/src/activity/athena"
	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/baseline/dynamodb"
	"cloudtrail_anomaly/src/discern"
)

// A remedy is what coverage says of an error: its code, and what to do about it.
type remedy struct {
	err                error
	status, code, next string
}

const nextRun = "the next run goes on where this one stopped"

const allNeeded = "ct_anomaly policy prints all that is needed, and ct_anomaly doctor tries it"

const noQueue = "correct the URL in logs (--logs sqs://sqs.REGION.amazonaws.com/ACCOUNT/NAME): region, account and name; or make the queue, and have the bucket of the trail, " +
	"or its SNS topic, notify it of new objects"

// remedies are the errors of the rooms that work on AWS.
var remedies = []remedy{
	{athena.ErrNoTable, discern.StatusFailed, discern.CodeBadQuery, "run ct_anomaly setup athena for this account"},
	{athena.ErrOtherTable, discern.StatusFailed, discern.CodeBadQuery, "drop the table and run ct_anomaly setup athena, or give another athena_database"},
	{athena.ErrNoFiles, discern.StatusFailed, discern.CodeNoFiles, "see cloudtrail_prefix and organization_id, and whether the trail delivers for this account"},
	{athena.ErrNoPlace, discern.StatusFailed, discern.CodeBadQuery, "see athena_workgroup and athena_bucket: queries need a workgroup that is there, and a place for results"},
	{athena.ErrScanLimit, discern.StatusSkipped, discern.CodeBudget, "raise the workgroup's limit of bytes a query, or lower history_days"},
	{athena.ErrCancelled, discern.StatusPartial, discern.CodeBadQuery, "somebody cancelled it; " + nextRun},
	{athena.ErrBadData, discern.StatusPartial, discern.CodeBadData, "see which files are named; " + nextRun},
	{athena.ErrQuery, discern.StatusFailed, discern.CodeBadQuery, "see Athena's reason; ct_anomaly doctor looks at table and workgroup"},
	{athena.ErrService, discern.StatusPartial, discern.CodeBadQuery, nextRun},
	{logs.ErrNoFolder, discern.StatusFailed, discern.CodeNoFiles, "see cloudtrail_prefix and organization_id, and whether the trail covers this account; exclude_accounts leaves it out"},
	{logs.ErrNoQueue, discern.StatusFailed, discern.CodeNoFiles, noQueue},
	{logs.ErrNoTrail, discern.StatusFailed, discern.CodeNoFiles, "give cloudtrail_prefix (or the prefix in logs) and organization_id"},
	{dynamodb.ErrThrottled, discern.StatusPartial, discern.CodeThrottled, nextRun + "; give the table more capacity, or on-demand, if it happens again"},
	{dynamodb.ErrOtherKeys, discern.StatusFailed, discern.CodeBadQuery, "give another dynamo_table_name, and run ct_anomaly setup dynamodb"},
	{dynamodb.ErrNewer, discern.StatusFailed, discern.CodeInternal, "another collector with a newer version uses the table: bring this one to that version"},
}

// explain gives an error of AWS as a halt, with its code and what to do about it.
func explain(err error) error {
	var halt *discern.Halt
	var refused *awscall.Refused
	switch {
	case err == nil, errors.As(err, &halt), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	err = awscall.Plain(err)
	switch {
	case errors.As(err, &refused):
		return &discern.Halt{Status: discern.StatusFailed, Code: discern.CodeAccessDenied, Err: err,
			Next: fmt.Sprintf("grant %s on %s to %s: %s", refused.Action, refused.Resource, refused.Role, allNeeded)}
	case awscall.NoCredentials(err):
		return &discern.Halt{Status: discern.StatusFailed, Code: discern.CodeCredential, Err: err,
			Next: "renew the credentials, or give some; " + nextRun}
	}
	for _, r := range remedies {
		if errors.Is(err, r.err) {
			return &discern.Halt{Status: r.status, Code: r.code, Err: err, Next: r.next}
		}
	}
	if awscall.Throttled(err) {
		return &discern.Halt{Status: discern.StatusPartial, Code: discern.CodeThrottled, Err: err, Next: nextRun + "; lower max_concurrent_accounts if it happens again"}
	}
	return err
}
