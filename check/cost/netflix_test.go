package cost

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
)

var roleAsked = regexp.MustCompile(`principalid = '([^']+)'`)

// netflix is an hour of one account with Netflix cloudtrail-anomaly (80b4046, cli.py and aws/): all roles of the account are listed, and for each
// one query runs, on a table without partitions, and its result is read; then each row is looked up. Its alerts (SNS) are not counted, nor what
// it calls once a run.
func netflix(t *testing.T) count {
	s := newSeed(t)
	done := map[string][]string{}
	for p, action := range s.pairs(0) {
		done[roleID(s.account, p)] = append(done[roleID(s.account, p)], action)
	}
	s.front.Answer(func(sql string) (athenatest.Answer, error) {
		if err := s.pays(sql); err != nil {
			return athenatest.Answer{}, err
		}
		answer := table("eventsource", "eventname")
		for _, action := range done[roleAsked.FindStringSubmatch(sql)[1]] {
			answer.Rows = append(answer.Rows, athenatest.Values(strings.SplitN(action, ":", 2)...))
		}
		return answer, nil
	})
	roles := s.listRoles()
	require.Len(t, roles, principalsAnHour)
	var pairs [][2]string
	for _, role := range roles {
		key := s.query(fmt.Sprintf(`SELECT DISTINCT eventsource, eventname FROM cloudtrail_%s WHERE useridentity.type = 'AssumedRole'
			AND useridentity.sessioncontext.sessionissuer.principalid = '%s' AND from_iso8601_timestamp(eventtime) > now() - interval '1' hour`, s.account, role))
		for _, row := range s.rows(key) {
			pairs = append(pairs, [2]string{role, row[0] + ":" + row[1]})
		}
	}
	s.lookUp(pairs)
	return s.sum()
}
