//go:build !scs

package main

import (
	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/splunkd"
)

// withSCS tells that this program can't send to Splunk Cloud Services: a part of that service's SDK comes without a licence to pass it on, and it
// would make the program three times as large (docs/sinks.md). Who wants it builds with the tag scs.
const withSCS = false

func (*door) tenant(*settings.Settings, string, map[string]splunkd.Secret) (discern.Sink, error) {
	return nil, usagef("%s", unlinked)
}
