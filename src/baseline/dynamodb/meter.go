package dynamodb

import (
	"context"
	"sync"

	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
)

// counted asks each call for what it has cost.
const counted = types.ReturnConsumedCapacityTotal

// A meter adds up what calls have cost. Of a call that failed DynamoDB does not say it.
type meter struct {
	mu            sync.Mutex
	reads, writes float64
	requests      int
}

func (m *meter) spent() (reads, writes float64, requests int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.reads, m.writes, m.requests
}

// install counts requests where they go out, below the SDK's retries.
func (m *meter) install(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("CountRequests", func(
		ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
	) (middleware.DeserializeOutput, middleware.Metadata, error) {
		m.mu.Lock()
		m.requests++
		m.mu.Unlock()
		return next.HandleDeserialize(ctx, in)
	}), middleware.After)
}

// add takes in a call's answer.
func (m *meter) add(out any) {
	switch out := out.(type) {
	case *sdk.QueryOutput:
		m.read(out.ConsumedCapacity)
	case *sdk.ScanOutput:
		m.read(out.ConsumedCapacity)
	case *sdk.BatchGetItemOutput:
		for i := range out.ConsumedCapacity {
			m.read(&out.ConsumedCapacity[i])
		}
	case *sdk.PutItemOutput:
		m.wrote(out.ConsumedCapacity)
	case *sdk.UpdateItemOutput:
		m.wrote(out.ConsumedCapacity)
	case *sdk.DeleteItemOutput:
		m.wrote(out.ConsumedCapacity)
	case *sdk.BatchWriteItemOutput:
		for i := range out.ConsumedCapacity {
			m.wrote(&out.ConsumedCapacity[i])
		}
	case *sdk.TransactWriteItemsOutput:
		for i := range out.ConsumedCapacity {
			m.wrote(&out.ConsumedCapacity[i])
		}
	}
}

func (m *meter) read(c *types.ConsumedCapacity) {
	if c != nil && c.CapacityUnits != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.reads += *c.CapacityUnits
	}
}

func (m *meter) wrote(c *types.ConsumedCapacity) {
	if c != nil && c.CapacityUnits != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.writes += *c.CapacityUnits
	}
}
