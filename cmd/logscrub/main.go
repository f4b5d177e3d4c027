// Command logscrub looks through everything that the tests' servers, databases
// and queues left behind for values that the tests put in: telephone numbers,
// names, addresses, words of transcripts, secrets and tokens. Nothing of them
// may be there. `make test` runs it at its end.
//
// A scrub that looks at nothing is a failure: every kind of file must be there
// and hold something.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "logscrub:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	dir := os.Getenv(dbtest.KeptEnv)
	if dir == "" {
		return fmt.Errorf("%s is not set: run the tests with it, then this, or just make test", dbtest.KeptEnv)
	}
	kinds := map[string][]string{}
	for _, kind := range []string{dbtest.KeptServer, dbtest.KeptErrors, dbtest.KeptJobs, dbtest.KeptCluster} {
		files, err := filepath.Glob(filepath.Join(dir, kind+"-*.log"))
		if err != nil {
			return err
		}
		kinds[kind] = files
	}
	if os.Getenv("TEST_DATABASE_URL") != "" {
		fmt.Fprintln(out, "logscrub: TEST_DATABASE_URL is somebody else's server: its log is not looked at")
	} else if err := addClusterLogs(ctx, kinds); err != nil {
		return err
	}
	return report(out, kinds)
}

// addClusterLogs adds the logs of the clusters that the tests ran on.
func addClusterLogs(ctx context.Context, kinds map[string][]string) error {
	for _, name := range []string{dbtest.PlainCluster, dbtest.SupabaseCluster} {
		cluster, err := dbtest.StartCluster(ctx, name)
		if err != nil {
			return err
		}
		kinds["cluster "+name] = []string{cluster.LogFile()}
	}
	return nil
}

// report looks at all files and says what was found, and how much was looked at.
func report(out io.Writer, kinds map[string][]string) error {
	var problems []error
	for kind, files := range kinds {
		looked, err := scan(files)
		problems = append(problems, err)
		if looked == 0 {
			problems = append(problems, fmt.Errorf("%s: there is nothing to look at in %d files; the tests must have left something", kind, len(files)))
			continue
		}
		fmt.Fprintf(out, "logscrub: %-22s %4d files, %8d bytes\n", kind, len(files), looked)
	}
	return errors.Join(problems...)
}
