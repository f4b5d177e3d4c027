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
	here := process{in: os.Stdin, terminal: isTerminal(os.Stdin), out: os.Stdout, err: os.Stderr, environ: server.Environ()}
	os.Exit(run(ctx, here, os.Args[1:]))
}

// process is what a command touches of the process around it.
type process struct {
	in       io.Reader
	terminal bool // in is somebody who can answer
	out      io.Writer
	err      io.Writer // the log, what went wrong, and questions
	environ  map[string]string
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
		{"doctor", "look whether database, providers and configuration can work", runDoctor},
		{"seed", "put the demo clinics into the database", runSeed},
		{"credentials", "rotate-key: seal the clinics' credentials with another key", runCredentials},
		{"tools", "look after the tools that assistants carry at Vapi: audit, sync", runTools},
		{"agent", "verify: ask Twilio and Vapi whether a clinic's calls would work", runAgent},
		{"number", "release: give a clinic's number up", runNumber},
		{"org", "repair-membership, calls, export, import: who belongs to a clinic, its calls, all that is known of it", runOrg},
		{"appointment", "verify: what the database says a caller has booked", runAppointment},
		{"provisioning", "list, resume, undo: the runs that set numbers up", runProvisioning},
		{"token", "print an access token for a member of a clinic (development only)", runToken},
		{"health", "ask a process on this machine whether it is well, as containers do", runHealth},
		{"version", "print which build this is", runVersion},
	}
}

// The exit statuses, as docs/operators.md has them.
const (
	statusDone    = 0
	statusFault   = 1 // it found a fault, or nothing; of commands that ask nobody, it could not do its work
	statusUsage   = 2
	statusUnasked = 3 // the database or a provider could not be asked, so that nothing is known
)

// run executes one command and returns the exit status.
func run(ctx context.Context, p process, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		printUsage(p.out)
		return 0
	}
	if args[0] == "--version" {
		args = []string{"version"}
	}
	if args[0] == readDocument {
		return exitStatus(p, readDocument, runReadDocument(ctx, p))
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
	var unasked *unaskedError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return statusDone
	case errors.Is(err, errUsage):
		return statusUsage
	}
	fmt.Fprintf(p.err, "voxanne %s: %v\n", name, err)
	if errors.As(err, &unasked) {
		return statusUnasked
	}
	return statusFault
}

func printUsage(w io.Writer) {
	fmt.Fprint(w, "Voxanne answers a clinic's telephone and books its visits.\n\nusage: voxanne COMMAND [OPTIONS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-12s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\nExit status: 0 done, 1 a fault or nothing found, 2 called wrongly, 3 nobody could be asked.")
	fmt.Fprint(w, "\nEverything is configured by environment variables, see README. `voxanne COMMAND -h` tells more.\n")
}
