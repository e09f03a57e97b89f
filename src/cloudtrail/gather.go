package cloudtrail

import "cloudtrail_anomaly/src/discern"

// A Gather holds sightings: of any number of records it keeps one row for each account, principal, action, outcome and UTC hour, and
// the same for the matches of rules. It is not safe for concurrent use; each worker has its own, and they are merged at the end.
// What it holds does not depend on the order in which records and other gathers were added.
type Gather struct {
	accounts   names
	principals names
	actions    names
	callers    numbers[callerKey]
	matches    numbers[matchKey] // number 0 is no match
	rows       rows

	lastCaller [callerSlots]memo[caller]
	lastDeed   [deedSlots]memo[deed]
}

type callerKey struct{ account, principal uint32 }

type matchKey struct{ rule, instance, address string }

// memo is the number that a caller or action of a Reader got last, so that most records need no look-up by name.
type memo[T any] struct {
	of     *T
	number uint32
}

// NewGather returns an empty Gather.
func NewGather() *Gather {
	g := new(Gather)
	g.matches.number(matchKey{})
	return g
}

// Len is the number of sightings held, those of rules included.
func (g *Gather) Len() int { return len(g.rows.list) }

// Add counts a record, which stands in the file of that number, to the sighting of its pair. The error is that of Record.Time, which
// a Reader's records never have.
func (g *Gather) Add(r *Record, file uint32) error { return g.add(r, file, 0) }

// AddMatch counts a record to the sighting of a rule that it matches. Instance and address are "" where the rule has none.
func (g *Gather) AddMatch(r *Record, file uint32, rule, instance, address string) error {
	return g.add(r, file, g.match(matchKey{rule, limit(instance, maxDetail), limit(address, maxDetail)}))
}

func (g *Gather) add(r *Record, file, match uint32) error {
	at, err := r.Time()
	if err != nil {
		return err
	}
	second := at % discern.Hour
	row := g.rows.find(rowKey{
		caller: g.callerOf(r), action: g.actionOf(r), match: match, outcome: r.Outcome(),
		hour: int32((at - second) / discern.Hour),
	})
	row.add(uint16(second), uint16(second), 1)
	g.rows.note(row, file)
	return nil
}

func (g *Gather) callerOf(r *Record) uint32 {
	c := r.who()
	last := &g.lastCaller[c.slot]
	if last.of != c {
		last.of, last.number = c, g.caller(c.account, c.principal)
	}
	return last.number
}

func (g *Gather) actionOf(r *Record) uint32 {
	d := r.what()
	last := &g.lastDeed[d.slot]
	if last.of != d {
		last.of, last.number = d, g.actions.number(d.action)
	}
	return last.number
}

func (g *Gather) caller(account, principal string) uint32 {
	return g.callers.number(callerKey{g.accounts.number(account), g.principals.number(principal)})
}

func (g *Gather) match(key matchKey) uint32 {
	if number, ok := g.matches.of[key]; ok {
		return number
	}
	return g.matches.add(key.clone())
}

// Merge adds all that another Gather holds, which stays as it is.
func (g *Gather) Merge(other *Gather) {
	callers := make([]uint32, len(other.callers.list))
	for i, c := range other.callers.list {
		callers[i] = g.caller(other.accounts.list[c.account], other.principals.list[c.principal])
	}
	actions := make([]uint32, len(other.actions.list))
	for i, action := range other.actions.list {
		actions[i] = g.actions.number(action)
	}
	matches := make([]uint32, len(other.matches.list))
	for i, match := range other.matches.list {
		matches[i] = g.match(match)
	}
	var files []uint32
	for i := range other.rows.list {
		from := &other.rows.list[i]
		key := from.rowKey
		key.caller, key.action, key.match = callers[key.caller], actions[key.action], matches[key.match]
		to := g.rows.find(key)
		to.add(from.first, from.last, from.count)
		files = other.rows.filesOf(from, files[:0])
		for _, file := range files {
			g.rows.note(to, file)
		}
	}
}
