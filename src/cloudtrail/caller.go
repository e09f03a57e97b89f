package cloudtrail

import (
	"cmp"
	"hash/maphash"
)

// A caller is an identity as seen in the log of one account: the one of whom a record tells. It is immutable.
type caller struct {
	recipient string
	account   string
	principal string
	slot      int // among the callers; several may have the same
}

func newCaller(id *Identity, recipient string) *caller {
	account := limit(cmp.Or(recipient, id.AccountID), maxDetail)
	return &caller{recipient: recipient, account: account, principal: principal(id, recipient)}
}

// callers remembers identities by the very bytes of their userIdentity. The same one comes again and again within a file, and then
// it is neither checked nor parsed: bytes that were a whole JSON object once are one wherever they stand.
type callers struct {
	seed  maphash.Seed
	known [callerSlots]known
	turn  int // where in its set the next stranger goes
}

// known is one identity, and how it was last seen.
type known struct {
	raw      string
	identity *Identity
	caller   *caller
}

const (
	callerSlots = 256
	callerSet   = 4       // slots in which one identity can stand
	callerMost  = 4 << 10 // bytes of a userIdentity that is worth keeping
)

func newCallers() *callers { return &callers{seed: maphash.MakeSeed()} }

// set gives the first of the slots in which the identity at i can stand, by the bytes in which callers differ: those behind the
// first key and its value, whether keys come in CloudTrail's order or sorted.
func (cs *callers) set(b []byte, i int) int {
	return int(maphash.Bytes(cs.seed, b[i+32:i+64])%(callerSlots/callerSet)) * callerSet
}

// find gives the slot of the identity that begins at i, or -1.
func (cs *callers) find(b []byte, i int) int {
	set := cs.set(b, i)
	for slot := set; slot < set+callerSet; slot++ {
		raw := cs.known[slot].raw
		if raw != "" && len(raw) <= len(b)-i && string(b[i:i+len(raw)]) == raw {
			return slot
		}
	}
	return -1
}

// add keeps the identity that begins at i, with its bytes, and gives its slot, -1 where it is too large to keep.
func (cs *callers) add(b []byte, i int, raw string, id *Identity) int {
	if len(raw) > callerMost {
		return -1
	}
	cs.turn++
	slot := cs.set(b, i) + cs.turn%callerSet
	cs.known[slot] = known{raw: raw, identity: id}
	return slot
}

// of gives the caller of a record, whose identity stands in a slot or, with -1, in none.
func (cs *callers) of(r *Record, slot int) *caller {
	if slot < 0 {
		return newCaller(r.Identity, string(r.RecipientAccountID))
	}
	k := &cs.known[slot]
	if k.caller == nil || k.caller.recipient != string(r.RecipientAccountID) {
		k.caller = newCaller(k.identity, string(r.RecipientAccountID))
		k.caller.slot = slot
	}
	return k.caller
}
