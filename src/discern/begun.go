package discern

import (
	"context"
	"fmt"
)

// EveryAccount stands in the place of an account in the watermark item that is the trail's own. Its first seen is since when the trail is
// looked at; its first ok, when it was settled which of what was delivered before is history.
const EveryAccount = "*"

// BeforeNoted is Begun's answer for a trail that was looked at before anybody noted since when: nothing of it is history any more.
const BeforeNoted = 1

// Begun is when a baseline began to look at a trail, in Unix seconds: what was delivered before is history. The first to ask begins it.
// First is true until Settled.
func Begun(ctx context.Context, b Baseline, trail string, now int64) (since int64, first bool, err error) {
	k, err := begun(ctx, b, trail, func(was Known) Known {
		if was != (Known{}) {
			return was
		}
		return Known{FirstSeen: now, LastSeen: now}
	})
	return k.FirstSeen, k.FirstOK == 0 && k.FirstSeen != BeforeNoted, err
}

// Settled notes that it is settled what is history in a trail.
func Settled(ctx context.Context, b Baseline, trail string, now int64) error {
	_, err := begun(ctx, b, trail, func(was Known) Known {
		if was.FirstOK == 0 {
			was.FirstOK = now
		}
		return was
	})
	return err
}

// begun changes the trail's item, whatever others do meanwhile.
func begun(ctx context.Context, b Baseline, trail string, change func(was Known) Known) (Known, error) {
	holder := Holder{Watermark, EveryAccount}
	for range claimAttempts {
		memory, err := b.Recall(ctx, []Question{{holder, []string{trail}}})
		if err != nil {
			return Known{}, fmt.Errorf("recall since when trail %s is looked at: %w", trail, err)
		}
		was := memory[holder][trail]
		now := change(was)
		if now == was {
			return now, nil
		}
		done, err := b.Write(ctx, []Deed{{Changes: []Change{{Holder: holder, Action: trail, Was: was, Now: now}}}})
		if err != nil {
			return Known{}, fmt.Errorf("note since when trail %s is looked at: %w", trail, err)
		}
		if done[0] {
			return now, nil
		}
	}
	return Known{}, fmt.Errorf("note since when trail %s is looked at: others changed it %d times meanwhile", trail, claimAttempts)
}
