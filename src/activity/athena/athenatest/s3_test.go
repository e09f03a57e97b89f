package athenatest

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

func TestListings(t *testing.T) {
	f := New(t)
	_, s := clients(f)
	for _, key := range []string{"a", "b/1", "b/2", "b/c/3", "d/4", "e +&é"} {
		f.Put("logs", key, []byte(key))
	}
	for name, test := range map[string]struct {
		in   s3.ListObjectsV2Input
		want []string
	}{
		"all":                         {s3.ListObjectsV2Input{}, []string{"a", "b/1", "b/2", "b/c/3", "d/4", "e +&é"}},
		"prefix":                      {s3.ListObjectsV2Input{Prefix: aws.String("b/")}, []string{"b/1", "b/2", "b/c/3"}},
		"folders":                     {s3.ListObjectsV2Input{Delimiter: aws.String("/")}, []string{"a", "e +&é", "b/|", "d/|"}},
		"folders below":               {s3.ListObjectsV2Input{Prefix: aws.String("b/"), Delimiter: aws.String("/")}, []string{"b/1", "b/2", "b/c/|"}},
		"after":                       {s3.ListObjectsV2Input{StartAfter: aws.String("b/1")}, []string{"b/2", "b/c/3", "d/4", "e +&é"}},
		"folders after a key in one":  {s3.ListObjectsV2Input{Delimiter: aws.String("/"), StartAfter: aws.String("b/1")}, []string{"e +&é", "b/|", "d/|"}},
		"folders after all of one":    {s3.ListObjectsV2Input{Delimiter: aws.String("/"), StartAfter: aws.String("b/d")}, []string{"e +&é", "d/|"}},
		"folders after a folder":      {s3.ListObjectsV2Input{Delimiter: aws.String("/"), StartAfter: aws.String("b/")}, []string{"e +&é", "d/|"}},
		"nothing":                     {s3.ListObjectsV2Input{Prefix: aws.String("x")}, nil},
		"a key of several characters": {s3.ListObjectsV2Input{Prefix: aws.String("e +")}, []string{"e +&é"}},
	} {
		for _, size := range []int{1, 2, 1000} {
			f.PageSize(size)
			var keys, folders []string
			test.in.Bucket = aws.String("logs")
			pages := s3.NewListObjectsV2Paginator(s, &test.in)
			for pages.HasMorePages() {
				page, err := pages.NextPage(t.Context())
				require.NoError(t, err, name)
				require.LessOrEqual(t, len(page.Contents)+len(page.CommonPrefixes), size)
				for _, o := range page.Contents {
					keys = append(keys, *o.Key)
					require.EqualValues(t, len(*o.Key), *o.Size)
				}
				for _, p := range page.CommonPrefixes {
					folders = append(folders, *p.Prefix+"|")
				}
			}
			require.Equal(t, test.want, append(keys, folders...), "%s in pages of %d", name, size)
		}
	}
	_, err := s.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("none")})
	refused(t, err, "NoSuchBucket")
}

func TestObjects(t *testing.T) {
	f := New(t)
	_, s := clients(f)
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "x"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x", "y"), []byte("0123456789"), 0o600))
	f.PutLogs("logs", "AWSLogs/", dir)

	got, err := s.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("logs"), Key: aws.String("AWSLogs/x/y"), Range: aws.String("bytes=2-4")})
	require.NoError(t, err)
	body, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	require.Equal(t, "234", string(body))
	require.EqualValues(t, 3, *got.ContentLength)
	_, err = s.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("logs"), Key: aws.String("none")})
	refused(t, err, "NoSuchKey")
	_, err = s.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("logs"), Key: aws.String("none")})
	refused(t, err, "NotFound")

	for _, key := range []string{"a", "b", "c"} {
		_, err = s.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("results"), Key: &key, Body: strings.NewReader(key + key)})
		require.NoError(t, err)
	}
	content, there := f.Object("results", "b")
	require.True(t, there)
	require.Equal(t, "bb", string(content))
	_, err = s.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("results"), Key: aws.String("b"), IfNoneMatch: aws.String("*")})
	refused(t, err, "PreconditionFailed")
	_, err = s.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("results"), Key: aws.String("a")})
	require.NoError(t, err)
	_, err = s.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: aws.String("results"), Delete: &types.Delete{
		Objects: []types.ObjectIdentifier{{Key: aws.String("b")}, {Key: aws.String("none")}}}})
	require.NoError(t, err)
	require.Equal(t, []string{"c"}, f.Objects("results"))

	f.Fail(Fault{Service: "s3", Key: "c", Status: 403, Code: "AccessDenied", Times: 1})
	_, err = s.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("results"), Key: aws.String("c")})
	refused(t, err, "AccessDenied")
	f.ForgetCalls()
	_, err = s.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("results")})
	require.NoError(t, err)
	require.Equal(t, []Call{{Service: "s3", Operation: "HeadBucket", Bucket: "results"}}, f.Calls())
}

func TestStreamedBodies(t *testing.T) {
	f := New(t)
	for body, want := range map[string]string{
		"5;chunk-signature=x\r\nsome \r\n4;chunk-signature=y\r\ntext\r\n0;chunk-signature=z\r\nx-amz-checksum-crc32:x\r\n\r\n": "some text",
		"5\r\nso": "",
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, f.URL+"/logs/k", strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, want != "", response.StatusCode == http.StatusOK)
		if want != "" {
			content, _ := f.Object("logs", "k")
			require.Equal(t, want, string(content))
		}
	}
}
