// Package migrate brings a database to the schema in migrations/ and gives the
// application its login role.
package migrate

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/voxanne-ai/voxanne/migrations"
)

// Up applies every pending migration. Processes that call it at once take
// turns; the later ones find nothing to do. nil log is silence.
func Up(ctx context.Context, adminURL string, log *slog.Logger) error {
	return UpFrom(ctx, adminURL, migrations.FS, log)
}

// UpFrom is Up with other migrations than the program's own.
func UpFrom(ctx context.Context, adminURL string, files fs.FS, log *slog.Logger) error {
	return with(ctx, adminURL, files, func(p *goose.Provider) error {
		applied, err := p.Up(ctx)
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		if log != nil && len(applied) > 0 {
			log.InfoContext(ctx, "migrated", "count", len(applied), "version", applied[len(applied)-1].Source.Version)
		}
		return nil
	})
}

// Down takes every migration back, to an empty schema. Roles stay.
func Down(ctx context.Context, adminURL string) error {
	return DownTo(ctx, adminURL, migrations.FS, 0)
}

// DownTo takes migrations of files back until version is the newest.
func DownTo(ctx context.Context, adminURL string, files fs.FS, version int64) error {
	return with(ctx, adminURL, files, func(p *goose.Provider) error {
		if _, err := p.DownTo(ctx, version); err != nil {
			return fmt.Errorf("migrate down: %w", err)
		}
		return nil
	})
}

// Status is how far a database is: its version and that of the program.
type Status struct {
	Current int64
	Target  int64
}

// GetStatus reads the version of a database without changing it.
func GetStatus(ctx context.Context, adminURL string) (Status, error) {
	var s Status
	err := with(ctx, adminURL, migrations.FS, func(p *goose.Provider) (err error) {
		s.Current, s.Target, err = p.GetVersions(ctx)
		return err
	})
	return s, err
}

// Target is the version that a database has after all of the program's migrations.
func Target() (int64, error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("migrate: the program holds no migrations: %w", err)
	}
	version, err := goose.NumericComponent(names[len(names)-1]) // in order of name, whose numbers are of one length
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	return version, nil
}

// with opens a provider on one database for the time of fn.
func with(ctx context.Context, adminURL string, files fs.FS, fn func(*goose.Provider) error) error {
	db, err := open(adminURL)
	if err != nil {
		return err
	}
	defer db.Close()
	// Default waits probe every 5 s; tests and parallel deploys want it shorter.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300), lock.WithUnlockTimeout(1, 10))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return fn(p)
}

// open parses the address itself: the errors of sql.Open would quote it with its password.
func open(adminURL string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(adminURL)
	if err != nil {
		return nil, fmt.Errorf("migrate: the admin database address cannot be read: %w", err)
	}
	return stdlib.OpenDB(*config), nil
}
