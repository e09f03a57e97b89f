package cloudtrail

import (
	"context"
	"io"
)

// A Reader reads log files, one after the other. It owns its buffers and what it remembers of callers and actions; it is not safe
// for concurrent use, so each worker has its own and uses it for many files.
type Reader struct {
	window  *window
	nesting nesting
	next    foresight
	draft   draft
	callers *callers
	deeds   *deeds
	scratch []byte // unescaped strings of the record being read
	record  Record
	wrong   wrongs // of the record being read
	slot    int    // of its identity among the callers, or -1
	tally   Tally
}

// NewReader returns a Reader with a window of 256 KiB.
func NewReader() *Reader { return newReader(windowSize) }

func newReader(size int) *Reader {
	rd := &Reader{window: newWindow(size), callers: newCallers(), deeds: newDeeds()}
	rd.draft.nesting = &rd.nesting
	return rd
}

// Read reads one log file, gzip (of any number of members) or plain JSON as its first bytes tell, and gives each record to the
// callback in turn. Insights records and records without eventSource or eventName are skipped, records that can't be read are named
// in the tally, and reading goes on after them.
//
// An error means that the file was not read to its end: it wraps one of the errors of this package, the source's or the context's,
// or is the callback's own. What stood before the fault has then been given already, and the tally counts it.
func (rd *Reader) Read(ctx context.Context, src io.Reader, each func(*Record) error) (Tally, error) {
	w := rd.window
	defer w.close()
	rd.tally = Tally{}
	err := w.open(src)
	if err == nil {
		err = rd.document(ctx, each)
	}
	rd.tally.Bytes = w.offset(w.end)
	return rd.tally, err
}

// records reads the list of records; its bracket has been read.
func (rd *Reader) records(ctx context.Context, each func(*Record) error) error {
	w := rd.window
	if c, err := rd.token(ctx); c == ']' || err != nil {
		w.pos++
		return err
	}
	for {
		w.pos = space(w.data, w.pos)
		end := rd.element(w.pos)
		if end < 0 || end >= w.end {
			if err := rd.retry(ctx, reach(end)); err != nil {
				return err
			}
			continue
		}
		if err := rd.give(w.pos, end, each); err != nil {
			return err
		}
		if w.pos = end; w.data[end] != ',' {
			c, err := rd.token(ctx)
			if err != nil {
				return err
			}
			if c == ']' {
				w.pos++
				return nil
			}
			if c != ',' {
				return rd.syntax(w.pos)
			}
		}
		w.pos++
	}
}

// element reads one value of the list into rd.record, and gives its end.
func (rd *Reader) element(i int) int {
	rd.record = Record{Identity: nobody}
	rd.wrong, rd.slot = 0, -1
	rd.scratch = rd.scratch[:0]
	if rd.window.data[i] == '{' {
		return rd.walk(rd.window.data, i)
	}
	rd.wrong = notObject
	return rd.nesting.skip(rd.window.data, i, listDepth)
}

// give passes the record on, or counts why not.
func (rd *Reader) give(i, end int, each func(*Record) error) error {
	r := &rd.record
	r.Raw, r.Offset = rd.window.data[i:end:end], rd.window.offset(i)
	if rd.wrong&notObject == 0 && (string(r.EventCategory) == "Insight" || string(r.EventType) == "AwsCloudTrailInsight") {
		rd.tally.skip(SkippedInsight)
		return nil
	}
	if rd.wrong != 0 {
		rd.tally.bad(r.Offset, rd.wrong.String())
		return nil
	}
	if len(r.EventSource) == 0 || len(r.EventName) == 0 {
		rd.tally.skip(SkippedNoName)
		return nil
	}
	if !r.timed {
		var err error
		if r.time, err = parseTime(r.EventTime); err != nil {
			rd.tally.bad(r.Offset, err.Error())
			return nil
		}
		r.timed = true
	}
	r.caller = rd.callers.of(r, rd.slot)
	r.deed = rd.deeds.of(r.EventSource, r.EventName)
	rd.tally.Records++
	return each(r)
}
