package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// resumptions is how often a cut connection is taken up again.
const resumptions = 3

// An object streams one object of S3. Where the connection is cut, or stalls, it goes on with the bytes that are still missing, of the same
// version of the object: so no record is given twice.
type object struct {
	ctx         context.Context // of the file's reading: an io.Reader has no other way to it
	all         *objects
	client      *s3.Client
	bucket, key string

	body     io.ReadCloser
	end      context.CancelFunc // of the request
	at, size int64              // bytes
	etag     *string
	modified time.Time
	resumed  int
	cut      error // what the last request ended with, once it has
}

// request asks for what is still missing.
func (b *object) request() *withheld {
	ctx, end := context.WithCancel(b.ctx)
	in := &s3.GetObjectInput{Bucket: &b.bucket, Key: &b.key, IfMatch: b.etag}
	if b.at > 0 {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", b.at))
	}
	out, err := b.client.GetObject(ctx, in)
	if err != nil {
		end()
		return withheldBy(err)
	}
	b.body, b.end, b.cut = out.Body, end, nil
	if b.at == 0 {
		b.size, b.etag, b.modified = aws.ToInt64(out.ContentLength), out.ETag, aws.ToTime(out.LastModified)
	}
	return nil
}

// Read implements io.Reader.
func (b *object) Read(to []byte) (int, error) {
	for {
		if b.cut == nil {
			n, err := b.read(to)
			b.at += int64(n)
			b.cut = err
			if n > 0 || err == nil {
				return n, nil
			}
		}
		switch {
		case errors.Is(b.cut, io.EOF) && b.at >= b.size:
			return 0, io.EOF
		case b.ctx.Err() != nil:
			return 0, b.ctx.Err()
		case b.at >= b.size, b.resumed == resumptions:
			return 0, b.all.noted(b.ctx, withheldBy(fmt.Errorf("read %s after byte %d: %w", pathOf(b.bucket, b.key), b.at, b.cut)))
		}
		b.resumed++
		b.end()
		_ = b.body.Close() // it is cut
		if err := b.request(); err != nil {
			return 0, b.all.noted(b.ctx, err)
		}
	}
}

// read reads from the connection as it is, and ends it when nothing comes.
func (b *object) read(to []byte) (int, error) {
	impatient := time.AfterFunc(b.all.stall, b.end)
	defer impatient.Stop()
	return b.body.Read(to)
}

// Close implements io.Closer.
func (b *object) Close() error {
	b.end()
	_ = b.body.Close() // what was not read of it is not wanted
	return nil
}
