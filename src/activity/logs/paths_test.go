package logs_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/discern"
)

// TestSomeFilesOfABucket are read and gone back to by path, whatever a run would look at.
func TestSomeFilesOfABucket(t *testing.T) {
	c := newCloud(t)
	var paths []string
	for h := range 6 {
		paths = append(paths, "s3://"+aBucket+"/"+c.fileAt(anAccount, "us-east-1", now.Add(-time.Duration(h)*time.Hour)))
	}
	b := bucketOf(t, c, anAccount, logs.BucketOptions{After: now.Unix(), Ledger: ledger(t)})
	some := slices.Clone(paths[2:5])
	p, err := b.Read(t.Context(), append(some, paths[0]+".gone.json.gz"))
	require.NoError(t, err)
	require.Equal(t, 0, c.count("ListObjectsV2"))
	require.Len(t, p.Sightings, 3)
	require.Len(t, p.Files, 3+1, "what is gone is done with")
	require.Len(t, p.Bad, 1)
	for _, f := range p.Files {
		require.Equal(t, strings.Contains(f.Path, "gone"), f.Size == 0, "S3 says it when it is read")
	}
	require.Equal(t, p.Whole.Bytes, p.Looks[anAccount].Bytes)
	require.Positive(t, p.Whole.Bytes)

	evidence, err := b.EvidenceIn(t.Context(), p.Sightings, some)
	require.NoError(t, err)
	for i, e := range evidence {
		require.Equal(t, 1, e.Count)
		require.Equal(t, some[p.Sightings[i].Files[0]], e.Records[0].File)
		require.Equal(t, p.Sightings[i].First, e.Records[0].Time)
	}

	_, err = b.EvidenceIn(t.Context(), []discern.Sighting{{Files: []uint32{9}}}, some)
	require.ErrorContains(t, err, "no file 9 among 3")
	_, err = b.Read(t.Context(), []string{"/not/in/s3"})
	require.ErrorContains(t, err, "s3://bucket/key")
	p, err = b.Read(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, p.Sightings)

	c.disturb = refusing("AccessDenied")
	_, err = b.Read(t.Context(), some)
	require.ErrorContains(t, err, "none of 3 could be opened")
	p, err = b.Read(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, p.Bad)
	_, err = b.EvidenceIn(t.Context(), []discern.Sighting{{Files: []uint32{0, 1}}}, some)
	require.ErrorContains(t, err, "AccessDenied")
}
