package athena

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// resultColumns are those of the query's text, in its order.
var resultColumns = []string{"kind", "account", "hour", "principal", "action", "ending", "instance", "address", "file",
	"first_time", "last_time", "records", "events", "files", "everywhere"}

// rows has the rows of a query that succeeded taken in. errGone is the answer where there is no result any more, in which case nothing was.
func (l *Log) rows(ctx context.Context, e *execution, into *tally) error {
	if l.place.managed {
		return l.pages(ctx, e, into)
	}
	bucket, key, ok := strings.Cut(strings.TrimPrefix(e.output, "s3://"), "/")
	if !ok || !strings.HasSuffix(key, ".csv") {
		return fmt.Errorf("%w: the result of query %s should be a .csv file, and is at %q", ErrQuery, e.id, e.output)
	}
	object := &resumed{ctx: ctx, client: l.s3, bucket: bucket, key: key}
	defer object.close()
	if err := object.open(); err != nil {
		return fmt.Errorf("read the result of query %s: %w", e.id, err)
	}
	rows := newCSVReader(object)
	var fields []field
	for first := true; ; first = false {
		var err error
		if fields, err = rows.next(fields); err == io.EOF && !first {
			return nil
		} else if err != nil {
			return fmt.Errorf("read the result of query %s: %w", e.id, err)
		}
		if err := into.row(fields, first); err != nil {
			return fmt.Errorf("read the result of query %s: row %d: %w", e.id, rows.row, err)
		}
	}
}

// pages reads a result that Athena keeps itself, by the thousand rows.
func (l *Log) pages(ctx context.Context, e *execution, into *tally) error {
	pages := athena.NewGetQueryResultsPaginator(l.athena, &athena.GetQueryResultsInput{QueryExecutionId: &e.id, MaxResults: aws.Int32(1000)})
	var fields []field
	for first := true; pages.HasMorePages(); {
		out, err := pages.NextPage(ctx)
		var api smithy.APIError
		if first && l.earlier(e) && errors.As(err, &api) && api.ErrorCode() == "InvalidRequestException" {
			return fmt.Errorf("%w: %w", errGone, err) // Athena keeps results for a day, and has no code of its own for that
		}
		if err != nil {
			return fmt.Errorf("read the result of query %s: %w", e.id, err)
		}
		if out.ResultSet == nil {
			return fmt.Errorf("%w: query %s has no result", ErrService, e.id)
		}
		for _, row := range out.ResultSet.Rows {
			fields = fields[:0]
			for _, d := range row.Data {
				fields = append(fields, field{aws.ToString(d.VarCharValue), d.VarCharValue == nil})
			}
			if err := into.row(fields, first); err != nil {
				return fmt.Errorf("read the result of query %s: %w", e.id, err)
			}
			first = false
		}
	}
	return nil
}

// titled holds a result's header against what was asked for.
func titled(fields []field) error {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.text
	}
	if !slices.Equal(names, resultColumns) {
		return fmt.Errorf("%w: its columns are not those that were asked for", errCSV)
	}
	return nil
}

// A resumed object goes on where a connection broke.
type resumed struct {
	ctx         context.Context
	client      *s3.Client
	bucket, key string
	tag         *string
	body        io.ReadCloser
	at          int64
	breaks      int
}

// mostBreaks bounds how often reading goes on without a byte in between.
const mostBreaks = 3

func (r *resumed) open() error {
	in := &s3.GetObjectInput{Bucket: &r.bucket, Key: &r.key, IfMatch: r.tag}
	if r.at > 0 {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", r.at))
	}
	out, err := r.client.GetObject(r.ctx, in)
	if err != nil {
		var api smithy.APIError
		if errors.As(err, &api) && api.ErrorCode() == "NoSuchKey" && r.at == 0 {
			return fmt.Errorf("%w: %w", errGone, err)
		}
		return err
	}
	r.body, r.tag = out.Body, out.ETag
	return nil
}

func (r *resumed) Read(to []byte) (int, error) {
	n, err := r.body.Read(to)
	if r.at += int64(n); n > 0 {
		r.breaks = 0
	}
	if err == nil || err == io.EOF || r.ctx.Err() != nil {
		return n, err
	}
	if r.breaks++; r.breaks > mostBreaks {
		return n, err
	}
	r.close()
	return n, r.open()
}

func (r *resumed) close() {
	if r.body != nil {
		_ = r.body.Close() // it was read; there is nothing to lose
	}
}

// clean deletes results that are put away, where that is wanted. One that stays does no harm: the bucket's lifecycle has it.
func (l *Log) clean(ctx context.Context) {
	for _, e := range l.finished {
		bucket, key, ok := strings.Cut(strings.TrimPrefix(e.output, "s3://"), "/")
		if !l.DeleteResults || l.place.managed || !ok {
			continue
		}
		_, _ = l.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &s3types.Delete{
			Quiet: aws.Bool(true), Objects: []s3types.ObjectIdentifier{{Key: &key}, {Key: aws.String(key + ".metadata")}},
		}})
	}
	l.finished = nil
}
