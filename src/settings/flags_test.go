package settings

import (
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFlags(t *testing.T) {
	cases := map[string]struct {
		args []string
		want FlagValues
	}{
		"none":              {nil, FlagValues{}},
		"one":               {[]string{"--learning-days", "0"}, FlagValues{"learning_days": "0"}},
		"last wins":         {[]string{"--learning-days=1", "--learning-days=2"}, FlagValues{"learning_days": "2"}},
		"lists add up":      {[]string{"--accounts", "1,2", "--accounts", "3"}, FlagValues{"accounts": "1,2\n3"}},
		"a boolean alone":   {[]string{"--delete-results", "DIR"}, FlagValues{"delete_results": "true"}},
		"a boolean with no": {[]string{"--delete-results=no"}, FlagValues{"delete_results": "no"}},
		"empty":             {[]string{"--accounts="}, FlagValues{"accounts": ""}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			fs := flag.NewFlagSet("", flag.ContinueOnError)
			values := Flags(fs, "learning_days", "accounts", "delete_results")
			require.NoError(t, fs.Parse(c.args))
			require.Equal(t, c.want, values)
		})
	}
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	values := Flags(fs, "logs")
	require.NoError(t, fs.Parse([]string{"--logs", "/a", "--logs", "/b"}))
	_, err := Parse(Sources{Flags: values, NeedLogs: true})
	require.EqualError(t, err, "--logs: is given 2 times; give one place that holds all, or run once for each, with a state of its own")

	fs = flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	Flags(fs, "learning_days")
	require.Error(t, fs.Parse([]string{"--accounts", "1"}), "only what is named")
}

func TestFlagsShowTheirDefaults(t *testing.T) {
	var out strings.Builder
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(&out)
	Flags(fs)
	fs.PrintDefaults()
	require.Contains(t, out.String(), "-learning-days days\n")
	require.Contains(t, out.String(), "(default 90)")
	require.NotContains(t, out.String(), "panic")
	require.Equal(t, len(table), strings.Count("\n"+out.String(), "\n  -"))
}

func TestHelp(t *testing.T) {
	var out strings.Builder
	Help(&out, "logs", "learning_days", "delete_results")
	require.Equal(t, ""+
		"  --logs            logs                     folder  -   where the log files are: a folder, s3://bucket/prefix, sqs://queue-url or demo:\n"+
		"  --learning-days   roleAction.learningDays  days    90  days an account is watched before what is new in it is told\n"+
		"  --delete-results  deleteResults            bool    1   deletes results of queries after use\n", out.String())
	out.Reset()
	Help(&out, "history_days", "run_timeout")
	require.Regexp(t, `(?m)^  --history-days .*days\|all  all   days of logs`, out.String())
	require.Regexp(t, `(?m)^  --run-timeout .*duration  none  how long`, out.String())
	out.Reset()
	Help(&out)
	require.Equal(t, len(table), strings.Count(out.String(), "\n"))
}
