package main

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/instances"
	"cloudtrail_anomaly/src/muster"
	"cloudtrail_anomaly/src/trust"
)

// ours tells whether an account is one of the muster.
func (e *estate) ours(account string) bool {
	return slices.ContainsFunc(e.accounts, func(a muster.Account) bool { return a.ID == account })
}

// reads is the role of an account that reads IAM and EC2.
func (e *estate) reads(ctx context.Context, account string) (aws.Config, error) {
	return e.caller.For(ctx, account, e.set.IAMRoleName, false)
}

// trusts tells of roles what IAM says of them.
type trusts struct{ *trust.Room }

var _ discern.Roles = trusts{}

func (e *estate) trusts() trusts {
	return trusts{trust.Open(trust.Options{Config: e.reads, Ours: e.ours, Now: e.now})}
}

// Role implements discern.Roles. Of a role that is nobody's business here nothing is said.
func (t trusts) Role(ctx context.Context, account, id, arn string, newActions int) (discern.Role, error) {
	role, err := t.Room.Role(ctx, account, id, arn)
	switch {
	case errors.Is(err, trust.ErrForeign), errors.Is(err, trust.ErrNotRole):
		return discern.Role{}, nil
	case err != nil:
		return discern.Role{}, err
	}
	return discern.Role{Created: role.Created, AssociationType: role.AssociationType, AssociatedWith: role.AssociatedWith, LegacySeverity: role.SeverityOf(newActions)}, nil
}

// ec2 tells of instances what EC2 says of them.
type ec2 struct {
	*instances.Room
	region string // is asked first
}

var _ discern.Instances = ec2{}

func (e *estate) ec2() ec2 {
	return ec2{instances.Open(instances.Options{
		Config: func(ctx context.Context, account, region string) (aws.Config, error) {
			cfg, err := e.reads(ctx, account)
			return awscall.In(cfg, region), err
		},
		Ours: e.ours, Now: e.now,
	}), cmp.Or(e.trail.Region, e.caller.Base().Region)}
}

// Verdict implements discern.Instances.
func (r ec2) Verdict(ctx context.Context, call discern.InstanceCall) (string, error) {
	verdict, err := r.Room.Verdict(ctx, instances.Question{Account: call.Account, Region: r.region, Instance: call.Instance, Address: call.Address, Time: call.Time})
	if verdict == instances.Own {
		verdict = discern.VerdictLiteral
	}
	return verdict, err
}
