package athena

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
)

const denied = "HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split %s: Access Denied (Service: Amazon S3; Status Code: 403)"

// withheld is a front that gives nobody the last of some files, each delivered a minute after the other, the first 40 minutes before noon.
func withheld(t *testing.T, n, kept int) (f *athenatest.Front, all []string) {
	for i := range n {
		all = append(all, key(me, "us-east-1", noon.Add(time.Duration(i-40)*time.Minute), "x"))
	}
	f = spoilt(t, denied, all[n-kept:]...)
	for i, k := range all {
		f.Put("logs", k, file(t, call(fmt.Sprint("x", i), "2026-11-21T11:30:00Z", fmt.Sprint("iam:Act", i))))
	}
	for _, k := range all[n-kept:] {
		f.Fail(athenatest.Fault{Service: "s3", Operation: "GetObject", Key: k, Status: 403, Code: "AccessDenied", Message: "Access Denied"})
	}
	return f, all
}

// TestFilesThatMayNotBeRead: an account of which some files are denied is read on without Athena, by the rule of that: the others are judged, and
// these tried again for a week.
func TestFilesThatMayNotBeRead(t *testing.T) {
	f, k := withheld(t, 30, 25)
	l := open(t, options(t, f))
	p, err := l.Next(t.Context())
	require.NoError(t, err)
	require.Len(t, f.Queries(), 1)
	require.NotContains(t, f.Queries()[0].SQL, `"$path" <>`)
	require.Len(t, p.Sightings, 5+1, "and those of the file that always was there")
	require.Len(t, p.Looks[me].QueryIDs, 1)
	require.Len(t, p.Bad, 20)
	require.True(t, p.Bad[0].Kept)
	require.Contains(t, p.Bad[19].Fault, "and 5 more files like it")
	require.Equal(t, noon.Add(-35*time.Minute).Unix()-1, p.Reached, k[5])
	found, err := l.Evidence(t.Context(), p.Sightings[:1])
	require.NoError(t, err)
	require.Equal(t, 2, found[0].Count)
	_, err = l.Next(t.Context())
	require.ErrorIs(t, err, io.EOF)

	o := options(t, f) // a week later, nothing was mended
	o.Now = func() time.Time { return noon.AddDate(0, 0, 7) }
	o.After = p.Reached
	o.Files = filesOf(t, o.Config, o, match)
	p, err = open(t, o).Next(t.Context())
	require.NoError(t, err)
	require.Contains(t, p.Bad[0].Fault, "GIVEN UP: ")
	require.Equal(t, o.Now().Unix(), p.Reached)
}

// TestAllFilesMayNotBeRead: then nothing was looked at, and the watermark stays.
func TestAllFilesMayNotBeRead(t *testing.T) {
	f, _ := withheld(t, 9, 9)
	f.Delete("logs", someFile)
	_, err := open(t, options(t, f)).Next(t.Context())
	require.ErrorContains(t, err, "none of 9 could be opened")
	require.ErrorContains(t, err, "AccessDenied")
}

// TestAFileThatOnlyAthenaMayNotRead is read all the same, and said.
func TestAFileThatOnlyAthenaMayNotRead(t *testing.T) {
	f := spoilt(t, denied, someFile)
	p, err := open(t, options(t, f)).Next(t.Context())
	require.NoError(t, err)
	require.Len(t, p.Sightings, 1)
	require.Len(t, p.Bad, 1)
	require.Contains(t, p.Bad[0].Fault, "it was read without Athena")
	require.Equal(t, noon.Unix(), p.Reached)
}

// TestAFileThatIsKeptHoldsTheWatermark, also where Athena says something else of it.
func TestAFileThatIsKeptHoldsTheWatermark(t *testing.T) {
	k := keys(1)
	f := spoilt(t, openSplit, k...)
	f.Put("logs", k[0], []byte("x"))
	f.Fail(athenatest.Fault{Service: "s3", Operation: "GetObject", Key: k[0], Status: 403, Code: "AccessDenied", Message: "Access Denied"})
	p, err := open(t, options(t, f)).Next(t.Context())
	require.NoError(t, err)
	require.True(t, p.Bad[0].Kept)
	require.Equal(t, noon.Unix()-20*60-1, p.Reached)
}
