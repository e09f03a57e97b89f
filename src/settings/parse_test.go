package settings

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNothingGiven(t *testing.T) {
	got, err := Parse(Sources{})
	require.NoError(t, err)
	require.Equal(t, defaults(), got)
}

func TestPrecedence(t *testing.T) {
	file := "roleAction:\n  learningDays: 1\n  refreshDays: 1\n  sweepDays: 1\naccounts: [111122223333]\n"
	got, err := Parse(Sources{
		Stanza: map[string]string{"config": file, "learning_days": "2", "refresh_days": "2", "sweep_days": " ", "accounts": "444455556666"},
		Flags:  FlagValues{"learning_days": "3", "accounts": ""},
	})
	require.NoError(t, err)
	require.Equal(t, 3, got.LearningDays)
	require.Equal(t, 2, got.RefreshDays)
	require.Equal(t, 1, got.SweepDays, "an empty stanza value is none")
	require.Empty(t, got.Accounts, "an empty flag goes back to the default")

	got, err = Parse(Sources{
		Stanza: map[string]string{"config": "logs: /stanza\n"},
		Flags:  FlagValues{"config": "logs: /flag\n"},
	})
	require.NoError(t, err)
	require.Equal(t, "/flag", got.Logs.At, "one config.yml is read")
}

func TestWhatDependsOnOthers(t *testing.T) {
	seed := "roleAction: {dayThreshold: 30}\n"
	cases := map[string]struct {
		stanza map[string]string
		flags  FlagValues
		check  func(*testing.T, Settings)
	}{
		"history follows learning":     {map[string]string{"learning_days": "0"}, nil, func(t *testing.T, s Settings) { require.Equal(t, 7, s.HistoryDays) }},
		"history as given":             {map[string]string{"learning_days": "0", "history_days": "0"}, nil, func(t *testing.T, s Settings) { require.Zero(t, s.HistoryDays) }},
		"history back to its default":  {map[string]string{"history_days": "1"}, FlagValues{"history_days": ""}, func(t *testing.T, s Settings) { require.Equal(t, 97, s.HistoryDays) }},
		"engine follows logs":          {nil, FlagValues{"logs": "demo:"}, func(t *testing.T, s Settings) { require.Equal(t, EngineLogs, s.Engine) }},
		"athena over a bucket":         {map[string]string{"logs": "s3://one/a", "engine": "athena", "cloudtrail_bucket": "one"}, nil, func(t *testing.T, s Settings) { require.Equal(t, EngineAthena, s.Engine) }},
		"a seed's file reads trusts":   {map[string]string{"config": seed}, nil, func(t *testing.T, s Settings) { require.Equal(t, seedIAMRole, s.IAMRoleName) }},
		"ours does not":                {map[string]string{"config": "roleAction: {learningDays: 30}\n"}, nil, func(t *testing.T, s Settings) { require.Empty(t, s.IAMRoleName) }},
		"a seed's file may decline":    {map[string]string{"config": seed + "aws: {iam: {roleName: ''}}\n"}, nil, func(t *testing.T, s Settings) { require.Empty(t, s.IAMRoleName) }},
		"the stanza wins over seed's":  {map[string]string{"config": seed, "iam_role_name": "x"}, nil, func(t *testing.T, s Settings) { require.Equal(t, "x", s.IAMRoleName) }},
		"the flag turns it off":        {map[string]string{"config": seed}, FlagValues{"iam_role_name": ""}, func(t *testing.T, s Settings) { require.Empty(t, s.IAMRoleName) }},
		"splunkd's own are left alone": {map[string]string{"interval": "900", "index": "main", "_rcvbuf": "1", "python.version": "3"}, nil, func(t *testing.T, s Settings) { require.Equal(t, defaults(), s) }},
		"logs over a seed's bucket": {map[string]string{"config": "aws: {athena: {cloudtrailBucket: trails}}\n"}, FlagValues{"logs": "/x"},
			func(t *testing.T, s Settings) { require.Equal(t, EngineLogs, s.Engine) }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(Sources{Stanza: c.stanza, Flags: c.flags})
			require.NoError(t, err)
			c.check(t, got)
		})
	}
}

func TestWholeHistory(t *testing.T) {
	got, err := Parse(Sources{WholeHistory: true})
	require.NoError(t, err)
	require.Equal(t, HistoryAll, got.HistoryDays)
	got, err = Parse(Sources{WholeHistory: true, Stanza: map[string]string{"history_days": "5"}})
	require.NoError(t, err)
	require.Equal(t, 5, got.HistoryDays)
}

func TestFaultsAllAtOnceInOrder(t *testing.T) {
	_, err := Parse(Sources{
		NeedLogs: true,
		Stanza:   map[string]string{"lerning_days": "1", "sweep_days": "x", "config": "accounts: [a]\nnonsense: 1\n"},
		Flags:    FlagValues{"logs": "ftp://x", "engine": "spark", "wonderful": "1", "history_days": "-1"},
	})
	require.IsType(t, Faults{}, err)
	require.Equal(t, strings.Join([]string{
		`--logs: "ftp://" is no scheme for logs; give ` + table[0].allowed,
		`--engine: "spark" is not known; give athena or logs`,
		`config line 1: accounts: "a" is not an account id; give its 12 digits, zeros at the beginning included`,
		`--history-days: "-1" is negative; give all, or a whole number from 0 to 36500`,
		`sweep_days: "x" is not a whole number; give a whole number from 0 to 90`,
		`config line 2: nonsense: unknown key; remove it`,
		`lerning_days: unknown setting; did you mean learning_days?`,
		`--wonderful: unknown setting; remove it`,
	}, "\n"), err.Error())
}

// TestHiddenFaults finds what a better source wins over.
func TestHiddenFaults(t *testing.T) {
	_, err := Parse(Sources{Stanza: map[string]string{"sweep_days": "x"}, Flags: FlagValues{"sweep_days": "1"}})
	require.EqualError(t, err, `sweep_days: "x" is not a whole number; give a whole number from 0 to 90`)
}

func TestContradictions(t *testing.T) {
	logs := table[named("logs")].allowed
	cases := map[string]struct {
		stanza   map[string]string
		needLogs bool
		want     string
	}{
		"account also excluded": {map[string]string{"accounts": "111122223333,444455556666", "exclude_accounts": "444455556666"}, false, "exclude_accounts: 444455556666 is in accounts too; keep it in one of them"},
		"athena and a folder":   {map[string]string{"logs": "/x", "engine": "athena"}, false, "engine: athena cannot read a folder, which logs names; give engine logs, or leave engine out"},
		"athena and the demo":   {map[string]string{"logs": "demo:", "engine": "athena"}, false, "engine: athena cannot read the demo, which logs names; give engine logs, or leave engine out"},
		"athena and a queue":    {map[string]string{"logs": "sqs://h/q", "engine": "athena"}, false, "engine: athena cannot read a queue, which logs names; give engine logs, or leave engine out"},
		"two buckets, read as files": {map[string]string{"logs": "s3://one", "cloudtrail_bucket": "two"}, false,
			"cloudtrail_bucket: logs names another bucket; give one of the two"},
		"two buckets": {map[string]string{"logs": "s3://one", "engine": "athena", "cloudtrail_bucket": "two"}, false,
			"cloudtrail_bucket: logs names another bucket; give one of the two"},
		"nowhere":               {nil, true, "logs: is not given; give " + logs + "; or give cloudtrail_bucket for Athena"},
		"logs, but where":       {map[string]string{"engine": "logs", "cloudtrail_bucket": "one"}, true, "logs: is not given, and engine logs reads files; give " + logs},
		"nowhere, not needed":   {nil, false, ""},
		"a bucket is enough":    {map[string]string{"cloudtrail_bucket": "one"}, true, ""},
		"logs is enough":        {map[string]string{"logs": "/x"}, true, ""},
		"written in other ways": {map[string]string{"accounts": "1234567890", "exclude_accounts": "001234567890"}, false, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(Sources{Stanza: c.stanza, NeedLogs: c.needLogs})
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, c.want)
		})
	}
}

func TestNearestName(t *testing.T) {
	cases := map[string]string{"learningdays": "learning_days", "LEARNING-DAYS": "learning_days", "log": "logs", "acounts": "accounts",
		"dynamo_table": "", "xyzzy": "", strings.Repeat("logs", 100): ""}
	for name, want := range cases {
		require.Equal(t, want, nearestName(name), name)
	}
}
