package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cloudtrail_anomaly/src/simulate"
	"cloudtrail_anomaly/src/simulate/cloud"
)

// A notebook takes lines for the oracle.
type notebook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// A note is a line as the oracle reads it.
type note struct {
	Kind                     string
	At                       int64             `json:",omitempty"`
	ForgetDays, LearningDays int64             `json:",omitempty"`
	Only                     string            `json:",omitempty"`
	Account                  string            `json:",omitempty"`
	Until                    int64             `json:",omitempty"`
	Key                      string            `json:",omitempty"`
	Named                    int64             `json:",omitempty"`
	Whole                    bool              `json:",omitempty"`
	Records                  []json.RawMessage `json:",omitempty"`
	Event, Coverage          json.RawMessage   `json:",omitempty"`
	Collector, Run           string            `json:",omitempty"`
	Killed, Mute             bool              `json:",omitempty"`
}

func (b *notebook) add(notes ...note) {
	b.mu.Lock()
	defer b.mu.Unlock()
	lines := json.NewEncoder(&b.text)
	for i := range notes {
		if err := lines.Encode(&notes[i]); err != nil {
			panic(err)
		}
	}
}

// noteOf tells of a file.
func noteOf(d *simulate.Delivery) note {
	n := note{Kind: "file", At: d.Visible.Unix(), Account: d.Account, Key: d.Key, Named: d.Named.Unix(), Whole: d.Whole}
	for _, r := range d.Records {
		n.Records = append(n.Records, json.RawMessage(r))
	}
	return n
}

// A simulation is a world being lived through. Its time is that of the bubble it is in.
type simulation struct {
	*testing.T
	*simulate.World
	notes  *notebook
	folder string // of the collectors
	cloud  *cloud.Cloud
	whole  sync.Map // by key, whether the object is whole
}

func (s *simulation) live() {
	s.cloud = cloud.New(s.T)
	s.cloud.Answer(s.cloud.Select)
	s.cloud.OnSelect = func(key string) { s.read(key) }
	s.cloud.Table.PageSize = 7
	s.cloud.Queue.Seed, s.cloud.Queue.Hidden = s.Seed, time.Duration(s.Seed%4)*2*time.Minute
	items := 0
	s.cloud.Table.Skip(func() bool { items++; return items%11 == 0 })
	s.notes.add(note{Kind: "terms", ForgetDays: simulate.ForgetDays, LearningDays: simulate.LearningDays})
	for _, a := range s.Accounts {
		n := note{Kind: "account", Account: a.ID, At: later(a.Joined, s.Installed).Unix()}
		if ends := a.Ends(); !ends.IsZero() {
			n.Until = ends.Unix()
		}
		s.notes.add(n)
	}
	time.Sleep(time.Until(s.Begin))
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { s.deliver(ctx) })
	all.Go(func() { s.lists(ctx) })
	time.Sleep(time.Until(s.Installed))
	for n := range s.Collectors {
		c := &host{simulation: s, name: fmt.Sprintf("host%d", n+1), folder: filepath.Join(s.folder, fmt.Sprint(n)), random: rand.New(rand.NewPCG(s.Seed, uint64(10+n)))}
		if n == 0 {
			c.skew = s.Skew
		}
		if n > 0 {
			time.Sleep(time.Duration(c.random.IntN(600)) * time.Second)
		}
		all.Go(c.work)
	}
	time.Sleep(time.Until(s.End.Add(s.Interval)))
	stop()
	all.Wait()
	s.cloud.Stop()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// deliver puts each object into the bucket at its time.
func (s *simulation) deliver(ctx context.Context) {
	notices := s.Notices()
	for i, d := range s.Deliveries {
		select {
		case <-time.After(time.Until(d.Visible)):
		case <-ctx.Done():
			return
		}
		n := noteOf(&d)
		if s.Engine == simulate.Queue {
			n.At = notices[i][0].Unix() // before, nobody can know of it
			for _, at := range notices[i] {
				time.AfterFunc(time.Until(at), func() { s.cloud.Queue.Send(simulate.Notice(&d)) })
			}
		}
		s.notes.add(n)
		s.whole.Store(d.Key, d.Whole)
		s.cloud.Put(cloud.Bucket, d.Key, d.Body)
	}
}

// lists keeps the organization's accounts as they are, and has DynamoDB delete what has expired.
func (s *simulation) lists(ctx context.Context) {
	for {
		s.cloud.Directory.Set(simulate.Members(s.Accounts, time.Now()))
		s.cloud.Directory.SetRoles(simulate.Roles(s.Accounts, time.Now()))
		s.cloud.Table.Expire(time.Now().Add(-time.Duration(s.Seed%48) * time.Hour))
		s.cloud.ForgetCalls()
		select {
		case <-time.After(s.nextList()):
		case <-ctx.Done():
			return
		}
	}
}

// nextList is how long the lists stay as they are. Who waits at a queue hears of an account as soon as it has joined.
func (s *simulation) nextList() time.Duration {
	next := time.Hour
	for _, a := range s.Accounts {
		if joins := time.Until(a.Joined); s.Engine == simulate.Queue && joins > 0 {
			next = min(next, joins)
		}
	}
	return next
}

// read notes that an object was read to its end.
func (s *simulation) read(key string) {
	if whole, there := s.whole.Load(key); there && whole.(bool) {
		s.notes.add(note{Kind: "read", Key: key, At: time.Now().Unix()})
	}
}

// objectOf is the key of the trail's object that a request gets, or "".
func objectOf(r *http.Request) string {
	if key, ok := strings.CutPrefix(r.URL.Path, "/"+cloud.Bucket+"/"); ok && r.Method == http.MethodGet {
		return key
	}
	return ""
}
