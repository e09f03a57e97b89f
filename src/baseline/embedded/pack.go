package embedded

import (
	"encoding/binary"
	"fmt"
	"slices"

	"cloudtrail_anomaly/src/discern"
)

// A packed value is a summed list of entries of 24 bytes, sorted by the action's number: number, then first seen, last seen, first ok,
// first denied and until, each a little-endian uint32, times in Unix seconds. Number 0 is the holder's own item.
const entrySize = 24

type entry struct {
	number uint32
	known  discern.Known
}

// holding is a holder's packed value, unpacked.
type holding struct {
	entries []entry
	changed bool
}

func unpack(key, value []byte) (*holding, error) {
	p := &holding{}
	if value == nil {
		return p, nil
	}
	body, err := entriesOf(key, value)
	if err != nil {
		return nil, err
	}
	p.entries = make([]entry, 0, len(body)/entrySize+1)
	for ; len(body) > 0; body = body[entrySize:] {
		p.entries = append(p.entries, entry{number(body), unpackKnown(body[4:entrySize])})
	}
	return p, nil
}

// entriesOf is the part of a packed value that holds entries.
func entriesOf(key, value []byte) ([]byte, error) {
	body, err := checked(key, value)
	if err == nil && len(body)%entrySize != 0 {
		err = fmt.Errorf("%w (a value of %d bytes)", ErrDamaged, len(value))
	}
	return body, err
}

func number(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

func (p *holding) find(number uint32) (int, bool) {
	return slices.BinarySearchFunc(p.entries, number, func(e entry, n uint32) int {
		return int(int64(e.number) - int64(n))
	})
}

func (p *holding) get(number uint32) discern.Known {
	if i, ok := p.find(number); ok {
		return p.entries[i].known
	}
	return discern.Known{}
}

// put sets an item; the zero Known deletes it.
func (p *holding) put(number uint32, k discern.Known) {
	i, ok := p.find(number)
	switch {
	case k == (discern.Known{}) && ok:
		p.entries = slices.Delete(p.entries, i, i+1)
	case k == (discern.Known{}):
		return
	case ok:
		p.entries[i].known = k
	default:
		p.entries = slices.Insert(p.entries, i, entry{number, k})
	}
	p.changed = true
}

func (p *holding) pack(key []byte) []byte {
	body := make([]byte, 0, len(p.entries)*entrySize+sumSize)
	for _, e := range p.entries {
		body = binary.LittleEndian.AppendUint32(body, e.number)
		body = packKnown(body, e.known)
	}
	return summed(key, body)
}

func packKnown(b []byte, k discern.Known) []byte {
	for _, t := range [...]int64{k.FirstSeen, k.LastSeen, k.FirstOK, k.FirstDenied, k.Until} {
		b = binary.LittleEndian.AppendUint32(b, uint32(t))
	}
	return b
}

func unpackKnown(b []byte) discern.Known {
	at := func(i int) int64 { return int64(binary.LittleEndian.Uint32(b[4*i:])) }
	return discern.Known{FirstSeen: at(0), LastSeen: at(1), FirstOK: at(2), FirstDenied: at(3), Until: at(4)}
}

// An item that is not packed is a summed value of the five times.

func packItem(key []byte, k discern.Known) []byte { return summed(key, packKnown(nil, k)) }

func unpackItem(key, value []byte) (discern.Known, error) {
	body, err := checked(key, value)
	if err == nil && len(body) != entrySize-4 {
		err = fmt.Errorf("%w (an item of %d bytes)", ErrDamaged, len(value))
	}
	if err != nil {
		return discern.Known{}, err
	}
	return unpackKnown(body), nil
}
