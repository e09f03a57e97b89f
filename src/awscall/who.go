package awscall

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Identity is who the base credentials belong to.
type Identity struct {
	Account   string
	ARN       string // of the user, or of the role's session
	Partition string // aws, aws-us-gov, aws-cn, …
}

type identity struct{ atomic.Pointer[Identity] }

// Who asks STS once who the base credentials belong to; that needs no permission. A failure is asked again.
func (c *Caller) Who(ctx context.Context) (Identity, error) {
	if who := c.who.Load(); who != nil {
		return *who, nil
	}
	c.asking.Lock()
	defer c.asking.Unlock()
	if who := c.who.Load(); who != nil {
		return *who, nil
	}
	out, err := sts.NewFromConfig(c.base).GetCallerIdentity(ctx, nil)
	if err != nil {
		err = c.turnedAway(err)
		if none := (*CredentialsError)(nil); errors.As(err, &none) {
			return Identity{}, none
		}
		return Identity{}, fmt.Errorf("who the base credentials belong to: %w", err)
	}
	name, err := arn.Parse(aws.ToString(out.Arn))
	if err != nil {
		return Identity{}, fmt.Errorf("who the base credentials belong to: STS answered %q: %w", aws.ToString(out.Arn), err)
	}
	who := Identity{Account: aws.ToString(out.Account), ARN: name.String(), Partition: name.Partition}
	c.who.Store(&who)
	return who, nil
}

// turnedAway tells an error by which STS does not take the keys. Everybody may ask who he is: a refusal says the same.
func (c *Caller) turnedAway(err error) error {
	var none *CredentialsError
	var refused *Refused
	switch {
	case errors.As(err, &none):
		return err
	case errors.As(err, &refused) && codeOf(refused) == "":
		err = refused.Err
	case !NoCredentials(err):
		return err
	}
	return &CredentialsError{Tried: c.options.tried(), Region: c.base.Region, Err: err}
}
