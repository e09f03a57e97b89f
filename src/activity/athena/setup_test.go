package athena

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/activity/athena/athenatest"
)

func TestSetupAndTeardown(t *testing.T) {
	f := athenatest.New(t)
	o := options(t, f)
	o.Database = "team"
	table := o.table()
	wanted := []string{table.CreateDatabase(), table.Create()}

	steps, err := Setup(t.Context(), o, true)
	require.NoError(t, err)
	require.Equal(t, wanted, steps)
	require.Empty(t, f.Queries(), "a dry run runs nothing")
	require.ErrorIs(t, open(t, o).CheckTable(t.Context()), ErrNoTable)

	steps, err = Setup(t.Context(), o, false)
	require.NoError(t, err)
	require.Equal(t, wanted, steps)
	require.Len(t, f.Queries(), 2)
	require.NoError(t, CheckTable(t.Context(), o.Config, "team", trail, me))

	steps, err = Setup(t.Context(), o, false)
	require.NoError(t, err)
	require.Empty(t, steps, "it is there")
	require.Len(t, f.Queries(), 2)

	o.AccountID = "444455556666"
	steps, err = Setup(t.Context(), o, false)
	require.NoError(t, err)
	require.Len(t, steps, 1, "the database is there")
	o.AccountID = me

	for _, dry := range []bool{true, false} {
		steps, err = Drop(t.Context(), o, dry)
		require.NoError(t, err)
		require.Equal(t, []string{"DROP TABLE IF EXISTS `team`.`ct_anomaly_111122223333`"}, steps)
	}
	steps, err = Drop(t.Context(), o, false)
	require.NoError(t, err)
	require.Empty(t, steps)

	steps, err = Setup(t.Context(), o, false)
	require.NoError(t, err)
	require.Len(t, steps, 1, "made anew, though the same statement was run before")
	require.NoError(t, open(t, o).CheckTable(t.Context()))
}

func TestSetupThatFails(t *testing.T) {
	f := athenatest.New(t)
	f.Usual(athenatest.Course{State: "FAILED", Reason: "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. Insufficient Lake Formation permission(s)"})
	steps, err := Setup(t.Context(), options(t, f), false)
	require.Empty(t, steps)
	require.ErrorContains(t, err, "Lake Formation")
}

func TestATableThatIsOther(t *testing.T) {
	good := Table{Database: "default", Account: me, Trail: trail}.Create()
	for name, test := range map[string]struct{ old, new, says string }{
		"a column less":             {"  `eventid` string,\n", "", "it has no column eventid"},
		"a column of another type":  {"identityprovider:string,", "", "its column useridentity is of another type"},
		"other partitions":          {"  `day` string", "  `timestamp` string", "its partitions are not region and day"},
		"an enumeration of regions": {"'projection.region.type' = 'injected'", "'projection.region.type' = 'enum'", "projection.region.type is \"enum\" and should be \"injected\""},
		"another bucket":            {"s3://logs/", "s3://other/", "storage.location.template is \"s3://other/"},
		"no projection":             {"'projection.enabled' = 'true'", "'projection.enabled' = 'false'", "projection.enabled"},
		"an old range":              {"2013/11/01,NOW+2DAYS", "2026/01/01,NOW", "projection.day.range"},
	} {
		t.Run(name, func(t *testing.T) {
			f := athenatest.New(t)
			ddl := strings.ReplaceAll(good, test.old, test.new)
			require.NotEqual(t, good, ddl)
			require.NoError(t, f.CreateTable(ddl))
			o := options(t, f)
			err := open(t, o).CheckTable(t.Context())
			require.ErrorIs(t, err, ErrOtherTable)
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, "ct_anomaly setup athena --accounts 111122223333")
			_, err = Setup(t.Context(), o, false)
			require.ErrorIs(t, err, ErrOtherTable)
			require.Empty(t, f.Queries())
		})
	}
	f := athenatest.New(t)
	require.NoError(t, f.CreateTable(strings.Replace(good, "  `eventid` string,\n", "  `eventid` string,\n  `more` string,\n", 1)))
	require.NoError(t, open(t, options(t, f)).CheckTable(t.Context()), "one column more does no harm")
	require.NoError(t, f.CreateTable(strings.Replace(good, "IF NOT EXISTS `default`.`ct_anomaly_111122223333`", "IF NOT EXISTS `default`.`ct_anomaly_2`", 1)))
}

func TestATableOfSomebodyElseStays(t *testing.T) {
	f := athenatest.New(t)
	o := options(t, f)
	require.NoError(t, f.CreateTable(strings.Replace(o.table().Create(), "'created_by' = 'ct_anomaly'", "'created_by' = 'somebody'", 1)))
	steps, err := Drop(t.Context(), o, false)
	require.NoError(t, err)
	require.Empty(t, steps)
	require.NoError(t, open(t, o).CheckTable(t.Context()))
}

// TestHiveParses holds each statement against the grammar of Athena's DDL.
func TestHiveParses(t *testing.T) {
	for _, table := range []Table{
		{Database: "default", Account: me, Trail: trail}, someTable,
		{Database: "team-logs", Account: "1", Trail: Trail{Bucket: "b", Prefix: `back\slash's`}},
	} {
		for _, statement := range []string{table.Create(), table.CreateDatabase(), table.drop()} {
			require.NoError(t, athenatest.ParseDDL(t, statement))
		}
	}
	require.Error(t, athenatest.ParseDDL(t, strings.Replace(someTable.Create(), "PARTITIONED", "PARTED", 1)))
}
