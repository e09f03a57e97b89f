package athena

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cloudtrail_anomaly/src/discern"
)

// listing is a Files of which only the days are asked.
type listing struct {
	days  []Day
	asked int
}

func (l *listing) Regions(context.Context) ([]string, error) { return []string{"us-east-1"}, nil }
func (l *listing) Days(_ context.Context, from, to int64) ([]Day, error) {
	l.asked++
	var in []Day
	for _, d := range l.days {
		if d.Start+day > from && (to == 0 || d.Start < to) {
			in = append(in, d)
		}
	}
	return in, nil
}
func (l *listing) Read(context.Context, []string) (*discern.Piece, error) {
	return nil, errors.New("not read")
}
func (l *listing) Onward(int64) discern.Activity { return nil }
func (l *listing) EvidenceIn(context.Context, []discern.Sighting, []string) ([]discern.Evidence, error) {
	return nil, errors.New("not read")
}

func planned(t *testing.T, o Options, days ...Day) (*Log, *listing) {
	t.Helper()
	files := &listing{days: days}
	o.AccountID, o.Trail, o.Files = me, trail, files
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	l := open(t, o)
	require.NoError(t, l.plan(t.Context()))
	return l, files
}

func said(windows []window) []string {
	var all []string
	for _, w := range windows {
		text := w.name()
		if w.history {
			text += " history"
		}
		all = append(all, strings.ReplaceAll(strings.ReplaceAll(text, ":00Z", ""), "2026-11-", ""))
	}
	return all
}

func TestPlan(t *testing.T) {
	now := noon.Unix()
	midnight := now - now%day
	d := func(back int64, bytes int64) Day { return Day{midnight - back*day, 3, bytes} }
	for name, test := range map[string]struct {
		o     Options
		days  []Day
		want  []string
		lists int
	}{
		"live": {Options{After: now - 900, Lookback: 3600}, nil, []string{"21T10:35 to now"}, 0},
		"live at seconds": {Options{After: now - 901, Lookback: 3600, Now: func() time.Time { return noon.Add(31 * time.Second) }}, nil,
			[]string{"21T10:34 to now"}, 0},
		"live after midnight": {Options{After: midnight + 300, Lookback: 3600, Now: func() time.Time { return time.Unix(midnight+600, 0) }}, nil,
			[]string{"20T22:55 to now"}, 0},
		"start now": {Options{From: now}, nil, []string{"21T12:00 to now"}, 0},
		"sweep": {Options{After: now - 900, Lookback: 3600, Sweep: now - 2*day}, []Day{d(2, 9), d(1, 9), d(0, 9)},
			[]string{"21T10:35 to now", "19T11:50 to 20T00:00", "20T00:00 to 21T00:00", "21T00:00 to 21T06:00"}, 1},
		"a sweep goes on": {Options{After: now - 900, Lookback: 3600, Sweep: now - 2*day, Swept: midnight - day + 3600}, []Day{d(2, 9), d(1, 9), d(0, 9)},
			[]string{"21T10:35 to now", "20T01:00 to 21T00:00", "21T00:00 to 21T06:00"}, 1},
		"a sweep beside a long overlap": {Options{After: now - 900, Lookback: 23 * 3600, Sweep: now - 2*day}, []Day{d(2, 9), d(1, 9), d(0, 9)},
			[]string{"20T12:35 to 21T00:00", "21T00:00 to now", "19T11:50 to 20T00:00", "20T00:00 to 20T12:00"}, 1},
		"all there is": {Options{}, []Day{d(40, 9), d(39, 9), d(1, 9)},
			[]string{"2026-10-11T23:50 to 2026-10-13T00:00", "2026-10-13T00:00 to 2026-10-14T00:00", "19T23:50 to 21T00:00", "21T00:00 to now"}, 1},
		"nothing there": {Options{}, nil, []string{"20T23:50 to now"}, 1},
		"history": {Options{From: midnight - 2*day, Since: now - 3600}, []Day{d(2, 9), d(1, 9), d(0, 9)},
			[]string{"19T00:00 to 20T00:00 history", "20T00:00 to 21T00:00 history", "21T00:00 to 21T11:00 history", "21T11:00 to now"}, 1},
		"history to the minute": {Options{From: now - 3600, Since: now - 1799}, nil, []string{"21T11:00 to 21T11:31 history", "21T11:31 to now"}, 0},
		"after an outage": {Options{After: now - 3*day, Lookback: 3600}, []Day{d(3, 9), d(1, 9), d(0, 9)},
			[]string{"18T10:50 to 19T00:00", "19T23:50 to 21T00:00", "21T00:00 to now"}, 1},
		"a day too large": {Options{From: midnight - day}, []Day{d(1, 3*pieceBytes), d(0, 2*pieceBytes)},
			[]string{"20T00:00 to 20T08:00", "20T08:00 to 20T16:00", "20T16:00 to 21T00:00", "21T00:00 to now"}, 1},
		"a day of the future": {Options{}, []Day{d(1, 9), d(-300, 9)}, []string{"19T23:50 to 21T00:00", "21T00:00 to now"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			l, files := planned(t, test.o, test.days...)
			require.Equal(t, test.want, said(l.windows))
			require.Equal(t, test.lists, files.asked)
		})
	}
}

func TestPiecesHoldWhatTheyMay(t *testing.T) {
	midnight := noon.Unix() - noon.Unix()%day
	var days []Day
	for back := int64(90); back >= 0; back-- {
		days = append(days, Day{midnight - back*day, 10, 1000})
	}
	pieces := func(ctx context.Context, since int64) (all []window) {
		l, _ := planned(t, Options{Since: since}, days...)
		for len(l.windows) > 0 {
			all = append(all, l.take(ctx))
		}
		return all
	}
	small := pieces(t.Context(), 0)
	require.Len(t, small, 3, "a month of little each")
	days[30].Bytes = pieceBytes - 1000
	require.Len(t, pieces(t.Context(), 0), 4, "that day and a little are one")
	split := pieces(t.Context(), midnight-600)
	for i := 1; i < len(split); i++ {
		require.Equal(t, split[i-1].to, split[i].from, "no path lies between two pieces")
	}
	require.False(t, split[len(split)-1].history)
	require.True(t, split[len(split)-1].open)
	require.True(t, split[len(split)-2].history)
	require.Equal(t, midnight-600, split[len(split)-2].to)

	for i := range days {
		days[i].Bytes = 40 << 20
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	require.Equal(t, int64(40<<20), pieces(ctx, 0)[0].bytes, "with a deadline the first piece is small")
	require.Equal(t, int64(480<<20), pieces(t.Context(), 0)[0].bytes)
}

func TestPiecesLearnFromTime(t *testing.T) {
	deadline := noon.Add(time.Hour)
	ctx, cancel := context.WithDeadline(t.Context(), deadline)
	defer cancel()
	l, _ := planned(t, Options{})
	l.most = firstBytes
	l.learn(ctx, window{bytes: firstBytes}, time.Minute)
	require.EqualValues(t, 2*firstBytes, l.most)
	l.learn(ctx, window{bytes: 1}, time.Minute)
	require.EqualValues(t, 2*firstBytes, l.most, "little tells nothing of much")
	l.learn(ctx, window{bytes: l.most}, 20*time.Minute)
	require.EqualValues(t, firstBytes, l.most)
	l.learn(t.Context(), window{bytes: l.most}, time.Hour)
	require.EqualValues(t, firstBytes, l.most)
}

// TestWindowsMeet holds that of two windows that meet exactly one has each file, wherever it lies and whatever its name says.
func TestWindowsMeet(t *testing.T) {
	table := Table{Database: "default", Account: me, Trail: trail}
	midnight := noon.Unix() - noon.Unix()%day
	windows := []window{
		{from: midnight - 2*day, to: midnight - day}, {from: midnight - day, to: midnight - 60}, {from: midnight - 60, to: midnight},
		{from: midnight, to: midnight + 60}, {from: midnight + 60, to: midnight + day - 30*60, open: true},
	}
	for folder := midnight - 2*day + 3600; folder < midnight+2*day; folder += day {
		for _, name := range []int64{folder, folder - folder%day, folder - folder%day - 60, folder - folder%day + day - 60, folder - folder%day + day} {
			moment := time.Unix(name, 0).UTC()
			path := "s3://logs/" + strings.Replace(key(me, "us-east-1", moment, "x"), moment.Format(dayForm), time.Unix(folder, 0).UTC().Format(dayForm), 1)
			in := 0
			for _, w := range windows {
				low, high := w.places(table, "us-east-1")
				days := " " + strings.Join(w.days(), " ") + " "
				if low <= path && path <= high {
					in++
					require.Contains(t, days, time.Unix(folder, 0).UTC().Format(dayForm), "the window's days have the folder of %s", path)
				}
			}
			low, _ := windows[0].places(table, "us-east-1")
			if path < low { // delivered before
				continue
			}
			require.Equal(t, 1, in, path)
		}
	}
}

func TestRegionsInGroups(t *testing.T) {
	var regions []string
	for i := range 150 {
		regions = append(regions, strings.Repeat("r", i+1))
	}
	sizes := []int{}
	for _, g := range groups(append(regions, regions...)) {
		sizes = append(sizes, len(g))
	}
	require.Equal(t, []int{70, 70, 10}, sizes)
	require.Less(t, mostRanges+mostLeftOut, 100)
}
