package athenatest

// A Course is what becomes of a query, seen by who polls it.
type Course struct {
	Queued  int    // how many polls say QUEUED first; -1 for all of them, and the query does not run
	Running int    // how many more say RUNNING at least; -1 for all of them: whatever the engine does, the query does not end by itself
	State   string // FAILED or CANCELLED: ends so, with the reason, instead of running; empty: as the engine has it
	Reason  string // the StateChangeReason
	Scanned int64  // the bytes told as scanned where the engine is not asked (State is set), or by an Answer that names none
}

// Usual is the course of queries for which Next has none. The first one is {Queued: 1}. DDL takes it too.
func (f *Front) Usual(c Course) { f.locked(func() { f.usual = c }) }

// Next gives the courses of the next queries (SELECTs, not DDL), one each.
func (f *Front) Next(courses ...Course) {
	f.locked(func() { f.courses = append(f.courses, courses...) })
}

// takeCourse is called with the lock held.
func (f *Front) takeCourse(kind string) Course {
	if kind == "DDL" || len(f.courses) == 0 {
		return f.usual
	}
	c := f.courses[0]
	f.courses = f.courses[1:]
	return c
}

// An Answer is a query's result.
type Answer struct {
	Columns []Column
	Rows    [][]*string // nil is NULL
	Scanned int64       // bytes
}

// A Column is one of a result's: its name and its type in Athena, such as varchar or bigint.
type Column struct{ Name, Type string }

// Answer gives the engine of a front that has no Trino: what a SELECT results in. An error is a FAILED query with its text as the reason.
func (f *Front) Answer(answer func(sql string) (Answer, error)) {
	f.locked(func() { f.answer = answer })
}

// Values is a row without NULLs.
func Values(values ...string) []*string {
	row := make([]*string, len(values))
	for i := range values {
		row[i] = &values[i]
	}
	return row
}
