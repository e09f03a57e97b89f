package athena

import (
	"strings"

	"cloudtrail_anomaly/src/discern"
)

// A tally makes a piece of rows, whatever their order and from however many queries.
type tally struct {
	log       *Log
	sightings []discern.Sighting
	events    []int             // of each sighting, records with each eventID counted once
	witnesses [][]uint32        // of each sighting, all its files, where the query tells them
	marks     map[mark]int      // the sightings' indices
	names     map[string]string // each name once
	paths     []string          // the files, by the numbers that sightings carry
	numbers   map[string]uint32
	files     map[uint32]*fileTally
	looks     map[string]*discern.Look
	own       discern.Look // what queries cost
	skipped   map[string]int

	leftOut []string          // files that Athena can't read
	faults  map[string]string // of these, the query's code, by path
	whole   discern.Look      // of these, as they were read without Athena
	bad     []discern.BadFile
	recount map[mark]bool // sightings also in these files: only their records tell how many events they are
}

// A fileTally is what the rows say of a file.
type fileTally struct {
	accounts              []string // that are judged and have records in it
	records, bad, insight int
	region                string
	delivered             int64
}

// A mark is what tells sightings apart.
type mark struct {
	account, principal, action string
	outcome                    discern.Outcome
	step                       int64
	rule, instance, address    string
}

func markOf(s *discern.Sighting) mark {
	return mark{s.Account, s.Principal, s.Action, s.Outcome, s.Step(), s.Rule, s.Instance, s.Address}
}

func newTally(l *Log) *tally {
	return &tally{
		log: l, marks: map[mark]int{}, names: map[string]string{}, numbers: map[string]uint32{}, files: map[uint32]*fileTally{},
		looks: map[string]*discern.Look{}, skipped: map[string]int{}, faults: map[string]string{}, recount: map[mark]bool{},
	}
}

func (t *tally) look(account string) *discern.Look {
	if t.looks[account] == nil {
		t.looks[account] = &discern.Look{}
	}
	return t.looks[account]
}

// asked notes a query, and what it cost where it is this run that pays.
func (t *tally) asked(e *execution, pays bool) {
	t.own.QueryIDs = append(t.own.QueryIDs, e.id)
	if !pays {
		return
	}
	t.own.Bytes += e.scanned
	if e.billed() {
		t.own.Cost += costOf(e.scanned)
	}
}

// add adds a sighting to one of the same mark, if there is one.
func (t *tally) add(s discern.Sighting, events int, everywhere []uint32) {
	m := markOf(&s)
	i, ok := t.marks[m]
	if !ok {
		t.marks[m] = len(t.sightings)
		t.sightings, t.events, t.witnesses = append(t.sightings, s), append(t.events, events), append(t.witnesses, everywhere)
		return
	}
	have := &t.sightings[i]
	have.First, have.Last = min(have.First, s.First), max(have.Last, s.Last)
	have.Count += s.Count
	have.Files = append(have.Files, s.Files...)
	t.events[i] += events
	t.witnesses[i] = append(t.witnesses[i], everywhere...)
}

func (t *tally) fileOf(number uint32) *fileTally {
	f := t.files[number]
	if f == nil {
		f = &fileTally{}
		f.region, f.delivered = labelOf(t.paths[number])
		t.files[number] = f
	}
	return f
}

// path is a file's path where the query left out what all begin with.
func (t *tally) path(short string) string {
	if strings.HasPrefix(short, "s3://") {
		return short
	}
	return t.log.t.location() + short
}

func (t *tally) number(path string) uint32 {
	n, ok := t.numbers[path]
	if !ok {
		n = uint32(len(t.paths))
		t.paths, t.numbers[path] = append(t.paths, path), n
	}
	return n
}

// name gives the one copy of a name.
func (t *tally) name(s string) string {
	if have, ok := t.names[s]; ok {
		return have
	}
	t.names[s] = s
	return s
}
