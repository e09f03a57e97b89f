package embedded

import (
	"encoding/binary"
	"fmt"
	"sync"

	bolt "go.etcd.io/bbolt"
)

// actions gives each action a number, so that a packed entry has a fixed size. There are some thousands of them in the largest
// organization, so they are all held in memory while the file is open. Number 0 is the empty action.
type actions struct {
	mu      sync.RWMutex
	numbers map[string]uint32
	names   []string
}

func (a *actions) load(b *bolt.Bucket) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.numbers, a.names = map[string]uint32{"": 0}, []string{""}
	return b.ForEach(func(k, v []byte) error {
		if len(k) != 4 || binary.BigEndian.Uint32(k) != uint32(len(a.names)) {
			return fmt.Errorf("%w (the list of actions has a gap)", ErrDamaged)
		}
		name, err := checked(k, v)
		if err != nil {
			return err
		}
		a.numbers[string(name)] = uint32(len(a.names))
		a.names = append(a.names, string(name))
		return nil
	})
}

func (a *actions) number(name string) (uint32, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	n, ok := a.numbers[name]
	return n, ok
}

func (a *actions) name(number uint32) (string, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if int(number) >= len(a.names) {
		return "", fmt.Errorf("%w (action number %d has no name)", ErrDamaged, number)
	}
	return a.names[number], nil
}

// add gives a new action the next number, within a transaction that stores it.
func (a *actions) add(b *bolt.Bucket, name string) (uint32, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n, ok := a.numbers[name]; ok {
		return n, nil
	}
	n := uint32(len(a.names))
	key := binary.BigEndian.AppendUint32(nil, n)
	if err := putSummed(b, key, []byte(name)); err != nil {
		return 0, err
	}
	a.numbers[name] = n
	a.names = append(a.names, name)
	return n, nil
}
