package cost

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"
)

// The operations on DynamoDB that read, and those that write.
var (
	reading = map[string]bool{"GetItem": true, "BatchGetItem": true, "Query": true, "Scan": true, "TransactGetItems": true}
	writing = map[string]bool{"PutItem": true, "UpdateItem": true, "DeleteItem": true, "BatchWriteItem": true, "TransactWriteItems": true}
)

// serveDynamoDB hands a call on to DynamoDB Local, and counts what that says it took.
func (c *cloud) serveDynamoDB(w http.ResponseWriter, r *http.Request, operation string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller is gone
	}
	if c.held != nil && operation == "PutItem" {
		c.hold(w, body)
		return
	}
	out, err := http.NewRequestWithContext(r.Context(), http.MethodPost, c.dynamodb, bytes.NewReader(body))
	if err != nil {
		c.fault(w, err)
		return
	}
	out.Header = r.Header.Clone()
	out.Header.Del("Accept-Encoding")
	res, err := c.client.Do(out)
	if err != nil {
		c.fault(w, err)
		return
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		c.fault(w, err)
		return
	}
	taken := count{Dynamo: 1}
	units, told := consumed(answer)
	switch {
	case res.StatusCode != http.StatusOK:
		c.t.Errorf("DynamoDB Local refuses %s: %.300s", operation, answer)
	case reading[operation]:
		taken.Reads = units
	case writing[operation]:
		taken.Writes = units
	default:
		told = true // it costs nothing
	}
	if !told {
		c.t.Errorf("%s does not ask what it costs", operation)
	}
	c.count(taken)
	for _, name := range []string{"Content-Type", "X-Amz-Crc32"} {
		w.Header().Set(name, res.Header.Get(name))
	}
	w.WriteHeader(res.StatusCode)
	_, _ = w.Write(answer)
}

// consumed reads how many capacity units an answer tells of.
func consumed(answer []byte) (units float64, told bool) {
	var said struct{ ConsumedCapacity json.RawMessage }
	if json.Unmarshal(answer, &said) != nil || len(said.ConsumedCapacity) == 0 {
		return 0, false
	}
	type capacity struct{ CapacityUnits float64 }
	var one capacity
	if json.Unmarshal(said.ConsumedCapacity, &one) == nil {
		return one.CapacityUnits, true
	}
	var several []capacity
	if json.Unmarshal(said.ConsumedCapacity, &several) != nil {
		return 0, false
	}
	for _, part := range several {
		units += part.CapacityUnits
	}
	return units, true
}

// hold takes an item that a store writes before the measurement, so that many come into the table by one call.
func (c *cloud) hold(w http.ResponseWriter, body []byte) {
	var put struct{ Item json.RawMessage }
	if err := json.Unmarshal(body, &put); err != nil {
		c.fault(w, err)
		return
	}
	c.mu.Lock()
	*c.held = append(*c.held, put.Item)
	c.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	_, _ = io.WriteString(w, `{"ConsumedCapacity":{"TableName":"held","CapacityUnits":1}}`)
}

// fill puts items into a table, which nobody counts.
func (c *cloud) fill(table string, items []json.RawMessage) {
	c.t.Helper()
	for len(items) > 0 {
		n := min(25, len(items))
		puts := make([]string, n)
		for i, item := range items[:n] {
			puts[i] = fmt.Sprintf(`{"PutRequest":{"Item":%s}}`, item)
		}
		items = items[n:]
		body := fmt.Sprintf(`{"RequestItems":{%q:[%s]}}`, table, strings.Join(puts, ","))
		req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.dynamodb, strings.NewReader(body))
		require.NoError(c.t, err)
		req.Header.Set("Content-Type", "application/x-amz-json-1.0")
		req.Header.Set("X-Amz-Target", "DynamoDB_20120810.BatchWriteItem")
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+c.key+"/20251120/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
		res, err := c.client.Do(req)
		require.NoError(c.t, err)
		answer, err := io.ReadAll(res.Body)
		require.NoError(c.t, err)
		require.NoError(c.t, res.Body.Close())
		require.Equal(c.t, http.StatusOK, res.StatusCode, string(answer))
		require.Contains(c.t, string(answer), `"UnprocessedItems":{}`)
	}
}

// makeTable makes a table as all these tools have it, without TTL: what is long ago must not be cleaned up under them.
func makeTable(t *testing.T, cfg aws.Config, name string) {
	t.Helper()
	key := func(name string, kind types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: &name, KeyType: kind}
	}
	text := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	_, err := sdk.NewFromConfig(cfg).CreateTable(t.Context(), &sdk.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{text("RoleId"), text("Action")},
		KeySchema:            []types.KeySchemaElement{key("RoleId", types.KeyTypeHash), key("Action", types.KeyTypeRange)},
	})
	require.NoError(t, err)
}
