package logs

import (
	"context"
	"errors"
	"fmt"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// A worker reads files one after the other into its own gather.
type worker struct {
	reading *reading
	reader  *cloudtrail.Reader
	gather  *cloudtrail.Gather
	looks   map[string]*discern.Look
	whole   discern.Look
	skipped map[string]int
	files   []discern.File
	bad     []discern.BadFile
	again   []int
	later   []int // files that hold records which are left for a later run
	left    bool  // such is the file at hand: it holds records after Options.To, or of accounts not asked for
	last    *discern.Look
	lastID  string
}

// file reads one file. What could be read of a bad one counts.
func (w *worker) file(ctx context.Context, number uint32) {
	f := &w.reading.files[number]
	w.left = false
	touched := map[*discern.Look]bool{}
	var last *discern.Look
	tally, err := w.scan(ctx, f, func(r *cloudtrail.Record) error {
		if look := w.record(r, number); look != nil && look != last {
			touched[look], last = true, look
		}
		return nil
	})
	if ctx.Err() != nil {
		return
	}
	w.reading.progress(f.Size)
	if f.account != "" {
		touched[w.look(f.account)] = true
	}
	seen := discern.Look{Files: 1, Bytes: f.Size, BadRecords: tally.BadRecords, NewestDelivery: f.delivered}
	if f.region != "" {
		seen.FilesByRegion = map[string]int{f.region: 1}
	}
	if w.reading.since != 0 {
		seen.NewestDelivery = min(f.delivered, w.reading.now().Unix()) // a wrong date must not put an end to learning
	}
	var b blame
	f.tried, f.whole = true, err == nil
	if err != nil {
		b = w.reading.place.blame(err)
		seen.BadFiles = 1
	}
	given := err != nil && w.reading.givenUp(b, f)
	if w.left || err != nil && !given {
		seen.NewestDelivery = 0 // it will be read again: the watermark stays before it
	}
	for look := range touched {
		look.Add(&seen)
	}
	w.whole.Add(&seen)
	add(w.skipped, tally.Skipped)
	switch {
	case err != nil && !given:
		w.again = append(w.again, int(number))
	case w.left:
		w.later = append(w.later, int(number))
	default:
		w.files = append(w.files, f.File) // it was read to its end, or is given up
	}
	if fault := b.in(tally); fault != "" {
		if given && b.kept {
			fault = "GIVEN UP: no later run tries this file again; " + fault
		}
		w.bad = append(w.bad, discern.BadFile{Path: f.Path, Fault: fault, Given: given, Kept: b.kept})
	}
}

// in says in words what could not be read of a file.
func (b blame) in(tally cloudtrail.Tally) string {
	switch {
	case b.fault != "" && tally.Records > 0:
		return fmt.Sprintf("%s; %d records before that were read", b.fault, tally.Records)
	case b.fault != "":
		return b.fault
	case tally.BadRecords > 0:
		return fmt.Sprintf("%d bad records, the first %s; the others were read", tally.BadRecords, tally.Bad[0])
	case tally.Records == 0 && tally.Skipped[cloudtrail.SkippedInsight] > 0:
		return "it holds nothing but Insights records, which are not judged"
	default:
		return ""
	}
}

func (w *worker) scan(ctx context.Context, f *logfile, each func(*cloudtrail.Record) error) (cloudtrail.Tally, error) {
	file, err := w.reading.place.open(ctx, f)
	if err != nil {
		return cloudtrail.Tally{}, err
	}
	tally, err := w.reader.Read(ctx, file, each)
	return tally, errors.Join(err, file.Close())
}

// record takes in one record and gives the look it belongs to, or nil when it is not to be judged.
func (w *worker) record(r *cloudtrail.Record, number uint32) *discern.Look {
	t, _ := r.Time() // the reader gives no record without a time
	rd := w.reading
	if rd.to != 0 && t > rd.to {
		w.left = true
		return nil
	}
	id := r.Account()
	if rd.account != nil && !rd.account(id) {
		w.left = w.left || rd.spare
		discern.NotAsked(w.skipped, id, 1)
		return nil
	}
	look := w.look(id)
	if rd.other(r) {
		look.OtherCategories++
		w.whole.OtherCategories++
		return look
	}
	switch {
	case string(r.EventCategory) == "Data":
		look.Records.Data++
	case r.ReadOnly == cloudtrail.Yes:
		look.Records.Read++
	default:
		look.Records.Write++
	}
	if look.Earliest == 0 || t < look.Earliest {
		look.Earliest = t
	}
	look.Latest = max(look.Latest, t)
	_ = w.gather.Add(r, number) // its error is that of Time
	if rd.match != nil {
		rd.match(r, func(rule, instance, address string) { _ = w.gather.AddMatch(r, number, rule, instance, address) })
	}
	return look
}

func (w *worker) look(account string) *discern.Look {
	if w.last != nil && w.lastID == account {
		return w.last
	}
	look := w.looks[account]
	if look == nil {
		look = &discern.Look{}
		w.looks[account] = look
	}
	w.last, w.lastID = look, account
	return look
}

// pour adds what a worker saw to the piece.
func (w *worker) pour(p *discern.Piece) {
	p.Whole.Add(&w.whole)
	for id, look := range w.looks {
		p.Whole.Records.Add(look.Records)
		if have := p.Looks[id]; have != nil {
			have.Add(look)
		} else {
			p.Looks[id] = look
		}
	}
	p.Files = append(p.Files, w.files...)
	p.Bad = append(p.Bad, w.bad...)
	add(p.Skipped, w.skipped)
}
