package embedded

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"cloudtrail_anomaly/src/discern"
)

// A pending anomaly is stored under its id: a line of JSON with its bookkeeping, then the event as it will be sent, byte for byte.

func putPending(b *bolt.Bucket, p *discern.Pending) error {
	head, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("store pending anomaly %s: %w", p.ID, err)
	}
	key := []byte(p.ID)
	value := summed(key, append(append(head, '\n'), p.Event...))
	if err := b.Put(key, value); err != nil {
		return fmt.Errorf("store pending anomaly %s: %w", p.ID, err)
	}
	return nil
}

func getPending(key, value []byte) (discern.Pending, error) {
	var p discern.Pending
	body, err := checked(key, value)
	if err != nil {
		return p, err
	}
	head, event, ok := bytes.Cut(body, []byte{'\n'})
	if !ok {
		return p, fmt.Errorf("%w (a pending anomaly has no event)", ErrDamaged)
	}
	if err := json.Unmarshal(head, &p); err != nil {
		return p, fmt.Errorf("%w (a pending anomaly: %w)", ErrDamaged, err)
	}
	p.Event = bytes.Clone(event)
	return p, nil
}

// Take implements discern.Outbox.
func (s *Store) Take(ctx context.Context, owner string, now, lease int64) ([]discern.Pending, error) {
	var taken []discern.Pending
	err := s.update("what is pending", func(tx *bolt.Tx) error {
		taken = nil
		b := tx.Bucket(bucketPending)
		err := b.ForEach(func(k, v []byte) error {
			p, err := getPending(k, v)
			if err == nil && (p.Owner == owner || p.Lease < now) {
				taken = append(taken, p)
			}
			return err
		})
		if err != nil {
			return err
		}
		for i := range taken {
			taken[i].Owner, taken[i].Lease = owner, lease
			if err := putPending(b, &taken[i]); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(taken, func(a, b discern.Pending) int {
		return cmp.Or(cmp.Compare(a.Claimed, b.Claimed), cmp.Compare(a.ID, b.ID))
	})
	return taken, nil
}

// Confirm implements discern.Outbox.
func (s *Store) Confirm(_ context.Context, sink string, ids []string) error {
	return s.update("what was delivered", func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketPending)
		for _, id := range ids {
			v := b.Get([]byte(id))
			if v == nil {
				continue
			}
			p, err := getPending([]byte(id), v)
			if err != nil {
				return err
			}
			p.Sinks = slices.DeleteFunc(p.Sinks, func(name string) bool { return name == sink })
			if len(p.Sinks) == 0 {
				err = b.Delete([]byte(id))
			} else {
				err = putPending(b, &p)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Waiting counts what is pending.
func (s *Store) Waiting(context.Context) (n int, err error) {
	err = s.view("what is pending", func(tx *bolt.Tx) error {
		n = tx.Bucket(bucketPending).Stats().KeyN
		return nil
	})
	return n, err
}
