package sql_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// The statements of docs/messages.md, with psql's variables filled in.
func TestStatementsOfTheMessagesPageRun(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/messages.md")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	require.Len(t, blocks, 6, "a statement was added or taken away: look at this test")

	pool := dbtest.New(t).Pool(t)
	fill := strings.NewReplacer(":'org_id'", "gen_random_uuid()", ":'contact_id'", "gen_random_uuid()")
	for _, block := range blocks {
		rows, err := pool.Query(t.Context(), fill.Replace(block[1]))
		require.NoError(t, err, block[1])
		rows.Close()
		require.NoError(t, rows.Err(), block[1])
	}
}
