package discern

import "sync"

// The firsts of a run are, of the actions that the whole organization did not know as it began, who did them first. Accounts of a muster are judged in
// no order: an earlier sighting of such an action, in another account, is the first anywhere all the same. Where one log holds all accounts it is in order.
type firsts struct {
	mu sync.Mutex
	of map[string]first // by action; nil where there is no muster
}

type first struct {
	at      int64
	account string
}

func (f *first) before(s *Sighting) bool {
	return f.at < s.First || f.at == s.First && f.account < s.Account
}

// earliest tells whether a sighting is the first anywhere, as far as this run has come. unknown says that the organization does not know the action.
func (f *firsts) earliest(s *Sighting, unknown bool) bool {
	if f.of == nil {
		return unknown
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	have, met := f.of[s.Action]
	if met && have.before(s) || !unknown && (!met || have.account == s.Account) {
		return false
	}
	f.of[s.Action] = first{s.First, s.Account}
	return true
}
