package awscall

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// watch counts the calls made as one role and explains those that fail.
type watch struct {
	caller *Caller
	role   string // ARN; empty: the base credentials
}

func (w watch) install(stack *middleware.Stack) error {
	// After all that only prepares the call, and so around all its attempts.
	if err := stack.Initialize.Add(middleware.InitializeMiddlewareFunc("ct_anomaly:Operation", w.operation), middleware.After); err != nil {
		return err
	}
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("ct_anomaly:Attempt", w.attempt), middleware.After)
}

func (w watch) operation(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
	middleware.InitializeOutput, middleware.Metadata, error,
) {
	service, operation := middleware.GetServiceID(ctx), middleware.GetOperationName(ctx)
	if service == "" {
		return next.HandleInitialize(ctx, in) // the metadata of the instance or the container
	}
	w.caller.meter.add(prefixOf(service)+":"+operation, Calls{Operations: 1})
	out, metadata, err := next.HandleInitialize(ctx, in)
	switch {
	case Denied(err): // the role of this call, or it could not be assumed
		err = plain(err)
	case err != nil:
		err = w.explain(ctx, call{service, operation, in.Parameters}, err)
	}
	return out, metadata, err
}

func (w watch) attempt(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	if service := middleware.GetServiceID(ctx); service != "" {
		w.caller.meter.add(prefixOf(service)+":"+middleware.GetOperationName(ctx), Calls{Attempts: 1})
	}
	out, metadata, err := next.HandleDeserialize(ctx, in)
	w.caller.tells(out.RawResponse)
	w.hush(in.Request, out.RawResponse)
	return out, metadata, err
}

// explain makes a *Refused of an error that is a refusal, and puts others into words.
func (w watch) explain(ctx context.Context, c call, err error) error {
	message, ok := refusal(err)
	if !ok {
		return fail(ctx, err)
	}
	place := w.place(awsmiddleware.GetRegion(ctx))
	r := &Refused{Role: w.name(message), Action: c.action(), Resource: c.resource(place), Reason: reasonIn(message), Err: err}
	r.read(message)
	if c.operation == "AssumeRole" {
		r.externalID = w.caller.options.ExternalID != ""
	}
	return r
}

// name is how the error calls the one who was refused.
func (w watch) name(message string) string {
	if w.role != "" {
		return w.role
	}
	if who := w.caller.who.Load(); who != nil {
		return who.ARN
	}
	if m := userIn.FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return "the base credentials"
}

// place is where a resource is that the call names without its ARN.
func (w watch) place(region string) place {
	if role, err := arn.Parse(w.role); err == nil {
		return place{role.Partition, region, role.AccountID}
	}
	if who := w.caller.who.Load(); who != nil {
		return place{who.Partition, region, who.Account}
	}
	return place{partitionOf(region), region, "*"}
}
