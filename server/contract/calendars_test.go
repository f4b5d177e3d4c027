package contract_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// outside is a provider of calendars that says yes to everything: what providers do otherwise is proved in package server.
type outside struct {
	calendar.Provider // nothing else is asked
	name, credential  string
}

func (o outside) Name() string       { return o.name }
func (o outside) Credential() string { return o.credential }

func (o outside) AuthURL(_, _, _ string) string { return "https://" + o.name + ".example/consent" }

func (o outside) Revoke(context.Context, calendar.Grant) error { return nil }

func (o outside) Open(calendar.Grant) calendar.Account { return diary{} }

// diary is an account with two calendars: one to link, and the clinic's that is linked.
type diary struct{ calendar.Account }

func (diary) Calendars(context.Context) ([]calendar.Calendar, error) {
	return []calendar.Calendar{
		{ID: "desk@patients.example", Name: "Front desk", Zone: "America/Chicago", Writable: true, Primary: true},
		{ID: "room@patients.example", Name: "Room", Zone: "America/Chicago", Writable: true},
	}, nil
}

func (diary) Unwatch(context.Context, calendar.Channel) error { return nil }

// keeper keeps the clinics' grants at the providers that are played.
func keeper(t testing.TB, opened *db.DB, keys *vault.Keyring, log *slog.Logger) *grants.Keeper {
	t.Helper()
	kept, err := grants.New(grants.Options{DB: opened, Keys: keys, Log: log, Now: func() time.Time { return now },
		Providers: []calendar.Provider{outside{name: calendar.Google, credential: "google_calendar"}, outside{name: calendar.Microsoft, credential: "outlook"}}})
	require.NoError(t, err)
	return kept
}

// connectCalendar gives a clinic a Google account.
func (c *clinics) connectCalendar(t testing.TB, org string) {
	t.Helper()
	grant := calendar.Grant{Access: "test-secret-access", Refresh: "test-secret-refresh", Expires: now.AddDate(1, 0, 0), AccountID: org, Email: "desk@patients.example"}
	sealed, err := c.keeper.Seal(uuid.MustParse(org), "google_calendar", grant)
	require.NoError(t, err)
	c.data.Exec(t, `insert into public.org_credentials (org_id, provider, ciphertext, nonce, auth_tag, key_id, connected_email, account_hash)
		values ($1, 'google_calendar', $2, $3, $4, $5, $6, $7)`,
		org, sealed.Ciphertext, sealed.Nonce, sealed.AuthTag, sealed.KeyID, grant.Email, grants.AccountHash(grant))
}
