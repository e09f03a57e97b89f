package discern

import "sync"

// An outset is what the organization knew as a run over a muster began, as far as the run has asked. Accounts of a muster are judged side by side
// and end in any order; held against what stood before any of them, and against what they know themselves, each is told the same whoever comes first.
// The price: where several do in one run what nobody had done before, each is told as the first. Where one log holds all accounts its records
// come in order, there is no outset (of is nil), and the first is the first.
type outset struct {
	mu sync.Mutex
	of map[string]Known // by action; the organization's own item under ""
}

// met notes what the organization is found to know. An account writes only what it has asked for, so what the first to ask was told is what stood.
func (o *outset) met(organization *shelf, actions []string) {
	if o.of == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, a := range actions {
		if _, asked := o.of[a]; !asked {
			o.of[a] = organization.get(a)
		}
	}
}

// known is what the organization knows of an action: as it stood, or as the piece has moved it so far.
func (o *outset) known(organization *shelf, action string) Known {
	if o.of == nil {
		return organization.get(action)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.of[action]
}
