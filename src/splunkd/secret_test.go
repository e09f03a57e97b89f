package splunkd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const good = `{"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "hunter2"}`

// stored is an entry of storage/passwords as an answer has it.
func stored(app, name, clear string) string {
	return fmt.Sprintf(`{"name":"ct_anomaly:%s:","acl":{"app":%q,"owner":"nobody"},"content":
		{"clear_password":%s,"encr_password":"$7$x","password":"********","realm":"ct_anomaly","username":%q}}`, name, app, strconv.Quote(clear), name)
}

func entries(all ...string) string { return `{"entry":[` + strings.Join(all, ",") + `]}` }

// namespaces answers by the user and app that a path asks for.
func namespaces(own, anywhere http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/servicesNS/nobody/cloudtrail_anomaly/storage/passwords/ct_anomaly:") {
			own(w, r)
			return
		}
		anywhere(w, r)
	}
}

func TestSecret(t *testing.T) {
	cases := map[string]http.HandlerFunc{
		"in its app":       answer(200, entries(stored("cloudtrail_anomaly", "aws", good))),
		"with a neighbour": answer(200, entries(stored("cloudtrail_anomaly", "other", "x"), stored("cloudtrail_anomaly", "aws", good))),
		"with a BOM":       answer(200, entries(stored("cloudtrail_anomaly", "aws", "\ufeff"+good+"\r\n"))),
		"in another app":   namespaces(answer(404, ``), answer(200, entries(stored("search", "aws", good)))),
		"not in its listing": namespaces(answer(200, entries(stored("cloudtrail_anomaly", "other", "x"))),
			answer(200, entries(stored("search", "aws", good)))),
	}
	for name, handler := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := serve(t, handler).Secret(t.Context(), "aws", "access_key_id", "secret_access_key")
			require.NoError(t, err)
			require.Equal(t, secret, got.Field("secret_access_key"))
			require.Empty(t, got.Field("absent"))
		})
	}
}

func TestSecretFaults(t *testing.T) {
	cases := map[string]struct {
		handler http.HandlerFunc
		is      error
		says    string
	}{
		"missing":      {answer(404, ``), ErrMissing, `in realm ct_anomaly; store it with the value {"access_key_id": "…", "secret_access_key": "…"}`},
		"missing, 200": {answer(200, entries()), ErrMissing, "entry aws: "},
		"two here": {answer(200, entries(stored("cloudtrail_anomaly", "aws", good), stored("search", "aws", good))), ErrAmbiguous,
			`in app "cloudtrail_anomaly" of "nobody", app "search" of "nobody"; keep one`},
		"two elsewhere": {namespaces(answer(404, ``), answer(200, entries(stored("a", "aws", good), stored("b", "aws", good)))), ErrAmbiguous,
			`app "a" of "nobody", app "b" of "nobody"`},
		"401":              {answer(401, good), ErrForbidden, "does not accept the session key"},
		"403":              {answer(403, good), ErrForbidden, "the capability list_storage_passwords"},
		"403 of Splunk 10": {answer(403, `{"messages":[{"text":"(requires capability: read_hidden_things)"}]}`), ErrForbidden, "the capability read_hidden_things"},
		"403 elsewhere":    {namespaces(answer(404, ``), answer(403, ``)), ErrForbidden, "capability list_storage_passwords"},
		"masked":           {answer(200, entries(stored("a", "aws", "********"))), ErrMasked, "storage_passwords_masking"},
		"without value": {answer(200, strings.Replace(entries(stored("a", "aws", "x")), "clear_password", "nothing", 1)), ErrMasked,
			"entry aws: "},
		"empty":          {answer(200, entries(stored("a", "aws", ""))), ErrShape, "is not a JSON object of texts"},
		"not JSON":       {answer(200, entries(stored("a", "aws", "hunter2"))), ErrShape, "is not a JSON object of texts"},
		"a list":         {answer(200, entries(stored("a", "aws", `["hunter2"]`))), ErrShape, "is not a JSON object of texts"},
		"null":           {answer(200, entries(stored("a", "aws", `null`))), ErrShape, "is not a JSON object of texts"},
		"a number in it": {answer(200, entries(stored("a", "aws", `{"access_key_id":"hunter2","secret_access_key":42}`))), ErrShape, "object of texts"},
		"two objects":    {answer(200, entries(stored("a", "aws", good+good))), ErrShape, "object of texts"},
		"a field less":   {answer(200, entries(stored("a", "aws", `{"access_key_id":"hunter2"}`))), ErrShape, "it lacks secret_access_key"},
		"an empty field": {answer(200, entries(stored("a", "aws", `{"access_key_id":"hunter2","secret_access_key":""}`))), ErrShape, "it lacks secret_access_key"},
		"huge":           {answer(200, entries(stored("a", "aws", strings.Repeat(secret, mostAnswer/len(secret))))), ErrAnswer, "more than 1 MiB"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := serve(t, c.handler).Secret(t.Context(), "aws", "access_key_id", "secret_access_key")
			require.ErrorIs(t, err, c.is)
			require.ErrorContains(t, err, c.says)
			require.Empty(t, got.Field("access_key_id"))
			for e := err; e != nil; e = errors.Unwrap(e) {
				require.NotContains(t, fmt.Sprintf("%+v %#v", e, e), secret)
				require.NotContains(t, fmt.Sprintf("%+v %#v", e, e), key)
			}
		})
	}
}

func TestURLOfAnEntry(t *testing.T) {
	var asked []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		answer(404, ``)(w, r)
	})
	_, err := c.Secret(t.Context(), "team@x.y-1")
	require.ErrorIs(t, err, ErrMissing)
	require.Equal(t, []string{
		"/servicesNS/nobody/cloudtrail_anomaly/storage/passwords/ct_anomaly:team@x.y-1:?output_mode=json",
		"/servicesNS/-/-/storage/passwords/ct_anomaly:team@x.y-1:?output_mode=json",
	}, asked)
	for _, uri := range asked {
		_, err := url.ParseRequestURI(uri)
		require.NoError(t, err)
	}
	for _, name := range []string{"", "a:b", "a/b", "a b", "a?b", "{hunter2}"} {
		asked = nil
		_, err := c.Secret(t.Context(), name)
		require.ErrorContains(t, err, "not the name of an entry")
		require.NotContains(t, err.Error(), secret)
		require.Empty(t, asked)
	}
}

// TestSecretIsNotShown prints a secret in the ways in which one gets into a log by mistake.
func TestSecretIsNotShown(t *testing.T) {
	s, err := serve(t, answer(200, entries(stored("a", "aws", good)))).Secret(t.Context(), "aws")
	require.NoError(t, err)
	holder := struct {
		Shown  Secret
		hidden Secret
		At     *Secret
	}{s, s, &s}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		for _, value := range []any{s, &s, holder, &holder, []Secret{s}, map[string]Secret{"a": s}} {
			requireHidden(t, fmt.Sprintf(verb, value))
		}
	}
	require.Equal(t, "[secret]", s.String())
	require.Equal(t, "[secret]", s.GoString())
	data, err := json.Marshal(holder)
	require.NoError(t, err)
	require.JSONEq(t, `{"Shown":"[secret]","At":"[secret]"}`, string(data))
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", s, "holder", holder)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", s, "holder", holder)
	requireHidden(t, log.String())
	require.Empty(t, Secret{}.Field("a"))
}

func requireHidden(t *testing.T, text string) {
	t.Helper()
	require.NotContains(t, text, secret)
	require.NotContains(t, text, fmt.Sprintf("%x", secret))
	require.NotContains(t, text, "AKIA")
}

// TestANameThatMayBeASecretIsNotSaid: people paste what the entry should hold into the setting that should name it.
func TestANameThatMayBeASecretIsNotSaid(t *testing.T) {
	for _, name := range []string{"AKIAIOSFODNN7EXAMPLE", "0f8fad5b-d9cb-469f-a165-70867728950e", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"} {
		for _, status := range []int{403, 404, 500} {
			_, err := serve(t, answer(status, ``)).Secret(t.Context(), name, "token")
			require.Error(t, err)
			require.NotContains(t, err.Error(), name)
		}
	}
}
