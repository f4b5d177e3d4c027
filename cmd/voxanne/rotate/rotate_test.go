package rotate_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/rotate"
	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
)

var (
	oldKey = strings.Repeat("0a", 32)
	newKey = strings.Repeat("f1", 32)
)

// bundle is a database with two clinics and their keys before, during and after a rotation.
type bundle struct {
	data   *dbtest.Database
	db     *db.DB
	before *vault.Keyring
	both   *vault.Keyring
	after  *vault.Keyring
	org    uuid.UUID
	other  uuid.UUID
	users  map[uuid.UUID]uuid.UUID // the owner of each clinic
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{data: dbtest.New(t), users: map[uuid.UUID]uuid.UUID{}}
	opened, err := db.Open(t.Context(), b.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	b.db = opened
	b.before, b.both, b.after = ring(t, "k1:"+oldKey), ring(t, "k2:"+newKey+",k1:"+oldKey), ring(t, "k2:"+newKey)
	b.org, b.other = b.signUp(t, "ada.quillfeather@patients.example"), b.signUp(t, "ben.quillby@patients.example")
	return b
}

func ring(t *testing.T, list string) *vault.Keyring {
	t.Helper()
	k, err := vault.ParseKeyring(list)
	require.NoError(t, err)
	return k
}

func (b *bundle) signUp(t *testing.T, email string) (org uuid.UUID) {
	t.Helper()
	user := uuid.New()
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(), `
		insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, '{"business_name": "Lakeside Dental"}')
		returning (raw_app_meta_data ->> 'org_id')::uuid`, user, email).Scan(&org))
	b.users[org] = user
	return org
}

// save stores a secret as the dashboard does.
func (b *bundle) save(t *testing.T, keys *vault.Keyring, org uuid.UUID, provider, sender, secret string) {
	t.Helper()
	sealed, err := keys.Seal(org, provider, []byte(secret))
	require.NoError(t, err)
	claims, err := json.Marshal(map[string]any{"sub": b.users[org], "role": "authenticated", "app_metadata": map[string]any{"org_id": org}})
	require.NoError(t, err)
	require.NoError(t, b.db.AsUser(t.Context(), claims, func(tx db.Tx, _ db.Member) error {
		return tx.SaveCredential(t.Context(), db.SaveCredentialParams{
			Provider: provider, AccountRef: "AC12…9f", Sender: sender,
			Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID,
		})
	}))
}

// read opens what is stored.
func (b *bundle) read(t *testing.T, keys *vault.Keyring, org uuid.UUID, provider string) string {
	t.Helper()
	var plain []byte
	require.NoError(t, b.db.AsTenant(t.Context(), org, func(tx db.Tx) error {
		row, err := tx.ReadCredential(t.Context(), provider)
		require.NoError(t, err)
		plain, err = keys.Open(org, provider, vault.Sealed{Ciphertext: row.Ciphertext, Nonce: row.Nonce, AuthTag: row.AuthTag, KeyID: row.KeyID})
		return err
	}))
	return string(plain)
}

func (b *bundle) fill(t *testing.T) {
	t.Helper()
	b.save(t, b.before, b.org, "twilio", "+13125550190", "test-secret-a")
	b.save(t, b.before, b.org, "resend", "hello@clinic.example", "test-secret-b")
	b.save(t, b.before, b.other, "resend", "hello@other.example", "test-secret-c")
}

func (b *bundle) run(t *testing.T, keys *vault.Keyring) rotate.Summary {
	t.Helper()
	sum, err := rotate.Run(t.Context(), rotate.Options{DB: b.db, Keys: keys})
	require.NoError(t, err)
	return sum
}

func TestRotationLetsTheOldKeyGo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fill(t)
	require.Equal(t, "test-secret-a", b.read(t, b.both, b.org, "twilio"), "both keys open before")
	sum := b.run(t, b.both)
	require.NoError(t, sum.Err())
	require.Equal(t, rotate.Summary{KeyID: "k2", Resealed: 3, Failed: []rotate.Credential{}, Complete: true}, sum)
	require.Equal(t, "test-secret-a", b.read(t, b.after, b.org, "twilio"))
	require.Equal(t, "test-secret-b", b.read(t, b.after, b.org, "resend"))
	require.Equal(t, "test-secret-c", b.read(t, b.after, b.other, "resend"))

	again := b.run(t, b.after)
	require.NoError(t, again.Err())
	require.Zero(t, again.Resealed, "nothing is left to do")
}

func TestDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fill(t)
	sum, err := rotate.Run(t.Context(), rotate.Options{DB: b.db, Keys: b.both, DryRun: true})
	require.NoError(t, err)
	require.NoError(t, sum.Err())
	require.Equal(t, 3, sum.Resealed)
	require.Equal(t, "test-secret-a", b.read(t, b.before, b.org, "twilio"), "still under the old key")
}

func TestWhatCannotBeOpenedIsNamedAndKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fill(t)
	lost := ring(t, "k0:"+strings.Repeat("77", 32))
	b.save(t, lost, b.other, "twilio", "+442079460190", "test-secret-lost")
	// A row that was copied from another clinic.
	b.data.Exec(t, `update public.org_credentials c set ciphertext = o.ciphertext, nonce = o.nonce, auth_tag = o.auth_tag
		from public.org_credentials o where c.provider = 'resend' and o.provider = 'resend' and c.org_id = $1 and o.org_id = $2`, b.other, b.org)

	sum := b.run(t, b.both)
	require.ErrorContains(t, sum.Err(), "2 credentials could not be opened")
	require.Equal(t, 2, sum.Resealed)
	require.Equal(t, 1, sum.Left)
	require.ElementsMatch(t, []rotate.Credential{
		{OrgID: b.other, Provider: "twilio", KeyID: "k0", Outcome: rotate.UnknownKey},
		{OrgID: b.other, Provider: "resend", KeyID: "k1", Outcome: rotate.NotOpened},
	}, sum.Failed)
	require.Equal(t, "test-secret-lost", b.read(t, lost, b.other, "twilio"), "kept as it was")
	require.NotContains(t, sum.Err().Error(), "test-secret")
}

func TestSavingDuringARotationIsNotLost(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string]func(*bundle) *vault.Keyring{
		"by a server that has the new key":          func(b *bundle) *vault.Keyring { return b.both },
		"by a server that still seals with the old": func(b *bundle) *vault.Keyring { return b.before },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.fill(t)
			first := true
			sum, err := rotate.Run(t.Context(), rotate.Options{DB: b.db, Keys: b.both, Progress: func(c rotate.Credential) {
				if first && c.OrgID == b.org {
					first = false
					b.save(t, keys(b), b.other, "resend", "hello@other.example", "test-secret-newer")
				}
			}})
			require.NoError(t, err)
			require.NoError(t, sum.Err())
			require.Equal(t, "test-secret-newer", b.read(t, b.after, b.other, "resend"))
			require.Equal(t, "test-secret-a", b.read(t, b.after, b.org, "twilio"))
		})
	}
}

// The exchange is for the value that was read: one stored in between, also under the same key, wins.
func TestResealingLosesToASaveInBetween(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.save(t, b.before, b.org, "twilio", "+13125550190", "test-secret-read")
	require.NoError(t, b.db.AsTenant(t.Context(), b.org, func(tx db.Tx) error {
		read, err := tx.ReadCredential(t.Context(), "twilio")
		require.NoError(t, err)
		b.save(t, b.before, b.org, "twilio", "+13125550190", "test-secret-newer")
		stale, err := b.both.Seal(b.org, "twilio", []byte("test-secret-read"))
		require.NoError(t, err)
		resealed, err := tx.ResealCredential(t.Context(), db.ResealCredentialParams{
			Provider: "twilio", OldNonce: read.Nonce, Ciphertext: stale.Ciphertext, Nonce: stale.Nonce, AuthTag: stale.AuthTag, KeyID: stale.KeyID,
		})
		require.NoError(t, err)
		require.False(t, resealed)
		return nil
	}))
	require.Equal(t, "test-secret-newer", b.read(t, b.before, b.org, "twilio"))
	require.Equal(t, 1, b.run(t, b.both).Resealed)
	require.Equal(t, "test-secret-newer", b.read(t, b.after, b.org, "twilio"))
}

func TestAStoppedRotationGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fill(t)
	ctx, stop := context.WithCancel(t.Context())
	sum, err := rotate.Run(ctx, rotate.Options{DB: b.db, Keys: b.both, Progress: func(rotate.Credential) { stop() }})
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, sum.Complete)
	require.NoError(t, b.run(t, b.both).Err())
	for _, provider := range []string{"twilio", "resend"} {
		require.NotEmpty(t, b.read(t, b.after, b.org, provider))
	}
	require.Equal(t, "test-secret-c", b.read(t, b.after, b.other, "resend"))
}

// A parked grant becomes a credential under the key that it was sealed with, so the key has to stay.
func TestConsentsOnTheirWayKeepTheOldKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, `insert into public.oauth_states (org_id, user_id, provider, state_hash, ciphertext, nonce, auth_tag, key_id, expires_at)
		values ($1, $2, 'outlook', sha256('s'), 'x', '\x000102030405060708090a0b', '\x000102030405060708090a0b0c0d0e0f', 'k1', app.now() + interval '10 minutes')`,
		b.org, b.users[b.org])
	sum := b.run(t, b.both)
	require.Equal(t, 1, sum.Waiting)
	require.ErrorContains(t, sum.Err(), "1 consents for calendars are on their way under another key: keep it")
	b.data.Exec(t, `update public.oauth_states set expires_at = app.now()`)
	require.NoError(t, b.run(t, b.both).Err(), "it never came back")
}
