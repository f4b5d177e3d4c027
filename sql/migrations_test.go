package sql_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/migrate"
)

// migrated runs a test on plain PostgreSQL and on a Supabase-shaped database.
// look is a superuser's address, admin that of the role that migrates.
func migrated(t *testing.T, test func(t *testing.T, look, admin string)) {
	t.Run("plain", func(t *testing.T) {
		t.Parallel()
		d := dbtest.Empty(t)
		test(t, d.OwnerURL, d.OwnerURL)
	})
	t.Run("supabase", func(t *testing.T) {
		t.Parallel()
		d, migrator := dbtest.Supabase(t)
		test(t, d.OwnerURL, migrator)
	})
}

func TestMigrationsAgainChangeNothing(t *testing.T) {
	t.Parallel()
	migrated(t, func(t *testing.T, look, admin string) {
		require.NoError(t, migrate.Up(t.Context(), admin, nil))
		once := dump(t, look)
		require.NoError(t, migrate.Up(t.Context(), admin, nil))
		require.Equal(t, once, dump(t, look))
	})
}

func TestMigrationsInParallelTakeTurns(t *testing.T) {
	t.Parallel()
	migrated(t, func(t *testing.T, look, admin string) {
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := migrate.Up(t.Context(), admin, nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		require.Equal(t, []string{"0"}, strs(t, look, "select (count(*) - count(distinct version_id))::text from goose_db_version"))
	})
}

func TestMigrationsInParallelDatabasesShareRoles(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for range 4 {
		d := dbtest.Empty(t)
		all.Go(func() {
			if err := migrate.Up(t.Context(), d.OwnerURL, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestMigrationsDownAndUpAgainGiveTheSameSchema(t *testing.T) {
	t.Parallel()
	migrated(t, func(t *testing.T, look, admin string) {
		require.NoError(t, migrate.Up(t.Context(), admin, nil))
		up := dump(t, look)
		require.NoError(t, migrate.Down(t.Context(), admin))
		require.Empty(t, strs(t, look, `
			select c.oid::regclass::text from pg_class c
			where c.relnamespace = 'public'::regnamespace and c.relname !~ '^goose_'
			union all
			select nspname::text from pg_namespace where nspname in ('app', 'river')`),
			"something of ours is left after down")
		require.NoError(t, migrate.Up(t.Context(), admin, nil))
		require.Equal(t, up, dump(t, look))
	})
}
