package sql_test

import (
	"context"
	"maps"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/db/migrate"
)

// Roles belong to the server that all tests share, so what is wrong with them is planted in a server of its own.
func TestVerifyLoginsFindsWhatIsPlanted(t *testing.T) {
	t.Parallel()
	server, err := localpg.Start(t.Context(), localpg.Options{Dir: filepath.Join(t.TempDir(), "server"), Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Remove(context.Background())) })
	owner := server.OwnerURL("voxanne")
	_, err = psql(t, server.OwnerURL("postgres"), "-c", "create database voxanne")
	require.NoError(t, err)
	require.NoError(t, migrate.Up(t.Context(), owner, nil))
	_, err = psql(t, owner, "-c", "create extension pg_stat_statements schema public") // whose views are everyone's
	require.NoError(t, err)
	out, err := psql(t, owner, "-f", "verify/all.sql")
	require.NoError(t, err, out)
	require.Regexp(t, `isolation_untested .*\n\(1 row\)`, out) // there is no clinic

	levels, unseen := findings(t, "logins"), findings(t, "logins")
	maps.Copy(levels, findings(t, "rls"))
	for _, planted := range []struct{ check, object, sql string }{
		{"login_passes_rls", "archivist", `create role archivist login bypassrls; grant select on public.contacts to archivist`},
		{"login_becomes_ours", "visitor is a member of tenant_user", `create role visitor login; grant tenant_user to visitor`},
		{"login_owns", "visitor owns app.now()", `alter function app.now() owner to visitor`},
		{"login_owns", "voxanne_login owns public.contacts", `alter role voxanne_login login; alter table public.contacts owner to voxanne_login`},
		{"login_reads_table", "public.patients", `grant select (id) on public.patients to voxanne_login`},
		{"login_cannot_begin", "voxanne_login", `revoke tenant_service from voxanne_login`},
		{"login_inherits", "voxanne_login", `alter role voxanne_login inherit`},
		{"role_logs_in", "app_writer", `alter role app_writer login`},
		{"role_rules_server", "tenant_service", `alter role tenant_service replication`},
		{"role_hands_on", "voxanne_login: tenant_user", `grant tenant_user to voxanne_login with admin option`},
		{"role_passes_rls", "tenant_user", `alter role tenant_user bypassrls`}, // rls.sql's, which other tests cannot plant either
		{"role_becomes_another", "voxanne_login is a member of service_role", `grant service_role to voxanne_login`},
	} {
		_, err := psql(t, owner, "-c", planted.sql)
		require.NoError(t, err, planted.sql)
		out, err := psql(t, owner, "--tuples-only", "--no-align", "-f", "verify/all.sql")
		require.Contains(t, out, planted.check+"|"+levels[planted.check]+"|"+planted.object+"|")
		require.Equal(t, planted.check != "login_passes_rls", err != nil, out) // the first, and a warning
		delete(unseen, planted.check)
	}
	require.Empty(t, unseen, "every finding is planted")
}
