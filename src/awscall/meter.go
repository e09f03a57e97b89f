package awscall

import (
	"maps"
	"sync"
)

// Calls counts one operation of one service.
type Calls struct {
	Operations int // asked for by the program
	Attempts   int // requests sent for them: more where some were tried again, fewer where credentials or the context were wanting
}

type meter struct {
	mu    sync.Mutex
	calls map[string]Calls
}

func (m *meter) add(operation string, more Calls) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.calls == nil {
		m.calls = make(map[string]Calls)
	}
	c := m.calls[operation]
	m.calls[operation] = Calls{c.Operations + more.Operations, c.Attempts + more.Attempts}
}

// Calls are all calls so far under the base credentials and all roles, by service and operation: "s3:ListObjectsV2". The service is written
// as in IAM's actions; the instance's metadata is no service.
func (c *Caller) Calls() map[string]Calls {
	c.meter.mu.Lock()
	defer c.meter.mu.Unlock()
	return maps.Clone(c.meter.calls)
}
