package cost

import (
	"encoding/json"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// hoursOfWeek is refresh_days in hours.
const hoursOfWeek = 24 * refreshDays

// lastVisit is the hour before the measured day in which a principal did its i-th action last.
func lastVisit(p, i int) int {
	for hour := -1; ; hour-- {
		if inHour(p, i, hour) {
			return hour
		}
	}
}

// settled is what the table holds after months of watching: of each pair when it was rewritten last, which was within the week that a refresh
// waits for, and as long ago as the pair's place in its turn says. So in each hour of the day as many fall due as in any other.
func (w workload) settled(accounts []string) (deeds []discern.Deed) {
	first := at(-24 * 200).Unix()
	put := func(h discern.Holder, action string, last int64, ok bool) {
		k := discern.Known{FirstSeen: first, LastSeen: last}
		if ok {
			k.FirstOK = first
		}
		deeds = append(deeds, discern.Deed{Changes: []discern.Change{{Holder: h, Action: action, Now: k}}})
	}
	// A pair is done each 7.5 hours on average, so the first time that is more than a week after it was written is the 23rd.
	const turn, turns = float64(actionsKnown) / actionsAnHour, 23
	spread := func(n int) int64 { return at(-float64(n*7919%hoursOfWeek) - 1).Unix() }
	for a, account := range accounts {
		for p := range w.principals {
			role := discern.Holder{Kind: discern.Principal, ID: roleID(account, p)}
			for i := range actionsKnown {
				put(role, actionNamed(ownAction(p, i)), at(float64(lastVisit(p, i))-turn*float64((i*31+p*17)%turns)).Unix(), true)
			}
			put(role, "", spread(p), false)
		}
		put(discern.Holder{Kind: discern.Account, ID: account}, "", first, false)
		for n := range poolActions {
			put(discern.Holder{Kind: discern.Account, ID: account}, actionNamed(n), spread(n+a), false)
		}
		watermark := discern.Holder{Kind: discern.Watermark, ID: account}
		put(watermark, trailName, at(0).Add(-runsBefore).Unix(), false)
		put(watermark, sweepAction, at(-11.5).Unix(), false) // is due at noon
	}
	for n := range poolActions {
		put(discern.Holder{Kind: discern.Organization}, actionNamed(n), spread(n), false)
	}
	put(discern.Holder{Kind: discern.Organization}, "", first, false)
	put(discern.Holder{Kind: discern.Watermark, ID: discern.EveryAccount}, trailName, first, true)
	return deeds
}

// learnt brings that, and which files were looked at, into the baseline.
func (c *cloud) learnt(tr trail) {
	c.t.Helper()
	ctx, cfg := c.t.Context(), c.caller().Base()
	if c.file == nil {
		makeTable(c.t, cfg, baseTable)
	}
	s := c.opened(cfg, at(0).UTC)
	_, err := s.Begin(ctx, "before")
	require.NoError(c.t, err)
	require.NoError(c.t, s.End(ctx, "before"))
	for _, account := range tr.accounts {
		for hour := -tr.before; hour < 0; hour++ {
			var files []discern.File
			for f := range logfiles(account, hour) {
				files = append(files, discern.File{Path: "s3://" + trailBucket + "/" + f.key(), Size: bytesOfFile, Modified: f.delivered().UnixNano()})
			}
			require.NoError(c.t, s.Looked(ctx, files))
		}
	}
	items := []json.RawMessage{}
	c.held = &items
	done, err := s.Write(ctx, tr.settled(tr.accounts))
	require.NoError(c.t, err)
	require.NotContains(c.t, done, false)
	c.held = nil
	c.fill(baseTable, items)
}
