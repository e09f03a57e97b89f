package main

import (
	"fmt"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
)

// List prices of us-east-1 in US dollars, of November 2026 (AWS price lists of Amazon Athena, Amazon S3, Amazon DynamoDB on-demand).
const (
	priceScanTB     = 5.0
	priceGet        = 0.4 / 1e6
	priceList       = 5.0 / 1e6
	priceReadUnit   = 0.125 / 1e6
	priceWriteUnit  = 0.625 / 1e6
	bytesOfTerabyte = 1e12
)

// priceOf is what reading a history costs.
func priceOf(set *settings.Settings, h *discern.History) float64 {
	if inFolder(set) {
		return 0
	}
	cost := float64(h.LeftFiles) * priceGet
	if set.Engine == settings.EngineAthena {
		cost += float64(h.LeftBytes) / bytesOfTerabyte * priceScanTB
	}
	return cost
}

// historySaid says what is to be read of a history, and what that costs.
func historySaid(set *settings.Settings, h *discern.History) string {
	return fmt.Sprintf("%s, %s, %s; %s", count(h.Days, "day"), count(h.LeftFiles, "file"), size(h.LeftBytes), priceSaid(set, h))
}

func priceSaid(set *settings.Settings, h *discern.History) string {
	if inFolder(set) {
		return "files in a folder cost nothing to read"
	}
	cost := priceOf(set, h)
	if cost < 0.01 {
		return "less than 0.01 USD to read at list price"
	}
	return fmt.Sprintf("about %.2f USD to read at list price", cost)
}

// spent is what calls cost besides queries: DynamoDB's capacity units and S3's requests.
func (e *estate) spent(s store) func() discern.Spent {
	return func() discern.Spent {
		calls := e.caller.Calls()
		spent := discern.Spent{Cost: float64(calls["s3:GetObject"].Attempts)*priceGet + float64(calls["s3:ListObjectsV2"].Attempts)*priceList}
		if table, ok := s.(interface {
			Spent() (reads, writes float64, requests int)
		}); ok {
			spent.Reads, spent.Writes, _ = table.Spent()
			spent.Cost += spent.Reads*priceReadUnit + spent.Writes*priceWriteUnit
		}
		return spent
	}
}
