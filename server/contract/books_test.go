package contract_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// books know every row of a database as it was when they were opened: of the tenants, of the platform, of Supabase Auth,
// and the queued jobs. They say what has changed, and put it back.
type books struct {
	pool   *pgxpool.Pool
	sums   string // a query: table, checksum over all rows
	opened map[string]string
	tables map[string]string // to the columns that can be written

	elsewhere func() // has the played providers forget what they were told since
}

// openBooks copies every table into a schema of its own.
func openBooks(t testing.TB, pool *pgxpool.Pool) books {
	t.Helper()
	b := books{pool: pool, tables: map[string]string{}}
	rows, err := pool.Query(t.Context(), `
		select format('%I.%I', c.relnamespace::regnamespace, c.relname),
		  string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (where a.attgenerated = '')
		from pg_class c
		join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		where c.relnamespace::regnamespace::text in ('public', 'auth', 'river') and c.relkind = 'r'
		group by c.oid`)
	require.NoError(t, err)
	var table, columns string
	_, err = pgx.ForEachRow(rows, []any{&table, &columns}, func() error { b.tables[table] = columns; return nil })
	require.NoError(t, err)
	require.Greater(t, len(b.tables), 40, "control: the tables are seen")
	var sums, copies []string
	for table := range b.tables {
		sums = append(sums, sumOf(table))
		copies = append(copies, fmt.Sprintf("create table %s as table %s;", kept(table), table))
	}
	b.sums = strings.Join(sums, " union all ")
	_, err = pool.Exec(t.Context(), "create schema kept; "+strings.Join(copies, "\n"))
	require.NoError(t, err)
	b.opened = b.count(t, b.sums)
	return b
}

// sumOf is a query for a table's name and the checksum of its rows.
func sumOf(table string) string {
	return fmt.Sprintf("select '%[1]s', coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), 'empty') from %[1]s t", table)
}

// kept is where a table's rows were copied to.
func kept(table string) string { return "kept." + strings.ReplaceAll(table, ".", "_") }

// count runs a query of checksums.
func (b books) count(t testing.TB, query string) map[string]string {
	t.Helper()
	rows, err := b.pool.Query(t.Context(), query)
	require.NoError(t, err)
	sums := map[string]string{}
	var table, sum string
	_, err = pgx.ForEachRow(rows, []any{&table, &sum}, func() error { sums[table] = sum; return nil })
	require.NoError(t, err)
	return sums
}

// changed are the tables whose rows are not those of the beginning, but for the ones left out.
func (b books) changed(t testing.TB, but ...string) (tables []string) {
	t.Helper()
	for table, sum := range b.count(t, b.sums) {
		if b.opened[table] != sum && !slices.Contains(but, table) {
			tables = append(tables, table)
		}
	}
	return tables
}

// note makes a table's rows of now those of the beginning.
func (b books) note(t testing.TB, table string) {
	t.Helper()
	_, err := b.pool.Exec(t.Context(), fmt.Sprintf("delete from %[1]s; insert into %[1]s select * from %[2]s", kept(table), table))
	require.NoError(t, err)
	b.opened[table] = b.count(t, sumOf(table))[table]
}

// putBack makes the tables that changed what they were. Triggers and foreign keys do not fire meanwhile.
func (b books) putBack(t testing.TB) {
	t.Helper()
	tables := b.changed(t)
	if len(tables) == 0 {
		return
	}
	err := pgx.BeginFunc(t.Context(), b.pool, func(tx pgx.Tx) error {
		statements := []string{"set local session_replication_role = replica"}
		for _, table := range tables {
			columns := b.tables[table]
			statements = append(statements, "delete from "+table,
				fmt.Sprintf("insert into %s (%s) overriding system value select %s from %s", table, columns, columns, kept(table)))
		}
		return run(t.Context(), tx, statements)
	})
	require.NoError(t, err)
	b.elsewhere()
}

func run(ctx context.Context, tx pgx.Tx, statements []string) error {
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
