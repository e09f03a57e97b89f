// Command parts says what the program of the app is made of: the licences of all that is linked into it, and a bill of materials.
//
// It is a tool of package.sh and no part of the app. It downloads nothing: whoever has built the program has what it reads.
//
//	parts licences OS/ARCH…                      the licences of Go and of all modules linked on these platforms, as one text
//	parts bill -version V -time T FILE…          a CycloneDX 1.5 bill of materials of programs (built by Go) and packages (.spl)
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "parts:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("say licences or bill")
	}
	switch args[0] {
	case "licences":
		return licences(args[1:], out)
	case "bill":
		flags := flag.NewFlagSet("bill", flag.ContinueOnError)
		version := flags.String("version", "", "the version of the app")
		seconds := flags.Int64("time", 0, "when it was made, in seconds since 1970")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return bill(*version, time.Unix(*seconds, 0).UTC(), flags.Args(), out)
	default:
		return fmt.Errorf("%q is neither licences nor bill", args[0])
	}
}

// licences writes what must go along with a program that others' work is linked into.
func licences(platforms []string, out io.Writer) error {
	parts, err := linked(platforms)
	if err != nil {
		return err
	}
	var text strings.Builder
	text.WriteString("The program ct_anomaly is built from the modules below. This file holds their licences.\n\n")
	for _, p := range parts {
		fmt.Fprintf(&text, "  %s %s\n", p.path, p.version)
	}
	for _, p := range parts {
		for _, f := range p.files {
			fmt.Fprintf(&text, "\n%s\n%s %s: %s\n%[1]s\n\n%[5]s\n", strings.Repeat("=", 100), p.path, p.version, f.name, strings.TrimSpace(f.text))
		}
	}
	_, err = io.WriteString(out, text.String())
	return err
}
