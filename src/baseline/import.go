package baseline

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"cloudtrail_anomaly/src/discern"
)

const (
	importBatch   = 5000
	importFaults  = 20      // named before the import gives up
	longestLine   = 1 << 20 // bytes
	importRetries = 3
)

// An Imported says what came of an import.
type Imported struct {
	Lines    int
	News     int  // lines that said more than was known
	Accounts int  // account items among the lines: without any, accounts learn anew
	Unended  bool // there was bookkeeping, and no last line that said how many there were: it may be cut
}

// Import reads what Export wrote and joins it with what is known: the earliest first times, the latest last seen. Nothing is written when a line
// is at fault or lines are missing; the error names each by its number.
func Import(ctx context.Context, to discern.Baseline, from io.Reader) (Imported, error) {
	var done Imported
	items, lines, ended, err := readItems(from)
	if err != nil {
		return done, err
	}
	if lines == 0 && !ended {
		return done, errors.New("there is nothing to import: the input is empty; give the file that baseline export wrote")
	}
	for batch := range slices.Chunk(items[:lines], importBatch) {
		news, err := join(ctx, to, batch)
		if err != nil {
			return done, err
		}
		done.Lines, done.News = done.Lines+len(batch), done.News+news
		for _, it := range batch {
			if it.Holder.Kind == discern.Account && it.Action == "" {
				done.Accounts++
			}
			done.Unended = done.Unended || !ended && (it.Holder.Kind != discern.Principal || it.Action == "")
		}
	}
	for batch := range slices.Chunk(items[lines:], importBatch) {
		if _, err := join(ctx, to, batch); err != nil {
			return done, err
		}
	}
	return done, nil
}

// readItems gives an item for each line, and after them those that the lines let conclude. Several exports may follow each other.
func readItems(from io.Reader) (items []discern.Change, read int, ended bool, err error) {
	var faults []error
	watched := map[discern.Holder]discern.Known{}
	said := map[discern.Holder]bool{} // own items that the import itself has
	var count counter
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan() && len(faults) < importFaults; n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		l, err := parseLine(lines.Bytes())
		if err == nil && l.Kind == theEnd {
			if err := count.end(&l); err != nil {
				faults = append(faults, fmt.Errorf("line %d: %w", n, err))
			}
			continue
		}
		count.lines++
		var it discern.Change
		if err == nil {
			it.Action = l.Action
			it.Holder, it.Now, err = l.item()
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("line %d: %w", n, err))
			continue
		}
		items = append(items, it)
		said[it.Holder] = said[it.Holder] || it.Action == ""
		if it.Holder.Kind == discern.Principal && it.Action != "" && it.Now.LastSeen != 0 {
			own := watched[it.Holder]
			watched[it.Holder] = own.Merged(discern.Known{FirstSeen: it.Now.FirstSeen, LastSeen: it.Now.LastSeen})
		}
	}
	if err := lines.Err(); err != nil {
		faults = append(faults, fmt.Errorf("read the baseline to import: %w", err))
	}
	read = len(items)
	if err := count.rest(); err != nil && len(faults) == 0 {
		faults = append(faults, err)
	}
	// A principal with known pairs was watched at least since the first of them, though an export of pairs alone does not say so.
	for h, own := range watched {
		if said[h] {
			continue
		}
		items = append(items, discern.Change{Holder: h, Now: own})
	}
	return items, read, count.ended, errors.Join(faults...)
}

// join writes a batch of items over what is known of them, and counts those that said more.
func join(ctx context.Context, to discern.Baseline, items []discern.Change) (news int, err error) {
	for try := range importRetries {
		var questions []discern.Question
		for _, it := range items {
			questions = append(questions, discern.Question{Holder: it.Holder, Actions: []string{it.Action}})
		}
		known, err := to.Recall(ctx, questions)
		if err != nil {
			return news, fmt.Errorf("import: %w", err)
		}
		var deeds []discern.Deed
		for _, it := range items {
			was := known[it.Holder][it.Action]
			if now := was.Merged(it.Now); now != was {
				deeds = append(deeds, discern.Deed{Changes: []discern.Change{{Holder: it.Holder, Action: it.Action, Was: was, Now: now}}})
				if known[it.Holder] == nil {
					known[it.Holder] = discern.Memory{}
				}
				known[it.Holder][it.Action] = now
			}
		}
		if try == 0 {
			news = len(deeds)
		}
		if len(deeds) == 0 {
			return news, nil
		}
		if _, err := to.Write(ctx, deeds); err != nil {
			return news, fmt.Errorf("import: %w", err)
		}
	}
	return news, errors.New("import: another run keeps changing the baseline; run it when none is at work")
}
