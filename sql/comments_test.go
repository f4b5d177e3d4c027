package sql_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

const describedObjects = `
select format('function %s|%s|%s', p.oid::regprocedure, p.proname, coalesce(obj_description(p.oid, 'pg_proc'), ''))
from pg_proc p
where p.pronamespace = 'app'::regnamespace
  and not exists (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e')
union all
select format('%s %s|%s|%s', case c.relkind when 'v' then 'view' else 'table' end, c.oid::regclass, c.relname, coalesce(obj_description(c.oid, 'pg_class'), ''))
from pg_class c
where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)
  and c.relkind in ('r', 'p', 'v') and c.relname <> 'goose_db_version'`

func TestEveryFunctionAndTableSaysMoreThanItsName(t *testing.T) {
	t.Parallel()
	for _, row := range strs(t, dbtest.New(t).OwnerURL, describedObjects) {
		what := strings.SplitN(row, "|", 3)
		if !saysMore(what[1], what[2]) {
			t.Errorf("%s needs a COMMENT that says more than its name, not %q", what[0], what[2])
		}
	}
}

// saysMore wants 20 characters and three words that are not the name's.
func saysMore(name, comment string) bool {
	own := map[string]bool{"the": true, "a": true, "an": true, "of": true, "function": true, "table": true}
	for _, word := range strings.Split(strings.ToLower(name), "_") {
		own[word], own[word+"s"], own[strings.TrimSuffix(word, "s")] = true, true, true
	}
	fresh := 0
	for _, word := range strings.Fields(strings.ToLower(comment)) {
		if !own[strings.Trim(word, ".,:;()'")] {
			fresh++
		}
	}
	return len(comment) >= 20 && fresh >= 3
}

func TestSaysMoreRefusesEmptyWords(t *testing.T) {
	t.Parallel()
	require.False(t, saysMore("book_appointment", ""))
	require.False(t, saysMore("book_appointment", "Books."))
	require.False(t, saysMore("business_hours", "The table of the business hours."))
	require.True(t, saysMore("now", "The only clock that functions and defaults read."))
}

func TestEveryArgumentIsNamedWithAPrefix(t *testing.T) {
	t.Parallel()
	// proargnames lists outputs too where there are some; proargmodes tells them apart.
	bad := strs(t, dbtest.New(t).OwnerURL, `
		select format('%s argument %s: %L', p.oid::regprocedure, n, p.proargnames[n])
		from pg_proc p,
		  generate_series(1, coalesce(array_length(p.proallargtypes, 1), p.pronargs)) n
		where p.pronamespace = 'app'::regnamespace
		  and coalesce(p.proargmodes[n], 'i') in ('i', 'b', 'v')
		  and coalesce(p.proargnames[n], '') not like 'p\_%'`)
	require.Empty(t, bad)
}
