package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// begin is when the tests' account begins to be watched; it learns for 5 days.
var begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

const account = "111111111111"

// A tale is read by the oracle, line by line.
type tale struct {
	t *testing.T
	b *book
}

func newTale(t *testing.T) *tale {
	b := newBook()
	tl := &tale{t, b}
	tl.add(line{Kind: "terms", ForgetDays: 90, LearningDays: 5})
	tl.add(line{Kind: "account", Account: account, At: begin})
	tl.run(0, "", `{"account_id":"111111111111","status":"learning","learning_until":"2026-01-06T00:00:00Z"}`, `{"account_id":"*","status":"ok"}`)
	return tl
}

func (tl *tale) add(l line) {
	tl.t.Helper()
	require.NoError(tl.t, tl.b.take(&l))
}

// did has somebody do something on a day, which is in a file at once.
func (tl *tale) did(on int64, who, what string) string {
	at := begin + on*day
	key := fmt.Sprintf("%s %s %d", who, what, on)
	tl.add(line{Kind: "file", At: at + 300, Named: at + 240, Whole: true, Account: account, Key: key, Records: []json.RawMessage{json.RawMessage(fmt.Sprintf(
		`{"eventTime":%q,"eventSource":"s3.amazonaws.com","eventName":%q,"recipientAccountId":%q,"userIdentity":{"type":"IAMUser","principalId":%q}}`, stamp(at), what, account, who))}})
	return key
}

func (tl *tale) told(on int64, id, kind, who, what, more string) {
	tl.add(line{Kind: "told", Event: json.RawMessage(fmt.Sprintf(`{"anomaly_id":%q,"anomaly_type":%q,"account_id":%q,"principal_id":%q,"action":%q,"first_time":%q%s}`,
		id, kind, account, who, what, stamp(begin+on*day), more))})
}

func (tl *tale) run(on int64, unfinished string, coverage ...string) {
	tl.add(line{Kind: "run", Collector: "c", Run: "r", At: begin + on*day + 3600, Until: begin + on*day + 3700})
	for _, c := range coverage {
		c = strings.Replace(c, "{", fmt.Sprintf(`{"unfinished_run_id":%q,`, unfinished), 1)
		tl.add(line{Kind: "covered", Coverage: json.RawMessage(c)})
	}
}

func TestWhatIsTold(t *testing.T) {
	const put = "s3.amazonaws.com:Put"
	for name, c := range map[string]struct {
		tell             func(*tale)
		lost, doubled, n int
	}{
		"all":     {func(tl *tale) { tl.told(20, "1", "new_action", "A", put, "") }, 0, 0, 1},
		"nothing": {func(*tale) {}, 1, 0, 1},
		"twice the same": {func(tl *tale) {
			tl.told(20, "1", "new_action", "A", put, "")
			tl.told(20, "1", "new_action", "A", put, "")
		}, 0, 0, 1},
		"in two ways": {func(tl *tale) {
			tl.told(20, "1", "new_action", "A", put, "")
			tl.told(20, "1", "new_action", "A", put, `,"x":1`)
		}, 0, 1, 1},
		"under two ids": {func(tl *tale) {
			tl.told(20, "1", "new_action", "A", put, "")
			tl.told(20, "2", "new_action", "A", put, "")
		}, 0, 1, 1},
		"of another time": {func(tl *tale) { tl.told(21, "1", "new_action", "A", put, "") }, 1, 1, 1},
		"what is learnt": {func(tl *tale) {
			tl.told(20, "1", "new_action", "A", put, "")
			tl.told(1, "2", "new_action", "A", "s3.amazonaws.com:Get", "")
		}, 0, 1, 1},
		"what never was": {func(tl *tale) {
			tl.told(20, "1", "new_action", "A", put, "")
			tl.told(20, "2", "new_action", "B", put, "")
		}, 0, 1, 1},
		"after forgetting": {func(tl *tale) { tl.told(20, "1", "new_action", "A", put, ""); tl.did(120, "A", "Put") }, 1, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTale(t)
			tl.did(1, "A", "Get")
			tl.did(20, "A", "Put")
			c.tell(tl)
			v := tl.b.verdict()
			require.Len(t, v.Lost, c.lost, "%v", v)
			require.Len(t, v.Doubled, c.doubled, "%v", v)
			require.Equal(t, c.n, v.Expected)
		})
	}
}

func TestWhatIsCovered(t *testing.T) {
	well := fmt.Sprintf(`{"account_id":%q,"status":"ok","watermark":"2026-01-31T00:00:00Z"}`, account)
	whole := `{"account_id":"*","status":"ok"}`
	for name, c := range map[string]struct {
		tell   func(*tale)
		unseen int
	}{
		"well": {func(tl *tale) {
			tl.add(line{Kind: "read", Key: tl.did(20, "A", "Get"), At: begin + 20*day + 3650})
			tl.run(20, "", well, whole)
		}, 0},
		"an account is not named": {func(tl *tale) { tl.run(20, "", whole) }, 1},
		"nothing is said":         {func(tl *tale) { tl.run(20, "") }, 1},
		"a file was not read":     {func(tl *tale) { tl.did(20, "A", "Get"); tl.run(20, "", well, whole) }, 1},
		"and that is said": {func(tl *tale) {
			tl.did(20, "A", "Get")
			tl.run(20, "", strings.Replace(well, "ok", "partial", 1), whole)
		}, 0},
		"a run was killed":          {func(tl *tale) { tl.run(20, ""); tl.b.runs[1].killed = true; tl.run(21, "", well, whole) }, 1},
		"a run was killed, as said": {func(tl *tale) { tl.run(20, ""); tl.b.runs[1].killed = true; tl.run(21, "r", well, whole) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTale(t)
			c.tell(tl)
			require.Len(t, tl.b.verdict().Unseen, c.unseen, "%v", tl.b.verdict().Unseen)
		})
	}
}
