package discern

// A Piece is a stretch of activity, by delivery, that is judged and put away as one.
type Piece struct {
	Start, End int64            // delivery times of its first and last file, Unix seconds
	Sightings  []Sighting       // sorted by Before
	Looks      map[string]*Look // by account; a file that holds records of several counts in each
	Whole      Look             // of all files, each counted once
	Newest     map[string]int64 // by account, the newest delivery that is known of, also of files still to be read
	Reached    int64            // delivery time up to which all of the piece's accounts was looked at, Unix seconds; 0: an account's newest file
	Files      []File           // read to their end, or given up: to be noted as looked at
	Bad        []BadFile        // files of which something could not be read
	Skipped    map[string]int
	History    bool // it was delivered before the input existed
}

// A Look counts what was looked at in one account.
type Look struct {
	Files, BadFiles  int
	FilesByRegion    map[string]int
	Records          Records
	BadRecords       int
	Bytes            int64 // of the files as stored, or scanned by queries
	Earliest, Latest int64 // event times
	NewestDelivery   int64
	OtherCategories  int // records of categories that are not judged
	QueryIDs         []string
	Cost             float64 // of the queries, in US dollars at list price
}

// Records counts records by what they do.
type Records struct {
	Read  int `json:"read"`
	Write int `json:"write"`
	Data  int `json:"data"`
}

// Add adds more records.
func (r *Records) Add(more Records) {
	r.Read += more.Read
	r.Write += more.Write
	r.Data += more.Data
}

// A BadFile is a file of which something could not be read: the whole of it, its end, or single records.
type BadFile struct {
	Path  string
	Fault string // what is wrong and where, in words; nothing of the file's content
	Given bool   // it is not tried again
	Kept  bool   // it is not the file that is no good: the system does not let it be read
	More  int    // how many further files have the same fault, and are not named
}

// Add adds another look at the same account.
func (l *Look) Add(m *Look) {
	l.Files += m.Files
	l.BadFiles += m.BadFiles
	l.BadRecords += m.BadRecords
	l.Bytes += m.Bytes
	l.OtherCategories += m.OtherCategories
	l.Records.Add(m.Records)
	if m.Earliest != 0 {
		l.Earliest = earlier(l.Earliest, m.Earliest)
	}
	l.Latest = max(l.Latest, m.Latest)
	l.NewestDelivery = max(l.NewestDelivery, m.NewestDelivery)
	l.FilesByRegion = added(l.FilesByRegion, m.FilesByRegion)
	l.QueryIDs = append(l.QueryIDs, m.QueryIDs...)
	l.Cost += m.Cost
}

// mostReasons bounds how many accounts that are not asked for are named.
const mostReasons = 64

// NotAsked counts records that are not judged since their account is not asked for.
func NotAsked(skipped map[string]int, account string, records int) {
	notAsked(skipped, "records of", account, records)
}

// FileNotAsked counts a file that is not read since its account is not asked for.
func FileNotAsked(skipped map[string]int, account string) { notAsked(skipped, "of", account, 1) }

func notAsked(skipped map[string]int, of, account string, n int) {
	reason := of + " account " + account + ", which is not asked for"
	if _, named := skipped[reason]; !named && len(skipped) >= mostReasons {
		reason = of + " further accounts that are not asked for"
	}
	skipped[reason] += n
}
