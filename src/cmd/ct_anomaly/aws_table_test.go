package main

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"
)

// TestAWSATableThatIsNoBaseline: whatever meets it first says what is wrong with it, in the words of setup and doctor.
func TestAWSATableThatIsNoBaseline(t *testing.T) {
	o := organize(t, 2)
	o.begin(t)
	api := dynamodb.NewFromConfig(o.in(o.home))
	_, err := api.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("orders"), BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
	})
	require.NoError(t, err)
	_, err = api.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("orders"), Item: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "1"}}})
	require.NoError(t, err)

	r := must(t, exitFailed, "detect", "anomaly", "--logs", "s3://"+trailBucket, "--dynamo-table-name", "orders", "--state", t.TempDir())
	require.Contains(t, r.err, "table orders has partition key id (S); it needs partition key RoleId (S), sort key Action (S): keys can't be changed, so give another dynamo_table_name")
	require.NotContains(t, r.err, "ValidationException")
	r = must(t, exitFailed, "baseline", "import", "--from-dynamodb", "orders", "--state", t.TempDir())
	require.Contains(t, r.err, "table orders is no baseline: it has partition key id (S), and an older tool's has partition key RoleId (S), sort key Action (S): correct --from-dynamodb")
	require.NotContains(t, r.err, "pairs")
}

// TestAWSATableWhoseTTLIsOff: the first command from a place warns of it, and later ones ask no more.
func TestAWSATableWhoseTTLIsOff(t *testing.T) {
	o := organize(t, 2)
	o.begin(t)
	o.oldTable(t, "older")
	state := t.TempDir()
	detect := []string{"detect", "anomaly", "--logs", "s3://" + trailBucket, "--dynamo-table-name", "older", "--state", state}
	require.Contains(t, must(t, exitDone, detect...).err, "warning: DynamoDB TTL older: it is off: what was forgotten is never deleted; run ct_anomaly setup dynamodb")
	require.NotContains(t, must(t, exitDone, detect...).err, "DynamoDB TTL")
}

// TestAWSCopyingAnOlderTableAgain says what was new, and of an empty table that there is nothing.
func TestAWSCopyingAnOlderTableAgain(t *testing.T) {
	o := organize(t, 3)
	o.oldTable(t, "older")
	state := t.TempDir()
	copied := []string{"baseline", "import", "--from-dynamodb", "older", "--state", state}
	require.Contains(t, must(t, exitDone, copied...).err, "3 pairs copied from older.")
	require.Contains(t, must(t, exitDone, copied...).err, "3 pairs read from older: 0 were copied, the others are known already.")
	must(t, exitDone, "setup", "dynamodb", "--dynamo-table-name", "empty")
	require.Contains(t, must(t, exitDone, "baseline", "import", "--from-dynamodb", "empty", "--state", state).err, "There is no pair in empty: nothing to copy.")
}
