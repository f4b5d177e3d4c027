package contract_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The next version's migration adds a column to every table while this version serves, as docs/dba.md allows: statements that
// were prepared before it must go on answering, each with what it answered before.
func TestEveryOperationOutlivesTheNextVersionsMigration(t *testing.T) {
	t.Parallel()
	c := setup(t)
	c.walk(t, "before")
	var tables int
	require.NoError(t, c.owner.QueryRow(t.Context(), "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'").Scan(&tables))
	require.Greater(t, tables, 40, "control: the tables are seen")
	c.data.Exec(t, `
		do $$
		declare
		  t regclass;
		begin
		  for t in select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
		    execute format('alter table %s add column of_the_next_version text', t);
		  end loop;
		end $$;
		drop schema kept cascade;`)
	elsewhere := c.books.elsewhere
	c.books = openBooks(t, c.owner)
	c.books.elsewhere = elsewhere
	c.walk(t, "after")
}

// walk makes a good request of every operation.
func (c *clinics) walk(t *testing.T, when string) {
	t.Helper()
	for _, e := range examples() {
		c.ready(t, e)
		w := c.send(t, c.token, e.with(c.ids))
		if e.status != w.Code {
			t.Errorf("%s %s: %d instead of %d: %s", when, e.operation, w.Code, e.status, w.Body.String())
		}
		if !strings.HasPrefix(e.ask, "GET ") { // which is slow
			c.books.putBack(t)
		}
	}
}
