package splunkd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Realm is the realm of our entries in storage/passwords.
const Realm = "ct_anomaly"

// A Secret is the value of an entry in storage/passwords: texts with names. Nothing that prints, formats or encodes it shows them.
type Secret struct {
	field func(name string) string // a function, so that what walks through a struct finds nothing either
}

// Field is the text of that name, empty if there is none.
func (s Secret) Field(name string) string {
	if s.field == nil {
		return ""
	}
	return s.field(name)
}

const hidden = "[secret]"

// String shows nothing.
func (Secret) String() string { return hidden }

// GoString shows nothing.
func (Secret) GoString() string { return hidden }

// Format shows nothing, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, hidden) }

// MarshalJSON shows nothing.
func (Secret) MarshalJSON() ([]byte, error) { return json.Marshal(hidden) }

// entryName is what names of entries look like in our settings.
var entryName = regexp.MustCompile(`^[A-Za-z0-9_.@-]{1,255}$`)

// Secret reads the entry of this name in Realm, first among those that the client's app sees, then everywhere. Its value must be a JSON
// object of texts in which the named fields are not empty.
//
// Its errors are ErrMissing, ErrAmbiguous, ErrForbidden, ErrMasked, ErrShape and those of any call. None holds a part of a value.
func (c *Client) Secret(ctx context.Context, name string, fields ...string) (Secret, error) {
	if !entryName.MatchString(name) {
		return Secret{}, errors.New("what is given is not the name of an entry in storage/passwords; use letters, digits and _.@-")
	}
	found, err := c.passwords(ctx, "nobody", c.app, name)
	if err == nil && len(found) == 0 {
		found, err = c.passwords(ctx, "-", "-", name)
	}
	switch {
	case err != nil:
		return Secret{}, fmt.Errorf("%s: %w", said(name), err)
	case len(found) == 0:
		return Secret{}, c.missing(name, fields)
	case len(found) > 1:
		return Secret{}, ambiguous(name, found)
	}
	secret, err := open(found[0].Content.Clear, fields)
	if err != nil {
		return Secret{}, fmt.Errorf("%s: %w", said(name), err)
	}
	return secret, nil
}

// said names an entry, unless the name is so long that it may be a secret which somebody put in the place of a name.
func said(name string) string {
	const longest = 24
	if len(name) > longest || strings.HasPrefix(name, "AKIA") || strings.HasPrefix(name, "ASIA") {
		return "the entry that is named there"
	}
	return "entry " + name
}

type password struct {
	Realm string  `json:"realm"`
	Name  string  `json:"username"`
	Clear *string `json:"clear_password"`
}

// passwords are the entries of a name that are seen by a user and in an app, where - is any.
func (c *Client) passwords(ctx context.Context, user, app, name string) ([]entry[password], error) {
	found, err := get[password](ctx, c, "list_storage_passwords", "storage/passwords", "servicesNS", user, app, "storage", "passwords", Realm+":"+name+":")
	if errors.Is(err, errNotFound) {
		return nil, nil
	}
	return slices.DeleteFunc(found, func(e entry[password]) bool { return e.Content.Realm != Realm || e.Content.Name != name }), err
}

func (c *Client) missing(name string, fields []string) error {
	return fmt.Errorf("%s: %w in realm %s; store it with the value %s, as the README says", said(name), ErrMissing, Realm, example(fields))
}

// example is a value as it should be.
func example(fields []string) string {
	if len(fields) == 0 {
		return "a JSON object of texts"
	}
	return `{"` + strings.Join(fields, `": "…", "`) + `": "…"}`
}

func ambiguous(name string, found []entry[password]) error {
	var places []string
	for _, e := range found {
		places = append(places, fmt.Sprintf("app %q of %q", e.ACL.App, e.ACL.Owner))
	}
	return fmt.Errorf("%s: %w, in %s; keep one", said(name), ErrAmbiguous, strings.Join(places, ", "))
}

// open takes a value apart. Errors of the JSON decoder quote what they read, so they stay here.
func open(clear *string, fields []string) (Secret, error) {
	if clear == nil || *clear == "********" {
		return Secret{}, fmt.Errorf("%w: it is masked; see view_cleartext_allowlist of [storage_passwords_masking] in limits.conf", ErrMasked)
	}
	var values map[string]string
	text := bytes.TrimPrefix([]byte(*clear), []byte("\ufeff")) // editors on Windows write it into entry.json
	if json.Unmarshal(text, &values) != nil || values == nil {
		return Secret{}, fmt.Errorf("%w: it is not a JSON object of texts; store %s", ErrShape, example(fields))
	}
	for _, f := range fields {
		if values[f] == "" {
			return Secret{}, fmt.Errorf("%w: it lacks %s; store %s", ErrShape, f, example(fields))
		}
	}
	return Secret{field: func(name string) string { return values[name] }}, nil
}
