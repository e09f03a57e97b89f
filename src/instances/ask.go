package instances

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"cloudtrail_anomaly/src/awscall"
)

// describeInstance looks for an instance in one region; nil says that it is not there. A filter is used, not InstanceIds, since that
// answers an id that is not there, or no id at all, with an error.
func (a *account) describeInstance(ctx context.Context, region, id string) (*instance, error) {
	var found *instance
	err := a.ask(ctx, region, "describe an instance", func(c *ec2.Client) error {
		out, err := c.DescribeInstances(ctx, &ec2.DescribeInstancesInput{Filters: filter("instance-id", id)})
		if err != nil {
			return err
		}
		for _, reservation := range out.Reservations {
			for i := range reservation.Instances {
				found = a.read(region, &reservation.Instances[i])
			}
		}
		return nil
	})
	return found, err
}

func (a *account) read(region string, from *types.Instance) *instance {
	i := &instance{at: a.room.Now(), region: region, vpc: aws.ToString(from.VpcId), launched: aws.ToTime(from.LaunchTime)}
	i.own = with(i.own, from.PrivateIpAddress, from.PublicIpAddress, from.Ipv6Address)
	for _, n := range from.NetworkInterfaces {
		for _, address := range n.PrivateIpAddresses {
			i.own = with(i.own, address.PrivateIpAddress)
			if elastic := address.Association; elastic != nil {
				i.own = with(i.own, elastic.PublicIp, elastic.CarrierIp, elastic.CustomerOwnedIp)
			}
		}
		for _, address := range n.Ipv6Addresses {
			i.own = with(i.own, address.Ipv6Address)
		}
		for _, prefix := range n.Ipv4Prefixes {
			i.own = with(i.own, prefix.Ipv4Prefix)
		}
		for _, prefix := range n.Ipv6Prefixes {
			i.own = with(i.own, prefix.Ipv6Prefix)
		}
	}
	return i
}

// natGateways are the addresses by which an instance's VPC is seen from outside.
func (a *account) natGateways(ctx context.Context, i *instance, life time.Duration) (*network, error) {
	return a.network(a.gateways, i, life, func() (*network, error) {
		n := &network{}
		err := a.ask(ctx, i.region, "describe the NAT gateways of a VPC", func(c *ec2.Client) error {
			pages := ec2.NewDescribeNatGatewaysPaginator(c, &ec2.DescribeNatGatewaysInput{Filter: filter("vpc-id", i.vpc)})
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				if err != nil {
					return err
				}
				for _, gateway := range page.NatGateways {
					for _, address := range gateway.NatGatewayAddresses {
						n.addresses = with(n.addresses, address.PublicIp, address.PrivateIp)
					}
				}
			}
			return nil
		})
		return n, err
	})
}

// network is what is known of an instance's VPC, asked for when it is older than life.
func (a *account) network(known map[string]*network, i *instance, life time.Duration, ask func() (*network, error)) (*network, error) {
	key := i.region + "/" + i.vpc
	if n := known[key]; n != nil && a.younger(n.at, life) {
		return n, nil
	}
	n, err := ask()
	if err != nil {
		return nil, err
	}
	n.at = a.room.Now()
	known[key] = n
	return n, nil
}

// enabledRegions are the regions that the account uses, asked for once a day in one of them.
func (a *account) enabledRegions(ctx context.Context, in string) ([]string, error) {
	if a.younger(a.regionsAt, regionsLife) {
		return a.regions, nil
	}
	var regions []string
	err := a.ask(ctx, in, "list the regions of the account", func(c *ec2.Client) error {
		out, err := c.DescribeRegions(ctx, &ec2.DescribeRegionsInput{})
		if err != nil {
			return err
		}
		for _, region := range out.Regions {
			regions = append(regions, aws.ToString(region.RegionName))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.regions, a.regionsAt = regions, a.room.Now()
	return regions, nil
}

// ask makes a call in a region, unless the same was refused there within the hour.
func (a *account) ask(ctx context.Context, region, what string, call func(*ec2.Client) error) error {
	key := region + "/" + what
	if r := a.refused[key]; r.err != nil && a.younger(r.at, answerLife) {
		return r.err
	}
	cfg, err := a.room.Config(ctx, a.id, region)
	if err == nil {
		err = call(ec2.NewFromConfig(awscall.In(cfg, region)))
	}
	switch {
	case err == nil:
		return nil
	case awscall.Denied(err):
		err = fmt.Errorf("%s in account %s and region %s: %w: %w", what, a.id, region, ErrRefused, err)
		a.refused[key] = refusal{a.room.Now(), err}
		return err
	}
	return fmt.Errorf("%s in account %s and region %s: %w", what, a.id, region, err)
}

func isRefused(err error) bool { return errors.Is(err, ErrRefused) }

func filter(name, value string) []types.Filter {
	return []types.Filter{{Name: &name, Values: []string{value}}}
}

// with adds addresses and networks as EC2 writes them; what is none is left out.
func with(list []netip.Prefix, texts ...*string) []netip.Prefix {
	for _, text := range texts {
		if text == nil {
			continue
		}
		if n, err := netip.ParsePrefix(*text); err == nil {
			list = append(list, n.Masked())
		} else if ip, err := netip.ParseAddr(*text); err == nil {
			list = append(list, netip.PrefixFrom(ip, ip.BitLen()))
		}
	}
	return list
}
