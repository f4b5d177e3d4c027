package dbtest

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// KeptEnv names the folder where tests leave what they logged for cmd/logscrub,
// which looks for values that went in and must not come out. `make test` sets it.
const KeptEnv = "VOXANNE_TEST_LOGS"

// Kinds of kept files; each begins its name with one.
const (
	KeptServer  = "server"  // a server's log, as written
	KeptErrors  = "errors"  // bodies of answers that were no success
	KeptJobs    = "jobs"    // rows of the queue, when a test's database went
	KeptCluster = "cluster" // the log of an instance's own cluster
)

// Kept opens a file for what a test leaves of a kind. Nil when nothing is kept.
func Kept(t testing.TB, kind string) *os.File {
	t.Helper()
	dir := os.Getenv(KeptEnv)
	if dir == "" {
		return nil
	}
	must(t, os.MkdirAll(dir, 0o700), "make "+KeptEnv)
	name := strings.NewReplacer("/", "_", "*", "_").Replace(t.Name())
	file, err := os.CreateTemp(dir, kind+"-"+name[:min(len(name), 80)]+"-*.log")
	must(t, err, "keep a log")
	t.Cleanup(func() { must(t, file.Close(), "close a kept log") })
	return file
}

// KeepJobs writes down the queue of a database before it goes. New's databases
// do it by themselves.
func KeepJobs(t testing.TB, ownerURL string) {
	t.Helper()
	if os.Getenv(KeptEnv) == "" {
		return
	}
	conn, err := pgx.Connect(context.Background(), ownerURL)
	must(t, err, "connect to keep the jobs")
	defer conn.Close(context.Background())
	var there bool
	must(t, conn.QueryRow(context.Background(), "select to_regclass('river.river_job') is not null").Scan(&there), "look for the queue")
	if !there {
		return
	}
	rows, err := conn.Query(context.Background(), "select to_jsonb(j)::text from river.river_job j order by j.id")
	must(t, err, "read the queue")
	jobs, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err, "read the queue")
	if len(jobs) == 0 {
		return
	}
	_, err = Kept(t, KeptJobs).WriteString(strings.Join(jobs, "\n") + "\n")
	must(t, err, "keep the jobs")
}
