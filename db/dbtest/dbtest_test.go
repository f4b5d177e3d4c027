package dbtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/migrate"
)

func TestNewGivesAMigratedDatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	one, two := dbtest.New(t), dbtest.New(t)
	one.Exec(t, "create table only_here ()")
	var there bool
	require.NoError(t, two.Pool(t).QueryRow(t.Context(), "select to_regclass('only_here') is not null").Scan(&there))
	require.False(t, there)

	status, err := migrate.GetStatus(t.Context(), two.OwnerURL)
	require.NoError(t, err)
	require.Equal(t, status.Target, status.Current)

	var user string
	require.NoError(t, two.LoginPool(t).QueryRow(t.Context(), "select current_user").Scan(&user))
	require.Equal(t, migrate.Login, user)
}

func TestEmptyHasNoMigrations(t *testing.T) {
	t.Parallel()
	var there bool
	require.NoError(t, dbtest.Empty(t).Pool(t).QueryRow(t.Context(), "select to_regnamespace('app') is not null").Scan(&there))
	require.False(t, there)
}

func TestClockIsReplacedOnlyWhereAsked(t *testing.T) {
	t.Parallel()
	noon := time.Date(2027, 3, 14, 12, 0, 0, 0, time.UTC)
	d := dbtest.New(t, dbtest.WithClock())
	pool := d.Pool(t)
	now := func() (at time.Time) {
		require.NoError(t, pool.QueryRow(t.Context(), "select app.now()").Scan(&at))
		return at
	}
	require.WithinDuration(t, time.Now(), now(), time.Minute)
	d.SetClock(t, noon)
	require.WithinDuration(t, noon, now(), 0)
	d.SetClock(t, time.Time{})
	require.WithinDuration(t, time.Now(), now(), time.Minute)
}

func TestSupabaseMigratorOwnsNeitherAuthNorExtensions(t *testing.T) {
	t.Parallel()
	d, migrator := dbtest.Supabase(t)
	conn, err := pgx.Connect(t.Context(), migrator)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	var super, bypass bool
	var owned int
	require.NoError(t, conn.QueryRow(t.Context(), `
		select rolsuper, rolbypassrls,
		  (select count(*) from pg_namespace n where n.nspname in ('auth', 'extensions') and pg_has_role(r.oid, n.nspowner, 'member'))
		from pg_roles r where rolname = current_user`).Scan(&super, &bypass, &owned))
	require.False(t, super)
	require.True(t, bypass)
	require.Zero(t, owned)
	require.NotEqual(t, d.OwnerURL, migrator)
}
