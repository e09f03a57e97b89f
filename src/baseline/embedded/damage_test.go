package embedded_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"

	"cloudtrail_anomaly/src/baseline/embedded"
	"cloudtrail_anomaly/src/discern"
)

// filled makes a state file of several hundred kilobytes by some transactions, so that it has branch pages, overflow pages, free pages and
// buckets of every kind, and gives its bytes and what it knows of principals.
func filled(t testing.TB) (data []byte, known map[string]discern.Known) {
	path := filepath.Join(t.TempDir(), "baseline.db")
	s, err := embedded.Open(path)
	require.NoError(t, err)
	known = map[string]discern.Known{}
	for round := range int64(5) {
		var deeds []discern.Deed
		for i := range int64(400) {
			h := discern.Holder{Kind: discern.Principal, ID: fmt.Sprint("AROA", i%90, round)}
			action, k := fmt.Sprint("service:Action", i/90), discern.Known{FirstSeen: i + 1, LastSeen: round + 1000, FirstOK: i + 1}
			known[h.ID+" "+action] = k
			deeds = append(deeds, discern.Deed{
				Changes: []discern.Change{
					{Holder: h, Action: action, Now: k},
					{Holder: discern.Holder{Kind: discern.Rule, ID: fmt.Sprint(round)}, Action: fmt.Sprint(i), Now: k},
				},
				Pending: &discern.Pending{ID: fmt.Sprintf("%032d", round*1000+i), Event: []byte(`{"x":1}`), Owner: "me", Sinks: []string{"s"}},
			})
		}
		_, err := s.Write(t.Context(), deeds)
		require.NoError(t, err)
		var files []discern.File
		for i := range 300 {
			files = append(files, discern.File{Path: fmt.Sprint(round, i), Size: 1})
		}
		require.NoError(t, s.Looked(t.Context(), files))
		require.NoError(t, s.Confirm(t.Context(), "s", []string{fmt.Sprintf("%032d", round*1000)}))
	}
	require.NoError(t, s.Close())
	data, err = os.ReadFile(path)
	require.NoError(t, err)
	return data, known
}

// use opens a state file, reads all of it and writes to it. It tells whether the file was refused; what a file that is not refused
// says must be right.
func use(t *testing.T, path string, known map[string]discern.Known) (refused bool) {
	s, err := embedded.Open(path)
	if err != nil {
		require.ErrorIs(t, err, embedded.ErrDamaged)
		require.ErrorContains(t, err, path)
		return true
	}
	seen := 0
	require.NoError(t, s.Walk(context.Background(), []discern.Kind{discern.Principal}, func(h discern.Holder, action string, k discern.Known) error {
		seen++
		require.Equal(t, known[h.ID+" "+action], k)
		return nil
	}))
	require.Equal(t, len(known), seen)
	_, err = s.Take(context.Background(), "me", 1, 2)
	require.NoError(t, err)
	_, err = s.Write(context.Background(), []discern.Deed{{Changes: []discern.Change{{Holder: discern.Holder{Kind: discern.Principal, ID: "new"}, Action: "x", Now: discern.Known{LastSeen: 1}}}}})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(64<<20), "it must not grow without bound")
	return false
}

func TestDamageIsFoundOrHarmless(t *testing.T) {
	data, known := filled(t)
	dir := t.TempDir()
	refused := map[string]int{}
	for trial := range uint64(600) {
		r := rand.New(rand.NewPCG(trial, 1))
		damaged := append([]byte(nil), data...)
		kind := []string{"one byte", "one byte", "twenty bytes", "cut short"}[trial%4]
		switch kind {
		case "one byte":
			damaged[r.IntN(len(damaged))] ^= byte(1 + r.IntN(255))
		case "twenty bytes":
			for range 20 {
				damaged[r.IntN(len(damaged))] = byte(r.IntN(256))
			}
		default:
			damaged = damaged[:1+r.IntN(len(damaged)-1)]
		}
		// A path of its own each time: a file over which bbolt panicked stays locked until the process ends.
		path := filepath.Join(dir, fmt.Sprint(trial, ".db"))
		require.NoError(t, os.WriteFile(path, damaged, 0o600))
		if use(t, path, known) {
			refused[kind]++
		}
		require.NoError(t, os.Remove(path))
	}
	require.Greater(t, refused["one byte"], 50)
	require.Greater(t, refused["twenty bytes"], 90)
	require.Greater(t, refused["cut short"], 60)
}

func TestWhatIsNoStateFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"text": "hello", "zeros": string(make([]byte, 1<<16))} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := embedded.Open(path)
		require.ErrorIs(t, err, embedded.ErrDamaged, name)
	}
	_, err := embedded.Open(dir)
	require.Error(t, err)
	_, err = embedded.OpenToRead(filepath.Join(dir, "missing.db"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestANewerFormatIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "baseline.db")
	s, err := embedded.Open(path)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	db, err := bolt.Open(path, 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, db.Update(func(tx *bolt.Tx) error {
		sum := crc32.Checksum([]byte("format3"), crc32.MakeTable(crc32.Castagnoli))
		return tx.Bucket([]byte("meta")).Put([]byte("format"), binary.LittleEndian.AppendUint32([]byte("3"), sum))
	}))
	require.NoError(t, db.Close())
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, open := range []func(string) (*embedded.Store, error){embedded.Open, embedded.OpenToRead} {
		_, err = open(path)
		require.ErrorIs(t, err, embedded.ErrNewer)
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, before, after)
	}
}

func TestAFileCutToItsFirstBytesIsRefused(t *testing.T) {
	data, _ := filled(t)
	for _, n := range []int{1, 100, 4096, 8191, 8192, 12000, 16384} {
		path := filepath.Join(t.TempDir(), "baseline.db")
		require.NoError(t, os.WriteFile(path, data[:n], 0o600))
		_, err := embedded.Open(path)
		require.ErrorIs(t, err, embedded.ErrDamaged, n)
		require.FileExists(t, path)
	}
}

// FuzzState damages a state file at places and with bytes of the fuzzer's choice.
func FuzzState(f *testing.F) {
	data, known := filled(f)
	f.Add(uint32(0), []byte{1})
	f.Add(uint32(4096), []byte{0xff, 0xff})
	f.Add(uint32(4096*3+8), []byte{1, 0, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, at uint32, bytes []byte) {
		damaged := append([]byte(nil), data...)
		copy(damaged[int(at)%len(damaged):], bytes)
		path := filepath.Join(t.TempDir(), "damaged.db")
		require.NoError(t, os.WriteFile(path, damaged, 0o600))
		use(t, path, known)
	})
}
