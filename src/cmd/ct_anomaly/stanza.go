package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// stanzas begins the names of this program's inputs in inputs.conf.
const stanzas = "ct_anomaly://"

// stanzaOf gives the parameters of an input of the Splunk on this host, from all its inputs.conf. Splunk's own btool reads them: it knows which
// file wins, and needs neither splunkd nor a password.
func stanzaOf(name string) (map[string]string, error) {
	home, err := splunkHome()
	if err != nil {
		return nil, fmt.Errorf("--input: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var out, said bytes.Buffer
	c := exec.CommandContext(ctx, filepath.Join(home, "bin", "splunk"), "btool", "inputs", "list", program)
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		what, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		return nil, fmt.Errorf("--input: read the inputs with %s: %w: %s; run this as the user that runs splunkd", strings.Join(c.Args, " "), err, plain(what))
	}
	all := parametersIn(out.String())
	name = strings.TrimPrefix(name, stanzas)
	own, ok := all[stanzas+name]
	if !ok {
		return nil, usagef("--input %s: there is no such input of the Splunk in %s; %s", name, home, namesIn(all))
	}
	params := maps.Clone(all[program]) // what inputs of this kind have in common
	if params == nil {
		params = map[string]string{}
	}
	maps.Copy(params, own)
	return params, nil
}

// splunkHome is where Splunk is: as the environment says, or above the app that this program lies in.
func splunkHome() (string, error) {
	if home := os.Getenv("SPLUNK_HOME"); home != "" {
		return home, nil
	}
	own, err := os.Executable()
	if err == nil {
		if home, _, ok := strings.Cut(filepath.ToSlash(own), "/etc/apps/"+app+"/"); ok {
			return filepath.FromSlash(home), nil
		}
	}
	return "", errors.New("where Splunk is is not known: set SPLUNK_HOME, or start the ct_anomaly in the app below it")
}

// parametersIn parts what btool lists, by stanza: [NAME], then KEY = VALUE a line. A line that is neither goes on with the value before.
func parametersIn(listed string) map[string]map[string]string {
	all := map[string]map[string]string{}
	var stanza map[string]string
	last := ""
	for line := range strings.Lines(listed) {
		line = strings.TrimRight(line, "\r\n")
		key, value, isPair := strings.Cut(line, " = ")
		switch {
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			stanza, last = map[string]string{}, ""
			all[line[1:len(line)-1]] = stanza
		case stanza == nil:
		case isPair && !strings.ContainsAny(key, " \t:"):
			stanza[key], last = value, key
		case strings.HasSuffix(line, " =") && !strings.ContainsAny(strings.TrimSuffix(line, " ="), " \t:"):
			last = strings.TrimSuffix(line, " =")
			stanza[last] = ""
		case last != "":
			stanza[last] += "\n" + line
		}
	}
	return all
}

func namesIn(all map[string]map[string]string) string {
	var names []string
	for _, stanza := range slices.Sorted(maps.Keys(all)) {
		if name, ok := strings.CutPrefix(stanza, stanzas); ok {
			names = append(names, plain(name))
		}
	}
	if len(names) == 0 {
		return "it has none"
	}
	return "it has " + strings.Join(names, ", ")
}
