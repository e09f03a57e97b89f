package athena

import (
	"cmp"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// A Place is where queries run and leave their results: a workgroup, looked up once. It is safe for use by many goroutines.
type Place struct {
	client         *athena.Client
	name           string
	bucket, prefix string

	looking   chan struct{} // holds one while the workgroup is looked up
	known     bool
	output    string // where results go, as each query says it; "" where the workgroup has its way
	managed   bool   // Athena keeps the results, and gives them page by page
	effective string // where results go at last
}

// NewPlace is the place of a workgroup ("" is primary), and of results in a bucket where the workgroup leaves that open.
func NewPlace(cfg aws.Config, workgroup, bucket, prefix string) *Place {
	return &Place{client: athena.NewFromConfig(cfg), name: cmp.Or(workgroup, "primary"), bucket: bucket, prefix: prefix, looking: make(chan struct{}, 1)}
}

// find looks the workgroup up. A failure is looked up again by the next who asks.
func (p *Place) find(ctx context.Context) error {
	select {
	case p.looking <- struct{}{}:
		defer func() { <-p.looking }()
	case <-ctx.Done():
		return fmt.Errorf("look at the Athena workgroup %s: %w", p.name, ctx.Err())
	}
	if p.known {
		return nil
	}
	out, err := p.client.GetWorkGroup(ctx, &athena.GetWorkGroupInput{WorkGroup: &p.name})
	if err != nil {
		return fmt.Errorf("look at the Athena workgroup %s: %w", p.name, err)
	}
	if out.WorkGroup == nil || out.WorkGroup.Configuration == nil {
		return fmt.Errorf("%w: the workgroup %s tells nothing of itself; give athena_workgroup another", ErrNoPlace, p.name)
	}
	if out.WorkGroup.State == types.WorkGroupStateDisabled {
		return fmt.Errorf("%w: the workgroup %s is disabled: enable it, or give athena_workgroup another", ErrNoPlace, p.name)
	}
	if err := p.settle(out.WorkGroup.Configuration); err != nil {
		return err
	}
	p.known = true
	return nil
}

// settle says where results go. A workgroup that enforces its configuration is asked for nothing else, as it would not be heard.
func (p *Place) settle(c *types.WorkGroupConfiguration) error {
	theirs := ""
	if c.ResultConfiguration != nil {
		theirs = aws.ToString(c.ResultConfiguration.OutputLocation)
	}
	enforced := c.EnforceWorkGroupConfiguration != nil && *c.EnforceWorkGroupConfiguration
	p.managed = c.ManagedQueryResultsConfiguration != nil && c.ManagedQueryResultsConfiguration.Enabled
	switch {
	case p.managed:
		p.effective = "managed"
	case theirs != "" && (enforced || p.bucket == ""):
		p.effective = theirs
	case p.bucket != "" && !enforced:
		p.output = folder(p.bucket, p.prefix)
		p.effective = p.output
	default:
		return fmt.Errorf("%w: the workgroup %s has no place for results: give athena_bucket, or set one in the workgroup", ErrNoPlace, p.name)
	}
	return nil
}
