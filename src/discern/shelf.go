package discern

// A shelf is a holder's memory during one piece: as the piece has moved it so far, and of what it moved, as the store has it.
type shelf struct {
	holder  Holder
	now     Memory
	was     Memory // of the items that were put since they were last settled; the zero Known where the store has none
	base    Memory // of a visiting role: what an older table remembers of it under its bare id
	adopted bool   // some of it comes from an older tool's table: its holder was watched long before us
}

func (s *shelf) get(action string) Known {
	if k, ok := s.now[action]; ok {
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
	if s.now == nil {
		s.now = Memory{}
	}
	if s.was == nil {
		s.was = Memory{}
	}
	if _, moved := s.was[action]; !moved {
		s.was[action] = s.now[action]
	}
	s.now[action] = now
}

// settle gives the change that brings the store's item up to date, and counts it as done from here on.
func (s *shelf) settle(action string) (Change, bool) {
	was, moved := s.was[action]
	now := s.now[action]
	if !moved || was == now {
		return Change{}, false
	}
	delete(s.was, action)
	return Change{Holder: s.holder, Action: action, Was: was, Now: now}, true
}

// actions counts the actions remembered, the own item apart.
func (s *shelf) actions() int {
	n := len(s.now)
	if _, own := s.now[""]; own {
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

// fill takes in an answer of Recall. An item that is there already stays as it is: no item is asked for twice.
func (all shelves) fill(answer map[Holder]Memory) {
	for h, m := range answer {
		s := all.of(h.Kind, h.ID)
		if s.now == nil {
			s.now = m
		} else {
			for a, k := range m {
				if _, ok := s.now[a]; !ok {
					s.now[a] = k
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
	n := 0
	for _, s := range all {
		n += len(s.was)
	}
	changes := make([]Change, 0, n)
	for _, s := range all {
		for a := range s.was {
			if c, ok := s.settle(a); ok {
				changes = append(changes, c)
			}
		}
	}
	return changes
}
