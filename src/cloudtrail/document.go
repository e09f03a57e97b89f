package cloudtrail

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// How many containers are open around a top-level value, around a record, and around a record's value.
const (
	topDepth    = 1
	listDepth   = 2
	recordDepth = 3
)

// document walks the file from its first byte to its last.
func (rd *Reader) document(ctx context.Context, each func(*Record) error) error {
	if err := rd.begin(ctx); err != nil {
		return err
	}
	var seen, list, digest bool
	err := rd.members(ctx, func(name string) error {
		if name != "Records" {
			digest = digest || strings.HasPrefix(name, "digest")
			return rd.pass(ctx)
		}
		if seen {
			return fmt.Errorf("%w: a second list of records at byte %d", ErrSyntax, rd.window.offset(rd.window.pos))
		}
		seen = true
		c, err := rd.token(ctx)
		if c != '[' || err != nil {
			return rd.pass(ctx)
		}
		list = true
		rd.window.pos++
		return rd.records(ctx, each)
	})
	if err == nil {
		err = rd.finish(ctx)
	}
	switch {
	case err != nil || list:
		return err
	case digest:
		return ErrDigest
	default:
		return ErrNotLog
	}
}

// begin steps into the top-level object.
func (rd *Reader) begin(ctx context.Context) error {
	w := rd.window
	if err := w.more(ctx); err == io.EOF {
		return ErrEmpty
	} else if err != nil {
		return err
	}
	if string(w.data[:3]) == "\ufeff" {
		w.pos = 3
	}
	c, err := rd.token(ctx)
	switch {
	case err != nil && w.err == io.EOF:
		return ErrEmpty // nothing but white space
	case err != nil:
		return err
	case c == '[':
		return fmt.Errorf("%w: it begins with a list", ErrNotLog)
	case c != '{':
		return fmt.Errorf("%w, and not gzip either, at byte %d", ErrSyntax, w.offset(w.pos))
	}
	w.pos++
	return nil
}

// members reads the top-level object, whose brace has been read. The callback must read the value of each name.
func (rd *Reader) members(ctx context.Context, value func(name string) error) error {
	c, err := rd.token(ctx)
	if err == nil && c == '}' {
		rd.window.pos++
		return nil
	}
	for err == nil {
		var name string
		if name, err = rd.name(ctx); err != nil {
			break
		}
		if err = value(name); err != nil {
			break
		}
		if c, err = rd.token(ctx); err != nil {
			break
		}
		if c != ',' && c != '}' {
			return rd.syntax(rd.window.pos)
		}
		if rd.window.pos++; c == '}' {
			return nil
		}
	}
	return err
}

// name reads a key of the top-level object and its colon.
func (rd *Reader) name(ctx context.Context) (string, error) {
	w := rd.window
	for {
		if c, err := rd.token(ctx); err != nil {
			return "", err
		} else if c != '"' {
			return "", rd.syntax(w.pos)
		}
		end := stringEnd(w.data, w.pos+1)
		if end < 0 {
			if err := rd.retry(ctx, ^end); err != nil {
				return "", err
			}
			continue
		}
		name := string(unquote(nil, w.data[w.pos+1:end]))
		w.pos = end + 1
		if c, err := rd.token(ctx); err != nil {
			return "", err
		} else if c != ':' {
			return "", rd.syntax(w.pos)
		}
		w.pos++
		return name, nil
	}
}

// pass steps over a value of the top-level object, which must fit the window as a record must.
func (rd *Reader) pass(ctx context.Context) error {
	w := rd.window
	for {
		end := rd.nesting.skip(w.data, w.pos, topDepth)
		if end >= 0 && end < w.end {
			w.pos = end
			return nil
		}
		if err := rd.retry(ctx, reach(end)); err != nil {
			return err
		}
	}
}

// token steps over white space and gives the byte that follows, without reading it.
func (rd *Reader) token(ctx context.Context) (byte, error) {
	w := rd.window
	for {
		if w.pos = space(w.data, w.pos); w.pos < w.end {
			return w.data[w.pos], nil
		}
		if err := rd.retry(ctx, w.pos); err != nil {
			return 0, err
		}
	}
}

// finish sees that nothing but white space follows, and that the source ends well.
func (rd *Reader) finish(ctx context.Context) error {
	w := rd.window
	for {
		if w.pos = space(w.data, w.pos); w.pos < w.end {
			return fmt.Errorf("%w: more after the end, at byte %d", ErrSyntax, w.offset(w.pos))
		}
		if err := w.more(ctx); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// reach is the position where a step of the scanner ended, well or not.
func reach(end int) int { return max(end, ^end) }

// retry reads on when a step faulted for want of data, so that it can be taken again; any other fault is the file's.
func (rd *Reader) retry(ctx context.Context, fault int) error {
	w := rd.window
	if fault < w.end {
		return rd.syntax(fault)
	}
	err := w.more(ctx)
	if err == io.EOF {
		return fmt.Errorf("%w: at byte %d in the middle of the JSON", ErrTruncated, w.offset(w.end))
	}
	return err
}

func (rd *Reader) syntax(i int) error {
	return fmt.Errorf("%w at byte %d", ErrSyntax, rd.window.offset(i))
}
