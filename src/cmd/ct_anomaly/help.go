package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"strings"

	"cloudtrail_anomaly/src/settings"
)

const intro = `ct_anomaly tells when a role, user or service in AWS does something that it has never done before.
It reads CloudTrail's log files, remembers for 90 days who did what, and reports each first time once.

  ct_anomaly [--config FILE | --input NAME] [--profile NAME] [--verbosity LEVEL] COMMAND

`

func helpAll(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString(intro)
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-16s %s\n", c.name, c.short)
	}
	b.WriteString(`
  help [COMMAND]   says all about a command
  --version        says which version this is

Try ct_anomaly demo first: it needs nothing.
In Splunk this program is the modular input of the app CloudTrail Anomaly: splunkd starts it with --scheme, with --validate-arguments, or with
nothing and the settings of an input on standard input.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but some accounts, files or records could not be read.
`)
	_, err := w.Write(b.Bytes())
	return err
}

func help(w io.Writer, args []string) error {
	if len(args) == 0 {
		return helpAll(w)
	}
	c, _, err := find(args)
	if err != nil {
		return err
	}
	return helpOne(w, c)
}

func helpOne(w io.Writer, c *command) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "ct_anomaly %s\n\n%s\n", strings.TrimSpace(c.name+" "+c.args), c.long)
	fmt.Fprintf(&b, "\nfor example\n")
	for _, e := range c.examples {
		fmt.Fprintf(&b, "  %s\n", e)
	}
	flags := c.own(&options{})
	fmt.Fprintf(&b, "\nflags\n")
	flags.VisitAll(func(f *flag.Flag) { fmt.Fprintf(&b, "  --%-24s %s\n", f.Name+value(f), f.Usage) })
	if len(c.settings) > 0 {
		fmt.Fprintf(&b, "\nsettings: flag, key of config.yml (a dot opens a section), value, default\n")
		settings.Help(&b, c.settings...)
		if len(c.passed) > 0 {
			fmt.Fprint(&b, "Other settings of a run are taken too, and passed over.\n")
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// value is the placeholder of a flag that takes one.
func value(f *flag.Flag) string {
	if b, ok := f.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
		return ""
	}
	return map[string]string{"config": " FILE", "input": " NAME", "state": " DIR", "file": " LOG_FILE", "coverage": " FILE", "s3-event": " FILE", "from": " TIME", "to": " TIME", "end": " DAY",
		"output": " FORM", "verbosity": " LEVEL", "seed": " NUMBER", "principal": " GLOB", "action": " GLOB", "profile": " NAME", "for": " PURPOSE", "format": " FORM", "from-dynamodb": " TABLE"}[f.Name]
}
