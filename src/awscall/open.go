package awscall

import (
	"context"
	"fmt"
	"regexp"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
)

// A Caller holds the base credentials and the roles assumed from them. It is safe for use by many goroutines.
type Caller struct {
	options Options
	base    aws.Config
	guessed bool // base's region
	meter   meter
	clock   clock

	asking sync.Mutex // held while Who asks, so that it asks once
	who    identity
	mu     sync.Mutex // for roles
	roles  map[string]aws.Config
}

// fallbackRegion is asked where nothing names a region: any of the partition will do for STS, and S3 says itself where a bucket is.
const fallbackRegion = "us-east-1"

// Open finds the base credentials and has them ready; nothing else is asked of AWS. Without credentials the error is a *CredentialsError.
func Open(ctx context.Context, o Options) (*Caller, error) {
	o = o.withDefaults()
	client, err := o.client()
	if err != nil {
		return nil, err
	}
	c := &Caller{options: o, roles: make(map[string]aws.Config)}
	cfg, err := config.LoadDefaultConfig(ctx, append(o.load(),
		config.WithHTTPClient(client), config.WithAPIOptions(c.watched("")), config.WithLogger(logging.Nop{}), config.WithServiceOptions(pathStyle))...)
	if err != nil {
		return nil, &CredentialsError{Tried: o.tried(), Err: err} // a profile that is not there, a file that can't be read
	}
	if buildable, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		cfg.HTTPClient = buildable.Freeze() // else each client of a service may make a copy, with connections of its own
	}
	cfg.Credentials = chain{cfg.Credentials, o.tried()}
	found, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	if cfg.Region == "" {
		if cfg.Region = o.regionOf(ctx, cfg, found); cfg.Region == "" {
			cfg.Region, c.guessed = fallbackRegion, true
		}
	}
	if cfg.RetryMaxAttempts == 0 {
		cfg.RetryMaxAttempts = defaultMaxAttempts
	}
	cfg.Retryer = again(cfg.RetryMode)
	c.base = cfg
	return c, nil
}

// Base is the config of the base credentials.
func (c *Caller) Base() aws.Config { return c.base.Copy() }

// Guessed tells whether the base config's region is one that nothing named: it will do to ask, and not to make anything in.
func (c *Caller) Guessed() bool { return c.guessed }

// In is cfg in another region; an empty region leaves it as it is.
func In(cfg aws.Config, region string) aws.Config {
	cfg = cfg.Copy()
	if region != "" {
		cfg.Region = region
	}
	return cfg
}

// load gives the SDK what is set. How a call is tried again stays the SDK's: what is worth it (throttling, 5xx, broken connections), after a
// jittered wait that doubles up to 20 s and ends with the context; each client has a budget of retries of its own.
func (o Options) load() []func(*config.LoadOptions) error {
	var load []func(*config.LoadOptions) error
	if o.MaxAttempts > 0 {
		load = append(load, config.WithRetryMaxAttempts(o.MaxAttempts))
	}
	if o.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(o.Profile))
	}
	if o.Keys != (Keys{}) {
		load = append(load, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(
			string(o.Keys.AccessKeyID), string(o.Keys.SecretAccessKey), string(o.Keys.SessionToken))))
	}
	if o.Region != "" {
		load = append(load, config.WithRegion(o.Region))
	}
	if o.EndpointURL != "" {
		load = append(load, config.WithBaseEndpoint(o.EndpointURL))
	}
	return load
}

// watched are the middlewares of every call made as role; empty: by the base credentials.
func (c *Caller) watched(role string) []func(*middleware.Stack) error {
	agent := awsmiddleware.AddUserAgentKey(defaultSession)
	if c.options.Version != "" {
		agent = awsmiddleware.AddUserAgentKeyValue(defaultSession, c.options.Version)
	}
	return []func(*middleware.Stack) error{agent, watch{c, role}.install}
}

// pathStyle has S3 put the bucket into the path where an endpoint is given: a stand-in has no host name for each bucket.
func pathStyle(_ string, service any) {
	if o, ok := service.(*s3.Options); ok && o.BaseEndpoint != nil {
		o.UsePathStyle = true
	}
}

// regionOf is for credentials that came without a region: an instance knows its own; keys are most likely of the partition of what is used with them.
func (o Options) regionOf(ctx context.Context, cfg aws.Config, found aws.Credentials) string {
	if found.Source == ec2rolecreds.ProviderName {
		if out, err := imds.NewFromConfig(cfg).GetRegion(ctx, nil); err == nil && out.Region != "" {
			return out.Region
		}
	}
	for _, place := range append([]string{aws.ToString(cfg.BaseEndpoint)}, o.Beside...) {
		if m := regionIn.FindStringSubmatch(place); m != nil {
			return m[1]
		}
	}
	return ""
}

// regionIn finds the region in an ARN, or in the host of an address.
var regionIn = regexp.MustCompile(`^(?:arn:[a-z-]+:[a-z0-9-]+:|(?:[a-z0-9]+://)?(?:[a-z0-9-]+\.)*)([a-z]{2,4}(?:-[a-z]+){1,3}-[0-9]{1,2})(?:[.:]|$)`)

// String names the caller without any credential.
func (c *Caller) String() string { return fmt.Sprintf("the base credentials in %s", c.base.Region) }
