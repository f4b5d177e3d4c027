package sql_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// checkAll asks plpgsql_check about each function, a trigger's once per table it stands on.
const checkAll = `
select format('%s line %s: %s %s: %s', p.oid::regprocedure, c.lineno, c.level, c.sqlstate, c.message)
from pg_proc p
join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
left join pg_trigger t on t.tgfoid = p.oid
cross join lateral plpgsql_check_function_tb(p.oid::regprocedure, coalesce(t.tgrelid, 0)::regclass) c
where p.pronamespace = 'app'::regnamespace
  and (p.prorettype <> 'trigger'::regtype or t.oid is not null)
order by 1`

func TestFunctionBodiesAreSound(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	// The planner estimates stable functions by calling them, and those want claims.
	d.Exec(t, `create extension plpgsql_check;
		do $$ begin execute format('alter database %I set request.jwt.claims = %L', current_database(),
		  '{"app_metadata": {"org_id": "00000000-0000-7000-8000-000000000001"}}'); end $$`)
	require.Empty(t, strs(t, d.OwnerURL, checkAll))

	// The positive control: a body that names a missing table is found.
	d.Exec(t, `create function app.broken() returns void language plpgsql as $$ begin perform * from nowhere; end $$`)
	require.NotEmpty(t, strs(t, d.OwnerURL, checkAll))
}
