package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/localpg"
)

// throughPgBouncer is the address of d's login role through a PgBouncer in transaction mode with so many connections.
func throughPgBouncer(t *testing.T, d *dbtest.Database, connections int) string {
	t.Helper()
	pooler, err := localpg.StartPooler(t.Context(), localpg.PoolerOptions{Server: d.LoginURL, Connections: connections})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pooler.Remove()) })
	return pooler.URL()
}

// Two clinics' requests take turns on one connection of the server: neither sees the other's rows, and nothing of a request is
// left for whoever comes next.
func TestClinicsTakeTurnsOnOneConnection(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	orgs := []uuid.UUID{uuid.New(), uuid.New()}
	for i, org := range orgs {
		d.Exec(t, `insert into organizations (id, name, slug, country, time_zone) values ($1, $2, $2, 'US', 'America/Chicago')`, org, string(rune('a'+i)))
	}
	address := throughPgBouncer(t, d, 1)
	opened, err := Open(t.Context(), address, ThroughPooler())
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	bare, err := pgx.ParseConfig(address)
	require.NoError(t, err)
	bare.DefaultQueryExecMode = pgx.QueryExecModeExec
	next, err := pgx.ConnectConfig(t.Context(), bare)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, next.Close(context.Background())) })

	processes := make([]int32, 60)
	var all sync.WaitGroup
	for i := range processes {
		all.Go(func() {
			err := opened.AsTenant(t.Context(), orgs[i%2], func(tx Tx) (err error) {
				processes[i], err = seesOnly(t.Context(), tx, orgs[i%2], orgs[(i+1)%2])
				return err
			})
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	for range 20 { // between two of them
		var claims, role string
		require.NoError(t, next.QueryRow(t.Context(), "select coalesce(current_setting('request.jwt.claims', true), ''), current_user").Scan(&claims, &role))
		require.Empty(t, claims)
		require.Equal(t, "voxanne_login", role)
	}
	all.Wait()
	require.Len(t, slices.Compact(processes), 1, "control: all were on one connection")
}

// seesOnly is an error unless the transaction sees its own clinic and not the other, in each of many statements.
func seesOnly(ctx context.Context, tx Tx, own, other uuid.UUID) (process int32, err error) {
	for range 5 {
		if _, err := tx.GetOrganization(ctx, own); err != nil {
			return 0, fmt.Errorf("the own clinic: %w", err)
		}
		if _, err := tx.GetOrganization(ctx, other); !errors.Is(err, pgx.ErrNoRows) {
			return 0, fmt.Errorf("another clinic is seen: %w", err)
		}
	}
	backend, err := tx.GetBackend(ctx)
	return backend.Pid, err
}
