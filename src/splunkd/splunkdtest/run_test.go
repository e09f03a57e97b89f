package splunkdtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMisbehaviourIsAFault holds the splunkd to what it is for: each of these inputs does something that must be noticed.
func TestMisbehaviourIsAFault(t *testing.T) {
	whole := `<event><data>{}</data><done/></event>`
	for _, test := range []struct {
		name, act, text, want string
		events                int
	}{
		{"words before the stream", "early", "", "text outside of <stream>", 0},
		{"words after the stream", "raw", "<stream>" + whole + "</stream>done", "text outside of <stream>", 1},
		{"two streams", "raw", "<stream>" + whole + "</stream><stream/>", "outside of the one <stream>", 1},
		{"no stream", "raw", whole, "<event> outside", 0},
		{"an open stream", "raw", "<stream>" + whole, "unexpected EOF", 1},
		{"half an event", "cut", "", "unexpected EOF", 1},
		{"an unescaped sign", "raw", "<stream><event><data>a & b</data></event></stream>", "character entity", 0},
		{"a tag in the data", "raw", "<stream><event><data><b>x</b></data></event></stream>", "more than text", 0},
		{"an unknown part", "raw", "<stream><event><level>1</level><data>x</data></event></stream>", "<level> can't stand", 0},
		{"a part twice", "raw", "<stream><event><data>x</data><data>y</data></event></stream>", "<data> can't stand", 0},
		{"an unknown attribute", "raw", `<stream><event id="1"><data>x</data></event></stream>`, `id="1"`, 0},
		{"text between events", "raw", "<stream>" + whole + "," + whole + "</stream>", "text between events", 1},
		{"a time in words", "raw", "<stream><event><time>2026-11-21T00:00:00Z</time><data>x</data></event></stream>", "no time", 0},
		{"a time too exact", "raw", "<stream><event><time>1.1234</time><data>x</data></event></stream>", "no time", 0},
		{"another input's event", "raw", `<stream><event stanza="fake://y"><data>x</data></event></stream>`, "an event of fake://y", 0},
		{"no data", "raw", "<stream><event><data> </data></event></stream>", "without data", 0},
		{"an unknown index", "raw", "<stream><event><index>nowhere</index><data>x</data></event></stream>", "index=nowhere", 0},
		{"the host as it was given", "raw", "<stream><event><host>$decideOnStartup</host><data>x</data></event></stream>", "$decideOnStartup", 1},
		{"a child left behind", "child", "", "left 1 children behind", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := started(t, Options{})
			s.Create("x", Params{"act": test.act, "text": test.text})
			run := s.WaitForRuns("x", 1)
			faults := s.TakeFaults()
			require.Len(t, faults, 1)
			require.Contains(t, faults[0], test.want)
			require.Len(t, s.Events("fake:event"), test.events)
			require.Equal(t, test.act == "child", len(run.Orphans) == 1)
		})
	}
}

func TestAGoodInputHasNoFaults(t *testing.T) {
	s := started(t, Options{Indexes: []string{"aws"}})
	s.Create("x", Params{"act": "good", "text": "é & <x>", "index": "aws"})
	run := s.WaitForRuns("x", 1)
	require.Empty(t, s.TakeFaults())
	require.Zero(t, run.ExitCode)
	all := s.Events("fake:event", "index=aws", "n=1", "source=fake://x", "text=é & <x>")
	require.Len(t, all, 1)
	require.Equal(t, int64(1795322118500), all[0].Time.UnixMilli())
	require.Empty(t, s.Events("fake:event", "n=2"))
	require.Equal(t, []Line{{"x", "INFO", "begins"}}, s.Log())
}

func TestWhatAProcessIsGiven(t *testing.T) {
	t.Setenv("AWS_PROFILE", "mine")
	s := started(t, Options{})
	s.Create("x", Params{"act": "environment"})
	s.WaitForRuns("x", 1)
	e := s.Events("fake:event")[0]
	require.Equal(t, "/", e.Field("cwd"))
	for _, name := range []string{"SPLUNK_HOME", "SPLUNK_DB", "PATH"} {
		require.Contains(t, strings.Fields(e.Field("names")), name)
	}
	require.NotContains(t, e.Field("names"), "AWS_PROFILE")
	require.NotContains(t, strings.Fields(e.Field("names")), "HOME")
}

func TestLevels(t *testing.T) {
	s := started(t, Options{})
	s.Create("x", Params{"act": "levels"})
	s.WaitForRuns("x", 1)
	require.Equal(t, []Line{{"x", "ERROR", "no level"}, {"x", "ERROR", "e"}}, s.Log("ERROR", "FATAL"))
	require.Len(t, s.Log(), 5)
}

func TestStopping(t *testing.T) {
	s := started(t, Options{Grace: 300 * time.Millisecond})
	s.Create("good", Params{"act": "endless"})
	s.WaitFor("events", func() bool { return len(s.Events("fake:event")) > 3 })
	s.Disable("good")
	run := s.Runs("good")[0]
	require.True(t, run.Stopped)
	require.False(t, run.Killed)
	require.Zero(t, run.ExitCode)
	require.Empty(t, s.TakeFaults())

	for _, act := range []string{"stubborn", "waits for the end"} {
		s.Create(act, Params{"act": act})
		s.WaitForStart(act, 0)
		s.WaitFor("its first words", func() bool { return len(s.Runs(act)) == 1 && s.said(act) })
		s.Disable(act)
		require.True(t, s.Runs(act)[0].Killed)
		require.Greater(t, s.Runs(act)[0].StopTook, 300*time.Millisecond)
		faults := s.TakeFaults()
		require.Len(t, faults, 1)
		require.Contains(t, faults[0], "did not exit within the grace period")
	}
}

func (s *Splunkd) said(name string) bool {
	for _, l := range s.Log() {
		if l.Input == name {
			return true
		}
	}
	return false
}

func TestAShellKeepsTheSignalToItself(t *testing.T) {
	all := fakeApp(t, files{
		"fake_app/default/inputs.conf": "[fake]\nsourcetype = fake:event\n",
		"fake_app/bin/fake.sh":         "#!/bin/sh\n\"$(dirname \"$0\")/real\" \"$@\"\necho ended >&2\n",
	})
	all["fake_app/bin/real"] = all["fake_app/bin/fake"]
	delete(all, "fake_app/bin/fake")
	s := Start(t, Options{})
	s.Install(pack(t, all))
	s.Create("x", Params{"act": "endless"})
	s.WaitFor("an event", func() bool { return len(s.Events("fake:event")) > 0 })
	s.Stop()
	faults := s.TakeFaults()
	require.Contains(t, fmt.Sprint(faults), "children behind")
	require.NotEmpty(t, s.Runs("x")[0].Orphans)
}

func TestAKilledProcessIsNoFaultOfIts(t *testing.T) {
	s := started(t, Options{})
	require.Error(t, s.Kill("x"))
	s.Create("x", Params{"act": "endless", "interval": "0"})
	s.WaitFor("an event", func() bool { return len(s.Events("fake:event")) > 0 })
	require.NoError(t, s.Kill("x"))
	run := s.WaitForRuns("x", 1)
	require.True(t, run.Killed)
	require.Equal(t, -1, run.ExitCode)
	s.WaitForStart("x", 1)
	require.Empty(t, s.TakeFaults())
}

func TestALostReader(t *testing.T) {
	for _, after := range []int{0, 1, 20} {
		s := started(t, Options{})
		s.Deafen("x", after)
		s.Create("x", Params{"act": "endless", "interval": "-1"})
		run := s.WaitForRuns("x", 1)
		require.NotZero(t, run.ExitCode)
		require.Empty(t, s.TakeFaults())
		// All that the process could write was indexed: the events are whole, in order, and none is missing before the last.
		for i, e := range s.Events("fake:event") {
			require.Equal(t, fmt.Sprint(i), e.Field("n"))
		}
		require.GreaterOrEqual(t, len(s.Events("fake:event")), after)
	}
}

func TestAStalledReader(t *testing.T) {
	for _, after := range []int{0, 5} {
		s := started(t, Options{Grace: time.Second})
		s.Stall("x", after)
		s.Create("x", Params{"act": "endless"})
		s.WaitFor("events", func() bool { return s.said("x") && len(s.Events("fake:event")) >= after })
		time.Sleep(50 * time.Millisecond)
		require.Len(t, s.Events("fake:event"), after)
		s.Stop()
		require.Empty(t, s.TakeFaults())
		require.Greater(t, len(s.Runs("x")), 0)
	}
}

func TestACronScheduleByHand(t *testing.T) {
	clock := NewHandClock(time.Date(2026, 11, 21, 12, 2, 0, 0, time.UTC))
	s := started(t, Options{Clock: clock})
	s.Create("x", Params{"act": "good", "interval": "*/5 * * * *"})
	require.Equal(t, "12:05", s.Due("x").Format("15:04"))
	require.Empty(t, s.Runs("x"), "it does not run at start-up")
	clock.Advance(3 * time.Minute)
	s.WaitForRuns("x", 1)
	s.WaitFor("the next firing", func() bool { return s.Due("x").Format("15:04") == "12:10" })
	clock.Advance(4 * time.Minute)
	require.Len(t, s.Runs("x"), 1)
	clock.Advance(time.Minute)
	s.WaitForRuns("x", 2)
	require.Equal(t, "12:10", s.Events("fake:event")[1].Indexed.Format("15:04"))
}

func TestASecretIsFound(t *testing.T) {
	s := started(t, Options{})
	require.Empty(t, s.Leaks())
	s.Create("x", Params{"act": "key"})
	s.WaitForRuns("x", 1)
	require.Equal(t, []string{"a secret is in splunkd.log, written by x"}, s.Leaks())
	s.log = nil
	s.Store("r", "n", `{"access_key_id":"AKIAIOSFODNN7EXAMPLE","secret_access_key":"wJalrXUtnFEMI"}`)
	s.Create("y", Params{"act": "good", "text": "wJalrXUtnFEMI"})
	s.WaitForRuns("y", 1)
	leaks := s.Leaks()
	require.Len(t, leaks, 2, "the event and local/inputs.conf")
	require.NotContains(t, fmt.Sprint(leaks), "wJalr")
	s.Delete("y")
	s.events = nil
}
