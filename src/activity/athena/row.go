package athena

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

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
