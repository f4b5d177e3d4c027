package sql_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// tenantTable is a table whose rows belong to organisations.
type tenantTable struct{ name, org string }

// tenantTables come from the catalogue, so that a new table is met by every
// test over them without being named anywhere. organizations is its own org.
func tenantTables(t *testing.T, address string) []tenantTable {
	t.Helper()
	var found []tenantTable
	for _, row := range strs(t, address, `
		select c.relname || ' ' || a.attname
		from pg_class c
		join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
		  and a.attname = case c.relname when 'organizations' then 'id' else 'org_id' end
		order by 1`) {
		name, org, _ := strings.Cut(row, " ")
		found = append(found, tenantTable{name, org})
	}
	require.Greater(t, len(found), 25, "the catalogue shows too few tenant tables")
	return found
}

// orgID is the organisation of the fixture whose ids begin with letter: a or b.
func orgID(letter string) string { return letter + "0000000-0000-7000-8000-000000000001" }

// claims are what the owner of that organisation has in the token.
func claims(letter string) string {
	return fmt.Sprintf(`{"sub": "%s0000000-0000-7000-8000-0000000000e1", "role": "authenticated", "app_metadata": {"org_id": %q}}`, letter, orgID(letter))
}

// furnish fills every tenant table for the organisations a and b, and fails
// while a table stays empty for one of them.
func furnish(t *testing.T, d *dbtest.Database) {
	t.Helper()
	script := read(t, "testdata/tenant.sql")
	for _, letter := range []string{"a", "b"} {
		d.Exec(t, strings.ReplaceAll(script, "$L", letter))
	}
	for _, table := range tenantTables(t, d.OwnerURL) {
		for _, letter := range []string{"a", "b"} {
			rows := strs(t, d.OwnerURL, fmt.Sprintf("select %s::text from public.%s where %s = $1", table.org, table.name, table.org), orgID(letter))
			require.NotEmpty(t, rows, "testdata/tenant.sql gives %s no row, so nothing is tested about it", table.name)
		}
	}
}

// connected gives one connection that ends with the test.
func connected(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}
