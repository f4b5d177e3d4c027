package sql_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/localpg"
)

// files lists this folder's files of a pattern, sorted by name.
func files(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	require.NoError(t, err)
	slices.Sort(found)
	return found
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// strs runs a query of one text column.
func strs(t *testing.T, address, query string, args ...any) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	rows, err := conn.Query(t.Context(), query, args...)
	require.NoError(t, err)
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return found
}

// program prepares one of PostgreSQL's programs, with the database in its environment.
func program(t *testing.T, address, name string, args ...string) *exec.Cmd {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(),
		"PGHOST="+config.Host, "PGPORT="+strconv.Itoa(int(config.Port)),
		"PGUSER="+config.User, "PGPASSWORD="+config.Password, "PGDATABASE="+config.Database)
	return cmd
}

func binaries(t *testing.T) string {
	t.Helper()
	dir, err := localpg.Binaries()
	require.NoError(t, err)
	return dir
}

// What in a dump says nothing about the schema, or depends on pg_dump's version.
var (
	dumpNoise  = regexp.MustCompile(`(?m)^(SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*|--.*)\n`)
	blankLines = regexp.MustCompile(`\n{3,}`)
	// pg_dump 17 calls a sequence so, the earlier ones a table.
	sequenceOwner = regexp.MustCompile(`(?m)^ALTER SEQUENCE (\S+) OWNER TO`)
	grants        = regexp.MustCompile(`(?m)(^(GRANT|REVOKE) .*\n)+`)
)

// dump is a database's schema as text, the same for the same schema: rights
// are sorted, because their order only tells in which order they were given.
func dump(t *testing.T, address string) string {
	t.Helper()
	cmd := program(t, address, filepath.Join(binaries(t), "pg_dump"), "--schema-only", "--exclude-table=goose_db_version*")
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	require.NoError(t, err, errors.String())
	text := dumpNoise.ReplaceAllString(string(out), "")
	text = sequenceOwner.ReplaceAllString(text, "ALTER TABLE $1 OWNER TO")
	text = grants.ReplaceAllStringFunc(text, func(block string) string {
		lines := strings.SplitAfter(strings.TrimSuffix(block, "\n"), "\n")
		lines[len(lines)-1] += "\n"
		slices.Sort(lines)
		return strings.Join(lines, "")
	})
	owner, err := pgx.ParseConfig(address)
	require.NoError(t, err)
	text = strings.ReplaceAll(text, " OWNER TO "+owner.User+";", " OWNER TO owner;")
	text = strings.ReplaceAll(text, "FOR ROLE "+owner.User+" ", "FOR ROLE owner ")
	text = strings.ReplaceAll(text, " FROM "+owner.User+";", " FROM owner;")
	text = strings.ReplaceAll(text, " TO "+owner.User+";", " TO owner;")
	return strings.TrimSpace(blankLines.ReplaceAllString(text, "\n\n")) + "\n"
}
