package logs_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/logs"
)

// TestWhatABucketWithholdsIsTriedAgain: the watermark stays before it, and yet nothing else is read twice.
func TestWhatABucketWithholdsIsTriedAgain(t *testing.T) {
	w := watching(t)
	denied := w.file(now.AddDate(0, 0, -6))
	w.file(now.AddDate(0, 0, -5))
	w.file(now.Add(-time.Hour))
	w.cloud.disturb = refusing("AccessDenied", denied)
	seen, faults := w.run()
	require.Equal(t, []string{"1117T1200", "1122T1100"}, seen)
	require.Len(t, faults, 1)
	require.Contains(t, faults[0], "allow s3:GetObject")
	require.Equal(t, now.AddDate(0, 0, -6).Unix()-1, w.after)

	w.clock = now.Add(time.Hour)
	w.file(now.Add(30 * time.Minute))
	w.cloud.count()
	seen, faults = w.run()
	require.Equal(t, []string{"1122T1230"}, seen)
	require.Len(t, faults, 1)
	require.Equal(t, 2, w.cloud.count("GetObject"))
	w.cloud.disturb = nil
	w.sees("1116T1200")
	require.Equal(t, w.clock.Unix(), w.after)
	w.sees()
}

// TestWhatABucketWithholdsForAWeekIsGivenUp, loudly and once, and keeps neither the watermark nor the listing back any more. A first look, and an
// input of less than a week, give nothing up, however old it is.
func TestWhatABucketWithholdsForAWeekIsGivenUp(t *testing.T) {
	for _, code := range []string{"AccessDenied", "KMS"} {
		t.Run(code, func(t *testing.T) {
			w := watching(t)
			w.since = now.Unix()
			denied := w.file(now.AddDate(0, 0, -20))
			w.file(now.Add(-time.Hour))
			w.cloud.disturb = refusing(code, denied)
			w.run()
			for _, later := range []time.Duration{time.Hour, 6 * 24 * time.Hour, 7 * 24 * time.Hour} {
				w.clock = now.Add(later) // nothing is new: that file is the only one to be read, and does not stand for all
				_, faults := w.run()
				require.Len(t, faults, 1)
				require.NotContains(t, faults[0], "GIVEN UP")
				require.Equal(t, now.AddDate(0, 0, -20).Unix()-1, w.after)
			}
			w.clock = now.Add(7*24*time.Hour + time.Minute)
			w.file(w.clock.Add(-time.Minute))
			seen, faults := w.run()
			require.Equal(t, []string{"1129T1200"}, seen)
			require.Len(t, faults, 1)
			require.Contains(t, faults[0], "GIVEN UP: no later run tries this file again; ")
			require.Equal(t, w.clock.Unix(), w.after)
			w.cloud.count()
			w.sees()
			require.Zero(t, w.cloud.count("GetObject"))
		})
	}
}

// TestWhatS3FailsToGiveIsNeverGivenUp: nobody took the right to read it away.
func TestWhatS3FailsToGiveIsNeverGivenUp(t *testing.T) {
	w := watching(t)
	failing := w.file(now.Add(-2 * time.Hour))
	w.file(now.Add(-time.Hour))
	w.cloud.disturb = refusing("SlowDown", failing)
	w.run()
	w.clock = now.AddDate(0, 0, 30)
	w.file(w.clock.Add(-time.Minute))
	_, faults := w.run()
	require.NotContains(t, faults[0], "GIVEN UP")
	w.cloud.disturb = nil
	w.sees("1122T1000")
}

// TestWhatOnlyASweepListsKeepsNothingBack: no run but the next sweep would list it.
func TestWhatOnlyASweepListsKeepsNothingBack(t *testing.T) {
	w := watching(t)
	w.file(now.Add(-time.Hour))
	w.sees("1122T1100")
	denied := w.file(now.Add(-20 * time.Hour))
	w.cloud.disturb = refusing("AccessDenied", denied)
	w.clock = now.Add(2 * time.Hour)
	w.file(now.Add(time.Hour))
	w.swept = true
	seen, faults := w.run()
	require.Equal(t, []string{"1122T1300"}, seen)
	require.Len(t, faults, 1)
	require.NotContains(t, faults[0], "GIVEN UP")
	require.Equal(t, w.clock.Unix(), w.after)
	w.cloud.disturb = nil
	w.sees()
	w.swept = true
	w.sees("1121T1600")

	denied = w.file(now.Add(-21 * time.Hour))
	w.cloud.disturb = refusing("AccessDenied", denied)
	w.clock = now.Add(26 * time.Hour) // the last sweep that lists it
	w.swept = true
	_, faults = w.run()
	require.Len(t, faults, 1)
	require.Contains(t, faults[0], "GIVEN UP")
}

func TestABadFileInABucketIsGivenUpAfterADay(t *testing.T) {
	w := watching(t)
	key := w.file(now.Add(-2 * time.Hour))
	good := w.cloud.objects[key].data
	w.cloud.putAt(key, good[:len(good)-9], now.Add(-2*time.Hour))
	w.file(now.Add(-time.Hour))
	seen, faults := w.run()
	require.Len(t, seen, 2, "what could be read of it is judged")
	require.Len(t, faults, 1)
	require.Equal(t, now.Add(-2*time.Hour).Unix()-1, w.after)

	w.clock = now.Add(23 * time.Hour)
	seen, faults = w.run()
	require.Len(t, seen, 1, "the other one is not read again")
	require.Len(t, faults, 1)
	require.Equal(t, w.clock.Unix(), w.after, "given up: it has not changed for a day")
	w.sees()
	w.cloud.putAt(key, good, w.clock.Add(-time.Minute))
	w.swept = true
	w.sees("1122T1000")
}

// TestWhatCantBeOpenedIsTriedAgain, whenever it was last changed: when it can be opened again, it does not look otherwise.
func TestWhatCantBeOpenedIsTriedAgain(t *testing.T) {
	root, store, away := daily(t, 3), ledger(t), t.TempDir()
	put(t, root, "loose.json.gz", zipped(document(record("l", "2026-10-01T00:00:00Z", anAccount, "Loose", "192.0.2.1"))))
	dated := filepath.FromSlash(delivered(anAccount, "us-east-1", now.Add(-time.Hour).AddDate(0, 0, -2).Format("20060102T1504")))
	old := now.AddDate(0, -1, 0)
	for _, path := range []string{dated, "loose.json.gz"} {
		require.NoError(t, os.Chtimes(filepath.Join(root, path), old, old))
	}
	move := func(from, to string) error {
		return errors.Join(os.Rename(filepath.Join(from, dated), filepath.Join(to, "dated")), os.Rename(filepath.Join(from, "loose.json.gz"), filepath.Join(to, "loose")))
	}
	f := withDays(t, logs.Options{Root: root, Ledger: store, First: true, Since: now.Unix(), Listed: func() error { return move(root, away) }}, 97)
	p := all(t, f)
	require.NoError(t, store.Looked(t.Context(), p.Files))
	require.Len(t, p.Sightings, 2)
	require.Len(t, p.Bad, 2, "both are named")
	require.Equal(t, 2, f.History().LeftFiles)
	require.NoError(t, os.Rename(filepath.Join(away, "dated"), filepath.Join(root, dated)))
	require.NoError(t, os.Rename(filepath.Join(away, "loose"), filepath.Join(root, "loose.json.gz")))
	require.Len(t, all(t, withDays(t, logs.Options{Root: root, Ledger: store, Since: now.Unix()}, 97)).Sightings, 2)
}

// TestAFolderGivesUpWhatMayNotBeRead for a week: it is in the ledger then, and not said again.
func TestAFolderGivesUpWhatMayNotBeRead(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read all files")
	}
	root, store := daily(t, 9), ledger(t)
	closed := filepath.Join(root, filepath.FromSlash(delivered(anAccount, "us-east-1", now.Add(-time.Hour).AddDate(0, 0, -8).Format("20060102T1504"))))
	require.NoError(t, os.Chmod(closed, 0))
	for run, said := range []string{"permission denied", "GIVEN UP", ""} {
		p := all(t, withDays(t, logs.Options{Root: root, Ledger: store, First: run == 0}, 97))
		require.NoError(t, store.Looked(t.Context(), p.Files))
		if said == "" {
			require.Empty(t, p.Bad)
			continue
		}
		require.Len(t, p.Bad, 1)
		require.Contains(t, p.Bad[0].Fault, said)
	}
}
