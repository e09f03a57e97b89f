package discern

// The statuses of an account's run, and of the run as a whole.
const (
	StatusOK       = "ok"
	StatusNoFiles  = "no_files"
	StatusPartial  = "partial"
	StatusFailed   = "failed"
	StatusSkipped  = "skipped"
	StatusLearning = "learning"
)

// The error codes.
const (
	CodeCredential   = "credential"
	CodeAccessDenied = "access_denied"
	CodeThrottled    = "throttled"
	CodeBadQuery     = "bad_query"
	CodeBudget       = "budget"
	CodeDeadline     = "deadline"
	CodeNoFiles      = "no_files"
	CodeBadData      = "bad_data"
	CodeInternal     = "internal"
)

// Coverage says what a run looked at in an account, so that "no anomaly" can be told from "not looked". The one with account "*" is
// the whole run's. Sourcetype aws:cloudtrail:anomaly:run.
type Coverage struct {
	RunID           string   `json:"run_id"`
	UnfinishedRunID string   `json:"unfinished_run_id,omitempty"` // an earlier run that never came to its end
	Input           string   `json:"input,omitempty"`
	AccountID       string   `json:"account_id"`
	AccountName     string   `json:"account_name,omitempty"`
	Engine          string   `json:"engine"`
	Status          string   `json:"status"`
	ErrorCode       string   `json:"error_code,omitempty"`
	Error           string   `json:"error,omitempty"`
	NextStep        string   `json:"next_step,omitempty"`
	Warnings        []string `json:"warnings,omitempty"`

	WindowStart     string `json:"window_start,omitempty"` // delivery times looked at
	WindowEnd       string `json:"window_end,omitempty"`
	Watermark       string `json:"watermark,omitempty"`
	NewestDelivery  string `json:"newest_delivery,omitempty"`
	LagSeconds      int64  `json:"lag_seconds"` // from the newest delivery that was looked at to the end of the run
	*History               // where an input reads, or has just read, what was delivered before it existed
	LearningUntil   string `json:"learning_until,omitempty"`
	LearningEnded   bool   `json:"learning_ended"`
	BaselineStarted bool   `json:"baseline_started"`

	Files           int            `json:"files"`
	FilesByRegion   map[string]int `json:"files_by_region,omitempty"`
	BadFiles        int            `json:"bad_files"`
	BadRecords      int            `json:"bad_records"`
	Records         Records        `json:"records"`
	OtherCategories int            `json:"other_categories,omitempty"` // records that event_categories leaves out
	Skipped         map[string]int `json:"skipped,omitempty"`          // what is not judged, by reason
	Sightings       int            `json:"sightings"`
	Known           int            `json:"known"`
	Learnt          int            `json:"learnt"`
	Anomalies       int            `json:"anomalies"`
	Suppressed      int            `json:"suppressed"`
	LiteralMatches  int            `json:"literal_matches,omitempty"` // instance credentials used where they belong
	Pending         int            `json:"pending"`
	Resent          int            `json:"resent,omitempty"` // anomalies that an earlier run claimed and this one delivered
	BytesScanned    int64          `json:"bytes_scanned"`
	AthenaQueryIDs  []string       `json:"athena_query_ids,omitempty"`
	DynamoDBReads   float64        `json:"dynamodb_reads,omitempty"` // capacity units
	DynamoDBWrites  float64        `json:"dynamodb_writes,omitempty"`
	EstimatedCost   float64        `json:"estimated_cost_usd"` // at list price; files of one's own cost nothing
	Checks          []Check        `json:"checks,omitempty"`
	DurationMS      int64          `json:"duration_ms"`
}

// A History says how much of what was delivered before the input existed is read and left. Before anything of it is read it is the estimate.
type History struct {
	DoneDays  int   `json:"history_done_days"`
	Days      int   `json:"history_days"`
	LeftFiles int   `json:"history_left_files"`
	LeftBytes int64 `json:"history_left_bytes"` // as stored
}

// A Check is one thing that was tried of what a run needs, and how to mend it.
type Check struct {
	What   string `json:"check"` // what was tried
	On     string `json:"on,omitempty"`
	OK     bool   `json:"ok"`
	Result string `json:"result"`
	Mend   string `json:"mend,omitempty"`
}

// Spent is what a run has cost besides its queries: capacity units of DynamoDB, and US dollars at list price.
type Spent struct{ Reads, Writes, Cost float64 }

func (c *Coverage) spent(s Spent) {
	c.DynamoDBReads, c.DynamoDBWrites = s.Reads, s.Writes
	c.EstimatedCost += s.Cost
}

// mostQueryIDs bounds the queries that one coverage names.
const mostQueryIDs = 100

func (c *Coverage) fail(code, what, next string) {
	if c.Error != "" {
		c.Warnings = append(c.Warnings, what)
		return
	}
	c.ErrorCode, c.Error, c.NextStep = code, what, next
}

// look adds what was looked at.
func (c *Coverage) look(l *Look) {
	c.Files += l.Files
	c.BadFiles += l.BadFiles
	c.BadRecords += l.BadRecords
	c.OtherCategories += l.OtherCategories
	c.Records.Add(l.Records)
	c.BytesScanned += l.Bytes
	c.EstimatedCost += l.Cost
	if room := mostQueryIDs - len(c.AthenaQueryIDs); room > 0 {
		c.AthenaQueryIDs = append(c.AthenaQueryIDs, l.QueryIDs[:min(room, len(l.QueryIDs))]...)
	}
	c.FilesByRegion = added(c.FilesByRegion, l.FilesByRegion)
}

// merge adds how an account's sightings were judged to the whole run's figures.
func (c *Coverage) merge(a *Coverage) {
	c.Sightings += a.Sightings
	c.Known += a.Known
	c.Learnt += a.Learnt
	c.Anomalies += a.Anomalies
	c.Suppressed += a.Suppressed
	c.LiteralMatches += a.LiteralMatches
}

func added(sum, more map[string]int) map[string]int {
	if sum == nil && len(more) > 0 {
		sum = map[string]int{}
	}
	for k, n := range more {
		sum[k] += n
	}
	return sum
}
