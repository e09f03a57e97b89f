package discern

// Day is a day in seconds.
const Day = 24 * Hour

// A Kind says whose memory a holder's is. Its letter is part of the keys that stores write and must not change.
type Kind byte

const (
	Principal    Kind = 'p' // ID: the principal key; actions: what it did; own item: since when it is watched
	Account      Kind = 'a' // ID: the account; actions: what anybody did in it; own item: since when it is watched
	Organization Kind = 'o' // ID: ""; actions: what anybody did anywhere; own item: since when the first account is watched
	Rule         Kind = 'r' // ID: the account; actions: keys of the rule anomalies already taken
	Instance     Kind = 'i' // ID: InstanceID(…); action: its own source address
	Watermark    Kind = 'w' // ID: the account; action: the trail; LastSeen: delivery time up to which files were looked at; FirstOK: that of the newest file
)

// A Holder is one that things are remembered of.
type Holder struct {
	Kind Kind
	ID   string
}

// Known is what the baseline remembers of one action of one holder; with the action "" it is the holder's own item. Times are
// Unix seconds, zero where there is none; the zero Known is an absent item.
type Known struct {
	FirstSeen   int64 // of any outcome; it only ever moves back
	LastSeen    int64 // rewritten only when more than refresh_days behind
	FirstOK     int64 // first success since the pair was last unknown
	FirstDenied int64 // first denial since the pair was last unknown
	Until       int64 // of an item adopted from an older tool's table: known and ok until then
}

// explains tells whether a sighting at time t is no news: it came within span seconds after the last one, or an adopted item
// still holds. What the clean-up of a store may have left behind beyond that is not known any more.
func (k Known) explains(t, span int64) bool {
	return k.LastSeen != 0 && t-k.LastSeen <= span || k.Until != 0 && t <= k.Until
}

// succeeded tells whether the pair is known to have been ok at some time before t.
func (k Known) succeeded(t int64) bool { return k.FirstOK != 0 || k.Until != 0 && t <= k.Until }

// again is the item of a known pair after one more sighting. LastSeen moves only when it is more than refresh seconds behind, so
// that a pair in daily use costs a write a week and not one an hour; FirstSeen moves back for a late record.
func (k Known) again(s *Sighting, refresh int64) Known { return k.touched(s, refresh).outcome(s) }

// touched is again for items whose outcomes nobody asks for: a holder's own, and those of accounts and the organization.
func (k Known) touched(s *Sighting, refresh int64) Known {
	k.FirstSeen = earlier(k.FirstSeen, s.First)
	if s.Last-k.LastSeen > refresh || k.LastSeen == 0 {
		k.LastSeen = max(k.LastSeen, s.Last)
	}
	return k
}

// anew is the item of a pair that was unknown or forgotten: what is older than this sighting counts no more, but for the first
// time it was ever seen.
func (k Known) anew(s *Sighting) Known {
	return Known{FirstSeen: earlier(k.FirstSeen, s.First), LastSeen: max(k.LastSeen, s.Last), Until: k.Until}.outcome(s)
}

func (k Known) outcome(s *Sighting) Known {
	switch s.Outcome {
	case OK:
		k.FirstOK = earlier(k.FirstOK, s.First)
	case Denied:
		k.FirstDenied = earlier(k.FirstDenied, s.First)
	}
	return k
}

// Merged is what two memories of the same item know together.
func (k Known) Merged(other Known) Known {
	first := func(a, b int64) int64 {
		if b == 0 {
			return a
		}
		return earlier(a, b)
	}
	return Known{
		FirstSeen: first(k.FirstSeen, other.FirstSeen), LastSeen: max(k.LastSeen, other.LastSeen),
		FirstOK: first(k.FirstOK, other.FirstOK), FirstDenied: first(k.FirstDenied, other.FirstDenied), Until: max(k.Until, other.Until),
	}
}

// earlier is the smaller of two times of which the first may be absent.
func earlier(a, b int64) int64 {
	if a == 0 || b < a {
		return b
	}
	return a
}

// A Memory is what a baseline holds of one holder, by action; the holder's own item stands under "".
type Memory map[string]Known

// InstanceID is the ID of an Instance holder: one instance acting as one principal in one account.
func InstanceID(account, principal, instance string) string {
	return account + "\x1f" + principal + "\x1f" + instance
}
