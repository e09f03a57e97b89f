//go:build scs

package main

import (
	"os"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/sink/scs"
	"cloudtrail_anomaly/src/splunkd"
)

// withSCS tells that this program can send to Splunk Cloud Services.
const withSCS = true

// tenant is one of Splunk Cloud Services.
func (d *door) tenant(set *settings.Settings, source string, secrets map[string]splunkd.Secret) (discern.Sink, error) {
	field, err := secretOf("scs_credential", "scs_tenant", secrets)
	if err != nil {
		return nil, err
	}
	client, err := d.calls(set, secrets).HTTPClient()
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname()
	return scs.New(scs.Options{Tenant: set.SCSTenant, Token: field("token"), ClientID: field("client_id"), ClientSecret: field("client_secret"), Host: host, Source: source, Client: client, Now: d.now})
}
