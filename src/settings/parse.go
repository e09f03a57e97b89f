package settings

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Sources are where settings are written. What a flag says wins over the stanza, the stanza over config.yml, that over the default.
type Sources struct {
	Flags FlagValues

	// Stanza has an input's parameters, splunkd's own among them. splunkd starts an input in no particular folder, so a path in the
	// stanza, or in the config.yml that it names, must be whole.
	Stanza map[string]string

	// NeedLogs asks for a place of logs as well: set it where activity is going to be read.
	NeedLogs bool

	// WholeHistory reads all there is where nothing says how much: a command line reads what it is pointed at.
	WholeHistory bool
}

// Parse checks all that is given, also what something else wins over. Its error is Faults. An empty value in a stanza or in
// config.yml is none; an empty flag goes back to the default.
func Parse(from Sources) (Settings, error) {
	p := parser{won: map[string]given{}, faulted: map[string]bool{}}
	for i := range table {
		p.apply(given{row: i, items: table[i].items(table[i].fallback)})
	}
	p.config(from)
	p.stanza(from.Stanza)
	p.flags(from.Flags)
	p.settle(from.WholeHistory)
	p.agree()
	if from.NeedLogs {
		p.needLogs()
	}
	if len(p.faults) > 0 {
		p.faults.sort()
		return Settings{}, p.faults
	}
	return p.settings, nil
}

// A given is the value of one setting from one source.
type given struct {
	row   int
	items []string
	where string // as in Fault
	field string // likewise; empty for the default
	whole bool   // a path must be whole
}

type parser struct {
	settings Settings
	faults   Faults
	won      map[string]given // by name: what gave a setting its value, if that is not the default
	faulted  map[string]bool  // by name
}

func (p *parser) apply(g given) {
	r := table[g.row]
	if delete(p.won, r.name); g.field != "" {
		p.won[r.name] = g
	}
	err := r.set(&p.settings, g.items)
	if err == nil && g.whole {
		err = r.everywhere(g.items)
	}
	if err != nil {
		p.faulted[r.name] = true
		p.fault(Fault{Where: g.where, Field: g.field, What: err.Error(), order: g.row})
	}
}

// fault keeps the first fault of what one key set several times.
func (p *parser) fault(f Fault) {
	same := func(o Fault) bool { return o.Where == f.Where && o.Field == f.Field && f.Field != "" }
	if f.order == len(table) || !slices.ContainsFunc(p.faults, same) {
		p.faults = append(p.faults, f)
	}
}

func (p *parser) config(from Sources) {
	text, ofFlag := from.Flags["config"]
	field := "--config"
	if !ofFlag {
		text, field = from.Stanza["config"], "config"
	}
	if strings.TrimSpace(text) == "" {
		return
	}
	where, data, err := load(text, !ofFlag)
	if err != nil {
		p.fault(Fault{Field: field, What: err.Error(), order: named("config")})
		return
	}
	d := readDocument(where, data)
	for _, g := range d.found {
		g.whole = !ofFlag
		p.apply(g)
	}
	for _, f := range d.faults {
		p.fault(f)
	}
}

func (p *parser) stanza(params map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		i := named(name)
		switch {
		case i >= 0:
			if items := table[i].items(params[name]); len(items) > 0 {
				p.apply(given{row: i, items: items, field: name, whole: true})
			}
		case !ofSplunkd(name):
			p.fault(Fault{Field: shown(name), What: unknown("setting", nearestName(name)), order: len(table)})
		}
	}
}

func (p *parser) flags(values FlagValues) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i, field := named(name), flagOf(name)
		if i < 0 {
			p.fault(Fault{Field: field, What: unknown("setting", nearestName(name)), order: len(table)})
			continue
		}
		if n := strings.Count(values[name], twice); n > 0 {
			p.faulted[name] = true
			p.fault(Fault{Field: field, What: fmt.Sprintf("is given %d times; give one place that holds all, or run once for each, with a state of its own", n+1), order: i})
		} else if items := table[i].items(values[name]); len(items) > 0 {
			p.apply(given{row: i, items: items, field: field})
		} else {
			p.apply(given{row: i, items: table[i].items(table[i].fallback)})
		}
	}
}

func unknown(what, meant string) string {
	if meant == "" {
		return fmt.Sprintf("unknown %s; remove it", what)
	}
	return fmt.Sprintf("unknown %s; did you mean %s?", what, meant)
}

// shown is a key as somebody wrote it, quoted where it is more than a word.
func shown(key string) string {
	const longest = 100
	if key == "" || len(key) > longest || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r == ':' || r > '~' }) {
		return quoted(key)
	}
	return key
}
