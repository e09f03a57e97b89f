package embedded

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"cloudtrail_anomaly/src/discern"
)

// The ledger has for each file 16 bytes of its path's SHA-256, and as value its size and its time: 36 bytes however long the path is.

func ledgerKey(path string) []byte {
	sum := sha256.Sum256([]byte(path))
	return sum[:16]
}

func ledgerValue(key []byte, f discern.File) []byte {
	v := binary.LittleEndian.AppendUint64(nil, uint64(f.Size))
	return summed(key, binary.LittleEndian.AppendUint64(v, uint64(f.Modified)))
}

// Unread implements discern.Ledger.
func (s *Store) Unread(ctx context.Context, files []discern.File) ([]discern.File, error) {
	var unread []discern.File
	err := s.view("the list of files looked at", func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketLedger)
		for i, f := range files {
			if i%4096 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if key := ledgerKey(f.Path); string(b.Get(key)) != string(ledgerValue(key, f)) {
				unread = append(unread, f)
			}
		}
		return nil
	})
	return unread, err
}

// Looked implements discern.Ledger. bbolt keeps the keys of a page in order while a transaction adds to it, so keys that come in order
// cost nothing to place and others cost more the more there are.
func (s *Store) Looked(_ context.Context, files []discern.File) error {
	if len(files) == 0 {
		return nil
	}
	type item struct{ key, value []byte }
	items := make([]item, len(files))
	for i, f := range files {
		key := ledgerKey(f.Path)
		items[i] = item{key, ledgerValue(key, f)}
	}
	slices.SortStableFunc(items, func(a, b item) int { return bytes.Compare(a.key, b.key) })
	return s.update("the list of files looked at", func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketLedger)
		for _, i := range items {
			if err := b.Put(i.key, i.value); err != nil {
				return fmt.Errorf("note a file: %w", err)
			}
		}
		return nil
	})
}

// Begin implements discern.Journal.
func (s *Store) Begin(_ context.Context, runID string) (unfinished string, err error) {
	err = s.update("the run's begin", func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketMeta)
		last, err := getSummed(b, keyRun)
		if err != nil {
			return err
		}
		unfinished = string(last)
		return putSummed(b, keyRun, []byte(runID))
	})
	return unfinished, err
}

// End implements discern.Journal.
func (s *Store) End(_ context.Context, runID string) error {
	return s.update("the run's end", func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketMeta)
		last, err := getSummed(b, keyRun)
		if err != nil || string(last) != runID {
			return err
		}
		return b.Delete(keyRun)
	})
}
