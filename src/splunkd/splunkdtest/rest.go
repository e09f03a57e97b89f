package splunkdtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
)

// A refusal is what splunkd answers instead of doing something.
type refusal struct {
	status int
	text   string
}

func (r refusal) Error() string { return r.text }

// An entry is one thing of a collection (docs.splunk.com, "Using the REST API": entry, acl, content).
type entry struct {
	Name    string         `json:"name"`
	ID      string         `json:"id"`
	ACL     access         `json:"acl"`
	Content map[string]any `json:"content"`
}

type access struct {
	App   string `json:"app"`
	Owner string `json:"owner"`
}

// An Answer is what REST answers with output_mode=json.
type Answer struct {
	Entry    []entry   `json:"entry"`
	Messages []message `json:"messages"`
}

type message struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// An endpoint answers one call: with entries and a status, or with a refusal.
type endpoint func(r *http.Request) (status int, entries []entry, err error)

// serve starts the management port: HTTPS on a loopback address with a certificate that nobody knows, as splunkd has it after an
// installation (splunk-sdk-java issue 185).
func (s *Splunkd) serve() *httptest.Server {
	mux := http.NewServeMux()
	for pattern, do := range map[string]endpoint{
		"GET /data/inputs/{scheme}":                s.listInputs,
		"POST /data/inputs/{scheme}":               s.createInput,
		"GET /data/inputs/{scheme}/{name}":         s.showInput,
		"POST /data/inputs/{scheme}/{name}":        s.editInput,
		"DELETE /data/inputs/{scheme}/{name}":      s.removeInput,
		"POST /data/inputs/{scheme}/{name}/{verb}": s.switchInput,
		"GET /storage/passwords":                   s.listPasswords,
		"POST /storage/passwords":                  s.createPassword,
		"GET /storage/passwords/{name}":            s.showPassword,
		"POST /storage/passwords/{name}":           s.editPassword,
		"DELETE /storage/passwords/{name}":         s.removePassword,
		"GET /server/info":                         s.serverInfo,
		"GET /server/info/server-info":             s.serverInfo,
		"GET /data/indexes/{name}":                 s.showIndex,
	} {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /services"+path, s.answer(do))
		mux.HandleFunc(method+" /servicesNS/{owner}/{app}"+path, s.answer(do))
	}
	mux.HandleFunc("/", s.answer(func(*http.Request) (int, []entry, error) { return 0, nil, refusal{404, "Not Found"} }))
	server := httptest.NewUnstartedServer(mux)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that do not trust the certificate
	server.StartTLS()
	return server
}

// answer wraps an endpoint in what all have in common: who calls, and how it is told.
func (s *Splunkd) answer(do endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, entries, err := 0, []entry(nil), error(nil)
		if !s.known(r) {
			err = refusal{401, "call not properly authenticated"}
		} else if err = r.ParseForm(); err == nil {
			status, entries, err = do(r)
		}
		a := Answer{Entry: entries, Messages: []message{}}
		if err != nil {
			status = 500
			if no, is := errors.AsType[refusal](err); is {
				status = no.status
			}
			a = Answer{Entry: []entry{}, Messages: []message{{"ERROR", err.Error()}}}
		}
		if r.Form.Get("output_mode") != "json" { // XML is the default (REST API reference), and nobody here reads it
			w.Header().Set("Content-Type", "text/xml; charset=UTF-8")
			w.WriteHeader(status)
			io.WriteString(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response/>\n")
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(a)
	}
}

// known says whether a call comes with a good session key, or with the administrator's password as curl -u sends it.
func (s *Splunkd) known(r *http.Request) bool {
	if user, pass, ok := r.BasicAuth(); ok {
		return user == adminName && pass == adminPassword
	}
	key, is := strings.CutPrefix(r.Header.Get("Authorization"), "Splunk ")
	s.mu.Lock()
	defer s.mu.Unlock()
	return is && s.keys[key]
}

// allow refuses a call for which somebody lacks a capability (Deny).
func (s *Splunkd) allow(capability string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.denied[capability] {
		return refusal{403, fmt.Sprintf("You (user=splunk-system-user) do not have permission to perform this operation (requires capability: %s).", capability)}
	}
	return nil
}

// Deny takes a capability from everybody, such as list_storage_passwords; Allow gives it back.
func (s *Splunkd) Deny(capability string) { s.change(func() { s.denied[capability] = true }) }

// Allow gives back what Deny took.
func (s *Splunkd) Allow(capability string) { s.change(func() { delete(s.denied, capability) }) }

// namespace is the app and owner of a call: without servicesNS it is the user's default app.
func namespace(r *http.Request) access {
	return access{App: either(r.PathValue("app"), "search"), Owner: either(r.PathValue("owner"), "nobody")}
}

func (s *Splunkd) entry(where access, kind, name string, content map[string]any) entry {
	id := fmt.Sprintf("%s/servicesNS/%s/%s/%s/%s", s.URI(), where.Owner, where.App, kind, url.PathEscape(name))
	return entry{name, id, where, content}
}

// serverInfo answers what a script asks to know on what it runs (REST API reference, server/info).
func (s *Splunkd) serverInfo(r *http.Request) (int, []entry, error) {
	roles := s.o.Roles
	if roles == nil {
		roles = []string{"indexer", "license_master"}
	}
	content := map[string]any{"serverName": serverName, "version": "10.2.3", "server_roles": roles, "product_type": "enterprise"}
	if s.o.InstanceType != "" {
		content["instance_type"] = s.o.InstanceType
	}
	return 200, []entry{s.entry(access{"system", "system"}, "server/info", "server-info", content)}, nil
}

func (s *Splunkd) showIndex(r *http.Request) (int, []entry, error) {
	name := r.PathValue("name")
	if !s.hasIndex(name) {
		return 0, nil, missing(name)
	}
	return 200, []entry{s.entry(access{"search", "nobody"}, "data/indexes", name, map[string]any{"disabled": false})}, nil
}

func missing(name string) error { return refusal{404, "Could not find object id=" + name} }
