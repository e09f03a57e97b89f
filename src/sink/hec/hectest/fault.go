package hectest

import "time"

// A Fault is how requests are answered instead. Those given to Fail are used up in turn, each for Times requests.
type Fault struct {
	Path       string // that it is for; "" is the event endpoint
	Times      int    // requests; 0 is 1, Ever all that follow
	Code       int    // of Splunk's table, with the status that belongs to it
	Status     int    // an answer that is no collector's: a page of HTML with this status
	Number     *int   // of an event, beside the code
	RetryAfter string // the header
	Location   string // the header of a redirect
	Echo       bool   // the answer repeats the token

	Slow  time.Duration // before it answers
	Takes bool          // the events are taken all the same
	Lost  bool          // no answer: the connection is closed
	Cut   bool          // the answer breaks off in its middle
	Well  bool          // nothing is wrong but what is above: Slow, Lost and Cut then belong to the answer that is due. It takes
	// Vanish gives an acknowledgement's id and success, and loses the events: the indexer crashed.
	Vanish bool
}

// Ever is for Fault.Times.
const Ever = -1

// Fail has the next requests fail.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Mend forgets all faults.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// fault is the one for a request, or nil.
func (s *Server) fault(path string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.faults {
		f := &s.faults[i]
		if f.Path != path && (f.Path != "" || path != eventPath) {
			continue
		}
		now := *f
		switch {
		case f.Times == Ever:
		case f.Times > 1:
			f.Times--
		default:
			s.faults = append(s.faults[:i], s.faults[i+1:]...)
		}
		return &now
	}
	return nil
}
