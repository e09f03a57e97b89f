package awscall

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSecretsAreNeverShown(t *testing.T) {
	o := Options{Keys: Keys{"AKIAhush", "hush", "hush"}, Proxy: Proxy{Password: "hush"}, ExternalID: "hush"}
	var shown bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&shown, verb, o)
	}
	fmt.Fprint(&shown, o.Keys, &o.Keys, o.ExternalID.String(), o.ExternalID.GoString())
	require.NoError(t, json.NewEncoder(&shown).Encode(o))
	slog.New(slog.NewTextHandler(&shown, nil)).Info("x", "keys", o.Keys, "id", o.ExternalID)
	slog.New(slog.NewJSONHandler(&shown, nil)).Info("x", "keys", o.Keys, "id", o.ExternalID)
	require.NotContains(t, shown.String(), "hush")
	require.NotContains(t, shown.String(), "68757368")
	require.Contains(t, shown.String(), hidden)
}

func TestKeysOfAPasswordsEntry(t *testing.T) {
	var k Keys
	require.NoError(t, json.Unmarshal([]byte(`{"access_key_id":"a","secret_access_key":"b"}`), &k))
	require.Equal(t, Keys{AccessKeyID: "a", SecretAccessKey: "b"}, k)
}
