package discern

import (
	"context"
	"fmt"
)

// EveryAccount stands in the place of an account in the watermark item that is the trail's own: since when it is looked at.
const EveryAccount = "*"

// BeforeNoted is Begun's answer for a trail that was looked at before anybody noted since when: nothing of it is history any more.
const BeforeNoted = 1

// Begun is when a baseline began to look at a trail, in Unix seconds: what was delivered before is history. The first to ask begins it,
// and is told so.
func Begun(ctx context.Context, b Baseline, trail string, now int64) (since int64, first bool, err error) {
	holder := Holder{Watermark, EveryAccount}
	for range claimAttempts {
		memory, err := b.Recall(ctx, []Question{{holder, []string{trail}}})
		if err != nil {
			return 0, false, fmt.Errorf("recall since when trail %s is looked at: %w", trail, err)
		}
		if was := memory[holder][trail]; was != (Known{}) {
			return was.FirstSeen, false, nil
		}
		begin := Change{Holder: holder, Action: trail, Now: Known{FirstSeen: now, LastSeen: now}}
		done, err := b.Write(ctx, []Deed{{Changes: []Change{begin}}})
		if err != nil {
			return 0, false, fmt.Errorf("note since when trail %s is looked at: %w", trail, err)
		}
		if done[0] {
			return now, true, nil
		}
	}
	return 0, false, fmt.Errorf("note since when trail %s is looked at: others wrote it %d times meanwhile, and it is not there", trail, claimAttempts)
}
