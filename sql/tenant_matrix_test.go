package sql_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// noPrivilege is how PostgreSQL refuses what a role or a policy does not allow.
const noPrivilege = "42501"

// Every table, every verb, as the application connects and with another
// tenant's claims: nothing is seen, nothing changes.
func TestTenantsSeeAndChangeOnlyTheirOwn(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	furnish(t, d)
	tables := tenantTables(t, d.OwnerURL)
	before := fingerprints(t, d.OwnerURL, tables)
	login := connected(t, d.LoginURL)
	for _, role := range []string{"tenant_user", "tenant_service"} {
		for _, table := range tables {
			t.Run(role+"/"+table.name, func(t *testing.T) {
				if forFunctions(table) {
					request(t, login, role, "a", func(tx pgx.Tx) { seesNothing(t, tx, table) })
				} else {
					request(t, login, role, "a", func(tx pgx.Tx) { seesOnly(t, tx, table, "a") })
					request(t, login, role, "b", func(tx pgx.Tx) { seesOnly(t, tx, table, "b") })
				}
				request(t, login, role, "b", func(tx pgx.Tx) { changesNothing(t, tx, table, "a") })
			})
		}
	}
	require.Equal(t, before, fingerprints(t, d.OwnerURL, tables))
}

// Without the guard of begin_request, a connection sees nothing at all.
func TestWithoutClaimsNothingIsSeen(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	furnish(t, d)
	login := connected(t, d.LoginURL)
	for _, table := range tenantTables(t, d.OwnerURL) {
		for _, role := range []string{"tenant_user", "tenant_service"} {
			_, err := login.Exec(t.Context(), "set role "+role)
			require.NoError(t, err)
			var seen int
			err = login.QueryRow(t.Context(), "select count("+table.org+") from public."+table.name).Scan(&seen)
			if forFunctions(table) {
				require.Equal(t, noPrivilege, state(err), "%s reads %s", role, table.name)
				continue
			}
			require.NoError(t, err)
			require.Zero(t, seen, "%s sees rows of %s without claims", role, table.name)
		}
		_, err := login.Exec(t.Context(), "reset role")
		require.NoError(t, err)
		_, err = login.Exec(t.Context(), "select from public."+table.name)
		require.Equal(t, noPrivilege, state(err), "the login role itself reads %s", table.name)
	}
}

// The functions' owner is inside the tenant as well: forced row security binds it.
func TestFunctionsOwnerStaysInsideTheTenant(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	furnish(t, d)
	owner := connected(t, d.OwnerURL)
	for _, table := range tenantTables(t, d.OwnerURL) {
		request(t, owner, "app_writer", "b", func(tx pgx.Tx) { seesOnly(t, tx, table, "b") })
		request(t, owner, "app_writer", "b", func(tx pgx.Tx) {
			tag, err := tx.Exec(t.Context(), fmt.Sprintf("update public.%s set %s = %s where %s = '%s'", table.name, table.org, table.org, table.org, orgID("a")))
			if err != nil {
				require.Contains(t, []string{noPrivilege, "428C9"}, state(err))
				return
			}
			require.Zero(t, tag.RowsAffected(), "app_writer reaches %s of another tenant", table.name)
		})
	}
}

// request runs fn in a transaction of role under a tenant's claims, which is
// rolled back. The login role enters by begin_request, as the application does.
func request(t *testing.T, conn *pgx.Conn, role, letter string, fn func(pgx.Tx)) {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	defer tx.Rollback(context.Background())
	if strings.HasPrefix(role, "tenant_") {
		_, err = tx.Exec(t.Context(), "select app.begin_request($1, $2)", role, claims(letter))
	} else {
		_, err = tx.Exec(t.Context(), "select set_config('request.jwt.claims', $2, true), set_config('role', $1, true)", role, claims(letter))
	}
	require.NoError(t, err)
	fn(tx)
}

// forFunctions says whether no request reads a table at all: the keys of the hashes, the codes' hashes, what
// clinics had set at Twilio.
func forFunctions(table tenantTable) bool {
	return slices.Contains([]string{"org_keys", "identity_codes", "idempotency_keys", "event_tickets", "provisioning", "provisioning_steps", "web_tests",
		"knowledge_files", "knowledge_vectors", "oauth_states"}, table.name)
}

func seesNothing(t *testing.T, tx pgx.Tx, table tenantTable) {
	t.Helper()
	_, err := tx.Exec(t.Context(), "select "+table.org+" from public."+table.name)
	require.Equal(t, noPrivilege, state(err), "somebody reads %s", table.name)
}

// seesOnly is the positive control too: a tenant sees a row in every table.
func seesOnly(t *testing.T, tx pgx.Tx, table tenantTable, letter string) {
	t.Helper()
	rows, err := tx.Query(t.Context(), fmt.Sprintf("select distinct %s::text from public.%s", table.org, table.name))
	require.NoError(t, err)
	orgs, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, []string{orgID(letter)}, orgs, "what is seen of %s", table.name)
}

// changesNothing tries to write rows of victim; a refusal is as good as no row met.
func changesNothing(t *testing.T, tx pgx.Tx, table tenantTable, victim string) {
	t.Helper()
	for _, statement := range []string{
		"insert into public.%[1]s (%[2]s) values ('%[3]s')",
		"update public.%[1]s set %[2]s = %[2]s where %[2]s = '%[3]s'",
		"update public.%[1]s set %[2]s = '%[3]s'",
		"delete from public.%[1]s where %[2]s = '%[3]s'",
		"delete from public.%[1]s",
		"truncate public.%[1]s cascade",
	} {
		statement = fmt.Sprintf(statement, table.name, table.org, orgID(victim))
		step, err := tx.Begin(t.Context())
		require.NoError(t, err)
		tag, err := step.Exec(t.Context(), statement)
		require.NoError(t, step.Rollback(t.Context()))
		if err != nil {
			require.Equal(t, noPrivilege, state(err), "%s: %v", statement, err)
			continue
		}
		require.Zero(t, tag.RowsAffected(), statement)
	}
}

// fingerprints are a hash of each table's rows.
func fingerprints(t *testing.T, address string, tables []tenantTable) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, table := range tables {
		found[table.name] = strs(t, address, "select md5(coalesce(string_agg(r::text, '|' order by r::text), '')) from public."+table.name+" r")[0]
	}
	return found
}

// state is the SQLSTATE of an error, or what else it is.
func state(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return fmt.Sprint(err)
}
