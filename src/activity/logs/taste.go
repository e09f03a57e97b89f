package logs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cloudtrail_anomaly/src/cloudtrail"
)

// A Taste is what the beginning of one log file tells.
type Taste struct {
	File  string    // its path
	Time  time.Time // of its first record; zero where it has none
	Fault string    // why it is no log file that can be read, in words; "" where it is one. Others may be
}

// String says what was found.
func (t Taste) String() string {
	switch {
	case t.Fault != "":
		return fmt.Sprintf("%s can't be read: %s", t.File, t.Fault)
	case t.Time.IsZero():
		return t.File + " was read, and holds no record"
	default:
		return fmt.Sprintf("%s was opened; its first record is of %s", t.File, t.Time.Format(time.RFC3339))
	}
}

// errEnough ends the reading of a file.
var errEnough = errors.New("enough was read")

// taste reads a file to its first record. An error, which begins with "logs:", is that the place does not let it be read.
func taste(ctx context.Context, from place, f *logfile) (Taste, error) {
	t := Taste{File: f.Path}
	file, err := from.open(ctx, f)
	if err == nil {
		_, err = cloudtrail.NewReader().Read(ctx, file, func(r *cloudtrail.Record) error {
			at, err := r.Time()
			t.Time = time.Unix(at, 0).UTC()
			return errors.Join(err, errEnough)
		})
		if errors.Is(err, errEnough) {
			err = nil
		}
		_ = file.Close() // nothing was written
	}
	if err == nil {
		return t, nil
	}
	b := from.blame(err)
	if b.kept {
		return t, &inWords{fmt.Sprintf("logs: %s can't be read: %s", f.Path, b.fault), err}
	}
	t.Fault = b.fault
	return t, nil
}
