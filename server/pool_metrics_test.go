package server

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

func TestConnectionsAreShownAsTheyAre(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t).LoginPool(t)
	one, err := pool.Acquire(t.Context())
	require.NoError(t, err)
	defer one.Release()
	require.NoError(t, testutil.CollectAndCompare(NewPoolMetrics(pool.Stat), strings.NewReader(`
# HELP voxanne_db_connections Database connections of this process, by state: used or idle.
# TYPE voxanne_db_connections gauge
voxanne_db_connections{state="idle"} 0
voxanne_db_connections{state="used"} 1
`), "voxanne_db_connections"))
}
