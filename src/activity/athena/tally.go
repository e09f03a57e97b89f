package athena

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cloudtrail_anomaly/src/cloudtrail"
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
	denied  int               // of these, those that it may not read
	whole   discern.Look      // of these, as they were read without Athena
	bad     []discern.BadFile
	kept    []int64       // when files were delivered that nobody may read
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

// paid notes a query.
func (t *tally) paid(e *execution) {
	t.own.QueryIDs = append(t.own.QueryIDs, e.id)
	t.own.Bytes += e.scanned
	if e.billed() {
		t.own.Cost += costOf(e.scanned)
	}
}

// row takes in one row; the first is the header.
func (t *tally) row(fields []field, header bool) error {
	if header {
		return titled(fields)
	}
	if len(fields) != len(resultColumns) {
		return fmt.Errorf("%w: it has %d values, not %d", errCSV, len(fields), len(resultColumns))
	}
	r := group{
		kind: fields[0].text, account: t.name(accountOf(fields[1].text)), principal: fields[3].text, action: fields[4].text, ending: fields[5].text,
		instance: fields[6].text, address: fields[7].text, file: fields[8].text, first: fields[9].text, last: fields[10].text, files: fields[13].text, everywhere: fields[14].text,
	}
	var err error
	if r.records, err = strconv.Atoi(fields[11].text); err != nil {
		return fmt.Errorf("%w: its count of records is none", errCSV)
	}
	if r.events, err = strconv.Atoi(fields[12].text); err != nil {
		return fmt.Errorf("%w: its count of events is none", errCSV)
	}
	if r.kind == kindFile {
		return t.file(&r)
	}
	return t.sighting(&r)
}

// A group is one row.
type group struct {
	kind, account, principal, action, ending, instance, address, file, first, last, files, everywhere string
	records, events                                                                                   int
}

// times are those of a row, and whether its records have any: eventTime is read by the same rules as in log files.
func (r *group) times() (first, last int64, ok bool) {
	a, errA := (&cloudtrail.Record{EventTime: []byte(r.first)}).Time()
	b, errB := (&cloudtrail.Record{EventTime: []byte(r.last)}).Time()
	return a, b, errA == nil && errB == nil
}

// sighting takes in the row of a pair or of a rule's matches.
func (t *tally) sighting(r *group) error {
	first, last, ok := r.times()
	if !ok || t.log.Account != nil && !t.log.Account(r.account) {
		return nil // the file's rows count them
	}
	s := discern.Sighting{
		Account: r.account, Principal: t.name(principalOf(r.principal)), Action: t.name(actionOf(r.action)), Outcome: outcomeOf(r.ending),
		First: first, Last: last, Count: r.records,
	}
	if r.kind != kindPair {
		s.Rule, s.Instance, s.Address = t.name(r.kind), t.name(detailOf(r.instance)), t.name(detailOf(r.address))
	}
	var everywhere []uint32
	var err error
	if s.Files, err = t.filesIn(r.files); err != nil {
		return err
	}
	if r.everywhere != "" {
		if everywhere, err = t.filesIn(r.everywhere); err != nil {
			return err
		}
	}
	t.add(s, r.events, everywhere)
	return nil
}

// filesIn reads a list of files.
func (t *tally) filesIn(text string) ([]uint32, error) {
	var files []string
	if err := json.Unmarshal([]byte(text), &files); err != nil {
		return nil, fmt.Errorf("%w: its list of files is none", errCSV)
	}
	numbers := make([]uint32, len(files))
	for i, f := range files {
		numbers[i] = t.number(t.path(f))
	}
	return numbers, nil
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

// file takes in a row of a file's records of one account, hour and class.
func (t *tally) file(r *group) error {
	if r.file == "" {
		return fmt.Errorf("%w: it names no file", errCSV)
	}
	f := t.fileOf(t.number(t.path(r.file)))
	switch r.ending {
	case classInsight:
		f.insight += r.records
		t.skipped[cloudtrail.SkippedInsight] += r.records
		return nil
	case classNameless:
		t.skipped[cloudtrail.SkippedNoName] += r.records
		return nil
	}
	first, last, ok := r.times()
	if !ok {
		f.bad += r.records
		return nil
	}
	f.records += r.records
	if t.log.Account != nil && !t.log.Account(r.account) {
		discern.NotAsked(t.skipped, r.account, r.records)
		return nil
	}
	if !slices.Contains(f.accounts, r.account) {
		f.accounts = append(f.accounts, r.account)
	}
	look := t.look(r.account)
	switch r.ending {
	case classOther:
		look.OtherCategories += r.records
		return nil
	case classData:
		look.Records.Data += r.records
	case classRead:
		look.Records.Read += r.records
	default:
		look.Records.Write += r.records
	}
	if look.Earliest == 0 || first < look.Earliest {
		look.Earliest = first
	}
	look.Latest = max(look.Latest, last)
	return nil
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
