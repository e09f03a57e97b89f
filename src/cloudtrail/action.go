package cloudtrail

import "hash/maphash"

// A deed is an action that records share. It is immutable.
type deed struct {
	source, name string
	action       string // source:name, or what limit makes of it
	slot         int
}

func newDeed(source, name []byte) *deed {
	d := &deed{source: string(source), name: string(name)}
	d.action = limit(d.source+":"+d.name, maxAction)
	return d
}

// deeds remembers actions, so that a record needs neither an allocation nor a copy for its own. An action has one slot where it can
// stand, and displaces the one before it.
type deeds struct {
	seed  maphash.Seed
	slots [deedSlots]*deed
}

const deedSlots = 1024

func newDeeds() *deeds { return &deeds{seed: maphash.MakeSeed()} }

func (ds *deeds) of(source, name []byte) *deed {
	hash := maphash.Bytes(ds.seed, name) + uint64(len(source))
	slot := int(hash % deedSlots)
	if d := ds.slots[slot]; d != nil && d.name == string(name) && d.source == string(source) {
		return d
	}
	d := newDeed(source, name)
	d.slot = slot
	if len(d.action) < maxAction { // a giant is not kept
		ds.slots[slot] = d
	}
	return d
}
