package sql_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// tapSchema keeps pgTAP out of public. Functions are closed to PUBLIC here by
// default privileges, and tests call pgTAP as tenant_user too.
const tapSchema = `
create schema tap;
create extension pgtap schema tap;
grant usage on schema tap to public;
grant execute on all functions in schema tap to public;
do $$
begin
  execute format('alter database %I set search_path to "$user", public, tap', current_database());
end
$$;`

// tapDatabases is how many folders are tested at once.
const tapDatabases = 3

// Each file of tests/<function> runs in a transaction that is rolled back, so the folders share a few clones, one folder
// at a time in each: making a clone with pgTAP costs more than most folders. app.now() reads app.test_clock there.
func TestPgTAP(t *testing.T) {
	t.Parallel()
	byFolder := map[string][]string{}
	for _, file := range append(files(t, "tests/*.sql"), files(t, "tests/*/*.sql")...) {
		byFolder[filepath.Dir(file)] = append(byFolder[filepath.Dir(file)], file)
	}
	require.NotEmpty(t, byFolder, "there are no pgTAP tests in sql/tests")
	free := make(chan *dbtest.Database, tapDatabases)
	for range tapDatabases {
		free <- tapDatabase(t)
	}
	for folder, tests := range byFolder {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			d := <-free
			defer func() { free <- d }()
			out, err := prove(t, d, tests)
			require.NoError(t, err, out)
		})
	}
}

// tapDatabase is a clone with pgTAP in it.
func tapDatabase(t *testing.T) *dbtest.Database {
	t.Helper()
	d := dbtest.New(t, dbtest.WithClock())
	d.Exec(t, tapSchema)
	return d
}

// prove runs pgTAP files against a database and returns what was said.
func prove(t *testing.T, d *dbtest.Database, tests []string) (string, error) {
	t.Helper()
	args := append([]string{"--failures", "--comments", "--psql-bin", filepath.Join(binaries(t), "psql")}, tests...)
	out, err := program(t, d.OwnerURL, "pg_prove", args...).CombinedOutput()
	return string(out), err
}

func TestPgTAPFailuresAreSeen(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"false":      "begin; select plan(1); select ok(false, 'is not so'); select * from finish(); rollback;",
		"too few":    "begin; select plan(2); select ok(true); select * from finish(); rollback;",
		"breaks off": "begin; select plan(1); select 1/0; rollback;",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "bad.sql")
			write(t, file, body)
			out, err := prove(t, tapDatabase(t), []string{file})
			require.Error(t, err, out)
		})
	}
}
