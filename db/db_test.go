package db_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// Of the fixture sql/tests/clinics.psql.
const (
	lakeside = "a0000000-0000-7000-8000-000000000001"
	owner    = "a0000000-0000-7000-8000-0000000000e1"
)

func clinics(t *testing.T) *dbtest.Database {
	t.Helper()
	d := dbtest.New(t, dbtest.WithClock())
	root, err := dbtest.Root()
	require.NoError(t, err)
	fixture, err := os.ReadFile(filepath.Join(root, "sql/tests/clinics.psql"))
	require.NoError(t, err)
	d.Exec(t, string(fixture))
	d.Exec(t, `insert into auth.users (id, email) values ('`+owner+`', 'founder@patients.example');
		delete from profiles;
		insert into profiles (org_id, user_id, role) values ('`+lakeside+`', '`+owner+`', 'owner')`)
	return d
}

// open opens a database with settings of pgx at the end of its address.
func open(t *testing.T, d *dbtest.Database, settings string) *db.DB {
	t.Helper()
	address := d.LoginURL
	if settings != "" {
		separator := "?"
		if strings.Contains(address, "?") {
			separator = "&"
		}
		address += separator + settings
	}
	opened, err := db.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	return opened
}

func TestEveryExecModeBeginsATenantsTransaction(t *testing.T) {
	t.Parallel()
	d := clinics(t)
	claims := fmt.Appendf(nil, `{"sub": %q, "app_metadata": {"org_id": %q}}`, owner, lakeside)
	for _, mode := range []string{"", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		settings := ""
		if mode != "" {
			settings = "default_query_exec_mode=" + mode
		}
		opened := open(t, d, settings)
		require.NoError(t, opened.AsUser(t.Context(), claims, func(tx db.Tx, m db.Member) error {
			require.Equal(t, "owner", m.Role, mode)
			org, err := tx.GetOrganization(t.Context(), m.OrgID)
			require.Equal(t, "Lakeside Dental", org.Name, mode)
			return err
		}), mode)
		require.NoError(t, opened.AsTenant(t.Context(), uuid.MustParse(lakeside), func(tx db.Tx) error {
			cards, err := tx.ServiceCards(t.Context())
			require.NotEmpty(t, cards, mode)
			return err
		}), mode)
	}
}

// A transaction in which a statement failed cannot be committed; PostgreSQL says so in the answer's tag only.
func TestACommitThatRolledBackIsAnError(t *testing.T) {
	t.Parallel()
	opened := open(t, clinics(t), "")
	err := opened.AsTenant(t.Context(), uuid.MustParse(lakeside), func(tx db.Tx) error {
		_, failed := tx.TakeMessage(t.Context(), db.TakeMessageParams{CallID: uuid.New(), Body: ""})
		require.Error(t, failed)
		return nil // swallowed
	})
	require.ErrorContains(t, err, "rolled back")
}

func TestThePoolIsAsLargeAsTheAddressSays(t *testing.T) {
	t.Parallel()
	one := open(t, clinics(t), "pool_max_conns=1")
	nothing := func(db.Tx) error { return nil }
	require.NoError(t, one.AsTenant(t.Context(), uuid.MustParse(lakeside), func(db.Tx) error {
		short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, one.AsTenant(short, uuid.MustParse(lakeside), nothing), context.DeadlineExceeded)
		return nil
	}))
}
