package dbtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/voxanne-ai/voxanne/db/migrate"
	"github.com/voxanne-ai/voxanne/migrations"
)

const (
	templatePrefix = "vx_tmpl_"
	testPrefix     = "vx_test_"
	// templateLock serialises, in database postgres, the making of templates.
	templateLock = 0x76785f74 // "vx_t"
)

// testServer is where test databases are made.
type testServer struct {
	adminURL string
	private  bool // ours alone: leftovers of dead test runs may be dropped

	once sync.Once
	name string
	err  error
}

// template makes the template database of the present migrations, once, and
// returns its name. Its name says its content, so it is never stale.
func (s *testServer) template(ctx context.Context) (string, error) {
	s.once.Do(func() {
		if s.name, s.err = templateName(); s.err == nil {
			s.err = s.makeTemplate(context.WithoutCancel(ctx))
		}
	})
	return s.name, s.err
}

// templateName is the prefix and a hash over every migration's name and text.
func templateName() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.FS, path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	return templatePrefix + fmt.Sprintf("%x", sum.Sum(nil)[:8]), err
}

func (s *testServer) makeTemplate(ctx context.Context) error {
	return s.locked(ctx, func(conn *pgx.Conn) error {
		var exists bool
		if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", s.name).Scan(&exists); err != nil {
			return err
		}
		if exists {
			return nil
		}
		if s.private {
			if err := dropLeftovers(ctx, conn); err != nil {
				return err
			}
		}
		// Made under another name: a killed maker leaves nothing that looks finished.
		unfinished := s.name + "_new"
		if err := execEach(ctx, conn,
			"drop database if exists "+unfinished+" with (force)",
			"create database "+unfinished+" template template0"); err != nil {
			return err
		}
		address, err := addressOf(s.adminURL, unfinished)
		if err != nil {
			return err
		}
		if err := migrate.Up(ctx, address, nil); err != nil {
			return err
		}
		if _, err := migrate.EnsureLogin(ctx, address, loginPassword); err != nil {
			return err
		}
		return execEach(ctx, conn,
			"alter database "+unfinished+" with allow_connections false",
			"alter database "+unfinished+" rename to "+s.name)
	})
}

// locked runs fn on a connection to the admin database that holds the template lock.
func (s *testServer) locked(ctx context.Context, fn func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, s.adminURL)
	if err != nil {
		return err
	}
	defer conn.Close(ctx) // ends the lock
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", templateLock); err != nil {
		return err
	}
	return fn(conn)
}

// execEach runs statements that cannot share a transaction. A database whose
// last connection is just ending is "being accessed" for another moment.
func execEach(ctx context.Context, conn *pgx.Conn, statements ...string) error {
	for _, statement := range statements {
		deadline := time.Now().Add(10 * time.Second)
		for {
			_, err := conn.Exec(ctx, statement)
			if err == nil {
				break
			}
			var pg *pgconn.PgError
			if !errors.As(err, &pg) || pg.Code != "55006" || time.Now().After(deadline) {
				return fmt.Errorf("%s: %w", statement, err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	return nil
}

// dropLeftovers removes older templates and the databases of test processes that are gone.
func dropLeftovers(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, "select datname from pg_database where datname like 'vx\\_%'")
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, testPrefix) && processLives(name) {
			continue
		}
		if err := execEach(ctx, conn, "drop database if exists "+pgx.Identifier{name}.Sanitize()+" with (force)"); err != nil {
			return err
		}
	}
	return nil
}

// processLives says whether the process that a test database's name names is there.
func processLives(name string) bool {
	pid, _, _ := strings.Cut(strings.TrimPrefix(name, testPrefix), "_")
	number, err := strconv.Atoi(pid)
	return err == nil && !errors.Is(syscall.Kill(number, 0), syscall.ESRCH)
}

// create makes a database that is dropped when the test ends.
func (s *testServer) create(t testing.TB, how string) *Database {
	t.Helper()
	d, drop, err := s.make(context.Background(), how)
	must(t, err, "create a test database")
	t.Cleanup(func() {
		if os.Getenv(KeptEnv) != "" {
			// A test may have closed its database to see what happens without one.
			must(t, s.exec(context.Background(), "alter database "+d.Name+" with allow_connections true"), "open a test database")
			KeepJobs(t, d.OwnerURL)
		}
		must(t, drop(), "drop a test database")
	})
	return d
}

// make makes a database under a name of its own; drop removes it.
func (s *testServer) make(ctx context.Context, how string) (d *Database, drop func() error, err error) {
	name := testPrefix + strconv.Itoa(os.Getpid()) + "_" + strings.ToLower(rand.Text()[:10])
	address, err := addressOf(s.adminURL, name)
	if err != nil {
		return nil, nil, err
	}
	if err := s.exec(ctx, "create database "+name+" "+how); err != nil {
		return nil, nil, err
	}
	drop = func() error { return s.exec(ctx, "drop database if exists "+name+" with (force)") }
	return &Database{Name: name, OwnerURL: address, LoginURL: loginURL(address)}, drop, nil
}

// Scratch gives a migrated database to a program that is no test. The caller drops it.
func Scratch(ctx context.Context) (d *Database, drop func() error, err error) {
	s, err := plain()
	if err != nil {
		return nil, nil, err
	}
	template, err := s.template(ctx)
	if err != nil {
		return nil, nil, err
	}
	return s.make(ctx, cloneOf(template))
}

func cloneOf(template string) string {
	return "template " + pgx.Identifier{template}.Sanitize() + " strategy file_copy"
}

func (s *testServer) exec(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, s.adminURL)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return execEach(ctx, conn, statements...)
}
