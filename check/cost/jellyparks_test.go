package cost

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
)

// Regions of which jellyparks' tool adds a partition: it knows twenty names, of which nineteen are regions.
var jellyparksRegions = append(slices.Clone(regions[:]), "ap-south-2", "eu-central-2", "ca-central-2")

// jellyparks is an hour of one account with its serverless tool (yogisec/cloudtrail-anomaly-serverless, a544985, discernment/): the table is made if it
// is not there, the day's partitions are added if they are not, one query runs on them, its result is read, the roles of the account are listed, and
// each row is looked up. Its messages (SNS, Splunk) are not counted, nor its Lambda functions, nor what it calls once a run.
func jellyparks(t *testing.T) count {
	s := newSeed(t)
	const name = "unit_ct_anomaly_"
	s.defines("CREATE EXTERNAL TABLE IF NOT EXISTS " + name + s.account + " (eventtime string) PARTITIONED BY (region string, year string, month string, day string)")
	day := strings.Split(dayBegins.Format("2006 01 02"), " ")
	var add strings.Builder
	fmt.Fprintf(&add, "ALTER TABLE %s%s ADD IF NOT EXISTS", name, s.account)
	for _, region := range jellyparksRegions {
		fmt.Fprintf(&add, " PARTITION (region='%s', year='%s', month='%s', day='%s')", region, day[0], day[1], day[2])
	}
	s.defines(add.String())
	require.Len(t, s.added, 20)

	s.front.Answer(func(sql string) (athenatest.Answer, error) {
		if err := s.pays(sql); err != nil {
			return athenatest.Answer{}, err
		}
		answer := table("eventsource", "eventname", "principalid", "type")
		for p, action := range s.pairs(0) {
			source, event, _ := strings.Cut(action, ":")
			answer.Rows = append(answer.Rows, athenatest.Values(source, event, roleID(s.account, p), "AssumedRole"))
		}
		return answer, nil
	})
	rows := s.rows(s.query(fmt.Sprintf(`SELECT DISTINCT eventsource, eventname, useridentity.sessioncontext.sessionissuer.principalid, useridentity.type FROM "%s%s"
		WHERE year='%s' AND month='%s' AND day='%s' AND from_iso8601_timestamp(eventtime) > now() - interval '1' hour`, name, s.account, day[0], day[1], day[2])))
	require.Len(t, s.listRoles(), principalsAnHour)
	var pairs [][2]string
	for _, row := range rows {
		pairs = append(pairs, [2]string{row[2], row[0] + ":" + row[1]})
	}
	s.lookUp(pairs)
	return s.sum()
}
