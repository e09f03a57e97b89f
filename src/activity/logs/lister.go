package logs

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// A lister lists a bucket.
type lister struct {
	client *s3.Client
	bucket string
}

// page lists the first thousand keys below a prefix that come after another key; more tells that there are more.
func (l lister) page(ctx context.Context, prefix, after string) (objects []types.Object, more bool, err error) {
	out, err := l.list(ctx, &s3.ListObjectsV2Input{Prefix: &prefix, StartAfter: nonEmpty(after)})
	if err != nil {
		return nil, false, err
	}
	return out.Contents, aws.ToBool(out.IsTruncated), nil
}

// each gives all objects below a prefix whose keys come after another one, page by page, in order.
func (l lister) each(ctx context.Context, prefix, after string, give func(*types.Object)) error {
	return l.pages(ctx, &s3.ListObjectsV2Input{Prefix: &prefix, StartAfter: nonEmpty(after)}, func(out *s3.ListObjectsV2Output) {
		for i := range out.Contents {
			give(&out.Contents[i])
		}
	})
}

// folders are the names of those directly below a prefix, without their slashes, and the objects beside them.
func (l lister) folders(ctx context.Context, prefix string) (folders []string, beside []types.Object, err error) {
	err = l.pages(ctx, &s3.ListObjectsV2Input{Prefix: nonEmpty(prefix), Delimiter: aws.String("/")}, func(out *s3.ListObjectsV2Output) {
		folders = append(folders, foldersIn(out, prefix)...)
		beside = append(beside, out.Contents...)
	})
	return folders, beside, err
}

// few are the first folders directly below a prefix: one call.
func (l lister) few(ctx context.Context, prefix string, most int32) (folders []string, objects int, err error) {
	out, err := l.list(ctx, &s3.ListObjectsV2Input{Prefix: nonEmpty(prefix), Delimiter: aws.String("/"), MaxKeys: &most})
	if err != nil {
		return nil, 0, err
	}
	return foldersIn(out, prefix), len(out.Contents), nil
}

func foldersIn(out *s3.ListObjectsV2Output, prefix string) []string {
	folders := make([]string, len(out.CommonPrefixes))
	for i, p := range out.CommonPrefixes {
		folders[i] = strings.TrimSuffix(strings.TrimPrefix(aws.ToString(p.Prefix), prefix), "/")
	}
	return folders
}

func (l lister) pages(ctx context.Context, in *s3.ListObjectsV2Input, give func(*s3.ListObjectsV2Output)) error {
	for {
		out, err := l.list(ctx, in)
		if err != nil {
			return err
		}
		give(out)
		if !aws.ToBool(out.IsTruncated) || aws.ToString(out.NextContinuationToken) == "" {
			return nil
		}
		in.ContinuationToken = out.NextContinuationToken
	}
}

func (l lister) list(ctx context.Context, in *s3.ListObjectsV2Input) (*s3.ListObjectsV2Output, error) {
	in.Bucket, in.EncodingType = &l.bucket, types.EncodingTypeUrl // a key may hold what XML can't
	out, err := l.client.ListObjectsV2(ctx, in)
	if err == nil && out.EncodingType == types.EncodingTypeUrl {
		err = decode(out)
	}
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", pathOf(l.bucket, aws.ToString(in.Prefix)), err)
	}
	return out, nil
}

// decode undoes the encoding that a listing was asked for.
func decode(out *s3.ListObjectsV2Output) error {
	texts := make([]*string, 0, len(out.Contents)+len(out.CommonPrefixes))
	for i := range out.Contents {
		texts = append(texts, out.Contents[i].Key)
	}
	for i := range out.CommonPrefixes {
		texts = append(texts, out.CommonPrefixes[i].Prefix)
	}
	for _, text := range texts {
		if text == nil {
			continue
		}
		plain, err := url.QueryUnescape(*text)
		if err != nil {
			return fmt.Errorf("decode a key: %w", err)
		}
		*text = plain
	}
	return nil
}

func nonEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
