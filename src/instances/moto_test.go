package instances

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/awscall"
)

// Against moto: an instance with an elastic address behind a NAT gateway.
func TestAnInstanceOfMoto(t *testing.T) {
	endpoint := os.Getenv("CT_MOTO")
	if endpoint == "" {
		t.Skip("CT_MOTO names no moto server; make check-aws starts one")
	}
	const account, region = "730000000003", "eu-west-1"
	caller := connect(t, endpoint)
	enter := func(ctx context.Context, account, region string) (aws.Config, error) {
		cfg, err := caller.As(ctx, account, "CT_IamReadOnly")
		return awscall.In(cfg, region), err
	}
	cfg, err := enter(t.Context(), account, region)
	require.NoError(t, err)
	c := ec2.NewFromConfig(cfg)
	network, err := c.CreateVpc(t.Context(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.20.0.0/16")})
	require.NoError(t, err)
	subnet, err := c.CreateSubnet(t.Context(), &ec2.CreateSubnetInput{VpcId: network.Vpc.VpcId, CidrBlock: aws.String("10.20.1.0/24")})
	require.NoError(t, err)
	run, err := c.RunInstances(t.Context(), &ec2.RunInstancesInput{
		ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1), SubnetId: subnet.Subnet.SubnetId,
	})
	require.NoError(t, err)
	own := run.Instances[0]
	allocate := func() *ec2.AllocateAddressOutput {
		address, err := c.AllocateAddress(t.Context(), &ec2.AllocateAddressInput{Domain: types.DomainTypeVpc})
		require.NoError(t, err)
		return address
	}
	elastic, outward := allocate(), allocate()
	_, err = c.AssociateAddress(t.Context(), &ec2.AssociateAddressInput{AllocationId: elastic.AllocationId, InstanceId: own.InstanceId})
	require.NoError(t, err)
	_, err = c.CreateNatGateway(t.Context(), &ec2.CreateNatGatewayInput{SubnetId: subnet.Subnet.SubnetId, AllocationId: outward.AllocationId})
	require.NoError(t, err)

	room := Open(Options{Config: enter, Now: time.Now})
	ask := func(region, instance, address string) string {
		return verdict(t, room, Question{account, region, instance, address, time.Now().Add(time.Minute).Unix()})
	}
	id := aws.ToString(own.InstanceId)
	require.Equal(t, Own, ask(region, id, aws.ToString(own.PrivateIpAddress)))
	require.Equal(t, Own, ask("us-east-1", id, aws.ToString(elastic.PublicIp)), "a global service's record")
	require.Equal(t, Own, ask(region, id, aws.ToString(outward.PublicIp)))
	require.Equal(t, ForeignAddress, ask(region, id, "198.51.100.7"))
	require.Equal(t, NoSuchInstance, ask(region, "i-0ffffffffffffffff", "198.51.100.7"))

	_, err = c.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{id}})
	require.NoError(t, err)
	afterwards := Open(Options{Config: enter, Now: time.Now})
	v, err := afterwards.Verdict(t.Context(), Question{account, region, id, "198.51.100.7", time.Now().Unix()})
	require.NoError(t, err)
	require.NotEqual(t, NoSuchInstance, v, "a terminated instance existed")
}
