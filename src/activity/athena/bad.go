package athena

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cloudtrail_anomaly/src/discern"
)

// errKept ends the look at an account through Athena: log files are kept from it, or it can't read more of them than a query can leave out.
var errKept = errors.New("log files can't be read through Athena")

// leaveOut has the next query leave a file out.
func (t *tally) leaveOut(b *badFile, code string) error {
	if t.faults[b.path] != "" {
		return fmt.Errorf("%w, though it was left out", b.err)
	}
	t.faults[b.path], t.leftOut = code, append(t.leftOut, b.path)
	return nil
}

// unread has the files that were left out read by the reader of log files, as far as it can read them, so that they tell the same as if Athena
// had read them.
func (l *Log) unread(ctx context.Context, t *tally) error {
	for _, path := range t.leftOut {
		p, err := l.Files.Read(ctx, []string{path})
		if ctx.Err() != nil {
			return fmt.Errorf("read what Athena can't: %w", ctx.Err())
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errKept, err)
		}
		t.merge(path, p)
	}
	return nil
}

// directly goes on without Athena: the reader of log files knows which file is kept from whom, since when, and what to read again; and no query
// that fails is handed in for each of them.
func (l *Log) directly(ctx context.Context, t *tally, why error) (*discern.Piece, error) {
	l.direct = l.Files.Onward(l.reached)
	p, err := l.direct.Next(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the log files of account %s without Athena (%v): %w", l.AccountID, why, err)
	}
	if p.Looks[l.AccountID] == nil {
		p.Looks[l.AccountID] = &discern.Look{}
	}
	p.Looks[l.AccountID].Add(&t.own)
	p.Whole.Add(&t.own)
	if bad := (*badFile)(nil); errors.As(why, &bad) && !slices.ContainsFunc(p.Bad, func(b discern.BadFile) bool { return b.Path == bad.path }) {
		p.Bad = append(p.Bad, discern.BadFile{Path: bad.path, Fault: "Athena can't open it; it was read without Athena, as was all after it", Given: true})
	}
	return p, nil
}

// merge takes in what was read of a file that Athena can't read.
func (t *tally) merge(path string, p *discern.Piece) {
	number := t.number(path)
	for _, s := range p.Sightings {
		s.Files = []uint32{number}
		if m := markOf(&s); !t.recount[m] {
			t.recount[m] = true
			if i, ok := t.marks[m]; ok {
				s.Files = append(s.Files, t.witnesses[i]...)
			}
		}
		t.add(s, s.Count, nil)
	}
	for account, look := range p.Looks {
		t.look(account).Add(look)
	}
	whole := p.Whole
	whole.Records, whole.OtherCategories = discern.Records{}, 0 // those of the accounts are added up in the end
	t.whole.Add(&whole)
	for why, n := range p.Skipped {
		t.skipped[why] += n
	}
	if len(p.Bad) == 0 {
		p.Bad = []discern.BadFile{{Path: path, Fault: "Athena can't read it (" + t.faults[path] + "); all of it was read without Athena", Given: true}}
	}
	t.bad = append(t.bad, p.Bad...)
}
