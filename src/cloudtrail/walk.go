package cloudtrail

import (
	"encoding/binary"
	"math/bits"
)

// wrongs are the things that make a record unreadable.
type wrongs uint8

const (
	notObject wrongs = 1 << iota
	wrongSource
	wrongName
)

// String names what is wrong first.
func (w wrongs) String() string {
	switch {
	case w&notObject != 0:
		return "not an object"
	case w&wrongSource != 0:
		return "eventSource is not a string"
	default:
		return "eventName is not a string"
	}
}

// walk reads the record whose brace stands at i into rd.record. Of a doubled key the last counts.
func (rd *Reader) walk(b []byte, i int) int {
	if i = space(b, i+1); b[i] == '}' {
		return i + 1
	}
	f := fieldOther
	for {
		if b[i] != '"' {
			return ^i
		}
		if f, i = rd.next.key(b, i, f); i < 0 {
			return i
		}
		if b[i] <= ' ' {
			i = space(b, i)
		}
		if i = rd.value(b, i, f); i < 0 {
			return i
		}
		if b[i] <= ' ' {
			i = space(b, i)
		}
		switch b[i] {
		case ',':
			if i++; b[i] != '"' {
				i = space(b, i)
			}
		case '}':
			return i + 1
		default:
			return ^i
		}
	}
}

// value reads the value of a field at i.
func (rd *Reader) value(b []byte, i int, f field) int {
	r := &rd.record
	switch f {
	case fieldUserIdentity:
		return rd.identity(b, i)
	case fieldEventTime:
		if r.time, r.timed = plainTime(b[i:]); r.timed {
			r.EventTime = b[i+1 : i+1+timeSize : i+1+timeSize]
			return i + timeSize + 2
		}
		r.EventTime, i = rd.text(b, i)
	case fieldEventSource:
		rd.wrong = rd.wrong.set(wrongSource, b[i])
		r.EventSource, i = rd.text(b, i)
	case fieldEventName:
		rd.wrong = rd.wrong.set(wrongName, b[i])
		r.EventName, i = rd.text(b, i)
	case fieldErrorCode:
		r.ErrorCode, i = rd.text(b, i)
	case fieldErrorMessage:
		r.ErrorMessage, i = rd.text(b, i)
	case fieldReadOnly:
		return rd.readOnly(b, i)
	case fieldEventType:
		r.EventType, i = rd.text(b, i)
	case fieldRecipientAccountID:
		r.RecipientAccountID, i = rd.text(b, i)
	case fieldEventCategory:
		r.EventCategory, i = rd.text(b, i)
	case fieldSourceIPAddress:
		r.SourceIPAddress, i = rd.text(b, i)
	default:
		if b[i] != '"' {
			return rd.nesting.skip(b, i, recordDepth)
		}
		if i = stringEnd(b, i+1); i >= 0 {
			i++
		}
	}
	return i
}

// set notes whether a value that begins with c is of the wrong kind: neither a string nor null.
func (w wrongs) set(bit wrongs, c byte) wrongs {
	if c == '"' || c == 'n' {
		return w &^ bit
	}
	return w | bit
}

// text reads a string: the bytes themselves where they spell it, else a copy in the scratch. Any other value is passed over.
func (rd *Reader) text(b []byte, i int) ([]byte, int) {
	if b[i] != '"' {
		return nil, rd.nesting.skip(b, i, recordDepth)
	}
	start := i + 1
	end, plain := plainEnd(b, start)
	if plain {
		return b[start:end:end], end + 1
	}
	if end = stringEnd(b, end); end < 0 {
		return nil, end
	}
	from := len(rd.scratch)
	rd.scratch = unquote(rd.scratch, b[start:end])
	return rd.scratch[from:len(rd.scratch):len(rd.scratch)], end + 1
}

// plainEnd finds the end of a string that is plain ASCII without escapes; of any other it gives a position up to which it is plain.
func plainEnd(b []byte, i int) (end int, plain bool) {
	for {
		x := binary.LittleEndian.Uint64(b[i:])
		m := stops(x) | x&highs
		if m == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(m) >> 3
		return i, b[i] == '"'
	}
}

// identity reads the userIdentity.
func (rd *Reader) identity(b []byte, i int) int {
	r := &rd.record
	if rd.slot = rd.callers.find(b, i); rd.slot >= 0 {
		known := &rd.callers.known[rd.slot]
		r.Identity = known.identity
		return i + len(known.raw)
	}
	if r.Identity = nobody; b[i] != '{' {
		return rd.nesting.skip(b, i, recordDepth)
	}
	id, raw, end := rd.draft.read(b, i)
	if end >= 0 {
		r.Identity, rd.slot = id, rd.callers.add(b, i, raw, id)
	}
	return end
}

// readOnly reads a truth that is a boolean or the word for one.
func (rd *Reader) readOnly(b []byte, i int) int {
	end := rd.nesting.skip(b, i, recordDepth)
	if end < 0 {
		return end
	}
	switch string(b[i:end]) {
	case "true", `"true"`:
		rd.record.ReadOnly = Yes
	case "false", `"false"`:
		rd.record.ReadOnly = No
	default:
		rd.record.ReadOnly = Unsaid
	}
	return end
}
