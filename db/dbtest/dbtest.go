// Package dbtest gives tests real databases: a clone of a migrated template per
// test, dropped when the test ends.
//
// The cluster lives in .local/test-pg of the checkout and keeps running between
// packages and runs, because starting it costs more than most tests;
// `make test` stops it at its end, `go run ./cmd/testdb stop` at any time.
// VOXANNE_TEST_POSTGRES (a folder of programs) makes it with another version.
// TEST_DATABASE_URL (an owner's address) uses another server instead.
package dbtest

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/db/migrate"
)

// loginPassword is voxanne_login's in every test cluster.
const loginPassword = "test-secret-login"

// Database is one test's own database.
type Database struct {
	Name     string
	OwnerURL string        // of the migrating role
	LoginURL string        // of voxanne_login; works only where migrations ran
	clock    *pgxpool.Pool // kept open, as tests set the clock often; nil without WithClock
}

// Option changes what New gives.
type Option func(*options)

type options struct{ clock bool }

// WithClock lets SetClock replace what app.now() answers in this database.
func WithClock() Option { return func(o *options) { o.clock = true } }

// New gives a database with every migration applied.
func New(t testing.TB, opts ...Option) *Database {
	t.Helper()
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	s := server(t)
	template, err := s.template(t.Context())
	must(t, err, "make the template database")
	d := s.create(t, cloneOf(template))
	if o.clock {
		d.Exec(t, testClock)
		d.clock = d.Pool(t)
	}
	return d
}

// Empty gives a database without migrations.
func Empty(t testing.TB) *Database {
	t.Helper()
	return server(t).create(t, "template template0")
}

// Pool connects as the owner, whom row level security does not bind.
func (d *Database) Pool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return pool(t, d.OwnerURL)
}

// LoginPool connects as voxanne_login, as the application does.
func (d *Database) LoginPool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return pool(t, d.LoginURL)
}

// Exec runs statements as the owner. Without arguments they may be several.
func (d *Database) Exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.OwnerURL)
	must(t, err, "connect to the test database")
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), sql, args...)
	must(t, err, "run SQL in the test database")
}

// SetClock makes app.now() answer at in this database, in transactions already
// open too. The zero time gives the real clock back. Needs WithClock.
func (d *Database) SetClock(t testing.TB, at time.Time) {
	t.Helper()
	if d.clock == nil {
		t.Fatal("this database was made without dbtest.WithClock()")
	}
	var value *time.Time
	if !at.IsZero() {
		value = &at
	}
	_, err := d.clock.Exec(t.Context(), "update app.test_clock set at = $1", value)
	must(t, err, "set the clock of the test database")
}

// testClock replaces the one clock by a table. Same signature, so owner, rights
// and dependants stay.
const testClock = `
create table app.test_clock (only_row boolean primary key default true check (only_row), at timestamptz);
insert into app.test_clock default values;
grant select on app.test_clock to public;
create or replace function app.now() returns timestamptz language sql volatile parallel safe set search_path = ''
as $$ select coalesce((select c.at from app.test_clock c), pg_catalog.clock_timestamp()) $$;
`

// Root is the checkout's folder: the nearest one upwards with a go.mod.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		dir = parent
	}
}

// clusterDir is where a cluster of the checkout lives. On programs that [localpg.BinariesEnv] names it is another, because a
// version cannot read the data of the other.
func clusterDir(root, name string) string {
	if os.Getenv(localpg.BinariesEnv) != "" {
		name += "-named"
	}
	return filepath.Join(root, ".local", name)
}

// StopClusters stops the checkout's test clusters that run.
func StopClusters(ctx context.Context) error {
	root, err := Root()
	if err != nil {
		return err
	}
	for _, name := range []string{PlainCluster, SupabaseCluster} {
		if err := localpg.Stop(ctx, clusterDir(root, name)); err != nil {
			return err
		}
	}
	return nil
}

// StartCluster starts or reuses the checkout's cluster .local/<name>.
func StartCluster(ctx context.Context, name string) (*localpg.Cluster, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	return localpg.Start(ctx, localpg.Options{Dir: clusterDir(root, name), Fast: true, Log: slog.New(slog.DiscardHandler)})
}

// Names of the clusters in .local: plain PostgreSQL, and one whose cluster-wide
// roles are Supabase's.
const (
	PlainCluster    = "test-pg"
	SupabaseCluster = "test-supabase"
)

// plain finds the server once per process: it is asked for by every test.
var plain = sync.OnceValues(func() (*testServer, error) {
	if given := os.Getenv("TEST_DATABASE_URL"); given != "" {
		return &testServer{adminURL: given}, nil
	}
	cluster, err := StartCluster(context.Background(), PlainCluster)
	if err != nil {
		return nil, err
	}
	return &testServer{adminURL: cluster.OwnerURL("postgres"), private: true}, nil
})

func server(t testing.TB) *testServer {
	t.Helper()
	s, err := plain()
	must(t, err, "start the test cluster")
	return s
}

func pool(t testing.TB, address string) *pgxpool.Pool {
	t.Helper()
	p, err := pgxpool.New(t.Context(), address)
	must(t, err, "open a pool")
	t.Cleanup(p.Close)
	return p
}

func must(t testing.TB, err error, doing string) {
	t.Helper()
	if err != nil {
		t.Fatalf("dbtest: %s: %v", doing, err)
	}
}

// addressOf is an address with another database in it.
func addressOf(address, database string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("TEST_DATABASE_URL must be a URL")
	}
	u.Path = "/" + database
	return u.String(), nil
}

// loginURL is an address with voxanne_login in it.
func loginURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.User = url.UserPassword(migrate.Login, loginPassword)
	return u.String()
}
