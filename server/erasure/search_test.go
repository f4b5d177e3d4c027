package erasure_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// marks say who is spoken of: names, numbers, address, birthday and words of the one person who is erased.
var marks = []string{"quillmark", "zenobia", "3125550177", "3125550166", "555 0177", "zanzibar-lilac", "1982-03-05", "1982, 3, 5"}

// traces is a pattern for the marks as text, and as the hexadecimal that bytes are shown in.
func traces() string {
	var either []string
	for _, mark := range marks {
		either = append(either, regexp.QuoteMeta(mark), hex.EncodeToString([]byte(mark)))
	}
	return strings.Join(either, "|")
}

// found are the columns of all tables, of every schema of ours, that hold a mark.
func (b *bundle) found(t *testing.T) (columns []string) {
	t.Helper()
	rows, err := b.owner.Query(t.Context(), `
		select format('%I.%I', n.nspname, c.relname), array_agg(format('%I', a.attname) order by a.attnum)
		from pg_attribute a
		join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
		join pg_namespace n on n.oid = c.relnamespace
		where n.nspname in ('public', 'app', 'river') and a.attnum > 0 and not a.attisdropped
		group by 1`)
	require.NoError(t, err)
	tables := map[string][]string{}
	for rows.Next() {
		var table string
		var names []string
		require.NoError(t, rows.Scan(&table, &names))
		tables[table] = names
	}
	require.NoError(t, rows.Err())
	require.Greater(t, len(tables), 60, "control: the catalogue is read")
	for table, names := range tables {
		for _, name := range names {
			var hit bool
			require.NoError(t, b.owner.QueryRow(t.Context(), fmt.Sprintf(
				`select exists (select from %[1]s where lower(%[2]s::text) ~ $1)`,
				table, name), traces()).Scan(&hit), "%s.%s", table, name)
			if hit {
				columns = append(columns, table+"."+name)
			}
		}
	}
	slices.Sort(columns)
	return columns
}

// stored are the files of the storage that hold a mark.
func (b *bundle) stored(t *testing.T) (files int) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(b.folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if regexp.MustCompile(traces()).Match(content) {
			files++
		}
		return err
	}))
	return files
}
