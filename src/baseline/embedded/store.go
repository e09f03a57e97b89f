// Package embedded keeps a baseline in one local file, for one collector at a time.
//
// The file is a bbolt database (copy on write, one fsync a transaction, a lock while it is open). What a principal, an account or
// the organization did is packed into one value each (pack.go), which makes looking up a run's pairs about ten times cheaper than
// a key a pair. Nothing is dropped by itself. The file must lie on a local disk: network file systems break the lock and the
// memory map.
package embedded

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"cloudtrail_anomaly/src/discern"
)

// Format is the number of this layout of the file. A file with a higher one is refused.
const Format = 2

// smallest is the least that a state file holds: bbolt's two meta pages.
const smallest = 2 * 4096

// Faults of a state file, to be found with errors.Is.
var (
	ErrInUse   = errors.New("it is in use by another run: wait until that has ended, or give this one a state of its own")
	ErrNewer   = errors.New("it was written by a newer version of ct_anomaly: use that version, or another state")
	ErrDamaged = errors.New("it is damaged, or no state file: restore a copy, or move it away to start anew (what was learnt is then learnt again)")
)

var (
	bucketMeta    = []byte("meta")
	bucketActions = []byte("actions") // number -> action
	bucketHolders = []byte("holders") // principals, accounts, the organization: packed
	bucketItems   = []byte("items")   // rules, instances, watermarks: one item a key
	bucketPending = []byte("pending")
	bucketLedger  = []byte("ledger")

	keyFormat = []byte("format")
	keyOwner  = []byte("owner")
	keyRun    = []byte("run")
)

// A Store is an open state file. It is safe for concurrent use within the process; other processes find it in use.
type Store struct {
	db      *bolt.DB
	path    string
	owner   string
	format  int    // of the file as it is
	copy    string // of the file before it was brought to Format, when this opening did that
	actions actions
	broken  atomic.Bool // bbolt panicked over it
}

var (
	_ discern.Baseline = (*Store)(nil)
	_ discern.Outbox   = (*Store)(nil)
	_ discern.Ledger   = (*Store)(nil)
	_ discern.Journal  = (*Store)(nil)
)

// Open opens the state file at path, and makes it and its folder if there are none. Only its owner can read it.
func Open(path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the state file: %w", err)
	}
	return open(path, &bolt.Options{Timeout: 2 * time.Second, FreelistType: bolt.FreelistMapType})
}

// OpenToRead opens a state file that must exist, and changes nothing in it.
func OpenToRead(path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open state file %s: %w", path, err)
	}
	return open(path, &bolt.Options{Timeout: 2 * time.Second, ReadOnly: true})
}

func open(path string, how *bolt.Options) (*Store, error) {
	s := &Store{path: path}
	size, err := sizeOf(path)
	if err != nil {
		return nil, fmt.Errorf("open state file %s: %w", path, err)
	}
	err = s.guard(func() error {
		if size > 0 && size < smallest {
			return fmt.Errorf("%w (cut to %d bytes)", ErrDamaged, size)
		}
		db, err := bolt.Open(path, 0o600, how)
		if err != nil {
			return why(err)
		}
		s.db = db
		if err := sound(path, db.Info().PageSize); err != nil {
			return err
		}
		if !how.ReadOnly {
			if err := s.begin(); err != nil {
				return err
			}
		}
		if err := db.View(s.whole); err != nil || how.ReadOnly {
			return err
		}
		return s.migrate()
	})
	if err != nil {
		if s.db != nil {
			s.guard(s.db.Close)
		} else if size == 0 && !how.ReadOnly && !errors.Is(err, ErrInUse) {
			os.Remove(path) // a full disk lets bbolt leave a beginning that no later run could open
		}
		return nil, fmt.Errorf("open state file %s: %w", path, err)
	}
	return s, nil
}

// sizeOf is the length of a file, 0 where there is none.
func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, why(err)
	}
	return info.Size(), nil
}

// why turns what bbolt found into the store's own words.
func why(err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return ErrInUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: give its owner the right to read and write it", err)
	default:
		return err
	}
}

// begin makes a new file's buckets. A file that has any is left as it is: load judges it.
func (s *Store) begin() error {
	fresh := false
	if err := s.db.View(func(tx *bolt.Tx) error { fresh = tx.Bucket(bucketMeta) == nil; return nil }); err != nil || !fresh {
		return err
	}
	return s.db.Update(prepare)
}

func prepare(tx *bolt.Tx) error {
	for _, name := range [][]byte{bucketMeta, bucketActions, bucketHolders, bucketItems, bucketPending, bucketLedger} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return fmt.Errorf("make bucket %s: %w", name, err)
		}
	}
	id := make([]byte, 8)
	rand.Read(id)
	meta := tx.Bucket(bucketMeta)
	if err := putSummed(meta, keyFormat, []byte(strconv.Itoa(Format))); err != nil {
		return err
	}
	return putSummed(meta, keyOwner, []byte(hex.EncodeToString(id)))
}

// whole loads a file and reads all of it once, so that nothing damaged is taken for knowledge later.
func (s *Store) whole(tx *bolt.Tx) error {
	if err := s.load(tx); err != nil {
		return err
	}
	return verify(tx)
}

func (s *Store) load(tx *bolt.Tx) error {
	meta := tx.Bucket(bucketMeta)
	if meta == nil {
		return fmt.Errorf("%w (no meta bucket)", ErrDamaged)
	}
	text, err := getSummed(meta, keyFormat)
	if err != nil {
		return err
	}
	format, err := strconv.Atoi(string(text))
	if err != nil || format < 1 {
		return fmt.Errorf("%w (no format number)", ErrDamaged)
	}
	if format > Format {
		return fmt.Errorf("%w (format %d, this version knows %d)", ErrNewer, format, Format)
	}
	s.format = format
	for _, name := range [][]byte{bucketActions, bucketHolders, bucketItems, bucketPending, bucketLedger} {
		if tx.Bucket(name) == nil {
			return fmt.Errorf("%w (no %s bucket)", ErrDamaged, name)
		}
	}
	owner, err := getSummed(meta, keyOwner)
	if err != nil {
		return err
	}
	s.owner = string(owner)
	return s.actions.load(tx.Bucket(bucketActions))
}

// Owner names the collector that this file belongs to; it stays the same for the file's life.
func (s *Store) Owner() string { return s.owner }

// Path is where the file lies.
func (s *Store) Path() string { return s.path }

// Close lets go of the file.
func (s *Store) Close() error {
	if s.broken.Load() {
		return nil // what it is was said when it was found
	}
	if err := s.guard(s.db.Close); err != nil {
		return fmt.Errorf("close state file %s: %w", s.path, err)
	}
	return nil
}

// view and update run a transaction. What a damaged page makes of it comes back as ErrDamaged.
func (s *Store) view(what string, do func(*bolt.Tx) error) error {
	return s.said("read "+what+" from", s.guard(func() error { return s.db.View(do) }))
}

func (s *Store) update(what string, do func(*bolt.Tx) error) error {
	err := s.guard(func() error { return s.db.Update(do) })
	if err != nil {
		// A number given to an action in a transaction that failed was never stored.
		if again := s.guard(func() error { return s.db.View(s.load) }); again != nil {
			err = errors.Join(err, again)
		}
	}
	return s.said("write "+what+" to", err)
}

func (s *Store) said(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s state file %s: %w", what, s.path, err)
}
