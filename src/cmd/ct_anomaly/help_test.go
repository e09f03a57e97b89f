package main

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/settings"
)

// flagsOf are all flags that a command takes.
func flagsOf(c *command) *flag.FlagSet {
	fs := c.own(&options{})
	if len(c.settings) > 0 {
		settings.Flags(fs, c.settings...)
	}
	return fs
}

func TestHelpOfEveryCommand(t *testing.T) {
	all := must(t, exitDone, "help").out
	for _, c := range commands() {
		t.Run(c.name, func(t *testing.T) {
			require.Contains(t, all, "  "+c.name+" ")
			require.Contains(t, all, c.short)
			help := must(t, exitDone, append([]string{"help"}, strings.Fields(c.name)...)...).out
			require.Equal(t, help, must(t, exitDone, append(strings.Fields(c.name), "--help")...).out)
			require.NotEmpty(t, c.examples)
			for _, e := range c.examples {
				require.Contains(t, help, "\n  "+e+"\n")
				requireUsable(t, strings.TrimPrefix(e, "ct_anomaly "))
			}
			flagsOf(&c).VisitAll(func(f *flag.Flag) {
				require.Regexp(t, `\n  --`+f.Name+`\b`, help)
				_, isText := f.Value.(interface{ IsBoolFlag() bool })
				require.True(t, isText || !strings.Contains(help, "\n  --"+f.Name+"  "), "--%s has no word for its value", f.Name)
			})
			for _, line := range strings.Split(help, "\n") {
				require.LessOrEqual(t, len(line), 200, line)
			}
		})
	}
}

var word = regexp.MustCompile(`'[^']*'|[^\s']+`)

// requireUsable holds a command line that a text shows against the commands and flags that exist.
func requireUsable(t *testing.T, line string) {
	t.Helper()
	line, _, _ = strings.Cut(line, "  ") // a remark follows
	line, _, _ = strings.Cut(line, " > ")
	args := word.FindAllString(line, -1)
	var o options
	global := flag.NewFlagSet("", flag.ContinueOnError)
	globals(global, &o)
	require.NoError(t, global.Parse(args), line)
	if global.Arg(0) == "help" {
		return
	}
	c, args, err := find(global.Args())
	require.NoError(t, err, line)
	for len(args) > 0 {
		fs := flagsOf(c)
		require.NoError(t, fs.Parse(args), line)
		if args = fs.Args(); len(args) > 0 {
			require.NotEmpty(t, c.args, "%s: %q takes no arguments", line, c.name)
			args = args[1:]
		}
	}
}

func TestReadmeSaysWhatExists(t *testing.T) {
	text, err := os.ReadFile("../../../README.md")
	require.NoError(t, err)
	readme := string(text)
	known := map[string]bool{}
	for _, c := range commands() {
		flagsOf(&c).VisitAll(func(f *flag.Flag) { known["--"+f.Name] = true })
		for _, w := range strings.Fields(c.name) {
			require.Contains(t, readme, w, "README does not name %s", c.name)
		}
	}
	ours := regexp.MustCompile(`(?m)^curl .*$`).ReplaceAllString(readme, "")
	named := regexp.MustCompile(`\B--[a-z][a-z0-9-]*`).FindAllString(ours, -1)
	require.NotEmpty(t, named)
	for _, f := range named {
		require.True(t, known[f], "README names %s, which no command takes", f)
	}
	shown := regexp.MustCompile("(?:build/)?ct_anomaly ((?:--config|demo|detect|learn|replay|show|baseline|help)[^`\n]*)").FindAllStringSubmatch(readme, -1)
	require.NotEmpty(t, shown)
	for _, s := range shown {
		requireUsable(t, s[1])
	}
}

// TestTheWorkshopsCommandsExist: each line of docs/workshop.md that calls the program is one that it takes.
func TestTheWorkshopsCommandsExist(t *testing.T) {
	text, err := os.ReadFile("../../../docs/workshop.md")
	require.NoError(t, err)
	shown := regexp.MustCompile("(?m)^ct_anomaly (.*)$|`ct_anomaly ((?:--config|detect|policy|setup|teardown) [^`]*)`").FindAllStringSubmatch(string(text), -1)
	require.Greater(t, len(shown), 8)
	for _, s := range shown {
		line, _, _ := strings.Cut(either(s[1], s[2]), " | ")
		requireUsable(t, line)
	}
}

// TestTheDemosAdviceWorks: what demo says to try next are commands that exist.
func TestTheDemosAdviceWorks(t *testing.T) {
	tried := 0
	for _, line := range strings.Split(demoNext, "\n") {
		if line, ok := strings.CutPrefix(line, "  %[2]s "); ok {
			line, _, _ = strings.Cut(line, " | ")
			requireUsable(t, line)
			tried++
		}
	}
	require.Positive(t, tried)
}

func TestUsage(t *testing.T) {
	root := t.TempDir()
	good(t, root)
	for _, c := range []struct{ line, says string }{
		{"", "help [COMMAND]"},
		{"bogus", `unknown command "bogus"`},
		{"--bogus", "ct_anomaly help"},
		{"help bogus", "unknown command"},
		{"detect", "detect anomaly, detect records"},
		{"baseline", "baseline export"},
		{"detect anomaly", "--logs"},
		{"detect anomaly --logs", "help detect anomaly"},
		{"detect anomaly --bogus", "-bogus"},
		{"detect anomaly LOGS", "no arguments"},
		{"detect anomaly --logs LOGS --output xml", "table or json"},
		{"detect anomaly --logs LOGS --verbosity chatty", "error, warn, info or debug"},
		{"detect anomaly --logs LOGS --learning-days -1", "--learning-days"},
		{"detect anomaly --logs LOGS --learning-days many", "--learning-days"},
		{"detect anomaly --logs LOGS --forget-after-days 0", "--forget-after-days"},
		{"detect anomaly --logs LOGS --accounts x", "--accounts"},
		{"detect anomaly --logs LOGS --instance-networks 10.0.0.0/99", "--instance-networks"},
		{"detect anomaly --logs LOGS --ignored-actions nothing", "--ignored-actions"},
		{"detect anomaly --logs demo:", "demo DIR"},
		{"replay --logs sqs://sqs.eu-west-1.amazonaws.com/111122223333/trail", "give the bucket"},
		{"detect anomaly --logs s3://example-bucket/logs --credential prod", "--profile"},
		{"setup athena", "say to which bucket the trail delivers"},
		{"policy --cloudtrail-bucket example-bucket --for ever", "run, setup or teardown"},
		{"--config LOGS/none.yml detect anomaly --logs LOGS", "there is no file"},
		{"learn LOGS", "no arguments"},
		{"learn --logs LOGS --output json", "-output"},
		{"learn --cloudtrail-bucket example-bucket --to 2026-11-01", "--engine logs"},
		{"learn --logs LOGS --from yesterday", "2026-11-22T09:30:00Z"},
		{"learn --logs LOGS --from 2026-02-02 --to 2026-01-01", "later than --to"},
		{"replay --logs LOGS --state LOGS", "-state"},
		{"replay --logs LOGS --to 1969-12-31", "no time"},
		{"detect records", "give log files"},
		{"detect records --logs sqs://sqs.eu-west-1.amazonaws.com/111122223333/trail", "give the bucket"},
		{"detect records --s3-event LOGS LOGS", "give no others"},
		{"show", "one event id"},
		{"show a b --file LOGS", "one event id"},
		{"baseline export x", "no arguments"},
		{"baseline import a b", "one file"},
		{"baseline forget", "--principal"},
		{"baseline forget --principal a b", "--principal"},
		{"demo a b", "one folder"},
		{"demo --end someday", "no time"},
		{"demo --seed x", "seed"},
	} {
		t.Run(c.line, func(t *testing.T) {
			home := t.TempDir()
			said := enter(t.Context(), home, "", strings.Fields(strings.ReplaceAll(c.line, "LOGS", root))...)
			require.Equal(t, exitUsage, said.code, said.err)
			require.Contains(t, said.err, c.says)
			require.Empty(t, said.out)
			left, err := os.ReadDir(home)
			require.NoError(t, err)
			require.Empty(t, left, "a command that was not understood must change nothing")
		})
	}
}

func TestVersion(t *testing.T) {
	require.Regexp(t, `^ct_anomaly \S+\n$`, must(t, exitDone, "--version").out)
}
