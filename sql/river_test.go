package sql_test

import (
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/migrations"
)

// Our copies of River's migrations are those of the pinned River: an upgrade
// that brings another one fails here until it has a goose file.
func TestRiverMigrationsAreThePinnedRivers(t *testing.T) {
	t.Parallel()
	theirs := riverpgxv5.New(nil).GetMigrationFS("main")
	names, err := fs.Glob(theirs, "migration/main/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		text, err := fs.ReadFile(theirs, name)
		require.NoError(t, err)
		want := tidy(strings.ReplaceAll(string(text), "/* TEMPLATE: schema */", "river."))
		require.Equal(t, want, riverSection(t, path.Base(name)))
	}
}

// riverSection is the text of one of River's files inside our goose file of its version.
func riverSection(t *testing.T, name string) string {
	t.Helper()
	version, err := strconv.Atoi(name[:3])
	require.NoError(t, err)
	version = max(version, 2) // 1 stands in the file of 2
	text, err := fs.ReadFile(migrations.FS, fmt.Sprintf("%05d_river_v%d.sql", version, version))
	require.NoError(t, err, "River has a migration that migrations/ lacks: %s", name)
	_, rest, ok := strings.Cut(string(text), "-- river "+name+"\n")
	require.True(t, ok, "the section of %s is missing", name)
	section, _, ok := strings.Cut(rest, "-- end of river "+name+"\n")
	require.True(t, ok, "the section of %s has no end", name)
	return tidy(section)
}

// tidy drops trailing blanks, which editors and git do not keep.
func tidy(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	return strings.Join(lines, "\n")
}

func TestRiverBelievesItIsMigrated(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t).Pool(t)
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: "river"})
	require.NoError(t, err)
	result, err := migrator.Validate(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, result.OK, "%v", result.Messages)
}
