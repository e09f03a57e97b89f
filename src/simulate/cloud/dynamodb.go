package cloud

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A value is an attribute's, as the protocol writes it: {"S":"text"}. An item is its attributes by name.
type (
	value map[string]any
	item  map[string]value
)

// The keys of the one table, and the attribute by which its items expire (DESIGN section 8).
const (
	partitionKey = "RoleId"
	sortKey      = "Action"
	expiryKey    = "TTL"
)

// A Table is a DynamoDB with one table. Its methods are safe for use by many goroutines.
type Table struct {
	PageSize int // of a Query or Scan, in items; 0 is no limit

	mu       sync.Mutex
	items    map[string]map[string]item // by partition and sort key
	tokens   map[string]bool            // of transactions that were carried out
	unharmed func() bool                // tells of each item of a batch whether it is processed; nil: all are
}

// NewTable is one without items.
func NewTable() *Table {
	return &Table{items: map[string]map[string]item{}, tokens: map[string]bool{}}
}

// Clone is a table with the same items.
func (t *Table) Clone() *Table {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := NewTable()
	c.PageSize = t.PageSize
	for partition, items := range t.items {
		c.items[partition] = maps.Clone(items) // an item is replaced, never changed
	}
	return c
}

// Skip has batches leave items unprocessed for which it is true.
func (t *Table) Skip(skipped func() bool) { t.unharmed = func() bool { return !skipped() } }

// Expire deletes what has expired for so long, as DynamoDB does in its own time.
func (t *Table) Expire(before time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for partition, items := range t.items {
		maps.DeleteFunc(items, func(_ string, it item) bool {
			at := number(it[expiryKey])
			return at != 0 && at < before.Unix()
		})
		if len(items) == 0 {
			delete(t.items, partition)
		}
	}
}

// call is a request of any operation: the members that this table heeds.
type call struct {
	TableName                 string
	Key, Item                 item
	ConditionExpression       string
	KeyConditionExpression    string
	FilterExpression          string
	ProjectionExpression      string
	UpdateExpression          string
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues map[string]value
	ExclusiveStartKey         item
	Select                    string
	ReturnValues              string
	RequestItems              json.RawMessage
	ClientRequestToken        string
	TransactItems             []struct{ Put, Delete, ConditionCheck *call }
}

// A refusal is an error as the protocol has it.
type refusal struct {
	Type    string `json:"__type"`
	Message string `json:"message"`
	Item    item   `json:",omitempty"`
	Reasons []any  `json:"CancellationReasons,omitempty"`
}

func (r *refusal) Error() string { return r.Type + ": " + r.Message }

func refused(kind, message string) *refusal {
	return &refusal{Type: "com.amazonaws.dynamodb.v20120810#" + kind, Message: message}
}

// ServeHTTP speaks DynamoDB's JSON protocol.
func (t *Table) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in call
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	err := json.NewDecoder(r.Body).Decode(&in)
	var out any
	if err == nil {
		out, err = t.do(operation(r), &in)
	}
	if err != nil {
		no, ok := err.(*refusal)
		if !ok {
			no = refused("ValidationException", err.Error())
		}
		w.WriteHeader(http.StatusBadRequest)
		out = no
	}
	_ = json.NewEncoder(w).Encode(out)
}

func operation(r *http.Request) string {
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	return name
}

func (t *Table) do(operation string, in *call) (any, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch operation {
	case "GetItem":
		return map[string]any{"Item": t.at(in.Key)}, nil
	case "PutItem", "DeleteItem":
		if err := t.may(in); err != nil {
			return nil, err
		}
		t.put(in)
		return struct{}{}, nil
	case "UpdateItem":
		return t.update(in)
	case "Query", "Scan":
		return t.query(in)
	case "BatchGetItem":
		return t.batchGet(in)
	case "BatchWriteItem":
		return t.batchWrite(in)
	case "TransactWriteItems":
		return t.transact(in)
	case "DescribeTable":
		return describedTable(in.TableName), nil
	case "DescribeTimeToLive":
		return map[string]any{"TimeToLiveDescription": map[string]string{"TimeToLiveStatus": "ENABLED", "AttributeName": expiryKey}}, nil
	}
	return nil, fmt.Errorf("this table does not know %s", operation)
}

func describedTable(name string) any {
	return map[string]any{"Table": map[string]any{
		"TableName": name, "TableStatus": "ACTIVE", "TableArn": "arn:aws:dynamodb:us-east-1:999999999999:table/" + name,
		"KeySchema": []map[string]string{{"AttributeName": partitionKey, "KeyType": "HASH"}, {"AttributeName": sortKey, "KeyType": "RANGE"}},
		"AttributeDefinitions": []map[string]string{
			{"AttributeName": partitionKey, "AttributeType": "S"}, {"AttributeName": sortKey, "AttributeType": "S"}},
		"BillingModeSummary": map[string]string{"BillingMode": "PAY_PER_REQUEST"},
	}}
}

func (t *Table) at(key item) item { return t.items[text(key[partitionKey])][text(key[sortKey])] }

// key is that of what a call writes.
func (in *call) key() item {
	if in.Item != nil {
		return in.Item
	}
	return in.Key
}

// may holds a call's condition against the item as it is.
func (t *Table) may(in *call) error {
	is := t.at(in.key())
	ok, err := in.holds(in.ConditionExpression, is)
	if err != nil || ok {
		return err
	}
	no := refused("ConditionalCheckFailedException", "The conditional request failed")
	no.Item = is
	return no
}

// put puts an item, or deletes one where there is none to put.
func (t *Table) put(in *call) {
	partition, sort := text(in.key()[partitionKey]), text(in.key()[sortKey])
	if in.Item == nil {
		delete(t.items[partition], sort)
		return
	}
	if t.items[partition] == nil {
		t.items[partition] = map[string]item{}
	}
	t.items[partition][sort] = in.Item
}

// transact carries out all of a transaction or nothing, and each token once.
func (t *Table) transact(in *call) (any, error) {
	if t.tokens[in.ClientRequestToken] {
		return struct{}{}, nil
	}
	steps := make([]*call, len(in.TransactItems))
	reasons, failed := make([]any, len(steps)), false
	for i, s := range in.TransactItems {
		for _, c := range []*call{s.Put, s.Delete, s.ConditionCheck} {
			if c != nil {
				steps[i] = c
			}
		}
		reasons[i] = map[string]string{"Code": "None"}
		if err := t.may(steps[i]); err != nil {
			reasons[i], failed = map[string]string{"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}, true
		}
	}
	if failed {
		no := refused("TransactionCanceledException", "Transaction cancelled, please refer cancellation reasons for specific reasons")
		no.Reasons = reasons
		return nil, no
	}
	for i, s := range steps {
		if in.TransactItems[i].ConditionCheck == nil {
			t.put(s)
		}
	}
	if in.ClientRequestToken != "" {
		t.tokens[in.ClientRequestToken] = true
	}
	return struct{}{}, nil
}
