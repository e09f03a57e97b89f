package dynamodb_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/baseline/dynamodb"
)

// now is the clock of all tests: 2026-11-22T09:30:00Z.
const now = int64(1_795_339_800)

const day = int64(86400)

var tables atomic.Int64

// local is the configuration for DynamoDB Local, or whatever stands in its place at the address.
func local(t *testing.T, address string) aws.Config {
	t.Helper()
	if address == "" {
		t.Skip("CT_DYNAMODB is not set: it is the address of DynamoDB Local (make check-aws starts one)")
	}
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: &address, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
}

func address() string { return os.Getenv("CT_DYNAMODB") }

func options(cfg aws.Config, table string) dynamodb.Options {
	return dynamodb.Options{
		Config: cfg, Table: table, Owner: "collector", Now: func() time.Time { return time.Unix(now, 0) }, ForgetAfterDays: 90, RefreshDays: 7,
		Pause: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

func open(t *testing.T, o dynamodb.Options) *dynamodb.Store {
	t.Helper()
	s, err := dynamodb.Open(t.Context(), o)
	require.NoError(t, err)
	return s
}

// fresh makes a table in the older tools' shape, without TTL: what the tests call long ago must not be cleaned up under them.
func fresh(t *testing.T) (client *sdk.Client, table string) {
	t.Helper()
	client = sdk.NewFromConfig(local(t, address()))
	table = fmt.Sprintf("baseline-%d-%d", os.Getpid(), tables.Add(1))
	_, err := client.CreateTable(t.Context(), &sdk.CreateTableInput{
		TableName: &table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("RoleId"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("Action"), AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("RoleId"), KeyType: types.KeyTypeHash}, {AttributeName: aws.String("Action"), KeyType: types.KeyTypeRange},
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := client.DeleteTable(context.WithoutCancel(t.Context()), &sdk.DeleteTableInput{TableName: &table})
		require.NoError(t, err)
	})
	return client, table
}
