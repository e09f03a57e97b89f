package embedded

import (
	"bytes"
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"cloudtrail_anomaly/src/discern"
)

// Walk gives every item of the kinds asked for, sorted by holder; those of one holder in no promised order. Pending anomalies and the ledger are no
// items. Visit must not write to the store.
func (s *Store) Walk(ctx context.Context, kinds []discern.Kind, visit func(h discern.Holder, action string, k discern.Known) error) error {
	return s.view("the baseline", func(tx *bolt.Tx) error {
		for _, kind := range kinds {
			walk := s.walkItems
			if packed(kind) {
				walk = s.walkPacked
			}
			if err := walk(ctx, tx, kind, visit); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) walkPacked(ctx context.Context, tx *bolt.Tx, kind discern.Kind, visit func(discern.Holder, string, discern.Known) error) error {
	c := tx.Bucket(bucketHolders).Cursor()
	for k, v := c.Seek([]byte{byte(kind)}); len(k) > 0 && k[0] == byte(kind); k, v = c.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := unpack(k, v)
		if err != nil {
			return err
		}
		for _, e := range p.entries {
			action, err := s.actions.name(e.number)
			if err != nil {
				return err
			}
			if err := visit(discern.Holder{Kind: kind, ID: string(k[1:])}, action, e.known); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) walkItems(ctx context.Context, tx *bolt.Tx, kind discern.Kind, visit func(discern.Holder, string, discern.Known) error) error {
	c := tx.Bucket(bucketItems).Cursor()
	for k, v := c.Seek([]byte{byte(kind)}); len(k) > 0 && k[0] == byte(kind); k, v = c.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		id, action, ok := bytes.Cut(k[1:], []byte{0x1e})
		if !ok {
			return fmt.Errorf("%w (an item's key)", ErrDamaged)
		}
		known, err := unpackItem(k, v)
		if err != nil {
			return err
		}
		if err := visit(discern.Holder{Kind: kind, ID: string(id)}, string(action), known); err != nil {
			return err
		}
	}
	return nil
}
