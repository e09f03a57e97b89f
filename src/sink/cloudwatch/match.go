package cloudwatch

import (
	"context"
	"fmt"

	"cloudtrail_anomaly/src/discern"
)

// A Match is a record that a rule matched, told by nothing but the rules: by detect records, which knows no baseline and no events.
type Match struct{ Rule, AccountID string }

// Count counts matches as Send counts the events of type rule, so that the same alarms watch both. Nobody remembers what was counted: who counts the
// same matches again, also after an answer that was lost, counts them twice. The error says how many of them are counted, none of them by halves.
func (s *Sink) Count(ctx context.Context, matches []Match) error {
	for left := matches; len(left) > 0; {
		counts, rest := count(left, (*Match).parts)
		if err := s.put(ctx, counts); err != nil {
			return fmt.Errorf("%d of %d matches are counted: %w", len(matches)-len(left), len(matches), err)
		}
		left = rest
	}
	return nil
}

func (m *Match) parts() []part { return partsFor(discern.RuleMatch, m.Rule, m.AccountID) }
