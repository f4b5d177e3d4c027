package dbtest

import (
	"context"
	_ "embed"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Migrator is the role that migrates a Supabase-shaped database. As on
// Supabase it is called postgres and is no superuser.
const Migrator = "postgres"

const migratorPassword = "test-secret-migrator"

// supabaseRoles are cluster-wide, supabaseShape belongs to one database.
var (
	//go:embed supabase_roles.sql
	supabaseRoles string
	//go:embed supabase_shape.sql
	supabaseShape string
)

// supabase is a cluster of its own, because roles belong to the whole cluster.
var supabase = sync.OnceValues(func() (*testServer, error) {
	ctx := context.Background()
	cluster, err := StartCluster(ctx, SupabaseCluster)
	if err != nil {
		return nil, err
	}
	s := &testServer{adminURL: cluster.OwnerURL("postgres"), private: true}
	return s, s.locked(ctx, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, supabaseRoles)
		return err
	})
})

// Supabase gives a database shaped like a Supabase project before any of our
// migrations, and the address of the role that migrates it: CREATEROLE and
// BYPASSRLS, no superuser, owner of neither auth nor the extensions. The
// Database's OwnerURL is a superuser's, to look and to act as any role with.
func Supabase(t testing.TB) (d *Database, migratorURL string) {
	t.Helper()
	s, err := supabase()
	must(t, err, "start the Supabase-shaped test cluster")
	d = s.create(t, "template template0")
	d.Exec(t, supabaseShape)
	u, err := url.Parse(d.OwnerURL)
	must(t, err, "address the migrator")
	u.User = url.UserPassword(Migrator, migratorPassword)
	return d, u.String()
}
