package logs

import (
	"context"
	"fmt"
	"time"

	"cloudtrail_anomaly/src/discern"
)

// A Survey is what lies in a folder of log files.
type Survey struct {
	Files    int
	Accounts int               // whose files are known by their names
	Regions  int               // that files are of, by their names
	Newest   int64             // when the newest file was delivered, by its name, else when it was written; Unix seconds, 0 without files
	Closed   []discern.BadFile // folders and files that can't be looked into
	Tasted   Taste             // the newest file
}

// SurveyFolder lists a folder and reads the newest file in it to its first record. Nothing is remembered of that. Its errors begin with "logs:".
func SurveyFolder(ctx context.Context, root string) (Survey, error) {
	f, err := Open(Options{Root: root})
	if err != nil {
		return Survey{}, err
	}
	f.skipped = map[string]int{}
	if err := f.walk(ctx); err != nil {
		return Survey{}, err
	}
	s := Survey{Files: len(f.files), Closed: f.bad}
	accounts, regions := map[string]bool{}, map[string]bool{}
	var newest *logfile
	for i := range f.files {
		file := &f.files[i]
		if file.account != "" {
			accounts[file.account] = true
		}
		if file.region != "" {
			regions[file.region] = true
		}
		at := file.delivered
		if at == 0 {
			at = file.Modified / int64(time.Second)
		}
		if at >= s.Newest {
			s.Newest, newest = at, file
		}
	}
	s.Accounts, s.Regions = len(accounts), len(regions)
	if newest == nil {
		return s, nil
	}
	s.Tasted, err = taste(ctx, f, newest)
	if err != nil {
		err = fmt.Errorf("%w: give the user that runs this the right to read it", err)
	}
	return s, err
}
