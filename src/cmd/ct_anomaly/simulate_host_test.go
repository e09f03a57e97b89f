package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/simulate"
	"cloudtrail_anomaly/src/simulate/cloud"
)

// A host is a host on which splunkd starts the input, run after run.
type host struct {
	*simulation
	name   string
	folder string
	skew   time.Duration
	random *rand.Rand
	rig    *rig  // breaks one call; nil: none
	far    *afar // the sinks besides splunkd; nil: none
	known  int   // accounts for which Athena was set up
}

// work runs the input until the end, each time that splunkd would.
func (c *host) work() {
	for at := time.Now(); at.Before(c.End); at = c.Next(at) {
		if now := time.Now(); at.Before(now) {
			at = now // the last run was too long
		}
		time.Sleep(time.Until(at))
		if c.Engine == simulate.Athena {
			c.setup()
		}
		c.run(c.fate())
	}
}

// setup makes Athena's tables where an account has joined.
func (c *host) setup() {
	members := 0
	for _, m := range simulate.Members(c.Accounts, time.Now()) {
		if m.State == cloud.Active {
			members++
		}
	}
	if members <= c.known {
		return
	}
	line := cloud.Connect(c.cloud, nil)
	defer line.Hang()
	var said bytes.Buffer
	d := &door{out: &said, err: &said, now: time.Now, home: func() (string, error) { return c.folder, nil }, dial: line.Dial, exit: func(int) {}}
	code := d.enter(context.Background(), []string{"setup", "athena", "--logs", "s3://" + cloud.Bucket + "/" + simulate.Prefix, "--engine", "athena", "--endpoint-url", cloud.URL,
		"--athena-bucket", cloud.Results})
	require.Zero(c.T, code, said.String())
	c.known = members
}

// A fate is what goes wrong in a run.
type fate struct {
	dies     time.Duration // after so long it is killed; 0: it is not
	sleeps   time.Duration // after so long the host is suspended: what it asks is carried out when it wakes
	suspends time.Duration // for so long
	rough    float64       // how likely each request fails
	without  string        // an account whose part of the bucket can't be reached
}

// fate draws what goes wrong in the next run; in the quiet at the end nothing does.
func (c *host) fate() fate {
	var f fate
	if r := c.random; time.Now().Before(c.Quiet) && r.Float64() < c.Trouble {
		switch r.IntN(5) {
		case 0, 1:
			f.dies = c.moment()
		case 2:
			f.sleeps, f.suspends = c.moment(), time.Duration(r.Int64N(int64(5*time.Hour)))
		case 3:
			f.rough = []float64{0.02, 0.1, 0.4}[r.IntN(3)]
		case 4:
			f.without = c.Accounts[r.IntN(len(c.Accounts))].ID
		}
	}
	return f
}

// seed is that of a run's dice.
func (c *host) seed() uint64 {
	if c.random == nil {
		return 0
	}
	return c.random.Uint64()
}

// moment draws one of a run: most are short, and some take their time.
func (c *host) moment() time.Duration {
	return time.Duration(float64(20*time.Millisecond) * math.Exp(c.random.Float64()*math.Log(1000)))
}

// run is one run of the input, with its fate.
func (c *host) run(f fate) {
	ctx, end := context.WithCancel(context.Background())
	defer end()
	now := time.Now()
	l := &life{host: c, fate: f, end: end, seed: c.seed(), born: now, acts: map[string]int{}, mute: !c.SinkDead[0].IsZero() && now.After(c.SinkDead[0]) && now.Before(c.SinkDead[1])}
	l.line = cloud.Connect(c.front(), l.fault)
	gone := make(chan int, 1)
	d := &door{in: c.request(), out: l, err: io.Discard, now: func() time.Time { return time.Now().Add(c.skew) }, exit: func(code int) { gone <- code }, dial: l.line.Dial}
	if os.Getenv("NOTES") != "" {
		d.err = os.Stderr
	}
	d.handled.store = func(s store) store { return mortal{s, l} }
	if c.rig != nil {
		c.rig.life = l
		d.handled = handled{func(s store) store { return riggedStore{s, c.rig} }, c.rig.study}
	}
	var death *time.Timer
	if f.dies > 0 {
		death = time.AfterFunc(f.dies, l.die)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.enter(ctx, nil)
	}()
	select {
	case <-ended:
	case <-gone: // the process ends at once; what it left running does nothing any more
		l.die()
		<-ended
	}
	killed := death != nil && !death.Stop()
	end()
	time.Sleep(2 * grace) // for what waits for the end
	l.line.Hang()
	c.notes.add(note{Kind: "run", Collector: c.name, Run: l.run, At: now.Unix(), Until: time.Now().Unix(), Killed: killed, Mute: l.mute})
	c.index(l.pipe.Bytes())
}

// front is what answers the program's requests.
func (c *host) front() http.Handler {
	if c.far == nil {
		return c.cloud
	}
	return c.far.before(c.cloud)
}

// request is what splunkd writes to the program.
func (c *host) request() io.Reader {
	settings := map[string]string{
		"interval": fmt.Sprint(int(c.Interval.Seconds())), "endpoint_url": cloud.URL, "aws_region": "us-east-1", "logs": "s3://" + cloud.Bucket + "/" + simulate.Prefix, "engine": c.Engine,
		"learning_days": fmt.Sprint(simulate.LearningDays), "history_days": fmt.Sprint(simulate.HistoryDays), "forget_after_days": fmt.Sprint(simulate.ForgetDays), "refresh_days": fmt.Sprint(simulate.RefreshDays),
	}
	switch c.Engine {
	case simulate.Athena:
		settings["athena_bucket"] = cloud.Results
	case simulate.Queue:
		settings["logs"], settings["engine"] = "sqs://"+cloud.QueueURL, simulate.Logs
	}
	if c.Enriched {
		settings["iam_role_name"] = "CT_IamReadOnly"
	}
	if c.far != nil {
		settings["sns_topic_arn"], settings["cloudwatch_namespace"] = topicARN, "Simulated"
	}
	if c.Dynamo {
		settings["dynamo_table_name"] = "baseline"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<input><server_host>%s</server_host><server_uri>https://127.0.0.1:1</server_uri><session_key>k</session_key><checkpoint_dir>%s</checkpoint_dir>`+
		`<configuration><stanza name="ct_anomaly://simulated" app="cloudtrail_anomaly">`, c.name, c.folder)
	for name, value := range settings {
		fmt.Fprintf(&b, `<param name="%s">`, name)
		_ = xml.EscapeText(&b, []byte(value))
		b.WriteString(`</param>`)
	}
	b.WriteString(`</stanza></configuration></input>`)
	return &b
}

// index notes the events that are whole in what the process wrote.
func (c *host) index(text []byte) {
	for {
		_, rest, ok := bytes.Cut(text, []byte("<event"))
		body, after, whole := bytes.Cut(rest, []byte("</event>"))
		if !ok || !whole {
			return
		}
		text = after
		var e struct {
			SourceType string `xml:"sourcetype"`
			Data       string `xml:"data"`
		}
		require.NoError(c.T, xml.Unmarshal([]byte("<event"+string(body)+"</event>"), &e))
		n := note{Kind: "told", Event: json.RawMessage(e.Data)}
		if e.SourceType == sourceTypeRun {
			n = note{Kind: "covered", Coverage: json.RawMessage(e.Data)}
		}
		c.notes.add(n)
	}
}
