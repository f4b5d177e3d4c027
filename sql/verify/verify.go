// Package verify holds the DBAs' checks: what must never be found in a sound
// database. psql runs the scripts beside it; Run runs the same checks from Go.
package verify

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// files are the checks' statements, without anything of psql's.
//
//go:embed checks/*.sql
var files embed.FS

// begin opens the transaction of a run, makes the list of findings, and fails
// for a role that could not see every row.
const begin = "begin"

// Levels of a finding. Only an error means that something is wrong now.
const (
	LevelError   = "error"
	LevelWarning = "warning"
	LevelInfo    = "info"
)

// Finding is one row of a check. It names ids and objects of the catalogue,
// never what a person said or is called. docs/verify/ explains every Check.
type Finding struct {
	Check  string `db:"check" json:"check"`
	Level  string `db:"level" json:"level"`
	Object string `db:"object" json:"object"`
	Detail string `db:"detail" json:"detail"`
	Remedy string `db:"remedy" json:"remedy"`
}

// Settings of a run, by name: at_once is VAPI_CALLS_AT_ONCE, outgrown the pieces of documents that a clinic may have compared one
// by one. docs/verify/ names the others. What is not given is as the database has it set, or a default.
type Settings map[string]string

const set = `select set_config('verify.' || $1, $2, true)`

const listed = `
select "check", level, object, detail, remedy
from pg_temp.findings
order by array_position(array['error', 'warning', 'info'], level), "check", object, detail`

// Scripts names all checks, sorted, as sql/verify/<name>.sql.
func Scripts() []string {
	entries, err := fs.ReadDir(files, "checks")
	if err != nil {
		return nil // the folder is compiled in
	}
	var names []string
	for _, entry := range entries {
		if name := strings.TrimSuffix(entry.Name(), ".sql"); name != begin {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Run runs the named checks in one transaction that changes nothing, and
// returns what they find, errors first. The connection must be the owner's
// (ADMIN_DATABASE_URL) and not go through a pooler: for a role that row
// security binds it is an error, as a blind look finds nothing.
func Run(ctx context.Context, conn *pgx.Conn, settings Settings, scripts ...string) (_ []Finding, err error) {
	defer func() {
		if _, undone := conn.Exec(context.WithoutCancel(ctx), "rollback"); undone != nil && err == nil {
			err = fmt.Errorf("end the checks: %w", undone)
		}
	}()
	if err := runFile(ctx, conn, begin); err != nil {
		return nil, err
	}
	for name, value := range settings {
		if _, err := conn.Exec(ctx, set, name, value); err != nil {
			return nil, fmt.Errorf("set %s: %w", name, err)
		}
	}
	for _, name := range scripts {
		if err := runFile(ctx, conn, name); err != nil {
			return nil, err
		}
	}
	rows, err := conn.Query(ctx, listed)
	if err != nil {
		return nil, fmt.Errorf("read the findings: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Finding])
	if err != nil {
		return nil, fmt.Errorf("read the findings: %w", err)
	}
	return found, nil
}

func runFile(ctx context.Context, conn *pgx.Conn, name string) error {
	statements, err := files.ReadFile(path.Join("checks", name+".sql"))
	if err != nil {
		return fmt.Errorf("no check %q: %w", name, err)
	}
	// The simple protocol takes a file of several statements.
	if _, err := conn.PgConn().Exec(ctx, string(statements)).ReadAll(); err != nil {
		return fmt.Errorf("check %s: %w", name, err)
	}
	return nil
}
