package athena

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"cloudtrail_anomaly/src/discern"
)

// piece is what the rows tell of a window that was looked at up to a delivery time. After it the marks lead to the counts of events.
func (t *tally) piece(w window, reached int64) *discern.Piece {
	p := &discern.Piece{Looks: t.looks, Whole: t.whole, Skipped: t.skipped, Bad: t.bad, History: w.history, Reached: reached}
	if n := t.log.strange; n > 0 && !t.log.said {
		p.Skipped["folders beside those of regions"], t.log.said = n, true
	}
	t.filesOf(p)
	own := t.look(t.log.AccountID)
	for _, look := range t.looks {
		p.Whole.Records.Add(look.Records)
		p.Whole.OtherCategories += look.OtherCategories
	}
	own.Add(&t.own)
	p.Whole.Add(&t.own)
	p.Start, p.End = cmp.Or(p.Start, w.from), cmp.Or(p.End, reached)
	p.Newest = map[string]int64{t.log.AccountID: t.newest(own.NewestDelivery)}

	order := make([]int, len(t.sightings))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return t.sightings[a].Before(&t.sightings[b]) })
	p.Sightings = make([]discern.Sighting, len(order))
	for at, i := range order {
		s := &t.sightings[i]
		slices.Sort(s.Files)
		s.Files = slices.Compact(s.Files)
		p.Sightings[at] = *s
	}
	for m, i := range t.marks {
		t.marks[m] = t.events[i]
	}
	t.sightings, t.events, t.witnesses = nil, nil, nil
	slices.SortFunc(p.Bad, func(a, b discern.BadFile) int { return cmp.Compare(a.Path, b.Path) })
	return p
}

// filesOf counts the files, each in the look of every account that it holds records of, and in its own folder's.
func (t *tally) filesOf(p *discern.Piece) {
	now := t.log.now().Unix()
	for number, f := range t.files {
		seen := discern.Look{Files: 1, BadRecords: f.bad, NewestDelivery: min(f.delivered, now)} // a wrong date must not put an end to learning
		if f.region != "" {
			seen.FilesByRegion = map[string]int{f.region: 1}
		}
		t.look(t.log.AccountID).Add(&seen)
		for _, account := range f.accounts {
			if account != t.log.AccountID {
				t.look(account).Add(&seen)
			}
		}
		p.Whole.Add(&seen)
		if f.delivered != 0 {
			p.Start, p.End = cmp.Or(min(p.Start, f.delivered), f.delivered), max(p.End, f.delivered)
		}
		switch {
		case f.bad > 0:
			p.Bad = append(p.Bad, discern.BadFile{Path: t.paths[number],
				Fault: fmt.Sprintf("%d bad records, whose eventTime is not an RFC 3339 time of the years 2000 to 2105; the others were read", f.bad)})
		case f.records == 0 && f.insight > 0:
			p.Bad = append(p.Bad, discern.BadFile{Path: t.paths[number], Fault: "it holds nothing but Insights records, which are not judged"})
		}
	}
}

// newest is the newest delivery that is known of, also of files still to be looked at.
func (t *tally) newest(seen int64) int64 {
	if len(t.log.windows) == 0 {
		return seen
	}
	return max(seen, min(t.log.newest+day-1, t.log.now().Unix()))
}

// Evidence implements discern.Activity: the records are read in the files that hold the earliest; how many there are the query has counted.
func (l *Log) Evidence(ctx context.Context, sightings []discern.Sighting) ([]discern.Evidence, error) {
	if l.direct != nil {
		return l.direct.Evidence(ctx, sightings)
	}
	if l.given == nil {
		return nil, fmt.Errorf("evidence of account %s: no piece was given", l.AccountID)
	}
	var paths []string
	numbers := map[uint32]uint32{}
	asked := make([]discern.Sighting, len(sightings))
	for i := range sightings {
		asked[i] = sightings[i]
		asked[i].Files = make([]uint32, len(sightings[i].Files))
		for j, f := range sightings[i].Files {
			n, ok := numbers[f]
			if !ok {
				n = uint32(len(paths))
				numbers[f], paths = n, append(paths, l.given.paths[f])
			}
			asked[i].Files[j] = n
		}
	}
	found, err := l.Files.EvidenceIn(ctx, asked, paths)
	if err != nil {
		return nil, fmt.Errorf("read the evidence of %d sightings in %d files: %w", len(sightings), len(paths), err)
	}
	if len(found) != len(sightings) {
		return nil, fmt.Errorf("read the evidence of %d sightings: %d answers came", len(sightings), len(found))
	}
	for i := range found {
		m := markOf(&sightings[i])
		if n := l.given.marks[m]; n > 0 && !(l.given.recount[m] && found[i].Count > 0) {
			found[i].Count = n
		}
	}
	return found, nil
}
