package localpg_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/localpg"
)

// folder is a temporary one that the server's user can enter; t.TempDir's are closed.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755))
	return dir
}

// start gives a cluster in dir that is gone with the test.
func start(t *testing.T, dir string) *localpg.Cluster {
	t.Helper()
	c, err := localpg.Start(t.Context(), localpg.Options{Dir: dir, Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Remove(context.Background())) })
	return c
}

func connect(t *testing.T, c *localpg.Cluster) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.OwnerURL("postgres"))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// postmaster is the process id of the cluster's server.
func postmaster(t *testing.T, c *localpg.Cluster) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.DataDir(), "postmaster.pid"))
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
	require.NoError(t, err)
	return pid
}

func TestStartMakesAClusterThatOnlyThePasswordOpens(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, dir)
	conn := connect(t, c)
	require.Equal(t, dir, filepath.Dir(filepath.Dir(c.DataDir())), "the data lie in its folder")

	var encoding, address string
	require.NoError(t, conn.QueryRow(t.Context(), "select current_setting('server_encoding'), current_setting('listen_addresses')").Scan(&encoding, &address))
	require.Equal(t, "UTF8", encoding)
	require.Equal(t, "127.0.0.1", address)

	info, err := os.Stat(filepath.Join(dir, "owner-password"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	wrong, err := pgx.ParseConfig(c.OwnerURL("postgres"))
	require.NoError(t, err)
	wrong.Password = "wrong"
	_, err = pgx.ConnectConfig(t.Context(), wrong)
	require.Error(t, err)
	wrong.Host = c.SocketDir()
	_, err = pgx.ConnectConfig(t.Context(), wrong)
	require.ErrorContains(t, err, "password", "the socket is there, and it asks too")
}

func TestStartReusesARunningCluster(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	pid := postmaster(t, first)

	var starters sync.WaitGroup
	for range 4 {
		starters.Go(func() {
			again, err := localpg.Start(t.Context(), localpg.Options{Dir: dir, Fast: true})
			if err != nil || again.Port() != first.Port() {
				t.Errorf("port %d instead of %d: %v", again.Port(), first.Port(), err)
			}
		})
	}
	starters.Wait()
	require.Equal(t, pid, postmaster(t, first))
}

func TestStartersOfANewClusterTakeTurns(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	// What a starter killed during initdb left behind.
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "server", "data.new", "base"), 0o700))

	ports := make(chan int, 4)
	var starters sync.WaitGroup
	for range cap(ports) {
		starters.Go(func() {
			c, err := localpg.Start(t.Context(), localpg.Options{Dir: dir, Fast: true})
			if err != nil {
				t.Error(err)
				return
			}
			ports <- c.Port()
		})
	}
	starters.Wait()
	close(ports)
	c := start(t, dir)
	for port := range ports {
		require.Equal(t, c.Port(), port)
	}
}

func TestStopWithoutAClusterIsNoError(t *testing.T) {
	t.Parallel()
	require.NoError(t, localpg.Stop(t.Context(), filepath.Join(folder(t), "never")))
}

func TestStartAfterStopKeepsDataAndPort(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	_, err := connect(t, first).Exec(t.Context(), "create table kept ()")
	require.NoError(t, err)
	require.NoError(t, first.Stop(t.Context()))
	require.NoError(t, first.Stop(t.Context()), "stopping twice is no error")

	second := start(t, dir)
	require.Equal(t, first.Port(), second.Port())
	_, err = connect(t, second).Exec(t.Context(), "table kept")
	require.NoError(t, err)
}

func TestStartSurvivesAKilledPostmaster(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	require.NoError(t, syscall.Kill(postmaster(t, first), syscall.SIGKILL))

	second := start(t, dir)
	connect(t, second)
}

func TestStartSurvivesAPidFileThatNamesAnotherProcess(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	path := filepath.Join(first.DataDir(), "postmaster.pid")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, first.Stop(t.Context()))

	_, rest, _ := strings.Cut(string(text), "\n")
	require.NoError(t, os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"+rest), 0o644))
	connect(t, start(t, dir))
}

func TestStartInAFolderTheServersUserCannotEnter(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root lends the server another user")
	}
	t.Parallel()
	closed := filepath.Join(t.TempDir(), "closed")
	require.NoError(t, os.Mkdir(closed, 0o700))
	dir := filepath.Join(closed, "pg")

	c := start(t, dir)
	elsewhere := filepath.Dir(c.DataDir())
	require.Contains(t, elsewhere, "/var/tmp/voxanne-")
	connect(t, c)

	again, err := localpg.Start(t.Context(), localpg.Options{Dir: dir, Fast: true})
	require.NoError(t, err)
	require.Equal(t, c.DataDir(), again.DataDir())

	require.NoError(t, again.Remove(t.Context()))
	require.NoDirExists(t, elsewhere)
}

// A checkout deleted with its folder leaves its server running in /var/tmp; the next checkout gets a fresh one.
func TestStartAfterItsFolderWasDeleted(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root lends the server another user")
	}
	t.Parallel()
	closed := filepath.Join(t.TempDir(), "closed")
	require.NoError(t, os.Mkdir(closed, 0o700))
	dir := filepath.Join(closed, "pg")
	first, err := localpg.Start(t.Context(), localpg.Options{Dir: dir, Fast: true})
	require.NoError(t, err)
	pid := postmaster(t, first)
	_, err = connect(t, first).Exec(t.Context(), "create table orphan ()")
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(dir))

	second := start(t, dir)
	_, err = connect(t, second).Exec(t.Context(), "table orphan")
	require.ErrorContains(t, err, "does not exist")
	require.NotEqual(t, pid, postmaster(t, second))
	_, err = os.Readlink("/proc/" + strconv.Itoa(pid) + "/cwd")
	require.Error(t, err, "the old server is gone")
}

func TestSocketPathStaysShort(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("long", 30))
	c := start(t, dir)
	require.Less(t, len(c.SocketDir())+len("/.s.PGSQL.65535"), 100)
	_, err := os.Stat(filepath.Join(c.SocketDir(), ".s.PGSQL."+strconv.Itoa(c.Port())))
	require.NoError(t, err)
}

func TestStartSaysWhenTheWantedPortIsTaken(t *testing.T) {
	t.Parallel()
	taken := start(t, folder(t))
	began, elsewhere := time.Now(), folder(t)
	_, err := localpg.Start(t.Context(), localpg.Options{Dir: elsewhere, Port: taken.Port(), Fast: true})
	require.ErrorContains(t, err, "in use")
	require.Less(t, time.Since(began), 30*time.Second)
}

func TestLogHoldsNoRowValues(t *testing.T) {
	t.Parallel()
	c := start(t, folder(t))
	conn := connect(t, c)
	ctx := t.Context()
	_, err := conn.Exec(ctx, "create table person (phone text primary key, born date, check (phone <> '+13125550199'))")
	require.NoError(t, err)

	statements := []struct {
		sql  string
		args []any
	}{
		{"insert into person values ('+13125550123'), ('+13125550123')", nil},
		{"insert into person values ($1)", []any{"+13125550199"}},
		{"select 'Quillfeather'::date", nil},
		{"select $1::text::date", []any{"Quillby"}},
		{"do $$ begin raise exception 'Quillfeather' using detail = 'Quillby'; end $$", nil},
		{"do $$ begin raise warning 'Quillfeather'; end $$", nil},
		{"selec 'Quillfeather'", nil},
	}
	for _, s := range statements {
		_, err := conn.Exec(ctx, s.sql, s.args...)
		if !strings.Contains(s.sql, "warning") {
			require.Error(t, err)
		}
	}
	text, err := os.ReadFile(c.LogFile())
	require.NoError(t, err)
	require.Contains(t, string(text), "ready to accept connections", "the positive control: this is the log")
	require.NotContains(t, string(text), "Quill")
	require.NotContains(t, string(text), "312555")
}
