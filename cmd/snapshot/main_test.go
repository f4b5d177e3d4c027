package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/migrate"
)

const foundation = `-- +goose Up
-- +goose StatementBegin
create schema app;
do $$
begin
  if to_regrole('app_writer') is null then create role app_writer nologin; end if;
  if to_regrole('app_definer') is null then create role app_definer nologin; end if;
  if to_regrole('app_searcher') is null then create role app_searcher nologin; end if;
end
$$;
create table public.leads (score integer);
-- snapshot of sql/0010_function_one.sql
create or replace function app.one(p_by integer) returns integer language sql as 'select p_by';
-- end of sql/0010_function_one.sql
-- +goose StatementEnd

-- +goose Down
drop function app.one(integer);
drop table public.leads;
drop schema app;
`

// bundle is a checkout in a temporary folder and a database that follows it.
type bundle struct {
	*testing.T
	root string
	url  string
}

func setup(t *testing.T) bundle {
	t.Parallel()
	dbtest.New(t) // the roles are the cluster's: let the real migrations make them first
	b := bundle{t, t.TempDir(), dbtest.Empty(t).OwnerURL}
	b.write("migrations/00001_foundation.sql", foundation)
	b.write("sql/0010_function_one.sql", "create or replace function app.one(p_by integer) returns integer language sql as 'select p_by';\n")
	b.up()
	return b
}

func (b bundle) write(path, text string) {
	b.Helper()
	path = filepath.Join(b.root, path)
	require.NoError(b, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(b, os.WriteFile(path, []byte(text), 0o644))
}

// snap writes a snapshot and applies it; it gives the migration's text.
func (b bundle) snap(name string) string {
	b.Helper()
	path, err := snapshot(b.root, name)
	require.NoError(b, err)
	b.up()
	text, err := os.ReadFile(path)
	require.NoError(b, err)
	return string(text)
}

func (b bundle) up() {
	b.Helper()
	require.NoError(b, migrate.UpFrom(b.Context(), b.url, os.DirFS(filepath.Join(b.root, "migrations")), nil))
}

func (b bundle) down(version int64) {
	b.Helper()
	require.NoError(b, migrate.DownTo(b.Context(), b.url, os.DirFS(filepath.Join(b.root, "migrations")), version))
}

// answer is the text of a query's one value, or of its error.
func (b bundle) answer(query string) string {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), b.url)
	require.NoError(b, err)
	defer conn.Close(context.Background())
	var got string
	if err := conn.QueryRow(b.Context(), "select ("+query+")::text").Scan(&got); err != nil {
		return err.Error()
	}
	return got
}

func TestNothingChangedIsAnError(t *testing.T) {
	b := setup(t)
	_, err := snapshot(b.root, "nothing")
	require.ErrorContains(t, err, "no file")
	_, err = snapshot(b.root, "Not a name")
	require.Error(t, err)
}

func TestNewFileIsMadeAndDownDropsIt(t *testing.T) {
	b := setup(t)
	b.write("sql/0020_function_two.sql", "create or replace function app.two() returns integer language sql as 'select app.one(2)';\n")
	b.snap("two")
	require.Equal(t, "2", b.answer("app.two()"))
	b.down(1)
	require.Contains(t, b.answer("app.two()"), "does not exist")
	require.Equal(t, "1", b.answer("app.one(1)"))
}

func TestChangedBodyIsReplacedInPlace(t *testing.T) {
	b := setup(t)
	b.write("sql/0010_function_one.sql", "create or replace function app.one(p_by integer) returns integer language sql as 'select p_by * 10';\n")
	before := b.answer("'app.one(integer)'::regprocedure::oid")
	require.NotContains(t, b.snap("ten"), "drop function")
	require.Equal(t, "20", b.answer("app.one(2)"))
	require.Equal(t, before, b.answer("'app.one(integer)'::regprocedure::oid"))
	b.down(1)
	require.Equal(t, "2", b.answer("app.one(2)"))
}

func TestChangedSignatureDropsWithEverythingThatNamesIt(t *testing.T) {
	b := setup(t)
	b.write("sql/0020_view_scores.sql", "create or replace view app.scores as select app.one(score) as score from public.leads;\n")
	b.write("sql/0030_function_three.sql", "create or replace function app.three() returns setof app.scores language sql as 'select * from app.scores';\n")
	b.write("sql/0040_function_apart.sql", "create or replace function app.apart() returns integer language sql as 'select 4';\n")
	b.snap("views")
	apart := b.answer("'app.apart()'::regprocedure::oid")

	b.write("sql/0010_function_one.sql", "create or replace function app.one(p_by integer, p_plus integer default 1) returns bigint language sql as 'select p_by + p_plus';\n")
	b.snap("signature")
	require.Equal(t, "6", b.answer("app.one(5)"))
	require.Equal(t, "bigint", b.answer("select format_type(atttypid, null) from pg_attribute where attrelid = 'app.scores'::regclass and attname = 'score'"))
	require.Equal(t, apart, b.answer("'app.apart()'::regprocedure::oid"), "what does not name it stays")

	b.down(2)
	require.Equal(t, "5", b.answer("app.one(5)"))
	require.Equal(t, "0", b.answer("select count(*) from app.three()"))
	b.up()
	require.Equal(t, "6", b.answer("app.one(5)"))
}

func TestRemovedFileIsDroppedAndDownBringsItBack(t *testing.T) {
	b := setup(t)
	b.write("sql/0020_policy_leads.sql", "alter table public.leads enable row level security;\ndrop policy if exists all_see on public.leads;\ncreate policy all_see on public.leads using (app.one(score) > 0);\n")
	b.write("sql/0030_trigger_leads.sql", "create or replace function app.keep() returns trigger language plpgsql as 'begin return new; end';\ncreate or replace trigger keep before insert on public.leads for each row execute function app.keep();\n")
	b.snap("more")
	require.NoError(t, os.Remove(filepath.Join(b.root, "sql/0020_policy_leads.sql")))
	require.NoError(t, os.Remove(filepath.Join(b.root, "sql/0030_trigger_leads.sql")))
	b.snap("less")
	left := "select count(*) from pg_policy, pg_trigger where polname = 'all_see' and tgname = 'keep'"
	require.Equal(t, "0", b.answer(left))
	_, err := snapshot(b.root, "again")
	require.ErrorContains(t, err, "no file", "a removal is remembered")
	b.down(2)
	require.Equal(t, "1", b.answer(left))
	b.down(0)
}

func TestRenumberedFileIsTheSameFile(t *testing.T) {
	b := setup(t)
	require.NoError(t, os.Rename(filepath.Join(b.root, "sql/0010_function_one.sql"), filepath.Join(b.root, "sql/0015_function_one.sql")))
	_, err := snapshot(b.root, "nothing")
	require.ErrorContains(t, err, "no file")
}

func TestSnapshotSkipsNumbersThatAreTaken(t *testing.T) {
	b := setup(t)
	b.write("migrations/00041_later.sql", "-- +goose Up\nselect 1;\n-- +goose Down\nselect 1;\n")
	b.write("sql/0020_function_two.sql", "create or replace function app.two() returns integer language sql as 'select 2';\n")
	path, err := snapshot(b.root, "two")
	require.NoError(t, err)
	require.Equal(t, "00042_two.sql", filepath.Base(path))
}
