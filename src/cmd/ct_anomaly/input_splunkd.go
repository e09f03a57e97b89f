package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/modinput"
	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/splunkd"
)

// patience is how long splunkd, on the same host, may take to answer.
const patience = 5 * time.Second

func callSplunkd(req *modinput.Request) (*splunkd.Client, error) {
	return splunkd.New(splunkd.Options{URI: req.ServerURI, SessionKey: req.SessionKey, Home: os.Getenv("SPLUNK_HOME"), App: app, Timeout: patience})
}

// ask asks splunkd what it alone knows: where this runs, and the secrets that the settings name. They are read anew each run, so that a
// rotated one is used by the next.
func (in *input) ask(ctx context.Context, set *settings.Settings) error {
	client, err := callSplunkd(in.req)
	if err != nil {
		return in.unasked(err, set)
	}
	server, err := client.Server(ctx)
	if err != nil {
		if err := in.unasked(err, set); err != nil {
			return err
		}
	} else if where := shared(server); where != "" && !set.AllowEmbeddedOnCluster {
		return halt(discern.CodeInternal, onCluster(where), onClusterMend)
	}
	for _, s := range secrets(set) {
		if _, err := client.Secret(ctx, s.entry, s.fields...); err != nil {
			return halt(discern.CodeCredential, fmt.Errorf("%s: %w", s.setting, err), "store the entry in storage/passwords, or empty the setting; the next run reads it anew")
		}
	}
	return nil
}

// unasked goes on without splunkd's answer, as far as that is possible.
func (in *input) unasked(err error, set *settings.Settings) error {
	if s := secrets(set); len(s) > 0 {
		return halt(discern.CodeCredential, fmt.Errorf("%s: %w", s[0].setting, err), "see why splunkd can't be asked; the next run tries again")
	}
	in.notes = append(in.notes, fmt.Sprintf("splunkd can't be asked whether this is a member of a search head cluster or Splunk Cloud (%v); the baseline is kept in a local file all the same", err))
	return nil
}

const onClusterMend = "set up the input on a heavy forwarder, or set allow_embedded_on_cluster = 1 by config where one host alone runs it"

func onCluster(where string) error {
	return fmt.Errorf("the baseline can't be kept in a local file here: this is %s, where each host would learn for itself and tell the same again", where)
}

// shared says of what kind a host is that has others beside it or in its place, or "".
func shared(s splunkd.Server) string {
	switch {
	case s.ClusterMember():
		return "a member of a search head cluster"
	case s.Cloud():
		return "Splunk Cloud"
	default:
		return ""
	}
}

// A secret is an entry of storage/passwords that a setting names, with the fields that it must have.
type secret struct {
	setting, entry string
	fields         []string
}

func secrets(set *settings.Settings) []secret {
	var all []secret
	for _, s := range []secret{
		{"credential", set.Credential, []string{"access_key_id", "secret_access_key"}},
		{"hec_credential", set.HECCredential, []string{"token"}},
		{"scs_credential", set.SCSCredential, []string{"client_id", "client_secret"}},
		{"proxy_credential", set.ProxyCredential, []string{"username", "password"}},
	} {
		if s.entry != "" && !strings.HasPrefix(s.entry, "profile:") {
			all = append(all, s)
		}
	}
	return all
}
