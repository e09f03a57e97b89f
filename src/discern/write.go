package discern

import "context"

// write carries out deeds. Accounts of a muster are held against what the organization knew as the run began (outset), so an organization's item
// that the look at another account has moved meanwhile changes no judgement: what was found stands, and is written on the item as it is now. Judged
// again it would be told in other words, by how many actions of its principal were claimed in between.
func (r *part) write(ctx context.Context, deeds []Deed) (done []bool, err error) {
	done, err = r.Baseline.Write(ctx, deeds)
	for attempt := 1; err == nil && r.outset.of != nil && attempt < claimAttempts; attempt++ {
		var left []int
		var again []Deed
		for i := range deeds {
			if !done[i] {
				left, again = append(left, i), append(again, deeds[i])
			}
		}
		moved, unread := r.rebase(ctx, again)
		if unread != nil || !moved {
			return done, unread
		}
		var redone []bool
		redone, err = r.Baseline.Write(ctx, again)
		for i, ok := range redone {
			done[left[i]] = ok
		}
	}
	return done, err
}

// rebase puts what deeds change of the organization on what it knows now, one deed after the other, and tells whether that was anything else than
// they had read.
func (r *part) rebase(ctx context.Context, deeds []Deed) (moved bool, err error) {
	organization := Holder{Organization, ""}
	var actions []string
	for i := range deeds {
		for _, c := range deeds[i].Changes {
			if c.Holder == organization {
				actions = append(actions, c.Action)
			}
		}
	}
	if len(actions) == 0 {
		return false, nil
	}
	answer, err := r.Baseline.Recall(ctx, []Question{{organization, actions}})
	if err != nil {
		return false, err
	}
	now := Memory{}
	for _, a := range actions {
		now[a] = answer[organization][a]
	}
	for i := range deeds {
		var changes []Change
		for _, c := range deeds[i].Changes {
			if c.Holder == organization {
				moved = moved || c.Was != now[c.Action]
				c.Was, c.Now = now[c.Action], now[c.Action].Merged(c.Now)
				now[c.Action] = c.Now
			}
			if c.Was != c.Now {
				changes = append(changes, c)
			}
		}
		deeds[i].Changes = changes
	}
	return moved, nil
}
