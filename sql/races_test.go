package sql_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// Two sessions, named steps, listed orders: races/specs/*.spec must give
// races/expected/*.out. -update writes those anew: read the difference.
func TestRaces(t *testing.T) {
	t.Parallel()
	specs := files(t, "races/specs/*.spec")
	require.NotEmpty(t, specs, "there are no race specs in sql/races/specs")
	out := t.TempDir()
	var schedule strings.Builder
	for _, spec := range specs {
		name := strings.TrimSuffix(filepath.Base(spec), ".spec")
		schedule.WriteString("test: " + name + "\n")
		if *update {
			write(t, filepath.Join("races/expected", name+".out"), "") // the driver stops at a missing one
		}
	}
	write(t, filepath.Join(out, "schedule"), schedule.String())

	d := dbtest.New(t)
	d.Exec(t, read(t, "races/clinic.sql"))
	config, err := pgx.ParseConfig(d.OwnerURL)
	require.NoError(t, err)
	cmd := program(t, d.OwnerURL, isolationRegress(t),
		"--use-existing", "--dbname="+d.Name, "--host="+config.Host, "--user="+config.User,
		"--inputdir=races", "--outputdir="+out, "--schedule="+filepath.Join(out, "schedule"),
		"--bindir="+binaries(t))
	said, err := cmd.CombinedOutput()
	if *update {
		for _, result := range files(t, filepath.Join(out, "results", "*.out")) {
			text := read(t, result)
			require.NotContains(t, text, "syntax error at line", result) // of the spec itself: braces and dollars are the driver's
			write(t, filepath.Join("races/expected", filepath.Base(result)), text)
		}
		return
	}
	if err != nil {
		diffs, _ := os.ReadFile(filepath.Join(out, "regression.diffs")) // absent when it did not get that far
		t.Fatalf("%v\n%s\n%s", err, said, diffs)
	}
}

// isolationRegress is the driver's path; it comes with the server's development files.
func isolationRegress(t *testing.T) string {
	t.Helper()
	lib, err := exec.Command(filepath.Join(binaries(t), "pg_config"), "--pkglibdir").Output()
	require.NoError(t, err)
	path := filepath.Join(strings.TrimSpace(string(lib)), "pgxs/src/test/isolation/pg_isolation_regress")
	require.FileExists(t, path, "run make setup")
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}
