package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"cloudtrail_anomaly/src/discern"
	"cloudtrail_anomaly/src/modinput"
	"cloudtrail_anomaly/src/settings"
	"cloudtrail_anomaly/src/splunkd"
)

// splunkd, on the same host, may take patience to answer all that it is asked: a tenth of a run, but never less than haste, which a busy
// host needs even where the inputs are fired by the second.
const (
	patience = 5 * time.Second
	haste    = time.Second
)

func callSplunkd(req *modinput.Request, within time.Duration) (*splunkd.Client, error) {
	return splunkd.New(splunkd.Options{URI: req.ServerURI, SessionKey: req.SessionKey, Home: os.Getenv("SPLUNK_HOME"), App: app, Timeout: within})
}

// ask asks splunkd what it alone knows: where this runs, and the secrets that the settings name. They are read anew each run, so that a
// rotated one is used by the next. Where it can't say where this runs, the run goes on; without a secret that is asked for it does not.
func (in *input) ask(ctx context.Context, set *settings.Settings, run time.Duration) error {
	within := patience
	if run > 0 {
		within = min(patience, max(haste, run/10))
	}
	stopped := ctx
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	wanted := secrets(set)
	in.secrets = map[string]splunkd.Secret{}
	client, err := callSplunkd(in.req, within)
	if err != nil {
		in.unasked(set, err)
		if len(wanted) > 0 {
			return halt(discern.CodeCredential, fmt.Errorf("%s: %w", wanted[0].setting, err), "see why splunkd can't be asked; the next run tries again")
		}
		return nil
	}
	server, err := client.Server(ctx)
	if stopped.Err() != nil {
		return stopped.Err()
	}
	if err != nil {
		in.unasked(set, err)
	} else if where := shared(server); where != "" && !set.AllowEmbeddedOnCluster && set.DynamoTableName == "" {
		return halt(discern.CodeInternal, onCluster(where), onClusterMend)
	}
	for _, s := range wanted {
		secret, err := client.Secret(ctx, s.entry, s.fields...)
		if stopped.Err() != nil {
			return stopped.Err()
		} else if err != nil {
			return halt(discern.CodeCredential, fmt.Errorf("%s: %w", s.setting, err), mend(err))
		}
		in.secrets[s.setting] = secret
	}
	return nil
}

// mend is what to do about a secret that is not to be had.
func mend(err error) string {
	switch {
	case errors.Is(err, splunkd.ErrForbidden):
		return "give a role of the user that this input runs for the capability list_storage_passwords; the next run tries again"
	case errors.Is(err, splunkd.ErrMissing), errors.Is(err, splunkd.ErrShape):
		return "store the entry in storage/passwords, or empty the setting; the next run reads it anew"
	case errors.Is(err, splunkd.ErrAmbiguous):
		return "delete all of these entries but one; the next run reads it anew"
	default:
		return "see in splunkd.log why splunkd does not answer; the next run tries again"
	}
}

// unasked notes that a safeguard is missing.
func (in *input) unasked(set *settings.Settings, err error) {
	if set.DynamoTableName != "" {
		return // the baseline is shared, wherever this is
	}
	in.notes = append(in.notes, fmt.Sprintf("whether this is a member of a search head cluster or Splunk Cloud is not known: %v. The baseline is kept in a local file all the same", err))
}

const onClusterMend = "set up the input on a heavy forwarder, or, where one lasting host alone runs it, put allowEmbeddedOnCluster: true into config"

func onCluster(where string) error {
	return fmt.Errorf("the baseline can't be kept in a local file here: this is %s", where)
}

// shared says of what kind a host is that has others beside it or in its place, or "".
func shared(s splunkd.Server) string {
	switch {
	case s.ClusterMember():
		return "a member of a search head cluster, where each member would learn for itself and tell the same again"
	case s.Cloud():
		return "Splunk Cloud, where a host may be replaced at any time, and what was learnt with it"
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
		{"scs_credential", set.SCSCredential, nil}, // client_id and client_secret, or a token: the sink tells
		{"proxy_credential", set.ProxyCredential, []string{"username", "password"}},
	} {
		if s.entry != "" && !strings.HasPrefix(s.entry, credentialProfile) {
			all = append(all, s)
		}
	}
	return all
}
