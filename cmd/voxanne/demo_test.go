package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/localpg"
)

// plays runs `voxanne demo` to its end and returns what it printed; err is its exit status.
func plays(t *testing.T, home string) (printed string, err error) {
	t.Helper()
	p := startCommand(t, "demo", environ(home))
	select {
	case err = <-p.exited:
		return p.out.String(), err
	case <-time.After(time.Minute):
		t.Fatalf("the demo does not end:\n%s", p.out)
		return "", nil
	}
}

func TestDemoAgainstARunningInstance(t *testing.T) {
	t.Parallel()
	home := newHome(t)
	dev := start(t, home)
	values, _ := dev.ready(t, home)
	for range 2 {
		printed, err := plays(t, home)
		require.NoError(t, err, printed)
		require.Contains(t, printed, values["BACKEND_URL"])
		require.NotContains(t, printed, "✗")
	}

	owner, err := pgx.Connect(t.Context(), values["ADMIN_DATABASE_URL"])
	require.NoError(t, err)
	_, err = owner.Exec(t.Context(), "create policy everything on public.call_logs for select to tenant_user using (true)")
	require.NoError(t, err)
	require.NoError(t, owner.Close(t.Context()))
	printed, err := plays(t, home)
	require.ErrorContains(t, err, "exit status 1", printed)
	require.Contains(t, printed, "✗ Harbor Skin sees its own rows in every table, and none of Lakeside Dental")

	keepInstance(t, home, values)
	dev.interrupt(t)
}

func TestDemoStartsAnInstanceOfItsOwn(t *testing.T) {
	t.Parallel()
	home := newHome(t)
	printed, err := plays(t, home)
	require.NoError(t, err, printed)
	require.Contains(t, printed, "starts one of its own")
	require.Contains(t, printed, "promises were kept")
	entries, err := os.ReadDir(home)
	require.NoError(t, err)
	require.Empty(t, entries, "the caller's folder is left alone")
}

// keepInstance keeps the queue and the cluster's log of an instance for cmd/logscrub.
func keepInstance(t *testing.T, home string, values map[string]string) {
	t.Helper()
	dbtest.KeepJobs(t, values["ADMIN_DATABASE_URL"])
	file := dbtest.Kept(t, dbtest.KeptCluster)
	if file == nil {
		return
	}
	cluster, err := localpg.Start(t.Context(), localpg.Options{Dir: filepath.Join(home, "pg")})
	require.NoError(t, err)
	text, err := os.ReadFile(cluster.LogFile())
	require.NoError(t, err)
	_, err = file.Write(text)
	require.NoError(t, err)
}
