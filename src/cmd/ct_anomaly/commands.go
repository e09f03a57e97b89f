package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"cloudtrail_anomaly/src/settings"
)

// A command is one thing that the program does from the command line.
type command struct {
	name     string // one or two words
	args     string // what it takes besides flags, as help shows it
	short    string // one line
	long     string // a few sentences
	examples []string
	settings []string // the settings it uses, each of them a flag
	passed   []string // settings that it takes too and passes over, so that the flags of a run fit
	options  func(*flag.FlagSet, *options)
	run      func(context.Context, *door, *options) (int, error)
}

// options are what the command line said.
type options struct {
	args    []string
	values  settings.FlagValues
	config  string
	input   string
	profile string
	noisy   string // verbosity

	state, output, coverage string
	covered                 bool // coverage is written, or could not be
	from, to                moment
	print                   bool
	s3Event                 string
	file                    string
	fromTable               string
	purpose, format         string
	seed                    int64
	end                     moment
	all, dryRun, yes        bool
	principal, action       string
}

func commands() []command {
	return []command{demoCommand(), detectAnomaly(), detectRecords(), learnCommand(), replayCommand(), showCommand(),
		baselineShow(), baselineExport(), baselineImport(), baselineForget(),
		setupAthena(), setupDynamoDB(), setupSNS(), setupAlarms(), setupAll(), doctorCommand(), policyCommand(), teardownCommand()}
}

// dispatch finds the command, reads its flags and runs it.
func (d *door) dispatch(ctx context.Context, args []string) (int, error) {
	var o options
	global := flag.NewFlagSet("ct_anomaly", flag.ContinueOnError)
	global.SetOutput(io.Discard)
	globals(global, &o)
	showVersion := global.Bool("version", false, "")
	switch err := global.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone, helpAll(d.out)
	case err != nil:
		return 0, usagef("%s; see ct_anomaly help", inOurWords(err))
	}
	args = global.Args()
	switch {
	case *showVersion:
		fmt.Fprintf(d.out, "ct_anomaly %s\n", version)
		return exitDone, nil
	case len(args) == 0:
		return exitUsage, helpAll(d.err)
	case args[0] == "version":
		fmt.Fprintf(d.out, "ct_anomaly %s\n", version)
		return exitDone, nil
	case args[0] == "help":
		return exitDone, help(d.out, args[1:])
	}
	c, rest, err := find(args)
	if err != nil {
		return 0, err
	}
	return d.perform(ctx, c, &o, rest)
}

func (d *door) perform(ctx context.Context, c *command, o *options, args []string) (int, error) {
	flags := c.own(o)
	flags.SetOutput(io.Discard)
	if len(c.settings) > 0 {
		o.values = settings.Flags(flags, slices.Concat(c.settings, c.passed)...)
	}
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			return exitDone, helpOne(d.out, c)
		}
		if err != nil {
			return 0, usagef("%s: %s; see ct_anomaly help %s", c.name, inOurWords(err), c.name)
		}
		if flags.NArg() == 0 {
			return c.run(ctx, d, o)
		}
		o.args = append(o.args, flags.Arg(0)) // flags may follow what they speak of
		args = flags.Args()[1:]
	}
}

// own are the flags of a command that are no settings.
func (c *command) own(o *options) *flag.FlagSet {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	if slices.Contains(c.settings, "credential") {
		globals(fs, o)
	} else {
		everywhere(fs, o)
	}
	if c.options != nil {
		c.options(fs, o)
	}
	return fs
}

// globals may stand before the command too.
func globals(fs *flag.FlagSet, o *options) {
	everywhere(fs, o)
	fs.StringVar(&o.profile, "profile", o.profile, "work with this profile of the AWS configuration; the same as --credential profile:NAME")
}

// everywhere are the flags of all commands.
func everywhere(fs *flag.FlagSet, o *options) {
	fs.StringVar(&o.config, "config", o.config, "read settings from this config.yml")
	fs.StringVar(&o.input, "input", o.input, "take the settings of this input of the Splunk on this host, instead")
	fs.Func("verbosity", "error, warn (the default), info or debug", func(level string) error {
		level = strings.ToLower(level) // the Netflix tool has them in capitals
		if !slices.Contains([]string{"error", "warn", "info", "debug"}, level) {
			return fmt.Errorf("%q: it is error, warn, info or debug", level)
		}
		o.noisy = level
		return nil
	})
}

// find takes the longest command that the arguments begin with.
func find(args []string) (*command, []string, error) {
	all := commands()
	for words := min(2, len(args)); words > 0; words-- {
		name := strings.Join(args[:words], " ")
		for i := range all {
			if all[i].name == name {
				return &all[i], args[words:], nil
			}
		}
	}
	var under []string
	for i := range all {
		if strings.HasPrefix(all[i].name, args[0]+" ") {
			under = append(under, all[i].name)
		}
	}
	if len(under) > 0 {
		return nil, nil, usagef("%q is no command; there are: %s", strings.Join(args[:min(2, len(args))], " "), strings.Join(under, ", "))
	}
	return nil, nil, usagef("unknown command %q; ct_anomaly help lists the commands", args[0])
}

// inOurWords writes a fault that package flag found with the two dashes that everything else here has.
func inOurWords(err error) string {
	text := err.Error()
	for was, is := range map[string]string{"flag provided but not defined: -": "unknown flag --", "for flag -": "for --", "flag needs an argument: -": "a value is missing after --"} {
		text = strings.Replace(text, was, is, 1)
	}
	return text
}
