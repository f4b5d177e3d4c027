package migrate_test

import (
	"context"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/db/migrate"
)

// setup gives the admin's address of a cluster in which nobody has made the role yet.
func setup(t *testing.T) string {
	t.Parallel()
	c, err := localpg.Start(t.Context(), localpg.Options{Dir: t.TempDir(), Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Remove(context.Background())) })
	return c.OwnerURL("postgres")
}

func whoami(t *testing.T, address string) (user string, inherits bool) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	require.NoError(t, conn.QueryRow(t.Context(), "select current_user, rolinherit from pg_roles where rolname = current_user").Scan(&user, &inherits))
	return user, inherits
}

func TestEnsureLoginMakesTheRoleAndChangesItsPassword(t *testing.T) {
	admin := setup(t)
	var logins []string
	for _, password := range []string{"test-secret-one", "test-secret-one", "test-secret-two"} {
		login, err := migrate.EnsureLogin(t.Context(), admin, password)
		require.NoError(t, err)
		user, inherits := whoami(t, login)
		require.Equal(t, migrate.Login, user)
		require.False(t, inherits)
		logins = append(logins, login)
	}
	_, err := pgx.Connect(t.Context(), logins[0])
	require.ErrorContains(t, err, "28P01", "the old password is gone")
}

func TestEnsureLoginFromManyProcessesAtOnce(t *testing.T) {
	admin := setup(t)
	conn, err := pgx.Connect(t.Context(), admin)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), "create database other")
	require.NoError(t, err)
	other, err := url.Parse(admin)
	require.NoError(t, err)
	other.Path = "/other"

	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			address := admin
			if i%2 == 1 {
				address = other.String()
			}
			if _, err := migrate.EnsureLogin(t.Context(), address, "test-secret-same"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestEnsureLoginAsAMigratorThatIsNoSuperuser(t *testing.T) {
	t.Parallel()
	_, migrator := dbtest.Supabase(t)
	require.NoError(t, migrate.Up(t.Context(), migrator, nil))
	login, err := migrate.EnsureLogin(t.Context(), migrator, "test-secret-login")
	require.NoError(t, err)
	user, _ := whoami(t, login)
	require.Equal(t, migrate.Login, user)
}

func TestEnsureLoginNeverQuotesAPassword(t *testing.T) {
	t.Parallel()
	_, err := migrate.EnsureLogin(t.Context(), "postgres://postgres.project:test-secret-x@127.0.0.1:1/postgres?sslmode=disable", "test-secret-y")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "test-secret")
	_, err = migrate.EnsureLogin(t.Context(), "host=localhost user=x password=test-secret-x", "test-secret-y")
	require.ErrorContains(t, err, "must be a URL")
	require.NotContains(t, err.Error(), "test-secret")
}
