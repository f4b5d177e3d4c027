package sql_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// rowColumns lists the columns of a schema's row types or tables of the names
// in $2, in order.
const rowColumns = `
select format('%s.%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = $1::text::regnamespace and c.relname = any ($2)
order by c.relname, a.attnum`

var dropType = regexp.MustCompile(`(?m)^drop type app\.(\w+);\n`)

// sqlc reads queries/_rowtypes.sql in place of the types. Read here as SQL, into
// a schema of its own, it must give the columns that the types have.
func TestRowTypesForSqlcAreTheRealOnes(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	text := read(t, "../queries/_rowtypes.sql")
	var names []string
	for _, match := range dropType.FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	require.NotEmpty(t, names)
	text = strings.ReplaceAll(dropType.ReplaceAllString(text, ""), "create table app.", "create table for_sqlc.")
	d.Exec(t, "create schema for_sqlc; "+text)

	real := strs(t, d.OwnerURL, rowColumns, "app", names)
	require.NotEmpty(t, real)
	require.Equal(t, real, strs(t, d.OwnerURL, rowColumns, "for_sqlc", names))
}
