package simulate

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"time"

	"cloudtrail_anomaly/src/simulate/cloud"
)

// A Delivery is an object as it appears in the trail's bucket.
type Delivery struct {
	Account string
	Named   time.Time // the minute in its name
	Visible time.Time // from then on it is listed
	Key     string
	Body    []byte
	Whole   bool // else it is half-written, and a later one mends it
	Records []string
}

// Prefix is what the keys of the trail's files begin with.
const Prefix = "trail/"

// deliver draws when CloudTrail delivers what happened, and in which files: after 3.3 minutes as a rule, 1 in 100 up to four hours later
// (SPEED.md); some files are delivered again after days, some appear long after the minute in their name, and some are half-written at first.
func deliver(all []happening, r *rand.Rand) []Delivery {
	post := post{r, gzip.NewWriter(nil)}
	type place struct {
		account, region string
		at              time.Time
	}
	files := map[place][]string{}
	var order []place
	add := func(h happening, at time.Time) {
		p := place{h.account, h.region, at.Truncate(5 * time.Minute).Add(time.Duration(r.IntN(2)) * time.Minute)}
		if files[p] == nil {
			order = append(order, p)
		}
		files[p] = append(files[p], h.record)
	}
	for _, h := range all {
		add(h, h.at.Add(delay(r)).Add(5*time.Minute)) // a file is named when it is complete
	}
	var deliveries []Delivery
	for _, p := range order {
		d := post.newDelivery(p.account, p.region, p.at, files[p])
		deliveries = append(deliveries, d...)
		if r.IntN(200) == 0 {
			again := p.at.Add(2*day + time.Duration(r.Int64N(int64(15*day)))).Truncate(time.Minute)
			deliveries = append(deliveries, post.newDelivery(p.account, p.region, again, files[p])...)
		}
	}
	slices.SortStableFunc(deliveries, func(a, b Delivery) int { return a.Visible.Compare(b.Visible) })
	return deliveries
}

// delay has a median of 3.3 minutes and 99 in 100 below 8.4; of the others any up to four hours.
func delay(r *rand.Rand) time.Duration {
	if r.IntN(100) == 0 {
		return time.Duration(r.Int64N(int64(4 * time.Hour)))
	}
	return time.Duration(3.3 * math.Exp(0.4*r.NormFloat64()) * float64(time.Minute))
}

// Notices are when a queue is told of each delivery: within a minute as a rule, 1 in 50 up to an hour later. Of some it is told again, up to ten days
// after.
func (w *World) Notices() [][]time.Time {
	r := rand.New(rand.NewPCG(w.Seed, 5))
	all := make([][]time.Time, len(w.Deliveries))
	for i, d := range w.Deliveries {
		late := time.Duration(r.Int64N(int64(time.Minute)))
		if r.IntN(50) == 0 {
			late = time.Duration(r.Int64N(int64(time.Hour)))
		}
		all[i] = append(all[i], d.Visible.Add(late))
		for r.IntN(20) == 0 {
			all[i] = append(all[i], d.Visible.Add(late+time.Duration(math.Exp(r.Float64()*math.Log(240*3600)))*time.Second))
		}
	}
	return all
}

// Notice is the message by which S3 tells a queue of a delivery.
func Notice(d *Delivery) string {
	return fmt.Sprintf(`{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"%s","eventName":"ObjectCreated:Put",`+
		`"s3":{"bucket":{"name":"%s"},"object":{"key":"%s","size":%d}}}]}`, d.Visible.UTC().Format("2006-01-02T15:04:05.000Z"), cloud.Bucket, url.QueryEscape(d.Key), len(d.Body))
}

// A post makes the files.
type post struct {
	*rand.Rand
	zip *gzip.Writer
}

// newDelivery is a file as it appears: at once and whole, or not.
func (r post) newDelivery(account, region string, named time.Time, records []string) []Delivery {
	d := Delivery{Account: account, Named: named, Visible: named.Add(time.Duration(r.Int64N(int64(3 * time.Minute)))), Whole: true, Records: records}
	d.Key = fmt.Sprintf("%sAWSLogs/%s/%s/CloudTrail/%s/%s/%s_CloudTrail_%s_%s_%s.json.gz", Prefix, cloud.Organization, account, region, named.UTC().Format("2006/01/02"), account, region,
		named.UTC().Format("20060102T1504Z"), random(r.Rand, 16))
	d.Body = r.zipped(`{"Records":[` + strings.Join(records, ",") + `]}`)
	switch {
	case r.IntN(300) == 0: // under an older name, which the daily sweep has to find
		d.Visible = d.Visible.Add(10*time.Minute + time.Duration(r.Int64N(int64(23*time.Hour))))
	case r.IntN(300) == 0:
		half := d
		half.Whole, half.Body, half.Records = false, d.Body[:len(d.Body)*2/3], nil
		d.Visible = d.Visible.Add(time.Minute + time.Duration(r.Int64N(int64(18*time.Hour))))
		return []Delivery{half, d}
	}
	return []Delivery{d}
}

func (r post) zipped(text string) []byte {
	var b bytes.Buffer
	r.zip.Reset(&b)
	_, _ = r.zip.Write([]byte(text)) // into memory
	_ = r.zip.Close()
	return b.Bytes()
}
