package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
)

// parseFlags reads a command's options; arguments beside them are refused.
// usage is the sentence or two above the options.
func parseFlags(p process, name, usage string, args []string, define func(*flag.FlagSet)) error {
	_, err := parseArguments(p, name, usage, args, nil, define)
	return err
}

// parseArguments is parseFlags for a command that takes one argument for each of names, before, behind or among its
// options.
func parseArguments(p process, name, usage string, args, names []string, define func(*flag.FlagSet)) (given []string, err error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(p.err)
	flags.Usage = func() {
		line := name
		for _, argument := range names {
			line += " " + argument
		}
		fmt.Fprintf(flags.Output(), "usage: voxanne %s [OPTIONS]\n\n%s\n", line, usage)
		flags.PrintDefaults()
	}
	if define != nil {
		define(flags)
	}
	for rest := args; ; rest = flags.Args()[1:] {
		if err := flags.Parse(rest); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage // flag has said what is wrong
		}
		if flags.NArg() == 0 {
			break
		}
		given = append(given, flags.Arg(0))
	}
	switch {
	case len(given) > len(names):
		fmt.Fprintf(p.err, "voxanne %s takes no argument %q\n", name, given[len(names)])
	case len(given) < len(names):
		fmt.Fprintf(p.err, "voxanne %s: %s is missing\n", name, names[len(given)])
	default:
		return given, nil
	}
	flags.Usage()
	return nil, errUsage
}

// runBelow hands over to one of the commands below a command: `voxanne NAME BELOW …`.
func runBelow(ctx context.Context, p process, name, usage string, below []command, args []string) error {
	if len(args) > 0 {
		i := slices.IndexFunc(below, func(c command) bool { return c.name == args[0] })
		switch {
		case i >= 0:
			return below[i].run(ctx, p, args[1:])
		case slices.Contains([]string{"-h", "--help", "help"}, args[0]):
			fmt.Fprint(p.err, usage)
			return flag.ErrHelp
		}
		fmt.Fprintf(p.err, "voxanne %s: there is no command %q\n\n", name, args[0])
	}
	fmt.Fprint(p.err, usage)
	return errUsage
}

// misused says what is wrong with a call that the options alone do not show.
func misused(p process, format string, values ...any) error {
	fmt.Fprintf(p.err, format+"\n", values...)
	return errUsage
}
