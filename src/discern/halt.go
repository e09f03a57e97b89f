package discern

// A Halt is an error that ends a run, or keeps it from beginning, and for which coverage has words of its own.
type Halt struct {
	Status string // of the run
	Code   string
	Err    error
	Next   string // what to do about it, in one sentence
}

func (h *Halt) Error() string { return h.Err.Error() }

// Unwrap gives the cause.
func (h *Halt) Unwrap() error { return h.Err }
