package cloudtrail

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGiantRecords(t *testing.T) {
	ctx := context.Background()
	record := func(size int) io.Reader {
		const head, tail = `{"Records":[{"eventTime":"2024-05-06T07:00:00Z","eventSource":"a","eventName":"b","x":"`, `"},5]}`
		return io.MultiReader(strings.NewReader(head), io.LimitReader(endless('x'), int64(size)), strings.NewReader(tail))
	}
	rd := NewReader()
	tally, err := rd.Read(ctx, record(50<<20), func(*Record) error { return nil })
	require.NoError(t, err)
	require.Equal(t, 1, tally.Records)
	require.Equal(t, 1, tally.BadRecords)

	_, err = rd.Read(ctx, record(65<<20), func(*Record) error { return nil })
	require.ErrorIs(t, err, ErrTooLarge)
	require.ErrorContains(t, err, "at byte 12")

	_, err = rd.Read(ctx, strings.NewReader(wholeFile), func(*Record) error { return nil })
	require.NoError(t, err)
	require.Len(t, rd.window.data, windowSize, "the window shrinks again")
}

func TestBomb(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.Copy(w, io.MultiReader(strings.NewReader(`{"Records":[`), io.LimitReader(endless(' '), 80<<20), strings.NewReader("]}")))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	tally, err := NewReader().Read(context.Background(), &b, func(*Record) error { return nil })
	require.ErrorIs(t, err, ErrBomb)
	require.Less(t, tally.Bytes, int64(66<<20))

	plain := io.MultiReader(strings.NewReader(`{"Records":[`), io.LimitReader(endless(' '), 80<<20), strings.NewReader("]}"))
	_, err = NewReader().Read(context.Background(), plain, func(*Record) error { return nil })
	require.NoError(t, err, "what is not compressed is no bomb")
}

// endless gives one byte for ever.
type endless byte

func (e endless) Read(to []byte) (int, error) {
	for i := range to {
		to[i] = byte(e)
	}
	return len(to), nil
}
