package cloudtrail

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

const (
	windowSize = 256 << 10 // bytes of the uncompressed file held at once
	maxRecord  = 64 << 20  // a record that does not fit this is refused
	bombSize   = 64 << 20  // below this nothing is called a bomb
	bombRatio  = 400       // CloudTrail's files unpack to some 10 to 30 times their size
)

// A window is the part of the uncompressed file that is being looked at: data[pos:end], followed by scanSlack zero bytes. It grows
// only when one value does not fit it, and shrinks afterwards.
type window struct {
	data []byte
	pos  int   // first byte that is still wanted
	end  int   // end of the data
	base int64 // offset of data[0] in the uncompressed file
	size int   // usual size, scanSlack included

	packed counter
	in     *bufio.Reader
	zip    *gzip.Reader
	from   io.Reader // in or zip
	err    error     // what the source ended with, once it has
}

func newWindow(size int) *window {
	return &window{size: size, data: make([]byte, size), in: bufio.NewReaderSize(nil, 64<<10), zip: new(gzip.Reader)}
}

// open starts a new file.
func (w *window) open(src io.Reader) error {
	w.packed = counter{from: src}
	w.in.Reset(&w.packed)
	w.pos, w.end, w.base, w.err = 0, 0, 0, nil
	clear(w.data[:scanSlack])
	w.from = w.in
	if magic, _ := w.in.Peek(2); string(magic) == "\x1f\x8b" {
		w.from = w.zip
		if w.err = w.zip.Reset(w.in); w.err != nil {
			if w.err == io.EOF {
				w.err = io.ErrUnexpectedEOF
			}
			return w.fault()
		}
	}
	return nil
}

// close lets go of the source.
func (w *window) close() {
	w.packed = counter{}
	w.in.Reset(nil)
}

// offset is the place in the uncompressed file of a position in the window.
func (w *window) offset(i int) int64 { return w.base + int64(i) }

// more moves what is still wanted to the front and reads on. It returns io.EOF where the file ended well, whatever was wanted.
func (w *window) more(ctx context.Context) error {
	if w.err != nil {
		return w.fault()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := w.room(); err != nil {
		return err
	}
	for limit := len(w.data) - scanSlack; w.end < limit && w.err == nil; {
		var n int
		n, w.err = w.from.Read(w.data[w.end:limit])
		w.end += n
	}
	clear(w.data[w.end : w.end+scanSlack])
	if size := w.offset(w.end); size > bombSize && w.from == w.zip && size > bombRatio*w.unpacked() {
		return fmt.Errorf("%w, seen at byte %d", ErrBomb, size)
	}
	if w.pos == w.end {
		return w.fault()
	}
	return nil
}

// room makes place behind the data.
func (w *window) room() error {
	kept := w.end - w.pos
	if kept >= maxRecord {
		return fmt.Errorf("%w, at byte %d", ErrTooLarge, w.offset(w.pos))
	}
	size := w.size
	for size-scanSlack <= kept {
		size = min(2*size, maxRecord+scanSlack)
	}
	to := w.data
	if size != len(to) {
		to = make([]byte, size)
	}
	copy(to, w.data[w.pos:w.end])
	w.base += int64(w.pos)
	w.data, w.pos, w.end = to, 0, kept
	return nil
}

// unpacked counts the compressed bytes that have been used.
func (w *window) unpacked() int64 { return w.packed.bytes - int64(w.in.Buffered()) }

// fault says what the source ended with.
func (w *window) fault() error {
	at := w.offset(w.end)
	switch {
	case w.err == nil:
		return nil
	case w.packed.err != nil:
		return fmt.Errorf("read on after byte %d: %w", at, w.packed.err)
	case w.err == io.EOF:
		return io.EOF
	case errors.Is(w.err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: after byte %d in the middle of the compressed data", ErrTruncated, at)
	default:
		return fmt.Errorf("%w: after byte %d: %w", ErrDamaged, at, w.err)
	}
}

// A counter counts what is read through it, and keeps the error that is not an end.
type counter struct {
	from  io.Reader
	bytes int64
	err   error
}

func (c *counter) Read(to []byte) (int, error) {
	n, err := c.from.Read(to)
	c.bytes += int64(n)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}
