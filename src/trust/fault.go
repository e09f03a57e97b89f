package trust

import (
	"fmt"

	"cloudtrail_anomaly/src/awscall"
)

// fault says what was tried, and marks what was refused rather than broken. STS refuses a role that is not there like one that may not
// be assumed.
func fault(tried string, err error) error {
	if awscall.Denied(err) {
		return fmt.Errorf("%s: %w: %w", tried, ErrRefused, err)
	}
	return fmt.Errorf("%s: %w", tried, err)
}
