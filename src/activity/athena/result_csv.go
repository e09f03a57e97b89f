package athena

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// A field is one value of a result. NULL and the empty string are two things.
type field struct {
	text string
	null bool
}

// A csvReader reads the form in which Athena writes results: values in double quotes, a quote inside doubled, commas and newlines inside as they are;
// NULL is nothing at all. No page of AWS says so; files that it wrote do (pyathena-dev/PyAthena, issue 118).
type csvReader struct {
	from *bufio.Reader
	row  int // that was read last, the header being the first
}

// mostField bounds one value. A name in a record is nowhere near it.
const mostField = 64 << 20

var errCSV = errors.New("the result is not as Athena writes one")

func newCSVReader(from io.Reader) *csvReader {
	return &csvReader{from: bufio.NewReaderSize(from, 64<<10)}
}

// next reads a row into the fields given, which are used again, and io.EOF itself at the end: one that an error wraps is a connection that broke.
func (r *csvReader) next(fields []field) ([]field, error) {
	fields = fields[:0]
	if _, err := r.from.Peek(1); err != nil {
		return nil, err // io.EOF between rows is the end
	}
	r.row++
	for {
		f, last, err := r.field()
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, fmt.Errorf("row %d: %w", r.row, err)
		}
		if fields = append(fields, f); last {
			return fields, nil
		}
	}
}

// field reads a value and what ends it.
func (r *csvReader) field() (f field, last bool, err error) {
	c, err := r.from.ReadByte()
	switch {
	case err == io.EOF:
		return field{null: true}, true, nil
	case err != nil:
		return f, false, err
	case c == '"':
		return r.quoted()
	}
	if err := r.from.UnreadByte(); err != nil {
		return f, false, err
	}
	return r.bare()
}

// quoted reads on after an opening quote.
func (r *csvReader) quoted() (field, bool, error) {
	var text []byte
	for {
		part, err := r.from.ReadSlice('"')
		text = append(text, part...)
		switch {
		case len(text) > mostField:
			return field{}, false, fmt.Errorf("%w: a value of more than %d bytes", errCSV, mostField)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return field{}, false, err
		}
		c, err := r.from.ReadByte()
		if err == nil && c == '"' {
			continue // a doubled quote: one of the two is in the text
		}
		f := field{text: string(text[:len(text)-1])}
		switch {
		case err == io.EOF:
			return f, true, nil
		case err != nil:
			return f, false, err
		case c == ',':
			return f, false, nil
		case c == '\n':
			return f, true, nil
		case c == '\r':
			if c, err = r.from.ReadByte(); err == nil && c == '\n' || err == io.EOF {
				return f, true, nil
			}
		}
		return f, false, fmt.Errorf("%w: text after a closing quote", errCSV)
	}
}

// bare reads a value without quotes; nothing at all is NULL.
func (r *csvReader) bare() (field, bool, error) {
	var text []byte
	for {
		c, err := r.from.ReadByte()
		switch {
		case err == io.EOF, err == nil && (c == ',' || c == '\n'):
			if n := len(text); n > 0 && c == '\n' && text[n-1] == '\r' {
				text = text[:n-1]
			}
			return field{text: string(text), null: len(text) == 0}, c != ',' || err != nil, nil
		case err != nil:
			return field{}, false, err
		case c == '"':
			return field{}, false, fmt.Errorf("%w: a quote in a value without quotes", errCSV)
		case len(text) == mostField:
			return field{}, false, fmt.Errorf("%w: a value of more than %d bytes", errCSV, mostField)
		}
		text = append(text, c)
	}
}
