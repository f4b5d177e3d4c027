// Command voxanne is the whole product in one binary: the server, the workers,
// and what operators and developers run by hand. `voxanne help` lists it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/voxanne-ai/voxanne/server"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second Ctrl-C does not wait for a clean stop
	os.Exit(run(ctx, process{out: os.Stdout, err: os.Stderr, environ: server.Environ()}, os.Args[1:]))
}

// process is what a command touches of the process around it.
type process struct {
	out     io.Writer
	err     io.Writer // the log, and what went wrong
	environ map[string]string
}

// command is one subcommand. run gets the arguments after its name and returns
// flag.ErrHelp when it has printed its usage.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, p process, args []string) error
}

// commands in the order of `voxanne help`.
func commands() []command {
	return []command{
		{"dev", "start everything for development: database, demo clinics, server, workers", runDev},
		{"demo", "play a whole call and check every promise; non-zero exit when one is broken", runDemo},
		{"serve", "serve HTTP: the dashboard API and Vapi's webhooks", runServe},
		{"work", "work the queue", runWork},
		{"migrate", "bring the database to this program's schema", runMigrate},
		{"seed", "put the demo clinics into the database", runSeed},
		{"credentials", "rotate-key: seal the clinics' credentials with another key", runCredentials},
		{"tools", "look after the tools that assistants carry at Vapi: audit, sync", runTools},
		{"token", "print an access token for a member of a clinic (development only)", runToken},
	}
}

// run executes one command and returns the exit status: 0 when it did its work,
// 1 when it could not, 2 when it was called wrongly.
func run(ctx context.Context, p process, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		printUsage(p.out)
		return 0
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return exitStatus(p, c.name, c.run(ctx, p, args[1:]))
		}
	}
	fmt.Fprintf(p.err, "voxanne: there is no command %q\n\n", args[0])
	printUsage(p.err)
	return 2
}

// usageError is a command that was called wrongly; its usage has been printed.
var errUsage = errors.New("usage")

func exitStatus(p process, name string, err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	default:
		fmt.Fprintf(p.err, "voxanne %s: %v\n", name, err)
		return 1
	}
}

func printUsage(w io.Writer) {
	fmt.Fprint(w, "Voxanne answers a clinic's telephone and books its visits.\n\nusage: voxanne COMMAND [OPTIONS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-11s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\nEverything is configured by environment variables, see README. `voxanne COMMAND -h` tells more.\n")
}

// parseFlags reads a command's options; arguments beside them are refused.
// usage is the sentence or two above the options.
func parseFlags(p process, name, usage string, args []string, define func(*flag.FlagSet)) error {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(p.err)
	flags.Usage = func() {
		fmt.Fprintf(flags.Output(), "usage: voxanne %s [OPTIONS]\n\n%s\n", name, usage)
		flags.PrintDefaults()
	}
	if define != nil {
		define(flags)
	}
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage // flag has said what is wrong
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(p.err, "voxanne %s takes no argument %q\n", name, flags.Arg(0))
		flags.Usage()
		return errUsage
	}
	return nil
}
