package splunkdtest

import (
	"crypto/tls"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInputsAreRefusedAsSplunkdRefusesThem(t *testing.T) {
	s := started(t, Options{})
	for _, test := range []struct {
		name, input string
		form        Params
		want        string
	}{
		{"an unknown argument", "x", Params{"act": "good", "colour": "red"}, `Argument "colour" is not supported by this handler.`},
		{"what is required", "x", Params{"act": ""}, "required arguments are missing: act"},
		{"no number", "x", Params{"act": "good", "count": "many"}, `Argument "count" must be a number.`},
		{"no boolean", "x", Params{"act": "good", "loud": "perhaps"}, `Argument "loud" must be a boolean.`},
		{"no interval", "x", Params{"act": "good", "interval": "hourly"}, "interval"},
		{"no name", "", Params{"act": "good"}, "can't be an input's name"},
		{"a stanza in the name", "a]\n[b", Params{"act": "good"}, "can't be an input's name"},
		{"the script's reason", "x", Params{"act": "refused"}, "act: it is refused & why"},
	} {
		t.Run(test.name, func(t *testing.T) { require.Contains(t, s.Refused(test.input, test.form), test.want) })
	}
	require.Empty(t, s.TakeFaults())
	require.NoFileExists(t, s.localInputs("fake_app"))
	require.Contains(t, s.Refused("x", Params{"act": "silent"}), "the script failed")
	require.Len(t, s.TakeFaults(), 1)
	s.Create("x", Params{"act": "chatty"})
	require.Len(t, s.TakeFaults(), 1)
	status, _ := s.Call("POST", "/data/inputs/fake", Params{"name": "x", "act": "good"})
	require.Equal(t, 409, status)
	status, _ = s.Call("POST", "/data/inputs/fake/x", Params{"name": "y"})
	require.Equal(t, 400, status)
	for _, path := range []string{"/data/inputs/fake/nobody", "/data/inputs/other", "/services/nothing"} {
		status, _ = s.Call("GET", path, nil)
		require.Equal(t, 404, status, path)
	}
}

func TestAnInputsLife(t *testing.T) {
	s := started(t, Options{})
	s.CreateFromForm("prod us", Params{"act": "settings", "text": "a & <b>\n  c", "loud": "1"})
	s.WaitForRuns("prod us", 1)
	e := s.Events("fake:event")[0]
	require.Equal(t, Event{
		Time: e.Indexed, Indexed: e.Indexed, Index: "main", Host: serverName, Source: "fake://prod us", Sourcetype: "fake:event", Raw: e.Raw, PID: e.PID,
	}, e)
	for field, want := range map[string]string{
		"text": "a & <b>\n  c", "given_host": "$decideOnStartup", "given_index": "default", "interval": "3600", "start_by_shell": "false", "loud": "1",
		"checkpoint": s.CheckpointDir(), "stanza": "fake://prod us",
	} {
		require.Equal(t, want, e.Field(field), field)
	}
	s.Edit("prod us", Params{"text": "other"})
	s.WaitForRuns("prod us", 2)
	s.Clone("prod us", "copy", Params{"index": "main"})
	s.WaitForRuns("copy", 1)
	require.Len(t, s.Events("fake:event", "text=other", "index=main"), 2)
	s.Disable("prod us")
	require.True(t, s.must(200, "GET", "/data/inputs/fake/prod%20us", nil).Entry[0].Content["disabled"].(bool))
	s.Restart()
	s.WaitForRuns("copy", 2)
	require.Len(t, s.Runs("prod us"), 2)
	s.Enable("prod us")
	s.WaitForRuns("prod us", 3)
	require.Len(t, s.must(200, "GET", "/data/inputs/fake", nil).Entry, 2)
	s.Delete("prod us")
	require.Len(t, s.must(200, "GET", "/data/inputs/fake", nil).Entry, 1)
	local, err := os.ReadFile(s.localInputs("fake_app"))
	require.NoError(t, err)
	require.NotContains(t, string(local), "prod us")
}

func TestInputsThatFailValidationAtStartDoNotRun(t *testing.T) {
	s := started(t, Options{})
	s.Create("x", Params{"act": "good"})
	s.WaitForRuns("x", 1)
	require.NoError(t, conf{"fake://x": {"act": "refused"}}.write(s.localInputs("fake_app")))
	s.Restart()
	require.Contains(t, s.Log("ERROR"), Line{"", "ERROR", "input x: act: it is refused & why"})
	require.Len(t, s.Runs("x"), 1)
}

func TestPasswords(t *testing.T) {
	s := started(t, Options{})
	s.Store("realm", "name:1", "secret-one")
	s.Store("realm", "name:1", "secret-two")
	path := `/storage/passwords/realm:name%5C:1:`
	require.Equal(t, "secret-two", s.must(200, "GET", path, nil).Entry[0].Content["clear_password"])
	require.Len(t, s.must(200, "GET", "/services/storage/passwords", nil).Entry, 0, "another app's")
	require.Len(t, s.must(200, "GET", "/servicesNS/-/-/storage/passwords", nil).Entry, 1)
	s.Deny("list_storage_passwords")
	status, a := s.Call("GET", path, nil)
	require.Equal(t, 403, status)
	require.Contains(t, a.Messages[0].Text, "list_storage_passwords")
	s.Allow("list_storage_passwords")
	s.must(200, "DELETE", path, nil)
	status, _ = s.Call("GET", path, nil)
	require.Equal(t, 404, status)
}

func TestWhoMayCall(t *testing.T) {
	s := started(t, Options{Roles: []string{"shc_member"}, InstanceType: "cloud"})
	key := s.newKey()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	ask := func(authorization string) int {
		r, err := http.NewRequestWithContext(t.Context(), "GET", s.URI()+"/services/server/info?output_mode=json", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", authorization)
		answer, err := client.Do(r)
		require.NoError(t, err)
		answer.Body.Close()
		return answer.StatusCode
	}
	require.Equal(t, 200, ask("Splunk "+key))
	require.Equal(t, 401, ask("Splunk "+key+"x"))
	require.Equal(t, 401, ask("Bearer "+key))
	s.Restart()
	require.Equal(t, 401, ask("Splunk "+key), "a key of before the restart")
	_, err := http.Get(s.URI()) //nolint:noctx // it fails before anything is sent
	require.ErrorContains(t, err, "certificate")
	content := s.must(200, "GET", "/services/server/info", nil).Entry[0].Content
	require.Equal(t, "cloud", content["instance_type"])
	require.Equal(t, []any{"shc_member"}, content["server_roles"])
}
