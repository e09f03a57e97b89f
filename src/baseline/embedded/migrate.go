package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"

	bolt "go.etcd.io/bbolt"

	"cloudtrail_anomaly/src/discern"
)

// migrations lead from each older format to the next one. Each runs in the transaction that writes the new number.
var migrations = map[int]func(*bolt.Tx) error{
	1: noteBegun,
}

// migrate brings a file of an older format up to Format, after it has put a copy beside it: path.format-N, which the version that wrote
// the file can go on with.
func (s *Store) migrate() error {
	for s.format < Format {
		copied, err := s.copyTo(fmt.Sprintf("%s.format-%d", s.path, s.format))
		if err != nil {
			return fmt.Errorf("keep a copy before the state is brought to format %d: %w", s.format+1, err)
		}
		next := s.format + 1
		err = s.db.Update(func(tx *bolt.Tx) error {
			if err := migrations[s.format](tx); err != nil {
				return err
			}
			return putSummed(tx.Bucket(bucketMeta), keyFormat, []byte(strconv.Itoa(next)))
		})
		if err != nil {
			return fmt.Errorf("bring the state to format %d: %w", next, err)
		}
		s.format, s.copy = next, copied
	}
	return nil
}

// copyTo writes a copy of the file, whole or not at all, and gives its path: the one wished for, or with a number behind it where there is
// something already, which may be a copy of another time.
func (s *Store) copyTo(wish string) (path string, err error) {
	path = wish
	for n := 2; ; n++ {
		if _, err := os.Stat(path); err != nil {
			break
		}
		path = fmt.Sprintf("%s.%d", wish, n)
	}
	half := path + ".part"
	err = s.db.View(func(tx *bolt.Tx) error { return write(tx, half) })
	if err == nil {
		err = os.Rename(half, path)
	}
	if err != nil {
		os.Remove(half)
	}
	return path, err
}

func write(tx *bolt.Tx, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = tx.WriteTo(f)
	return errors.Join(err, f.Sync(), f.Close())
}

// noteBegun is what format 2 added: since when a trail is looked at. Of a file that has looked at one already nobody noted it.
func noteBegun(tx *bolt.Tx) error {
	trails := map[string]bool{}
	items := tx.Bucket(bucketItems)
	c := items.Cursor()
	for k, _ := c.Seek([]byte{byte(discern.Watermark)}); len(k) > 0 && k[0] == byte(discern.Watermark); k, _ = c.Next() {
		if _, trail, ok := bytes.Cut(k[1:], []byte{0x1e}); ok {
			trails[string(trail)] = true
		}
	}
	for trail := range trails {
		key := itemKey(discern.Holder{Kind: discern.Watermark, ID: discern.EveryAccount}, trail)
		begun := discern.Known{FirstSeen: discern.BeforeNoted, LastSeen: discern.BeforeNoted}
		if err := items.Put(key, packItem(key, begun)); err != nil {
			return err
		}
	}
	return nil
}

// Migrated is where the copy lies that this opening made of a file of an older format, or "".
func (s *Store) Migrated() string { return s.copy }
