package athena

import (
	"context"
	"fmt"
	"strings"

	"cloudtrail_anomaly/src/awscall"
	"cloudtrail_anomaly/src/discern"
)

// mostDenied is how many files a query may be refused until that is taken for the state of all.
const mostDenied = 3

// leaveOut has the next query leave a file out.
func (l *Log) leaveOut(b *badFile, code string, t *tally) error {
	if b.denied {
		t.denied++
	}
	switch {
	case t.denied > mostDenied:
		return l.refused(b)
	case t.faults[b.path] != "":
		return fmt.Errorf("%w, though it was left out", b.err)
	}
	t.faults[b.path], t.leftOut = code, append(t.leftOut, b.path)
	return nil
}

// refused says that the role may not read log files.
func (l *Log) refused(b *badFile) error {
	partition := "aws"
	if parts := strings.SplitN(l.role, ":", 3); len(parts) == 3 {
		partition = parts[1]
	}
	return &awscall.Refused{Role: l.role, Action: "s3:GetObject", Resource: "arn:" + partition + ":s3:::" + strings.TrimPrefix(b.path, "s3://"), Err: b.err}
}

// unread has the files that were left out read by the reader of log files, as far as it can read them, so that they tell the same as if Athena
// had read them.
func (l *Log) unread(ctx context.Context, t *tally) error {
	for _, path := range t.leftOut {
		p, err := l.Files.Read(ctx, []string{path})
		if ctx.Err() != nil {
			return fmt.Errorf("read what Athena can't: %w", ctx.Err())
		}
		if err != nil { // it is kept from us, which ends no look at the others
			p = &discern.Piece{Bad: []discern.BadFile{{Path: path, Fault: "neither Athena nor this program can open it: " + err.Error(), Kept: true}}}
		}
		t.merge(path, p)
	}
	return nil
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
	for _, bad := range p.Bad {
		t.bad = append(t.bad, bad)
		if _, delivered := labelOf(path); bad.Kept && delivered != 0 {
			t.kept = append(t.kept, delivered)
		}
	}
}
