// Command testdb lends a migrated scratch database to another program, and
// stops the test clusters.
//
//	testdb run PROGRAM ARGUMENTS…   runs it with SQLC_DATABASE_URL naming the database
//	testdb stop                     stops the clusters that tests left running
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "testdb:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 1 && args[0] == "stop":
		return dbtest.StopClusters(ctx)
	case len(args) > 1 && args[0] == "run":
		return lend(ctx, args[1], args[2:])
	default:
		return errors.New("usage: testdb run PROGRAM ARGUMENTS… | testdb stop")
	}
}

// lend runs a program while the scratch database exists.
func lend(ctx context.Context, program string, args []string) (err error) {
	database, drop, err := dbtest.Scratch(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "SQLC_DATABASE_URL="+database.OwnerURL)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}
