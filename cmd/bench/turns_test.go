package main

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// A caller waits for each of them: the call is opened, the delivery accepted, the visit booked or the free times found, the answer
// kept and all of it committed.
func TestCallersWaitForFourRoundTrips(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	owner, err := pgx.Connect(t.Context(), d.OwnerURL)
	require.NoError(t, err)
	defer owner.Close(t.Context())
	require.NoError(t, runFiles(t.Context(), owner, map[string]string{"bench.rows": "10", "bench.calls": "10", "bench.old": "0"},
		"dashboard.sql", "indexes_away.sql", "history.sql", "slots.sql", "indexes_back.sql"))
	for _, kind := range []string{"book", "availability", "transfer"} {
		turns, err := toolTurns(t.Context(), d.LoginURL, kind, "+13125551000")
		require.NoError(t, err, kind)
		require.LessOrEqual(t, turns, 4, kind)
		require.GreaterOrEqual(t, turns, 3, "%s: fewer cannot be: the counter does not count", kind)
	}
}
