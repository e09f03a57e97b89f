package main

import "encoding/json"

// A line is one thing that happened. Times are Unix seconds.
type line struct {
	Kind string // terms, account, file, read, told, covered, run
	At   int64

	// terms: for how many days a pair is known, for how many an account learns
	ForgetDays, LearningDays int64
	Only                     string // principals begin with it, and nothing but new pairs is asked for; empty: all

	Account string
	Until   int64 // account: it is watched from At to Until; 0 is to the end

	// file: an object of the trail's bucket that appeared at At; Named is the minute in its name. read: it was read to its end, by whomever
	Key     string
	Named   int64
	Whole   bool
	Records []json.RawMessage

	// told: an event that reached the index
	Event json.RawMessage

	// covered: a coverage event that reached the index. run: one that began at At and ended at Until, of which nothing was to be heard where it is mute
	Collector, Run string
	Coverage       json.RawMessage
	Killed, Mute   bool
}

// A record is what the rule needs of one.
type record struct {
	EventTime          string
	EventSource        string
	EventName          string
	ErrorCode          string
	RecipientAccountID string
	UserIdentity       struct {
		Type, PrincipalID, InvokedBy, AccountID string
		SessionContext                          struct {
			SessionIssuer struct{ PrincipalID string }
		}
	}
}

// An event is what is looked at of an anomaly.
type event struct {
	AnomalyID   string `json:"anomaly_id"`
	AnomalyType string `json:"anomaly_type"`
	Rule        string `json:"rule"`
	AccountID   string `json:"account_id"`
	PrincipalID string `json:"principal_id"`
	Action      string `json:"action"`
	FirstTime   string `json:"first_time"`
	Learning    bool   `json:"learning"`
}

// A coverage is what is looked at of one.
type coverage struct {
	RunID           string   `json:"run_id"`
	UnfinishedRunID string   `json:"unfinished_run_id"`
	AccountID       string   `json:"account_id"`
	Status          string   `json:"status"`
	ErrorCode       string   `json:"error_code"`
	Warnings        []string `json:"warnings"`
	Watermark       string   `json:"watermark"`
	LearningUntil   string   `json:"learning_until"`
	NextStep        string   `json:"next_step"`
}
