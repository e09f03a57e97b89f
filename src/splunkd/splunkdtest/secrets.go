package splunkdtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// hide makes a text a secret: a password as a whole, and each text in it when it is a JSON object.
func (s *Splunkd) hide(secret string) {
	var fields map[string]any
	found := []string{secret}
	if json.Unmarshal([]byte(secret), &fields) == nil {
		for _, v := range fields {
			if text, is := v.(string); is && len(text) >= 8 {
				found = append(found, text)
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range found {
		if text != "" {
			s.secrets[text] = true
		}
	}
}

// Leaks says where a session key or a stored password is found that has no business there: in splunkd.log, in an event, or in a file
// below $SPLUNK_HOME, where splunkd itself keeps passwords encrypted. It never says the secret.
func (s *Splunkd) Leaks() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var leaks []string
	secrets := slices.Sorted(maps.Keys(s.secrets))
	holds := func(text string) bool {
		return slices.ContainsFunc(secrets, func(secret string) bool { return strings.Contains(text, secret) })
	}
	for _, l := range s.log {
		if holds(l.Text) {
			leaks = append(leaks, "a secret is in splunkd.log, written by "+l.Input)
		}
	}
	for i := range s.events {
		if holds(s.events[i].Raw) {
			leaks = append(leaks, "a secret is in an event of "+s.events[i].Source)
		}
	}
	err := filepath.WalkDir(s.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(secrets, func(secret string) bool { return bytes.Contains(text, []byte(secret)) }) {
			leaks = append(leaks, "a secret is in "+path)
		}
		return nil
	})
	if err != nil {
		leaks = append(leaks, fmt.Sprintf("can't look for secrets: %v", err))
	}
	return leaks
}
