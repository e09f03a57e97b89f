package athenatest

import (
	"bytes"
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// An object is in memory or, if it came with a folder, in its file.
type object struct {
	body     []byte
	file     string
	size     int64
	modified time.Time
	etag     string
}

func (o object) open() (io.ReadSeekCloser, error) {
	if o.file != "" {
		return os.Open(o.file)
	}
	return struct {
		*bytes.Reader
		io.Closer
	}{bytes.NewReader(o.body), io.NopCloser(nil)}, nil
}

func inMemory(body []byte) object {
	sum := md5.Sum(body)
	return object{body: body, size: int64(len(body)), modified: now(), etag: `"` + hex.EncodeToString(sum[:]) + `"`}
}

// MakeBucket makes an empty bucket.
func (f *Front) MakeBucket(bucket string) { f.locked(func() { f.bucket(bucket) }) }

func (f *Front) bucket(name string) map[string]object {
	if f.buckets[name] == nil {
		f.buckets[name] = make(map[string]object)
	}
	return f.buckets[name]
}

// PutLogs makes each file below dir an object of bucket, its key being the path below dir after the prefix ("" or "a/b/"). Files are
// read from dir when they are asked for: changing them changes the objects.
func (f *Front) PutLogs(bucket, prefix, dir string) {
	f.t.Helper()
	require.NoError(f.t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		below, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		key := prefix + filepath.ToSlash(below)
		sum := md5.Sum([]byte(key + info.ModTime().String())) // an ETag is opaque; the content's own sum would cost reading it
		f.locked(func() {
			f.bucket(bucket)[key] = object{file: path, size: info.Size(), modified: info.ModTime().UTC(), etag: `"` + hex.EncodeToString(sum[:]) + `"`}
		})
		return nil
	}))
}

// Put makes an object, and its bucket.
func (f *Front) Put(bucket, key string, body []byte) {
	f.locked(func() { f.bucket(bucket)[key] = inMemory(body) })
}

// Delete removes an object.
func (f *Front) Delete(bucket, key string) { f.locked(func() { delete(f.buckets[bucket], key) }) }

// Object gives an object's content, and whether it is there.
func (f *Front) Object(bucket, key string) ([]byte, bool) {
	f.t.Helper()
	f.mu.Lock()
	o, there := f.buckets[bucket][key]
	f.mu.Unlock()
	if !there {
		return nil, false
	}
	body, err := o.open()
	require.NoError(f.t, err)
	defer func() { _ = body.Close() }()
	content, err := io.ReadAll(body)
	require.NoError(f.t, err)
	return content, true
}

// Objects gives the keys of a bucket, sorted.
func (f *Front) Objects(bucket string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	keys := make([]string, 0, len(f.buckets[bucket]))
	for key := range f.buckets[bucket] {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// PageSize makes listings come in pages of n keys at most instead of S3's 1,000.
func (f *Front) PageSize(n int) { f.locked(func() { f.pageSize = n }) }

// listed is a key of a listing, or the common prefix of several.
type listed struct {
	key    string
	object object
	common bool
}

// list gives the keys of a bucket that begin with prefix and come after the given one, at most max, and whether there are more.
func (f *Front) list(bucket, prefix, delimiter, after string, limit int) (page []listed, more bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	found := make([]listed, 0, 64)
	seen := make(map[string]bool)
	for key, o := range f.buckets[bucket] {
		below, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue
		}
		entry := listed{key: key, object: o}
		if at := strings.Index(below, delimiter); delimiter != "" && at >= 0 {
			entry = listed{key: prefix + below[:at+len(delimiter)], common: true}
		}
		// A common prefix that the last page ended with is not told again; one that a StartAfter lies in is, for keys after it.
		if entry.key <= after && (!entry.common || entry.key == after || key <= after) || seen[entry.key] {
			continue
		}
		seen[entry.key] = true
		found = append(found, entry)
	}
	slices.SortFunc(found, func(a, b listed) int { return cmp.Compare(a.key, b.key) })
	limit = min(limit, f.pageSize)
	if len(found) > limit {
		return found[:limit], true
	}
	return found, false
}
