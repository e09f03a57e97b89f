package settings

import (
	"fmt"
	"slices"
)

// settle gives those settings a value whose default depends on others.
func (p *parser) settle(wholeHistory bool) {
	s := &p.settings
	if s.Engine == "" {
		s.Engine = EngineAthena
		if s.Logs.Kind != Nowhere {
			s.Engine = EngineLogs
		}
	}
	if _, ok := p.won["history_days"]; !ok {
		s.HistoryDays = s.LearningDays + historyMargin
		if wholeHistory {
			s.HistoryDays = HistoryAll
		}
	}
}

// agree finds settings that are good alone and exclude each other.
func (p *parser) agree() {
	s := &p.settings
	asked := map[string]bool{}
	for _, id := range s.Accounts {
		asked[id] = true
	}
	if i := slices.IndexFunc(s.ExcludeAccounts, func(id string) bool { return asked[id] }); i >= 0 {
		p.disagree("exclude_accounts", s.ExcludeAccounts[i]+" is in accounts too; keep it in one of them", "accounts")
	}
	if s.AlarmTopicARN != "" && s.AlarmEmail != "" {
		p.disagree("alarm_topic_arn", "alarm_email is given too, for which a topic is made; give one of the two, and subscribe the address to the other's topic yourself", "alarm_email")
	}
	if s.Engine == EngineAthena && s.Logs.Kind != Nowhere && s.Logs.Kind != Bucket {
		p.disagree("engine", fmt.Sprintf("athena cannot read %s, which logs names; give engine logs, or leave engine out", s.Logs.Kind), "logs")
		return
	}
	if s.Logs.Kind == Bucket && s.CloudTrailBucket != "" && s.CloudTrailBucket != s.Logs.Bucket() {
		p.disagree("cloudtrail_bucket", "logs names another bucket; give one of the two", "logs")
	}
}

func (p *parser) needLogs() {
	s := &p.settings
	switch {
	case s.Logs.Kind != Nowhere:
	case s.Engine == EngineLogs:
		p.disagree("logs", "is not given, and engine logs reads files; give "+table[named("logs")].allowed, "engine")
	case s.CloudTrailBucket == "":
		p.disagree("logs", "is not given; give "+table[named("logs")].allowed+"; or give cloudtrail_bucket for Athena", "engine", "cloudtrail_bucket")
	}
}

// disagree finds fault with a setting, unless it or another it disagrees with was faulted already.
func (p *parser) disagree(name, what string, others ...string) {
	for _, other := range append(others, name) {
		if p.faulted[other] {
			return
		}
	}
	won, ok := p.won[name]
	if !ok {
		won.field = name
	}
	p.faults = append(p.faults, Fault{Where: won.where, Field: won.field, What: what, order: named(name)})
}
