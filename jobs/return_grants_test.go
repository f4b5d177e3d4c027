package jobs

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

func TestConsentsThatNobodyFinishedAreForgotten(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, `insert into public.oauth_states (org_id, user_id, provider, state_hash, ciphertext, nonce, auth_tag, key_id, expires_at)
		select id, gen_random_uuid(), 'outlook', sha256(a::text::bytea), 'x', '\x000102030405060708090a0b', '\x000102030405060708090a0b0c0d0e0f',
			'k1', now() + a from public.organizations, unnest(array[interval '-1 minute', interval '9 minutes']) a`)
	keys, err := vault.ParseKeyring("k1:" + strings.Repeat("5a", 32))
	require.NoError(t, err)
	log := slog.New(slog.NewTextHandler(b.log, nil))
	keeper, err := grants.New(grants.Options{DB: b.db, Keys: keys, Log: log, Now: time.Now})
	require.NoError(t, err)
	b.run(t, Options{ReadReport: unread, Messenger: silent{}, Grants: keeper, Log: log})
	b.eventually(t, "select count(*) = 1 and bool_and(state = 'completed') from river.river_job where kind = 'return_old_grants'")
	b.eventually(t, "select count(*) = 1 and bool_and(expires_at > now()) from public.oauth_states")
}

func TestErrorsOfCalendarsAreNamedWithoutWords(t *testing.T) {
	t.Parallel()
	for said, err := range map[string]error{
		"calendar: the grant has ended":                   calendar.ErrGrantRevoked,
		"calendar: the provider asks for a pause of 1m0s": &calendar.PauseError{After: time.Minute},
		"calendar: refused with status 403 (forbidden)":   &calendar.RefusedError{Status: 403, Code: "forbidden"},
		"calendar: unavailable, status 503":               &calendar.UnavailableError{Status: 503},
		"grants: the tokens are being refreshed":          grants.ErrBusy,
		"grants: the account must be connected again":     grants.ErrNeedsReconnect,
	} {
		require.Equal(t, said, describe(errors.Join(fmt.Errorf("zanzibar-lilac: %w", err))))
	}
}
