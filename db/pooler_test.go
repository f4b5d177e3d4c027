package db

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// A pooler in transaction mode gives the next transaction another connection, on which a statement that was prepared before is
// unknown: none may be left behind. Without the option some are, so that the count can tell.
func TestThroughAPoolerNothingStaysPrepared(t *testing.T) {
	t.Parallel()
	url := dbtest.New(t).LoginURL + "&pool_max_conns=1"
	prepared := func(options ...Option) (count int) {
		opened, err := Open(t.Context(), url, options...)
		require.NoError(t, err)
		defer opened.Close()
		var ids int // a type that pgx must be told
		require.NoError(t, opened.pool.QueryRow(t.Context(), "select cardinality($1::uuid[])", []uuid.UUID{{1}, {2}}).Scan(&ids))
		require.Equal(t, 2, ids)
		require.NoError(t, opened.pool.QueryRow(t.Context(), "select count(*) from pg_prepared_statements").Scan(&count))
		return count
	}
	require.Zero(t, prepared(ThroughPooler()))
	require.NotZero(t, prepared())
}
