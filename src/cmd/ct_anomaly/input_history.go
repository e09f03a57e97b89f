package main

import (
	"fmt"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

// history says, before any of it is read, how much there is from before the input existed, and waits for consent where that is too much.
func (in *input) history(set *settings.Settings, h *discern.History, mode string) error {
	if h == nil || mode == discern.ModeDemo {
		return nil
	}
	if err := tooMuch(set, h); err != nil || !in.first {
		return err
	}
	return in.cover(discern.Coverage{
		RunID: in.runID, Input: in.name, AccountID: "*", Engine: set.Engine, Status: discern.StatusLearning, History: h, EstimatedCost: priceOf(set, h),
		NextStep: "history to be read first: " + historySaid(set, h),
	})
}

// tooMuch refuses a history that is larger than was agreed to.
func tooMuch(set *settings.Settings, h *discern.History) error {
	if h == nil || h.LeftBytes <= int64(set.HistoryConsentGigabytes)*1e9 {
		return nil
	}
	return &discern.Halt{Status: discern.StatusSkipped, Code: discern.CodeBudget,
		Err:  fmt.Errorf("the history has %s in %s (%s), more than history_consent_gigabytes allows (%d)", count(h.LeftFiles, "file"), count(h.Days, "day"), size(h.LeftBytes), set.HistoryConsentGigabytes),
		Next: "to read it all, raise history_consent_gigabytes (in config: historyConsentGigabytes); to read less, lower history_days; nothing is looked at until then"}
}

// estimate tells the coverage of what is to be read from that of what was.
func estimate(c *discern.Coverage) bool {
	return c.Status == discern.StatusLearning && c.AccountID == "*"
}
