package embedded

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	bolt "go.etcd.io/bbolt"

	"cloudtrail_anomaly/src/discern"
)

// packed tells whether holders of a kind have one packed value each. The others have a key an item.
func packed(kind discern.Kind) bool {
	return kind == discern.Principal || kind == discern.Account || kind == discern.Organization
}

// longestID bounds keys well below bbolt's 32 KB. The reader bounds principals at 2 KB; only an invented account id comes near.
const longestID = 8 << 10

func holderKey(h discern.Holder) []byte {
	id := h.ID
	if len(id) > longestID {
		sum := sha256.Sum256([]byte(id))
		id = id[:longestID-64] + hex.EncodeToString(sum[:])
	}
	return append([]byte{byte(h.Kind)}, id...)
}

// itemKey is the key of an item that is not packed. U+001E stands in no principal key's own separators.
func itemKey(h discern.Holder, action string) []byte {
	return append(append(holderKey(h), 0x1e), action...)
}

// Recall implements discern.Baseline.
func (s *Store) Recall(ctx context.Context, questions []discern.Question) (map[discern.Holder]discern.Memory, error) {
	answer := make(map[discern.Holder]discern.Memory, len(questions))
	err := s.view("what is known", func(tx *bolt.Tx) error {
		for i, q := range questions {
			if i%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			memory, err := s.recall(tx, q)
			if err != nil {
				return err
			}
			if len(memory) == 0 {
				continue
			}
			if have := answer[q.Holder]; have != nil {
				for a, k := range memory {
					have[a] = k
				}
			} else {
				answer[q.Holder] = memory
			}
		}
		return nil
	})
	return answer, err
}

func (s *Store) recall(tx *bolt.Tx, q discern.Question) (discern.Memory, error) {
	if packed(q.Holder.Kind) {
		key := holderKey(q.Holder)
		return s.recallPacked(key, tx.Bucket(bucketHolders).Get(key), q.Actions)
	}
	items := tx.Bucket(bucketItems)
	memory := discern.Memory{}
	for _, action := range q.Actions {
		key := itemKey(q.Holder, action)
		v := items.Get(key)
		if v == nil {
			continue
		}
		known, err := unpackItem(key, v)
		if err != nil {
			return nil, err
		}
		memory[action] = known
	}
	if q.Actions != nil {
		return memory, nil
	}
	prefix := itemKey(q.Holder, "")
	c := items.Cursor()
	for k, v := c.Seek(prefix); len(k) > len(prefix) && string(k[:len(prefix)]) == string(prefix); k, v = c.Next() {
		known, err := unpackItem(k, v)
		if err != nil {
			return nil, err
		}
		memory[string(k[len(prefix):])] = known
	}
	return memory, nil
}

func (s *Store) recallPacked(key, value []byte, wanted []string) (discern.Memory, error) {
	if value == nil {
		return nil, nil
	}
	if wanted == nil {
		body, err := entriesOf(key, value)
		if err != nil {
			return nil, err
		}
		memory := make(discern.Memory, len(body)/entrySize)
		for ; len(body) > 0; body = body[entrySize:] {
			name, err := s.actions.name(number(body))
			if err != nil {
				return nil, err
			}
			memory[name] = unpackKnown(body[4:entrySize])
		}
		return memory, nil
	}
	p, err := unpack(key, value)
	if err != nil {
		return nil, err
	}
	memory := discern.Memory{}
	for _, action := range wanted {
		if n, ok := s.actions.number(action); ok {
			if i, found := p.find(n); found {
				memory[action] = p.entries[i].known
			}
		}
	}
	return memory, nil
}
