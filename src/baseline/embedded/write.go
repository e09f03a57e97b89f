package embedded

import (
	"context"
	"fmt"
	"maps"
	"slices"

	bolt "go.etcd.io/bbolt"

	"cloudtrail_anomaly/src/discern"
)

// Write implements discern.Baseline. All deeds go into one transaction, so that a run costs one fsync: after an error none was done.
func (s *Store) Write(ctx context.Context, deeds []discern.Deed) ([]bool, error) {
	if len(deeds) == 0 || ctx.Err() != nil {
		return nil, ctx.Err()
	}
	done := make([]bool, len(deeds))
	err := s.update("what was found", func(tx *bolt.Tx) error {
		w := &writer{store: s, tx: tx, holdings: map[discern.Holder]*holding{}}
		for i, d := range deeds {
			ok, err := w.deed(d)
			if err != nil {
				return err
			}
			done[i] = ok
		}
		return w.flush()
	})
	if err != nil {
		return nil, err
	}
	return done, nil
}

// A writer carries out deeds within a transaction; packed values are written once at its end.
type writer struct {
	store    *Store
	tx       *bolt.Tx
	holdings map[discern.Holder]*holding
}

// deed checks all conditions of a deed, then makes all its changes.
func (w *writer) deed(d discern.Deed) (bool, error) {
	for _, c := range d.Changes {
		now, err := w.get(c.Holder, c.Action)
		if err != nil {
			return false, err
		}
		if now != c.Was {
			return false, nil
		}
	}
	for _, c := range d.Changes {
		if err := w.put(c.Holder, c.Action, c.Now); err != nil {
			return false, err
		}
	}
	if d.Pending != nil {
		return true, putPending(w.tx.Bucket(bucketPending), d.Pending)
	}
	return true, nil
}

func (w *writer) holding(h discern.Holder) (*holding, error) {
	if p := w.holdings[h]; p != nil {
		return p, nil
	}
	key := holderKey(h)
	p, err := unpack(key, w.tx.Bucket(bucketHolders).Get(key))
	if err != nil {
		return nil, err
	}
	w.holdings[h] = p
	return p, nil
}

func (w *writer) get(h discern.Holder, action string) (discern.Known, error) {
	if !packed(h.Kind) {
		key := itemKey(h, action)
		v := w.tx.Bucket(bucketItems).Get(key)
		if v == nil {
			return discern.Known{}, nil
		}
		return unpackItem(key, v)
	}
	p, err := w.holding(h)
	if err != nil {
		return discern.Known{}, err
	}
	n, ok := w.store.actions.number(action)
	if !ok {
		return discern.Known{}, nil
	}
	return p.get(n), nil
}

func (w *writer) put(h discern.Holder, action string, k discern.Known) error {
	if !packed(h.Kind) {
		items, key := w.tx.Bucket(bucketItems), itemKey(h, action)
		if k == (discern.Known{}) {
			return items.Delete(key)
		}
		return items.Put(key, packItem(key, k))
	}
	n, err := w.store.actions.add(w.tx.Bucket(bucketActions), action)
	if err != nil {
		return err
	}
	p, err := w.holding(h)
	if err != nil {
		return err
	}
	p.put(n, k)
	return nil
}

// flush writes what changed, in the order of keys, as bbolt has it cheapest (see Looked).
func (w *writer) flush() error {
	changed := make(map[string]*holding, len(w.holdings))
	for h, p := range w.holdings {
		if p.changed {
			changed[string(holderKey(h))] = p
		}
	}
	holders := w.tx.Bucket(bucketHolders)
	for _, key := range slices.Sorted(maps.Keys(changed)) {
		p := changed[key]
		var err error
		if len(p.entries) == 0 {
			err = holders.Delete([]byte(key))
		} else {
			err = holders.Put([]byte(key), p.pack([]byte(key)))
		}
		if err != nil {
			return fmt.Errorf("write what is known of a holder: %w", err)
		}
	}
	return nil
}
