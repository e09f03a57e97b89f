package awscall

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const (
	// roleDuration is the longest a session may last that a role's session asks for.
	roleDuration = time.Hour
	// renewBefore is how long before its end a session is renewed, so that no long call is cut.
	renewBefore = 5 * time.Minute
)

// As is the config of a role of an account, assumed from the base credentials with the external id. The role's name may hold its path
// (security/CT_OrgsRole). The session is shared by all who ask for it and renewed before it ends. When the role can't be assumed the error
// is a *Refused that says what may be missing.
func (c *Caller) As(ctx context.Context, account, role string) (aws.Config, error) {
	who, err := c.Who(ctx)
	if err != nil {
		return aws.Config{}, err
	}
	cfg := c.role(fmt.Sprintf("arn:%s:iam::%s:role/%s", who.Partition, account, role))
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return aws.Config{}, plain(err)
	}
	return cfg.Copy(), nil
}

// For settles whether a role is assumed at all: only where its account was given in the settings or is not the caller's. An empty role
// is never assumed, nor is the one that the base credentials are a session of.
func (c *Caller) For(ctx context.Context, account, role string, given bool) (aws.Config, error) {
	if role == "" || account == "" {
		return c.Base(), nil
	}
	who, err := c.Who(ctx)
	if err != nil {
		return aws.Config{}, err
	}
	if account == who.Account && (!given || who.session(role)) {
		return c.Base(), nil
	}
	return c.As(ctx, account, role)
}

// session tells whether the identity is a session of the role of its own account. The ARN of a session is without the role's path.
func (i Identity) session(role string) bool {
	_, rest, _ := strings.Cut(i.ARN, ":assumed-role/")
	name, _, _ := strings.Cut(rest, "/")
	return name != "" && name == path.Base(role)
}

// role keeps one config, and with it one cache of credentials, for each role.
func (c *Caller) role(arn string) aws.Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	cfg, ok := c.roles[arn]
	if !ok {
		cfg = c.base.Copy()
		cfg.APIOptions = c.watched(arn)
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(c.base), arn, func(o *stscreds.AssumeRoleOptions) {
			o.Duration = roleDuration
			o.RoleSessionName = c.options.SessionName
			if c.options.ExternalID != "" {
				o.ExternalID = aws.String(string(c.options.ExternalID))
			}
		}), func(o *aws.CredentialsCacheOptions) {
			o.ExpiryWindow, o.ExpiryWindowJitterFrac = renewBefore, 0.5
		})
		c.roles[arn] = cfg
	}
	return cfg
}

// plain takes the SDK's layers from around a refusal.
func plain(err error) error {
	var refused *Refused
	if errors.As(err, &refused) {
		return refused
	}
	return err
}
