package logs_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/demo"
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/rules"
)

// bucketOf is an account's log in the cloud's bucket.
func bucketOf(t *testing.T, c *cloud, account string, o logs.BucketOptions) *logs.Bucket {
	t.Helper()
	o.Config, o.AccountID = c.config(), account
	o.Trail.Bucket, o.Trail.Region = aBucket, "us-east-1"
	if o.Now == nil {
		o.Now = func() time.Time { return now }
	}
	b, err := logs.OpenBucket(o)
	require.NoError(t, err)
	return b
}

// drain reads all pieces. What it says of the last one's reach stands.
func drain(t *testing.T, a discern.Activity) discern.Piece {
	t.Helper()
	whole := discern.Piece{Looks: map[string]*discern.Look{}, Skipped: map[string]int{}}
	for {
		p, err := a.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return whole
		}
		require.NoError(t, err)
		whole.Sightings = append(whole.Sightings, p.Sightings...)
		whole.Files = append(whole.Files, p.Files...)
		whole.Bad = append(whole.Bad, p.Bad...)
		whole.Whole.Add(&p.Whole)
		for why, n := range p.Skipped {
			whole.Skipped[why] += n
		}
		for id, look := range p.Looks {
			whole.Looks[id] = look
		}
		whole.Reached = p.Reached
	}
}

// fileAt puts a good file with one record, of an action of its own.
func (c *cloud) fileAt(account, region string, at time.Time) string {
	key := delivered(account, region, at.UTC().Format("20060102T1504"))
	id := at.Format("0215") + region
	c.putAt(key, zipped(document(record(id, at.UTC().Format(time.RFC3339), account, "Act"+at.UTC().Format("0102T1504"), "192.0.2.1"))), at)
	return key
}

// TestAFolderAndABucketSayTheSame: sightings, looks, faults and evidence, but for where the files are.
func TestAFolderAndABucketSayTheSame(t *testing.T) {
	roots := map[string]string{"demo": t.TempDir()}
	_, err := demo.Write(t.Context(), demo.Options{Dir: roots["demo"], End: now, Days: 4})
	require.NoError(t, err)
	if shared, err := filepath.Abs("../../../../shared/data/cloudtrail"); err == nil {
		if _, err := os.Stat(shared); err == nil {
			roots["collected"] = shared
		}
	}
	for name, root := range roots {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			c.upload(t, root, "some/prefix/")
			sightings := 0
			for _, organization := range []string{"", organizationIn(t, root)} {
				trail := logs.Trail{Bucket: aBucket, Prefix: "some/prefix", Organization: organization}
				accounts, err := logs.Accounts(t.Context(), c.config(), trail)
				require.NoError(t, err)
				for _, account := range accounts {
					folder := open(t, logs.Options{Root: filepath.Join(root, "AWSLogs", organization, account), Match: ruled})
					bucket := bucketOf(t, c, account, logs.BucketOptions{Trail: trail, Match: ruled})
					sightings += sameAs(t, folder, bucket, path.Join(aBucket, "some/prefix/AWSLogs", organization, account))
				}
			}
			require.NotZero(t, sightings)
		})
	}
}

func organizationIn(t *testing.T, root string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, "AWSLogs", "o-*"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	return filepath.Base(found[0])
}

func ruled(r *cloudtrail.Record, matched func(rule, instance, address string)) {
	for _, rule := range rules.All() {
		if m, ok := rule.Match(r); ok {
			matched(m.Rule, m.Instance, m.Address)
		}
	}
}

// sameAs holds an account's log in a bucket against that in a folder.
func sameAs(t *testing.T, folder, bucket discern.Activity, prefix string) int {
	t.Helper()
	want, got := drain(t, folder), drain(t, bucket)
	evidenceWanted, err := folder.Evidence(t.Context(), want.Sightings)
	require.NoError(t, err)
	evidence, err := bucket.Evidence(t.Context(), got.Sightings)
	require.NoError(t, err)
	for i := range evidence {
		for k := range evidence[i].Records {
			below, ok := strings.CutPrefix(evidence[i].Records[k].File, "s3://"+prefix+"/")
			require.True(t, ok)
			evidence[i].Records[k].File = below
		}
	}
	for i := range got.Bad {
		got.Bad[i].Path = strings.TrimPrefix(got.Bad[i].Path, "s3://"+prefix+"/")
	}
	require.Equal(t, unnumbered(want.Sightings), unnumbered(got.Sightings))
	require.Equal(t, evidenceWanted, evidence)
	require.Equal(t, want.Looks, got.Looks)
	require.Equal(t, want.Bad, got.Bad)
	require.Len(t, got.Files, len(want.Files))
	return len(got.Sightings)
}

func unnumbered(sightings []discern.Sighting) []discern.Sighting {
	same := slices.Clone(sightings)
	for i := range same {
		same[i].Files = nil
	}
	return same
}

// TestCallsToS3 counts what a sparse trail costs: never more than three calls a file.
func TestCallsToS3(t *testing.T) {
	var regions []string
	for i := range 17 {
		regions = append(regions, fmt.Sprintf("xx-region-%d", i))
	}
	tests := []struct {
		name          string
		regions       int
		every         time.Duration // between a region's files
		days          int
		o             logs.BucketOptions
		files, listed int
	}{
		{"a first read of a sparse trail", 17, 72 * time.Hour, 90, logs.BucketOptions{}, 17 * 30, 1},
		{"a first read of a larger one", 17, 24 * time.Hour, 90, logs.BucketOptions{}, 17 * 90, 1 + 1 + 17},
		{"a first read of its last week", 17, 24 * time.Hour, 90, logs.BucketOptions{From: now.AddDate(0, 0, -7).Unix()}, 17 * 7, 1 + 1 + 17},
		{"an hour of it", 17, time.Hour, 4, logs.BucketOptions{After: now.Add(-time.Hour).Unix()}, 17, 1 + 17},
		{"a region with many", 1, 10 * time.Minute, 8, logs.BucketOptions{From: now.AddDate(0, 0, -8).Unix()}, 8 * 144, 1 + 1 + 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newCloud(t)
			for _, region := range regions[:test.regions] {
				for at := now.AddDate(0, 0, -test.days); at.Before(now); at = at.Add(test.every) {
					c.fileAt(anAccount, region, at)
				}
			}
			p := drain(t, bucketOf(t, c, anAccount, test.o))
			require.Equal(t, test.files, p.Whole.Files)
			require.Equal(t, test.listed, c.count("ListObjectsV2"))
			require.Equal(t, test.files, c.count())
			require.LessOrEqual(t, test.files+test.listed, 3*test.files)
			require.Equal(t, now.Unix(), p.Reached)
		})
	}
}

func TestWhatIsNoLogFileInABucket(t *testing.T) {
	c := newCloud(t)
	c.fileAt(anAccount, "us-east-1", now.Add(-time.Hour))
	day := "AWSLogs/" + anAccount + "/CloudTrail/us-east-1/2026/11/22/"
	c.put("AWSLogs/"+anAccount+"/CloudTrail-Digest/us-east-1/2026/11/22/x.json.gz", []byte("x"))
	c.put(day, nil)
	c.put(day+"notes.txt", []byte("x"))
	c.put(day+anAccount+"_CloudTrail-Insight_us-east-1_20261122T1005Z_x.json.gz", []byte("x"))
	c.put(day+"loose.json", document(record("l", "2026-11-20T09:00:00Z", anAccount, "Loose", "192.0.2.1")))
	b := bucketOf(t, c, anAccount, logs.BucketOptions{})
	p := drain(t, b)
	require.Len(t, p.Sightings, 2)
	require.Empty(t, p.Bad)
	require.Equal(t, map[string]int{"not .json or .json.gz": 1, "CloudTrail-Insight file": 1}, p.Skipped)
	require.Equal(t, now.Add(-time.Hour).Unix(), b.Newest(), "a file whose name tells no time was delivered when it was last changed")
	require.Equal(t, logs.Found{Files: 2}, b.Found())
}

func TestABucketThatHoldsNothingForAnAccount(t *testing.T) {
	c := newCloud(t)
	b := bucketOf(t, c, anAccount, logs.BucketOptions{})
	_, err := b.Next(t.Context())
	require.ErrorIs(t, err, logs.ErrNoFolder)
	require.ErrorContains(t, err, "so does the whole bucket")

	c.fileAt("999999999999", "us-east-1", now)
	for _, after := range []int64{0, now.Unix()} {
		_, err = bucketOf(t, c, anAccount, logs.BucketOptions{After: after}).Next(t.Context())
		require.ErrorIs(t, err, logs.ErrNoFolder)
		require.ErrorContains(t, err, "s3://"+aBucket+"/AWSLogs/"+anAccount+"/CloudTrail/ holds nothing")
		require.ErrorContains(t, err, "999999999999", "what lies beside it")
	}
	_, err = bucketOf(t, c, "999999999999", logs.BucketOptions{Trail: logs.Trail{Organization: "o-example"}}).Next(t.Context())
	require.ErrorContains(t, err, "in s3://"+aBucket+"/AWSLogs/ there are the folders 999999999999")
}

func TestNoPieceOfABucketHoldsHistoryAndWhatIsLive(t *testing.T) {
	c := newCloud(t)
	for d := range 10 {
		c.fileAt(anAccount, "us-east-1", now.AddDate(0, 0, -d).Add(-time.Hour))
	}
	since := now.AddDate(0, 0, -3).Unix()
	b := bucketOf(t, c, anAccount, logs.BucketOptions{Since: since, From: now.AddDate(0, 0, -8).Unix()})
	first, err := b.Next(t.Context())
	require.NoError(t, err)
	require.True(t, first.History)
	require.Equal(t, 5, first.Whole.Files)
	require.Equal(t, now.AddDate(0, 0, -3).Add(-time.Hour).Unix(), first.Reached, "its newest file")
	require.Equal(t, 5, b.History().LeftFiles, "it is not put away yet")
	second, err := b.Next(t.Context())
	require.NoError(t, err)
	require.False(t, second.History)
	require.Equal(t, 3, second.Whole.Files)
	require.Equal(t, now.Unix(), second.Reached, "the end of the window")
	require.Equal(t, &discern.History{DoneDays: 4, Days: 4}, b.History())
}

func TestABucketsRecordsAfterTo(t *testing.T) {
	c := newCloud(t)
	for h := range 4 {
		c.fileAt(anAccount, "us-east-1", now.Add(-time.Duration(h)*time.Hour))
	}
	to := now.Add(-2 * time.Hour).Unix()
	p := drain(t, bucketOf(t, c, anAccount, logs.BucketOptions{To: to}))
	require.Len(t, p.Sightings, 2)
	require.Equal(t, now.Add(-time.Hour).Unix()-1, p.Reached, "the next run begins with the first file that holds later records")
	require.Len(t, p.Files, 2)
}

// TestRecordsOfOthersInAnAccountsBucket: they are nobody's to wait for, as each account has a watermark of its own.
func TestRecordsOfOthersInAnAccountsBucket(t *testing.T) {
	c := newCloud(t)
	c.put(delivered(anAccount, "us-east-1", "20261120T1005"), zipped(document(
		record("1", "2026-11-20T10:00:00Z", anAccount, "Mine", "192.0.2.1"), record("2", "2026-11-20T10:00:00Z", "999988887777", "Other", "192.0.2.1"))))
	p := drain(t, bucketOf(t, c, anAccount, logs.BucketOptions{Account: func(id string) bool { return id == anAccount }}))
	require.Len(t, p.Sightings, 1)
	require.Len(t, p.Files, 1)
	require.Equal(t, now.Unix(), p.Reached)
}
