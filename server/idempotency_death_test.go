package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
)

// mortal is a database that a process stops talking to when it dies.
type mortal struct {
	memberships
	dead atomic.Bool
}

func (m *mortal) AsUser(ctx context.Context, claims []byte, fn func(db.Tx, db.Member) error) error {
	if m.dead.Load() {
		return errors.New("the process is gone")
	}
	return m.memberships.AsUser(ctx, claims, fn)
}

// wisher carries one wish out by a handler of the test's, and can die on the way.
type wisher struct {
	*clinic
	claims Claims
	db     *mortal
	keys   *vault.Keyring
	cut    *cut
}

func newWisher(t *testing.T) *wisher {
	t.Helper()
	w := &wisher{clinic: found(t)}
	var err error
	w.claims, err = newClaims(w.org, w.user)
	require.NoError(t, err)
	w.cut = newCut(t, w.data.LoginURL)
	opened, err := db.Open(t.Context(), w.cut.url)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	w.db = &mortal{memberships: NewDatabase(opened)}
	w.keys, err = vault.ParseKeyring(testKey)
	require.NoError(t, err)
	return w
}

// wish is one try; the process lives again for the next one.
func (w *wisher) wish(t *testing.T, handle http.HandlerFunc) *httptest.ResponseRecorder {
	t.Helper()
	handler := withScope(slog.New(slog.DiscardHandler), http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		noteClaims(r.Context(), w.claims)
		once(w.db, w.keys, handle).ServeHTTP(out, r)
	}))
	out := httptest.NewRecorder()
	handler.ServeHTTP(out, w.request(t, http.MethodPost, "/api/x", "", "Idempotency-Key", "press-1"))
	w.db.dead.Store(false)
	return out
}

// act changes something that can be counted.
func (w *wisher) act(r *http.Request) error {
	return w.db.AsUser(r.Context(), w.claims.Raw, func(tx db.Tx, _ db.Member) error {
		hash := sha256.Sum256([]byte("test-secret-token"))
		_, err := tx.InviteMember(r.Context(), db.InviteMemberParams{Email: "nurse@patients.example", Role: "staff", TokenID: uuid.New(), TokenHash: hash[:]})
		return err
	})
}

func (w *wisher) acts(t *testing.T) int {
	t.Helper()
	return w.number(t, "select count(*) from public.audit_log where action = 'member_invited'")
}

func (w *wisher) endLease(t *testing.T) {
	t.Helper()
	w.data.Exec(t, "update public.idempotency_keys set lease_until = app.now() - interval '1 second'")
}

func TestADeathAfterTheEffectNeverActsAgain(t *testing.T) {
	t.Parallel()
	w := newWisher(t)
	w.wish(t, func(_ http.ResponseWriter, r *http.Request) {
		require.NoError(t, w.act(r))
		w.db.dead.Store(true)
	})
	require.Equal(t, 1, w.acts(t))
	w.endLease(t)
	refused := requireRefusal(t, w.wish(t, func(_ http.ResponseWriter, r *http.Request) { require.NoError(t, w.act(r)) }), http.StatusConflict, CodeConflict)
	require.Equal(t, sentenceActed, refused.Error)
	require.Equal(t, 1, w.acts(t))
}

func TestADeathBeforeTheEffectFreesTheKey(t *testing.T) {
	t.Parallel()
	w := newWisher(t)
	w.wish(t, func(_ http.ResponseWriter, r *http.Request) {
		require.NoError(t, w.db.AsUser(r.Context(), w.claims.Raw, func(tx db.Tx, m db.Member) error { // only reads
			_, err := tx.GetOrganization(r.Context(), m.OrgID)
			return err
		}))
		w.db.dead.Store(true)
	})
	require.Equal(t, 1, w.number(t, "select count(*) from public.idempotency_keys where state = 'running' and acted_at is null and lease_until between now() and now() + interval '1 minute'"))
	w.endLease(t)
	require.Equal(t, http.StatusOK, w.wish(t, func(_ http.ResponseWriter, r *http.Request) { require.NoError(t, w.act(r)) }).Code)
	require.Equal(t, 1, w.acts(t))
}

func TestATryThatLostItsLeaseChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWisher(t)
	var late error
	w.wish(t, func(_ http.ResponseWriter, r *http.Request) {
		w.endLease(t)
		require.Equal(t, http.StatusOK, w.wish(t, func(_ http.ResponseWriter, r *http.Request) { require.NoError(t, w.act(r)) }).Code)
		late = w.act(r)
	})
	require.Equal(t, CodeConflict, classify(late).Code)
	require.Equal(t, 1, w.acts(t))
}

func TestAFailureIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWisher(t)
	require.Equal(t, http.StatusServiceUnavailable, w.wish(t, func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusServiceUnavailable) }).Code)
	require.Equal(t, http.StatusOK, w.wish(t, func(_ http.ResponseWriter, r *http.Request) { require.NoError(t, w.act(r)) }).Code)
	require.Equal(t, 1, w.acts(t))
}

func TestAnAnswerThatCannotBeKeptIsStillGivenOnce(t *testing.T) {
	t.Parallel()
	w := newWisher(t)
	long := strings.Repeat("x", maxKeptAnswer+1)
	made := w.wish(t, func(out http.ResponseWriter, r *http.Request) {
		require.NoError(t, w.act(r))
		_, _ = out.Write([]byte(long))
	})
	require.Equal(t, long, made.Body.String())
	refused := requireRefusal(t, w.wish(t, func(http.ResponseWriter, *http.Request) { t.Error("carried out again") }), http.StatusConflict, CodeConflict)
	require.Equal(t, sentenceActed, refused.Error)
}

func TestASecretAnswerIsKeptSealedAndRepeated(t *testing.T) {
	t.Parallel()
	w := newWisher(t)
	answer := func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Cache-Control", noStore)
		_, _ = out.Write([]byte("test-secret-answer"))
	}
	w.wish(t, answer)
	require.Zero(t, w.number(t, "select count(*) from public.idempotency_keys where position('test-secret'::bytea in response) > 0"))
	again := w.wish(t, func(http.ResponseWriter, *http.Request) { t.Error("carried out again") })
	require.Equal(t, "test-secret-answer", again.Body.String())
	require.Equal(t, []string{noStore, "true", ""}, []string{again.Header().Get("Cache-Control"), again.Header().Get("Idempotent-Replayed"), again.Header().Get(keptAs)})

	var err error
	w.keys, err = vault.ParseKeyring(strings.Repeat("7b", 32)) // the key is gone
	require.NoError(t, err)
	require.Equal(t, sentenceActed, requireRefusal(t, w.wish(t, answer), http.StatusConflict, CodeConflict).Error)
}

func TestACommitThatNobodySawIsNotCarriedOutAgain(t *testing.T) {
	t.Parallel()
	w := newWisher(t)
	failed := w.wish(t, func(out http.ResponseWriter, r *http.Request) {
		w.cut.armed.Store(true)
		if err := w.act(r); err != nil {
			WriteError(out, r, err)
		}
	})
	require.GreaterOrEqual(t, failed.Code, 500)
	require.False(t, w.cut.armed.Load(), "control: the connection broke at the commit")
	require.Eventually(t, func() bool { return w.acts(t) == 1 }, 5*time.Second, 20*time.Millisecond, "it was committed")
	require.Equal(t, 1, w.number(t, "select count(*) from public.idempotency_keys where state = 'running'"), "the key is not given back")
	w.endLease(t)
	refused := requireRefusal(t, w.wish(t, func(_ http.ResponseWriter, r *http.Request) { require.NoError(t, w.act(r)) }), http.StatusConflict, CodeConflict)
	require.Equal(t, sentenceActed, refused.Error)
	require.Equal(t, 1, w.acts(t))
}
