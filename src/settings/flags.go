package settings

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// FlagValues are the texts that flags gave, by the names of settings. A command may put others in before Parse.
type FlagValues map[string]string

// Flags lets fs take the named settings, or all when none is named, as flags with dashes. What they are given stands in the result
// once fs has parsed. A list may be given several times; of another setting the last one wins, but for the place of the logs, of which people mean
// both when they give two: that is a fault to Parse. It panics on a name that is no setting, as fs does on one given twice.
func Flags(fs *flag.FlagSet, names ...string) FlagValues {
	values := FlagValues{}
	for _, r := range rows(names) {
		fs.Var(flagValue{row: r, values: values}, strings.TrimPrefix(flagOf(r.name), "--"), usage(r))
	}
	return values
}

// Help prints the named settings, or all when none is named, as a command takes them: flag, key of config.yml, value, default, sentence.
func Help(w io.Writer, names ...string) {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer out.Flush()
	for _, r := range rows(names) {
		fmt.Fprintf(out, "  %s\t%s\t%s\t%s\t%s\n", flagOf(r.name), r.path, r.kind, cmp.Or(ofCommands[r.name], r.otherwise()), r.help)
	}
}

// ofCommands are the defaults that a command has instead of an input's: it reads what it is pointed at, for as long as that takes.
var ofCommands = map[string]string{"history_days": "all", "run_timeout": "none"}

// rows are those of these settings, in the order asked for.
func rows(names []string) []row {
	if len(names) == 0 {
		return table
	}
	all := make([]row, len(names))
	for i, name := range names {
		all[i] = table[named(name)]
	}
	return all
}

func flagOf(name string) string { return "--" + strings.ReplaceAll(name, "_", "-") }

// usage has the kind in backquotes, as package flag finds the word for the value.
func usage(r row) string {
	if r.kind == boolean {
		return r.help
	}
	return "`" + string(r.kind) + "`: " + r.help
}

// otherwise is what holds when nobody gives the setting.
func (r row) otherwise() string {
	switch {
	case r.fallback != "":
		return r.fallback
	case r.instead != "":
		return r.instead
	}
	return "-"
}

// A flagValue is the flag.Value of one setting. Its text is checked by Parse, together with the rest.
type flagValue struct {
	row    row
	values FlagValues
}

// String is the default: package flag shows it in the help.
func (v flagValue) String() string {
	if v.row.fallback != "" {
		return v.row.fallback
	}
	return v.row.instead
}

// twice stands between two texts of a setting that takes one: no argument can hold it.
const twice = "\x00"

func (v flagValue) Set(text string) error {
	before, again := v.values[v.row.name]
	switch {
	case again && v.row.many:
		text = before + "\n" + text
	case again && v.row.kind == place && text != before:
		text = before + twice + text
	}
	v.values[v.row.name] = text
	return nil
}

// IsBoolFlag lets --delete-results stand alone.
func (v flagValue) IsBoolFlag() bool { return v.row.kind == boolean }
