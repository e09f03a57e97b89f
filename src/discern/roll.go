package discern

import (
	"context"
	"fmt"
)

// rollOf holds the roll of a trail that is looked at as a whole: by account, since when its log comes.
func rollOf(trail string) Holder { return Holder{Watermark, EveryAccount + "\x1f" + trail} }

// callRoll meets the accounts that are known to be there, and those whose log came before and was not silent for longer than anything is remembered:
// where one stops, or never began, no file is left to tell of it.
func (r *part) callRoll(ctx context.Context) error {
	roll := rollOf(r.Trail)
	memory, err := r.Baseline.Recall(ctx, []Question{{roll, nil}})
	if err != nil {
		return fmt.Errorf("recall whose logs trail %s holds: %w", r.Trail, err)
	}
	var asked []string
	for account, since := range memory[roll] {
		r.roll[account] = since
		if (r.Asked == nil || r.Asked(account)) && (r.Member == nil || r.Member(account).Aside == "") {
			asked = append(asked, account)
		}
	}
	if err := r.meet(ctx, r.Now().Unix()-int64(r.Terms.ForgetAfterDays)*Day, asked...); err != nil {
		return err
	}
	var silent []string
	for _, account := range r.Members {
		if _, met := r.watermark[account]; !met {
			silent = append(silent, account)
		}
	}
	return r.meet(ctx, 0, silent...)
}

// meet recalls up to where accounts were looked at, and since when they are watched. Those whose newest file was delivered before a time are
// passed over.
func (r *part) meet(ctx context.Context, since int64, accounts ...string) error {
	var questions []Question
	for _, id := range accounts {
		questions = append(questions, Question{Holder{Watermark, id}, []string{r.Trail}}, Question{Holder{Account, id}, []string{""}})
	}
	memory, err := r.Baseline.Recall(ctx, questions)
	if err != nil {
		return fmt.Errorf("recall up to where %d accounts were looked at: %w", len(accounts), err)
	}
	for _, id := range accounts {
		at := memory[Holder{Watermark, id}][r.Trail]
		if at.FirstOK >= since {
			r.reached[id], r.watermark[id] = at, at.LastSeen
			r.met(id, at, memory[Holder{Account, id}][""].FirstSeen)
		}
	}
	return nil
}
