package demo

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// slot is how long CloudTrail gathers before it delivers, in seconds. File names say their minute in steps of it.
const slot = 300

// A parcel is one log file on its way.
type parcel struct {
	account, region string
	minute          int64 // of delivery, Unix seconds
	records         int
	log             []byte // the JSON
	body            []byte // as delivered
}

// A post delivers the calls of a day as CloudTrail does: gathered by account, region and five minutes, a few minutes later under a
// name that says when, sometimes hours later, sometimes twice.
type post struct {
	dir   string
	until time.Time
	life  *life
	write writer
	r     *rand.Rand // of the day
	zip   *gzip.Writer
	zone  bytes.Buffer
	log   []byte
	made  map[string]bool // folders
	kept  []parcel        // for a later redelivery
	story Story
}

func newPost(dir string, until time.Time, l *life) *post {
	return &post{dir: dir, until: until, life: l, write: writer{ids: l.ids}, zip: gzip.NewWriter(nil), made: map[string]bool{}}
}

// deliver writes a day's calls, which come in the order of inOrder.
func (p *post) deliver(ctx context.Context, d day, calls []call) error {
	p.r, p.write.r = p.life.source(d.age, "post"), p.life.source(d.age, "records")
	var sample parcel
	for len(calls) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := 1
		for n < len(calls) && together(&calls[0], &calls[n]) {
			n++
		}
		parcel, err := p.pack(calls[:n])
		if err != nil {
			return err
		}
		calls = calls[n:]
		if err := p.send(parcel); err != nil {
			return err
		}
		if p.r.IntN(400) == 0 {
			if err := p.send(parcel.again(slot * int64(p.r.IntN(2)))); err != nil {
				return err
			}
		}
		if parcel.account == prod && parcel.records > sample.records {
			sample = parcel.copy()
		}
	}
	if err := p.redeliver(d, sample); err != nil {
		return err
	}
	return p.spoil(d, sample)
}

func together(a, b *call) bool {
	return a.account == b.account && a.region == b.region && a.at/slot == b.at/slot
}

// pack makes the log file of calls that are delivered together. It is good until the next one is packed.
func (p *post) pack(calls []call) (parcel, error) {
	p.log = append(p.log[:0], `{"Records":[`...)
	known := false
	for i := range calls {
		if i > 0 {
			p.log = append(p.log, ',')
		}
		p.log = p.write.record(p.log, &calls[i])
		known = known || calls[i].story
	}
	p.log = append(p.log, `]}`...)
	body, err := p.compress(p.log)
	return parcel{calls[0].account, calls[0].region, p.delay(calls[0].at, known), len(calls), p.log, body}, err
}

// delay is when a file is delivered: at the end of its slot or one later, and one in a hundred within four hours. The intruder's are
// in time, so that the story is told in its order.
func (p *post) delay(at int64, known bool) int64 {
	minute := (at/slot + 1) * slot
	if p.r.IntN(5) == 0 {
		minute += slot
	}
	if p.r.IntN(100) == 0 && !known {
		minute += slot * int64(1+p.r.IntN(46))
	}
	return minute
}

func (p *post) compress(log []byte) ([]byte, error) {
	p.zone.Reset()
	p.zip.Reset(&p.zone)
	if _, err := p.zip.Write(log); err != nil {
		return nil, fmt.Errorf("compress a log file: %w", err)
	}
	if err := p.zip.Close(); err != nil {
		return nil, fmt.Errorf("compress a log file: %w", err)
	}
	return p.zone.Bytes(), nil
}

// send writes a good log file under a name of its own.
func (p *post) send(f parcel) error {
	if p.toCome(f) {
		p.story.ToCome++
		p.token() // those that do come keep their names
		return nil
	}
	p.story.Files++
	p.story.Records += f.records
	p.story.Bytes += int64(len(f.body))
	_, err := p.put(f, "CloudTrail", f.body)
	return err
}

func (p *post) toCome(f parcel) bool {
	return !p.until.IsZero() && time.Unix(f.minute, 0).After(p.until)
}

// put writes a file where CloudTrail would, as old as its delivery, and returns its path below the folder.
func (p *post) put(f parcel, trail string, body []byte) (string, error) {
	t := time.Unix(f.minute, 0).UTC()
	folder := "AWSLogs/" + organizationID + "/" + f.account + "/" + trail + "/" + f.region + "/" + t.Format("2006/01/02")
	name := folder + "/" + f.account + "_" + trail + "_" + f.region + "_" + t.Format("20060102T1504Z") + "_" + p.token() + ".json.gz"
	path := filepath.Join(p.dir, filepath.FromSlash(name))
	if !p.made[folder] {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		p.made[folder] = true
	}
	if err := os.WriteFile(path, body, 0o644); err != nil {
		return "", err
	}
	return name, os.Chtimes(path, t, t)
}

// token is the part of a name that makes it the only one.
func (p *post) token() string {
	var token [16]byte
	for i := range token {
		token[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"[p.r.IntN(62)]
	}
	return string(token[:])
}

func (f parcel) again(later int64) parcel {
	f.minute += later
	return f
}

func (f parcel) copy() parcel {
	f.log, f.body = bytes.Clone(f.log), bytes.Clone(f.body)
	return f
}
