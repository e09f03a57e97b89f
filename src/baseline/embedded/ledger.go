package embedded

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"cloudtrail_anomaly/src/discern"
)

// The ledger has for each file 16 bytes of its path's SHA-256, and as value its size and its time: 32 bytes however long the path is.

func ledgerKey(path string) []byte {
	sum := sha256.Sum256([]byte(path))
	return sum[:16]
}

func ledgerValue(f discern.File) []byte {
	v := binary.LittleEndian.AppendUint64(nil, uint64(f.Size))
	return binary.LittleEndian.AppendUint64(v, uint64(f.Modified))
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
			if string(b.Get(ledgerKey(f.Path))) != string(ledgerValue(f)) {
				unread = append(unread, f)
			}
		}
		return nil
	})
	return unread, err
}

// Looked implements discern.Ledger.
func (s *Store) Looked(_ context.Context, files []discern.File) error {
	if len(files) == 0 {
		return nil
	}
	return s.update("the list of files looked at", func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketLedger)
		for _, f := range files {
			if err := b.Put(ledgerKey(f.Path), ledgerValue(f)); err != nil {
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
		unfinished = string(b.Get(keyRun))
		return b.Put(keyRun, []byte(runID))
	})
	return unfinished, err
}

// End implements discern.Journal.
func (s *Store) End(_ context.Context, runID string) error {
	return s.update("the run's end", func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketMeta)
		if string(b.Get(keyRun)) != runID {
			return nil
		}
		return b.Delete(keyRun)
	})
}
