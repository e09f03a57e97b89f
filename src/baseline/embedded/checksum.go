package embedded

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	bolt "go.etcd.io/bbolt"
)

// sumSize is the length of a checksum.
const sumSize = 4

// summed puts a CRC-32C over key and body behind the body, so that a byte that the disk changed is found when it is read and not
// taken for knowledge.
func summed(key, body []byte) []byte {
	return binary.LittleEndian.AppendUint32(body, sum(key, body))
}

// checked is the body of a summed value.
func checked(key, value []byte) ([]byte, error) {
	n := len(value) - sumSize
	if n < 0 || sum(key, value[:n]) != binary.LittleEndian.Uint32(value[n:]) {
		return nil, fmt.Errorf("%w (a value's checksum is wrong)", ErrDamaged)
	}
	return value[:n], nil
}

func sum(key, body []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(key, table), table, body)
}

func putSummed(b *bolt.Bucket, key, body []byte) error {
	if err := b.Put(key, summed(key, body)); err != nil {
		return fmt.Errorf("store a value: %w", err)
	}
	return nil
}

// getSummed is the body of a value, nil where there is none.
func getSummed(b *bolt.Bucket, key []byte) ([]byte, error) {
	value := b.Get(key)
	if value == nil {
		return nil, nil
	}
	return checked(key, value)
}

// verify reads every value there is and holds it against its checksum. It costs some tens of milliseconds for millions of pairs, and
// without it a changed byte could make a known principal unknown: a key that is spelt otherwise is not found to be wrong, only not found.
func verify(tx *bolt.Tx) error {
	return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
		return b.ForEach(func(key, value []byte) error {
			_, err := checked(key, value)
			return err
		})
	})
}
