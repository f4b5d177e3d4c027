package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
)

// Whoever gets a connection has time left to use it.
func TestNobodyWaitsForAConnectionUntilTheirTimeIsUp(t *testing.T) {
	t.Parallel()
	opened := open(t, clinics(t), "pool_max_conns=1")
	org := uuid.MustParse(lakeside)
	nothing := func(db.Tx) error { return nil }
	require.NoError(t, opened.AsTenant(t.Context(), org, func(db.Tx) error {
		limited, cancel := context.WithTimeout(t.Context(), 6*time.Second)
		defer cancel()
		require.ErrorIs(t, opened.AsTenant(limited, org, nothing), context.DeadlineExceeded)
		require.NoError(t, limited.Err(), "all of the time went into waiting")
		return nil
	}))
	limited, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, opened.AsTenant(limited, org, nothing))
}
