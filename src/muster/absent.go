package muster

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"cloudtrail_anomaly/src/awscall"
)

// NoOrganization says that Organizations could not tell which accounts there are: the caller may not ask, or there is no organization. Listed
// is the way on. Any other error is a fault of this moment.
type NoOrganization struct{ Err error }

func (e *NoOrganization) Error() string {
	const mend = "set organizations_account_id to the management account or a delegated administrator, which alone may list the accounts, or list them in accounts"
	var unused *types.AWSOrganizationsNotInUseException
	var refused *awscall.Refused
	switch {
	case errors.As(e.Err, &unused):
		return "the account that is asked is in no organization; if there is one, " + mend
	case errors.As(e.Err, &refused):
		return fmt.Sprintf("%s is refused %s on %s; let it, or %s", refused.Role, refused.Action, refused.Resource, mend)
	}
	return fmt.Sprintf("the accounts of the organization are not known (%s): %s", awscall.Words(e.Err.Error()), mend)
}

func (e *NoOrganization) Unwrap() error { return e.Err }

// absent makes a *NoOrganization of the errors that mean it.
func absent(err error) error {
	var unused *types.AWSOrganizationsNotInUseException
	if awscall.Denied(err) || errors.As(err, &unused) {
		return &NoOrganization{err}
	}
	return fmt.Errorf("asking Organizations: %w", err)
}

// Describe says which organization the account of cfg is in, and which account manages it; every account of an organization may ask that.
// The error is a *NoOrganization where there is none.
func Describe(ctx context.Context, cfg aws.Config) (Organization, error) {
	out, err := organizations.NewFromConfig(cfg).DescribeOrganization(ctx, nil)
	if err != nil {
		return Organization{}, absent(err)
	}
	if out.Organization == nil {
		return Organization{}, &NoOrganization{errors.New("the answer is empty")}
	}
	return Organization{ID: aws.ToString(out.Organization.Id), Management: aws.ToString(out.Organization.MasterAccountId)}, nil
}
