package splunkdtest

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
)

// A password is an entry of storage/passwords: shared within its app (REST API reference, storage/passwords).
type password struct {
	where             access
	realm, name, text string
}

// id is how the entry is called: realm and name, each ended by a colon, a colon within them escaped.
func (p *password) id() string {
	escape := strings.NewReplacer(`:`, `\:`)
	return escape.Replace(p.realm) + ":" + escape.Replace(p.name) + ":"
}

func (p *password) within(where access) bool {
	return (where.App == "-" || where.App == p.where.App) && (where.Owner == "-" || where.Owner == "nobody" || where.Owner == p.where.Owner)
}

func (s *Splunkd) passwordEntries(some []password) []entry {
	entries := []entry{}
	for _, p := range some {
		entries = append(entries, s.entry(p.where, "storage/passwords", p.id(), map[string]any{
			"realm": p.realm, "username": p.name, "clear_password": p.text, "password": "********", "encr_password": "$7$YmFzZTY0",
		}))
	}
	return entries
}

// findPasswords looks for entries in a namespace: by id, or all.
func (s *Splunkd) findPasswords(where access, id string) []password {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.passwords), func(p password) bool {
		return !p.within(where) || id != "" && p.id() != id && strings.TrimSuffix(p.id(), ":") != id
	})
}

func (s *Splunkd) listPasswords(r *http.Request) (int, []entry, error) {
	if err := s.allow("list_storage_passwords"); err != nil {
		return 0, nil, err
	}
	entries := s.passwordEntries(s.findPasswords(namespace(r), ""))
	wanted := strings.Trim(r.Form.Get("search"), `"`)
	if _, value, is := strings.Cut(wanted, "="); is {
		wanted = strings.Trim(value, `"`)
	}
	return 200, slices.DeleteFunc(entries, func(e entry) bool {
		return !strings.Contains(e.Name, wanted) && e.Content["realm"] != wanted && e.Content["username"] != wanted
	}), nil
}

func (s *Splunkd) showPassword(r *http.Request) (int, []entry, error) {
	if err := s.allow("list_storage_passwords"); err != nil {
		return 0, nil, err
	}
	found := s.findPasswords(namespace(r), r.PathValue("name"))
	if len(found) == 0 {
		return 0, nil, missing(r.PathValue("name"))
	}
	return 200, s.passwordEntries(found), nil
}

func (s *Splunkd) createPassword(r *http.Request) (int, []entry, error) {
	if err := s.allow("edit_storage_passwords"); err != nil {
		return 0, nil, err
	}
	p := password{namespace(r), r.PostForm.Get("realm"), r.PostForm.Get("name"), r.PostForm.Get("password")}
	if p.name == "" || p.text == "" {
		return 0, nil, refusal{400, "The following required arguments are missing: name, password."}
	}
	if len(s.findPasswords(p.where, p.id())) > 0 {
		return 0, nil, refusal{409, "An object with name=" + p.id() + " already exists"}
	}
	s.hide(p.text)
	s.change(func() { s.passwords = append(s.passwords, p) })
	return 201, s.passwordEntries([]password{p}), nil
}

func (s *Splunkd) editPassword(r *http.Request) (int, []entry, error) {
	return s.replacePassword(r, func(p password) []password {
		p.text = r.PostForm.Get("password")
		s.hide(p.text)
		return []password{p}
	})
}

func (s *Splunkd) removePassword(r *http.Request) (int, []entry, error) {
	return s.replacePassword(r, func(password) []password { return nil })
}

func (s *Splunkd) replacePassword(r *http.Request, by func(password) []password) (int, []entry, error) {
	if err := s.allow("edit_storage_passwords"); err != nil {
		return 0, nil, err
	}
	found := s.findPasswords(namespace(r), r.PathValue("name"))
	if len(found) != 1 {
		return 0, nil, missing(r.PathValue("name"))
	}
	now := by(found[0])
	s.change(func() {
		s.passwords = append(slices.DeleteFunc(s.passwords, func(p password) bool { return p == found[0] }), now...)
	})
	return 200, s.passwordEntries(now), nil
}

// newKey makes a session key for one process, in the alphabet that splunkd's have.
func (s *Splunkd) newKey() string {
	key := strings.ToLower(rand.Text()) + "^" + rand.Text() + "_"
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[key], s.secrets[key] = true, true
	return key
}
