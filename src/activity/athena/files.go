package athena

import (
	"context"

	"cloudtrail_anomaly/src/discern"
)

// Files are one account's log files as the reader of log files has them. activity/logs fills this port. Paths are s3://bucket/key.
type Files interface {
	// Regions are those of which there are log files.
	Regions(ctx context.Context) ([]string, error)

	// Days are those on which log files were delivered, sorted, from one delivery time to before another, Unix seconds; 0 is the first and no end.
	Days(ctx context.Context, from, to int64) ([]Day, error)

	// Read reads just these files as one piece, judged by the same terms as the query's; its sightings' files are indices of paths. What can't be
	// read stands in the piece.
	Read(ctx context.Context, paths []string) (*discern.Piece, error)

	// Onward is a look at them without Athena, from up to where was looked at meanwhile, Unix seconds; 0 is where this one began.
	Onward(after int64) discern.Activity

	// EvidenceIn reads, in just these files, the records behind sightings whose files are indices of paths.
	EvidenceIn(ctx context.Context, sightings []discern.Sighting, paths []string) ([]discern.Evidence, error)
}

// A Day is what was delivered on one day.
type Day struct {
	Start int64 // midnight UTC, Unix seconds
	Files int
	Bytes int64 // as stored
}
