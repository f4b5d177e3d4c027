// Command published looks at what leaves this machine: every file that git would publish is read for keys and passwords,
// and every module that the programs link must have a licence that lets us. `make lint` runs it; it needs no network.
//
//	published secrets     files with what looks like a secret and is not in allowed.txt, and programs
//	published licences    linked modules whose licence is not permissive (MIT, BSD, ISC, Apache) or MPL
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "published:", err)
		os.Exit(1)
	}
}

// run checks what the arguments name. Error: something was found, or nothing could be looked at.
func run(ctx context.Context, out io.Writer, args []string) error {
	var check func(context.Context) (looked int, findings []string, err error)
	switch {
	case len(args) == 1 && args[0] == "secrets":
		check = func(ctx context.Context) (int, []string, error) { return scanFolder(ctx, ".") }
	case len(args) == 1 && args[0] == "licences":
		check = checkLicences
	default:
		return errors.New("usage: published secrets | published licences")
	}
	looked, findings, err := check(ctx)
	if err != nil {
		return err
	}
	for _, finding := range findings {
		fmt.Fprintln(out, finding)
	}
	switch {
	case len(findings) > 0:
		return fmt.Errorf("%d found by %s", len(findings), args[0])
	case looked == 0:
		return fmt.Errorf("%s looked at nothing", args[0])
	}
	return nil
}
