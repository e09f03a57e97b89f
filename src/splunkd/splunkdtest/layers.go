package splunkdtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// An input is one configured input, [SCHEME://NAME] of some app's local/inputs.conf.
type input struct {
	name   string
	app    string  // whose local/inputs.conf holds it: the one that was in the URL
	runner *runner // nil while it is disabled
}

// system is what every input has where nobody says otherwise (inputs.conf.spec: host, index, interval, start_by_shell).
var system = stanza{"disabled": "0", "host": "$decideOnStartup", "index": "default", "interval": "60.0", "start_by_shell": "true"}

func (s *Splunkd) localInputs(app string) string {
	return filepath.Join(s.home, "etc", "apps", app, "local", "inputs.conf")
}

// settings are those of an input as splunkd merges them: the system's, then the scheme's stanza [SCHEME], then the input's own,
// default before local each (docs.splunk.com, "Configuration file precedence").
func (s *Splunkd) settings(in *input) (stanza, error) {
	a := s.installed()
	shipped, err := readConf(filepath.Join(a.dir, "default", "inputs.conf"))
	if err != nil {
		return nil, err
	}
	local, err := readConf(s.localInputs(a.id))
	if err != nil {
		return nil, err
	}
	own, err := readConf(s.localInputs(in.app))
	if err != nil {
		return nil, err
	}
	name := a.kind.stanza(in.name)
	return over(system, shipped["default"], shipped[a.kind.name], local[a.kind.name], shipped[name], own[name]), nil
}

func (k *kind) stanza(name string) string { return k.name + "://" + name }

// save replaces an input's own settings; nil removes it.
func (s *Splunkd) save(in *input, own stanza) error {
	path := s.localInputs(in.app)
	c, err := readConf(path)
	if err != nil {
		return err
	}
	name := s.installed().kind.stanza(in.name)
	if own == nil {
		delete(c, name)
	} else {
		c[name] = own
	}
	return c.write(path)
}

// own are the settings that stand in the input's own local stanza.
func (s *Splunkd) own(in *input) (stanza, error) {
	c, err := readConf(s.localInputs(in.app))
	if err != nil {
		return nil, err
	}
	return over(c[s.installed().kind.stanza(in.name)]), nil
}

// configured finds all inputs in the apps' configuration.
func (s *Splunkd) configured() ([]*input, error) {
	k := s.installed().kind
	apps, err := os.ReadDir(filepath.Join(s.home, "etc", "apps"))
	if err != nil {
		return nil, fmt.Errorf("look for inputs: %w", err)
	}
	var all []*input
	for _, a := range apps {
		c, err := readConf(s.localInputs(a.Name()))
		if err != nil {
			return nil, err
		}
		for name := range c {
			if own, ours := strings.CutPrefix(name, k.name+"://"); ours {
				all = append(all, &input{name: own, app: a.Name()})
			}
		}
	}
	return all, nil
}

// isOn reads a setting as splunkd reads booleans (app.conf.spec and others: 1, true, t, yes, on; all else is off).
func isOn(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "1", "true", "t", "yes", "y", "on":
		return true
	}
	return false
}
