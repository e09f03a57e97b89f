package discern

// A shelf is a holder's memory during one piece: as the store has it, and as the piece has moved it since.
type shelf struct {
	holder  Holder
	stored  Memory
	moved   Memory
	base    Memory // of a visiting role: what an older table remembers of it under its bare id
	adopted bool   // some of it comes from an older tool's table: its holder was watched long before us
}

func (s *shelf) get(action string) Known {
	if k, ok := s.moved[action]; ok {
		return k
	}
	if k, ok := s.stored[action]; ok {
		return k
	}
	if k, ok := s.base[action]; ok && action != "" {
		return Known{Until: k.Until}
	}
	return Known{}
}

func (s *shelf) put(action string, now Known) {
	if s.get(action) == now {
		return
	}
	if s.moved == nil {
		s.moved = Memory{}
	}
	s.moved[action] = now
}

// settle gives the change that brings the store's item up to date, and counts it as done from here on.
func (s *shelf) settle(action string) (Change, bool) {
	now, ok := s.moved[action]
	was := s.stored[action]
	if !ok || was == now {
		return Change{}, false
	}
	if s.stored == nil {
		s.stored = Memory{}
	}
	s.stored[action] = now
	delete(s.moved, action)
	return Change{Holder: s.holder, Action: action, Was: was, Now: now}, true
}

// actions counts the actions remembered, the own item apart.
func (s *shelf) actions() int {
	n := len(s.stored)
	for a := range s.moved {
		if _, ok := s.stored[a]; !ok {
			n++
		}
	}
	if s.get("") != (Known{}) {
		n--
	}
	return n
}

// shelves are all memories that a piece needs.
type shelves map[Holder]*shelf

func (all shelves) of(kind Kind, id string) *shelf {
	h := Holder{kind, id}
	s := all[h]
	if s == nil {
		s = &shelf{holder: h}
		all[h] = s
	}
	return s
}

// fill takes in an answer of Recall. An item that an earlier answer gave stays as it is.
func (all shelves) fill(answer map[Holder]Memory) {
	for h, m := range answer {
		s := all.of(h.Kind, h.ID)
		if s.stored == nil {
			s.stored = m
		} else {
			for a, k := range m {
				if _, ok := s.stored[a]; !ok {
					s.stored[a] = k
				}
			}
		}
		for _, k := range m {
			if k.Until != 0 {
				s.adopted = true
				break
			}
		}
	}
}

// unsettled are the changes that no claim carried: what was learnt, refreshed or moved back.
func (all shelves) unsettled() []Change {
	var changes []Change
	for _, s := range all {
		for a := range s.moved {
			if c, ok := s.settle(a); ok {
				changes = append(changes, c)
			}
		}
	}
	return changes
}
