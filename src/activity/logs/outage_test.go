package logs_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
)

// An anomaly is not finished without its records: while they can't be read, it is left to the next run.
func TestEvidenceThatIsWithheld(t *testing.T) {
	for _, code := range []string{"SlowDown", "AccessDenied"} {
		t.Run(code, func(t *testing.T) {
			c := newCloud(t)
			key := c.fileAt(anAccount, "us-east-1", now.Add(-time.Hour))
			b := bucketOf(t, c, anAccount, logs.BucketOptions{})
			p, err := b.Next(t.Context())
			require.NoError(t, err)
			require.Len(t, p.Sightings, 1)
			c.mu.Lock()
			c.disturb = refusing(code, key)
			c.mu.Unlock()
			_, err = b.Evidence(t.Context(), p.Sightings)
			require.ErrorContains(t, err, key)
		})
	}
}

// TestEvidenceThatComesBroken: what was whole a moment ago waits, so that no event is finished without its records; one that is gone leaves them out.
func TestEvidenceThatComesBroken(t *testing.T) {
	c := newCloud(t)
	key := c.fileAt(anAccount, "us-east-1", now.Add(-time.Hour))
	b := bucketOf(t, c, anAccount, logs.BucketOptions{})
	p, err := b.Next(t.Context())
	require.NoError(t, err)
	require.Len(t, p.Sightings, 1)
	c.mu.Lock()
	was := c.objects[key]
	c.objects[key] = object{was.data[:len(was.data)/2], was.modified}
	c.mu.Unlock()
	_, err = b.Evidence(t.Context(), p.Sightings)
	require.ErrorContains(t, err, key)
	c.mu.Lock()
	c.disturb = refusing("NoSuchKey", key)
	c.mu.Unlock()
	found, err := b.Evidence(t.Context(), p.Sightings)
	require.NoError(t, err)
	require.Zero(t, found[0].Count)
}

// TestEvidenceOfWhichAPartIsWithheld: the records of the other files alone are not the event. Within a week it waits; then they are.
func TestEvidenceOfWhichAPartIsWithheld(t *testing.T) {
	for days, waits := range map[int]bool{0: true, 8: false} {
		w := watching(t)
		w.after = now.Unix() - 3600
		first, second := now.Add(-20*time.Minute), now.Add(-10*time.Minute)
		key := w.file(first)
		other := w.file(second)
		w.cloud.put(key, zipped(document(record("a", "2026-11-22T11:30:00Z", anAccount, "Act", "192.0.2.1"))))
		w.cloud.put(other, zipped(document(record("b", "2026-11-22T11:31:00Z", anAccount, "Act", "192.0.2.1"))))
		b := bucketOf(t, w.cloud, anAccount, w.options())
		p, err := b.Next(t.Context())
		require.NoError(t, err)
		require.Len(t, p.Sightings, 1)
		w.clock = now.AddDate(0, 0, days)
		w.cloud.disturb = refusing("AccessDenied", key)
		found, err := b.Evidence(t.Context(), p.Sightings)
		if waits {
			require.ErrorContains(t, err, key)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, 1, found[0].Count)
	}
}

// An outage of S3 in the middle of a run gives no file up that it is well again for.
func TestAnOutageGivesNothingUp(t *testing.T) {
	w := watching(t)
	for i := range 25 {
		w.file(now.AddDate(0, 0, -5).Add(time.Duration(i) * time.Minute))
	}
	for i := range 5 {
		w.file(now.Add(-30 * time.Hour).Add(time.Duration(i) * time.Minute))
	}
	o := w.options()
	o.Since = now.AddDate(0, 0, -2).Unix()
	b := bucketOf(t, w.cloud, anAccount, o)
	p, err := b.Next(t.Context())
	require.NoError(t, err)
	w.cloud.disturb = func(w http.ResponseWriter, _ *http.Request, op, _ string) bool {
		return op == "GetObject" && refuse(w, 503, "SlowDown", "Please reduce your request rate.")
	}
	_, err = b.Evidence(t.Context(), p.Sightings)
	require.Error(t, err)
	w.cloud.disturb = nil
	if p, err = b.Next(t.Context()); err == nil {
		for _, bad := range p.Bad {
			require.False(t, bad.Given, bad.Fault)
		}
		require.Less(t, p.Reached, now.Add(-30*time.Hour).Unix(), "the next run looks at them")
	}
}

// What can't stand in XML is asked for in another form.
func TestAKeyThatXMLCannotHold(t *testing.T) {
	w := watching(t)
	w.file(now.Add(-time.Hour))
	w.cloud.disturb = func(w http.ResponseWriter, r *http.Request, op, prefix string) bool {
		if op != "ListObjectsV2" || r.URL.Query().Get("encoding-type") == "url" {
			return false
		}
		w.Header().Set("Content-Type", "application/xml")
		fmt.Fprintf(w, "<ListBucketResult><KeyCount>1</KeyCount><Contents><Key>%s\x01</Key></Contents></ListBucketResult>", prefix)
		return true
	}
	seen, _ := w.run()
	require.Len(t, seen, 1)
}
