package athenatest

import (
	"net/http"
	"slices"
	"strings"
)

// A Call is one request that a front was sent.
type Call struct {
	Service   string // athena or s3; else for what went to the fallback, the operation being its X-Amz-Target
	Operation string // e.g. StartQueryExecution, ListObjectsV2
	Bucket    string // of s3
	Key       string // of s3: the object's, or the prefix listed
	ByEngine  bool   // by Trino, which reads tables as Athena itself would; not by the program under test
}

// Calls gives the calls so far, in order, those of the engine among them.
func (f *Front) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

// Count counts the program's own calls of an operation, such as "athena", "StartQueryExecution".
func (f *Front) Count(service, operation string) int {
	n := 0
	for _, c := range f.Calls() {
		if c.Service == service && c.Operation == operation && !c.ByEngine {
			n++
		}
	}
	return n
}

// ForgetCalls begins the counting anew.
func (f *Front) ForgetCalls() { f.locked(func() { f.calls = nil }) }

// A Fault is what goes wrong with calls of the program under test; the engine's reading of tables is spared.
type Fault struct {
	Service   string // athena or s3; empty for both
	Operation string // empty for all
	Key       string // of s3: the object, or the prefix listed; empty for all
	Times     int    // how many calls; 0 for all that come

	// What happens, the first of these that is set:
	Hang    bool   // no answer, until the caller gives up or the front stops
	Lose    bool   // the call takes effect, and its answer is lost with the connection
	Status  int    // of the error answered; 0 is 400
	Code    string // e.g. ThrottlingException, AccessDenied
	Message string
}

// Fail makes calls go wrong from now on. Of several faults that fit a call the one added first is taken.
func (f *Front) Fail(fault Fault) { f.locked(func() { f.faults = append(f.faults, &fault) }) }

// Throttle refuses the next n calls of an operation of Athena's with its "Rate exceeded".
func (f *Front) Throttle(operation string, n int) {
	f.Fail(Fault{Service: "athena", Operation: operation, Times: n, Code: "ThrottlingException", Message: "Rate exceeded"})
}

// Mend ends all faults.
func (f *Front) Mend() { f.locked(func() { f.faults = nil }) }

// record notes a call and gives the fault it has to suffer, or nil.
func (f *Front) record(c Call) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, c)
	if c.ByEngine {
		return nil
	}
	for i, fault := range f.faults {
		if (fault.Service != "" && fault.Service != c.Service) || (fault.Operation != "" && fault.Operation != c.Operation) ||
			(fault.Key != "" && fault.Key != c.Key) {
			continue
		}
		if fault.Times == 1 {
			f.faults = slices.Delete(f.faults, i, i+1)
		} else if fault.Times > 1 {
			fault.Times--
		}
		return fault
	}
	return nil
}

// byEngine tells Trino's calls by the access key that its catalog was given.
func byEngine(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Authorization"), "Credential="+engineKey+"/")
}

// hang holds a call until its caller gives up or the front stops.
func (f *Front) hang(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-f.done:
	}
}

// lose cuts the connection instead of an answer.
func lose() { panic(http.ErrAbortHandler) } // the way of net/http to say so
