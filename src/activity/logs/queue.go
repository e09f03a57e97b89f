package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"cloudtrail_anomaly/src/cloudtrail"
	"cloudtrail_anomaly/src/discern"
)

// QueueOptions say which queue names the log files, and how they are read.
type QueueOptions struct {
	Config aws.Config // who receives and reads; the regions are those of queue and buckets
	URL    string     // of the queue, with or without https://
	Ledger discern.Ledger
	Now    func() time.Time
	Wait   time.Duration // how long after its opening an empty queue is asked again; 0: it is asked once, and waited for at most 20 s

	Account  func(id string) bool                                                     // whose records are judged; nil is everybody
	Category func(name string) bool                                                   // which event categories are judged; nil is all
	Match    func(r *cloudtrail.Record, matched func(rule, instance, address string)) // the rules; nil has none
	To       int64                                                                    // records after it are left for later; 0 reads all
	Since    int64                                                                    // what was delivered before is history, and no piece holds both; 0: nothing is
	Workers  int                                                                      // files read at once; 0 is 16
	Chunk    int64                                                                    // stored bytes that are read before anything else is thought of; 0 is 32 MB
	Progress func(done, total int64)                                                  // stored bytes read, of those to read as far as is known
}

func (o *QueueOptions) terms() terms {
	return terms{now: o.Now, account: o.Account, category: o.Category, match: o.Match, to: o.To, since: o.Since, patient: true,
		workers: o.Workers, chunk: o.Chunk, progressed: o.Progress}
}

// A Queue is an Activity over the log files that notifications on an SQS queue name, whosever they are. A message stays on the queue until all
// that it names is put away, and longer where a file of it can't be read: it comes again then, as often as the queue's redrive policy lets it.
// It is not safe for concurrent use; it makes many requests at once by itself.
type Queue struct {
	QueueOptions
	reading
	objects  *objects
	client   *sqs.Client
	holding  *holding
	opened   time.Time
	messages []message               // of which files are queued, or in the piece given last
	told     map[string]discern.File // what the messages say of the files
	found    Found
	received bool
	caughtUp bool // the queue was found empty
}

// A message names files by their paths.
type message struct {
	id    string
	paths []string
}

var _ discern.Activity = (*Queue)(nil)

// regionIn finds the region in the host of a queue's URL.
var regionIn = regexp.MustCompile(`[./]([a-z]{2,}(?:-[a-z]+)+-\d+)\.`)

// OpenQueue asks nothing of AWS yet.
func OpenQueue(o QueueOptions) (*Queue, error) {
	if o.URL == "" {
		return nil, errors.New("logs by a queue: no queue is given")
	}
	o.URL = queueURL(o.URL)
	if o.Workers == 0 {
		o.Workers = manyAtOnce
	}
	if o.Chunk == 0 {
		o.Chunk = chunkBytes
	}
	q := &Queue{QueueOptions: o, objects: newObjects(o.Config), client: newQueueClient(o.Config, o.URL), opened: o.Now(), told: map[string]discern.File{}}
	q.reading = reading{terms: o.terms(), place: q.objects}
	q.holding = &holding{client: q.client, url: o.URL, held: map[string]string{}}
	return q, nil
}

func queueURL(given string) string {
	given = strings.TrimPrefix(given, "sqs://")
	if strings.HasPrefix(given, "http://") || strings.HasPrefix(given, "https://") {
		return given
	}
	return "https://" + given
}

func newQueueClient(cfg aws.Config, url string) *sqs.Client {
	return sqs.NewFromConfig(cfg, func(to *sqs.Options) {
		if m := regionIn.FindStringSubmatch(url); m != nil {
			to.Region = m[1]
		}
	})
}

// Next implements discern.Activity. What the piece before named is deleted from the queue first: to ask for another piece says that it was put
// away.
func (q *Queue) Next(ctx context.Context) (*discern.Piece, error) {
	if err := q.putAway(ctx); err != nil {
		return nil, err
	}
	q.given = nil
	p := newPiece()
	if len(q.queue) == 0 {
		if err := q.collect(ctx, p); err != nil {
			return nil, err
		}
	}
	if !q.brings(p) {
		q.holding.end()
		return nil, io.EOF
	}
	if err := q.fill(ctx, p); err != nil {
		return nil, err
	}
	for i := range p.Files {
		p.Files[i] = q.told[p.Files[i].Path] // the message that comes again says the same
	}
	if err := q.holding.fault(); err != nil {
		p.Bad = append(p.Bad, discern.BadFile{Path: q.URL, Fault: "its messages may be read twice: " + err.Error()})
	}
	p.Bad = abridged(p.Bad)
	return p, nil
}

// Close lets go of what is held: it comes again when the queue's visibility timeout is over. Next does so by itself when there is no more.
func (q *Queue) Close() error {
	q.holding.end()
	return nil
}

// putAway deletes the messages whose files were all read, and lets those go of which one could not be.
func (q *Queue) putAway(ctx context.Context) error {
	open, bad := q.paths(q.queue), q.paths(slices.Concat(q.again, q.left))
	var read []string
	q.messages = slices.DeleteFunc(q.messages, func(m message) bool {
		switch {
		case slices.ContainsFunc(m.paths, func(path string) bool { return open[path] }):
			return false
		case slices.ContainsFunc(m.paths, func(path string) bool { return bad[path] }):
			q.holding.letGo(m.id)
		default:
			read = append(read, m.id)
		}
		return true
	})
	return q.holding.remove(ctx, read)
}

func (q *Queue) paths(files []int) map[string]bool {
	paths := make(map[string]bool, len(files))
	for _, i := range files {
		paths[q.files[i].Path] = true
	}
	return paths
}

// Found counts what the messages received named.
func (q *Queue) Found() Found { return q.found }

// visibility asks for how long a message that was received is kept from others, and at least for half a minute it is.
func visibility(ctx context.Context, client *sqs.Client, url string) (time.Duration, error) {
	const name = types.QueueAttributeNameVisibilityTimeout
	out, err := client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{name}})
	var none *types.QueueDoesNotExist
	switch {
	case errors.As(err, &none):
		return 0, fmt.Errorf("%w: SQS knows none at %s", ErrNoQueue, url)
	case err != nil:
		return 0, fmt.Errorf("ask queue %s for its visibility timeout: %w", url, err)
	}
	const least = 30
	set, err := strconv.Atoi(out.Attributes[string(name)])
	if err != nil {
		set = least
	}
	return time.Duration(max(set, least)) * time.Second, nil
}
