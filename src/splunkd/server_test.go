package splunkd

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const info = `{"links":{},"entry":[{"name":"server-info","acl":{"app":"","owner":"system"},
	"content":{"serverName":"sh1","version":"10.2.3","server_roles":["search_head","kv_store"],"isFree":false}}]}`

func TestServer(t *testing.T) {
	var asked *http.Request
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r
		answer(200, info)(w, r)
	})
	got, err := c.Server(t.Context())
	require.NoError(t, err)
	require.Equal(t, Server{Name: "sh1", Version: "10.2.3", Roles: []string{"search_head", "kv_store"}}, got)
	require.False(t, got.ClusterMember())
	require.False(t, got.Cloud())
	require.Equal(t, "Splunk "+key, asked.Header.Get("Authorization"))
	require.Equal(t, "/services/server/info?output_mode=json", asked.RequestURI)

	for _, role := range []string{"shc_member", "shc_captain"} {
		got, err = serve(t, answer(200, strings.Replace(info, "kv_store", role, 1))).Server(t.Context())
		require.NoError(t, err)
		require.True(t, got.ClusterMember(), role)
	}
	got, err = serve(t, answer(200, strings.Replace(info, `"version"`, `"instance_type":"cloud","version"`, 1))).Server(t.Context())
	require.NoError(t, err)
	require.True(t, got.Cloud())
}
