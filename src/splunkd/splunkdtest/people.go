package splunkdtest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/stretchr/testify/require"
)

// What people do, by the same REST calls as Splunk Web makes for them.

// Params are the fields of a form.
type Params map[string]string

// Call makes a REST call as the administrator, below /servicesNS/nobody/APP unless the path begins with /services, and gives the
// status and the answer.
func (s *Splunkd) Call(method, path string, form Params) (int, Answer) {
	s.t.Helper()
	if !strings.HasPrefix(path, "/services") {
		path = "/servicesNS/nobody/" + s.installed().id + path
	}
	values := url.Values{}
	for k, v := range form {
		values.Set(k, v)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.URI()+path+"?output_mode=json", strings.NewReader(values.Encode()))
	require.NoError(s.t, err)
	r.SetBasicAuth(adminName, adminPassword)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := s.rest.Client().Do(r)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	var a Answer
	require.NoError(s.t, json.Unmarshal(text, &a), "%s", text)
	return answer.StatusCode, a
}

func (s *Splunkd) must(status int, method, path string, form Params) Answer {
	s.t.Helper()
	got, a := s.Call(method, path, form)
	require.Equal(s.t, status, got, "%s %s: %v", method, path, a.Messages)
	return a
}

func (s *Splunkd) inputPath(name string) string {
	return "/data/inputs/" + s.installed().kind.name + "/" + url.PathEscape(name)
}

// Create makes an input, which starts at once unless it is disabled.
func (s *Splunkd) Create(name string, p Params) {
	s.t.Helper()
	s.must(201, "POST", "/data/inputs/"+s.installed().kind.name, over(p, Params{"name": name}))
}

// CreateFromForm is Create as Splunk Web's form does it: all arguments are sent, those left empty as empty texts.
func (s *Splunkd) CreateFromForm(name string, p Params) {
	s.t.Helper()
	form := Params{}
	for _, a := range s.installed().kind.scheme.Arguments {
		form[a.Name] = ""
	}
	s.Create(name, over(form, p))
}

// Refused makes an input that is not to be made, and gives what the user is told.
func (s *Splunkd) Refused(name string, p Params) string {
	s.t.Helper()
	a := s.must(400, "POST", "/data/inputs/"+s.installed().kind.name, over(p, Params{"name": name}))
	require.Len(s.t, a.Messages, 1)
	return a.Messages[0].Text
}

// Edit changes some of an input's settings.
func (s *Splunkd) Edit(name string, p Params) {
	s.t.Helper()
	s.must(200, "POST", s.inputPath(name), p)
}

// Disable disables an input and returns when its process has ended.
func (s *Splunkd) Disable(name string) {
	s.t.Helper()
	s.must(200, "POST", s.inputPath(name)+"/disable", nil)
}

// Enable enables an input.
func (s *Splunkd) Enable(name string) {
	s.t.Helper()
	s.must(200, "POST", s.inputPath(name)+"/enable", nil)
}

// Delete deletes an input.
func (s *Splunkd) Delete(name string) {
	s.t.Helper()
	s.must(200, "DELETE", s.inputPath(name), nil)
}

// Clone makes an input like another one, as Splunk Web's Clone does: its form, filled in from the other's settings.
func (s *Splunkd) Clone(name, to string, p Params) {
	s.t.Helper()
	content := s.must(200, "GET", s.inputPath(name), nil).Entry[0].Content
	form := Params{}
	for _, field := range append([]string{"index", "interval", "sourcetype"}, s.arguments()...) {
		if v, is := content[field].(string); is {
			form[field] = v
		}
	}
	s.Create(to, over(form, p))
}

// Store stores a password in the app, or replaces the one that is there.
func (s *Splunkd) Store(realm, name, text string) {
	s.t.Helper()
	if status, _ := s.Call("POST", "/storage/passwords", Params{"realm": realm, "name": name, "password": text}); status == 409 {
		p := password{realm: realm, name: name}
		s.must(200, "POST", "/storage/passwords/"+url.PathEscape(p.id()), Params{"password": text})
	} else {
		require.Equal(s.t, 201, status)
	}
}

func (s *Splunkd) arguments() []string {
	var names []string
	for _, a := range s.installed().kind.scheme.Arguments {
		names = append(names, a.Name)
	}
	return names
}

// Admin is the administrator's name and password, for a command that a test runs as people do.
func (s *Splunkd) Admin() (name, password string) { return adminName, adminPassword }
