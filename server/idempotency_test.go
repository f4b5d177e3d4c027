package server

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
)

const (
	pathServices = "/api/services"
	whitening    = `{"name": "Whitening", "duration_minutes": 60}`
)

// number is what a query counts, seen by the owner of the database.
func (c *clinic) number(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, c.data.Pool(t).QueryRow(t.Context(), query, args...).Scan(&n))
	return n
}

// colleague signs a member of the clinic in, who asks as often as they like.
func (c *clinic) colleague(t *testing.T, role string) (ask func(method, path, body string, headers ...string) *httptest.ResponseRecorder, user uuid.UUID) {
	t.Helper()
	user = uuid.New()
	c.data.Exec(t, "insert into auth.users (id, email) values ($1, $2)", user, user.String()+"@patients.example")
	c.data.Exec(t, "delete from public.profiles where user_id = $1", user) // of the organization that signing up founds
	c.data.Exec(t, "insert into public.profiles (org_id, user_id, role, email) values ($1, $2, $3, $4)", c.org, user, role, user.String()+"@patients.example")
	token := sign(t, c.claims(func(claims map[string]any) { claims["sub"] = user.String() }), jwa.HS256(), []byte(testJWTSecret))
	return func(method, path, body string, headers ...string) *httptest.ResponseRecorder {
		r := c.request(t, method, path, body, headers...)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, r)
		return w
	}, user
}

func TestFiftyTriesOfOneWishAreOneEffectAndOneAnswer(t *testing.T) {
	t.Parallel()
	visit := `{"serviceType": "Checkup", "scheduledAt": "2030-03-05 10:00", "contactPhone": "+13125550123", "customerName": "Ann Quillby"}`
	for name, tc := range map[string]struct{ path, body, header, table string }{
		"a service":             {pathServices, whitening, "Idempotency-Key", "services where name = 'Whitening'"},
		"by the request's id":   {pathServices, whitening, "X-Request-Id", "services where name = 'Whitening'"},
		"a contact":             {pathContacts, `{"name": "Nora Quill"}`, "Idempotency-Key", "contacts"}, // two presses are two contacts
		"a visit":               {pathAppointments, visit, "Idempotency-Key", "appointments"},
		"an invitation":         {pathMembers, `{"email": "nurse@patients.example", "role": "staff"}`, "Idempotency-Key", "audit_log where action = 'member_invited'"},
		"a visit by request id": {pathAppointments, visit, "X-Request-Id", "appointments"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := diary(t)
			answers := make([]*httptest.ResponseRecorder, 50)
			requests := make([]*http.Request, len(answers))
			for i := range requests {
				requests[i], answers[i] = c.request(t, http.MethodPost, tc.path, tc.body, tc.header, "press-1"), httptest.NewRecorder()
			}
			var together sync.WaitGroup
			for i := range requests {
				together.Go(func() { c.handler.ServeHTTP(answers[i], requests[i]) })
			}
			together.Wait()
			first := 0
			for _, w := range answers {
				require.Equal(t, http.StatusCreated, w.Code, w.Body.String())
				require.Equal(t, answers[0].Body.String(), w.Body.String())
				require.Equal(t, "application/json", w.Header().Get("Content-Type"))
				if w.Header().Get("Idempotent-Replayed") == "" {
					first++
				}
			}
			require.Equal(t, 1, first, "carried out by one")
			require.Equal(t, 1, c.number(t, "select count(*) from public."+tc.table))
		})
	}
}

func TestAnotherUsersKeyIsAnotherWish(t *testing.T) {
	t.Parallel()
	c := found(t)
	admin, _ := c.colleague(t, "admin")
	require.Equal(t, http.StatusCreated, c.console(t, http.MethodPost, pathServices, whitening, "Idempotency-Key", "press-1").Code)
	requireRefusal(t, admin(http.MethodPost, pathServices, whitening, "Idempotency-Key", "press-1"), http.StatusConflict, CodeConflict)
	other := strings.Replace(whitening, "Whitening", "Polish", 1)
	require.Equal(t, http.StatusCreated, admin(http.MethodPost, pathServices, other, "Idempotency-Key", "press-1").Code)
}

func TestAKeyHoldsForOnePathAndBody(t *testing.T) {
	t.Parallel()
	c := found(t)
	made := c.console(t, http.MethodPost, pathServices, whitening, "Idempotency-Key", "press-1")
	require.Equal(t, http.StatusCreated, made.Code)
	other := strings.Replace(whitening, "60", "90", 1)
	requireRefusal(t, c.console(t, http.MethodPost, pathServices, other, "Idempotency-Key", "press-1"), http.StatusUnprocessableEntity, CodeUnprocessable)
	requireRefusal(t, c.console(t, http.MethodPost, pathServices+"?x=1", whitening, "Idempotency-Key", "press-1"), http.StatusUnprocessableEntity, CodeUnprocessable)
	again := c.console(t, http.MethodPost, pathServices, whitening, "Idempotency-Key", "press-1")
	require.Equal(t, made.Body.String(), again.Body.String())
	require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
	require.NotEqual(t, made.Header().Get("X-Request-Id"), again.Header().Get("X-Request-Id"), "every try has its own")

	t.Run("another route takes the same key", func(t *testing.T) {
		require.Equal(t, http.StatusOK, c.console(t, http.MethodPatch, "/api/orgs", `{"name": "Lakeside"}`, "Idempotency-Key", "press-1").Code)
	})
	t.Run("a key that is none", func(t *testing.T) {
		for _, key := range []string{strings.Repeat("x", 201), "naïve"} {
			requireRefusal(t, c.console(t, http.MethodPost, pathServices, other, "Idempotency-Key", key), http.StatusBadRequest, CodeBadRequest)
		}
	})
	t.Run("it is forgotten in time", func(t *testing.T) {
		require.Equal(t, 1, c.number(t, "select count(*) from public.idempotency_keys where route like '% /api/services' and expires_at - created_at = '24 hours'"))
		c.data.Exec(t, "update public.idempotency_keys set expires_at = app.now() - interval '1 second'")
		requireRefusal(t, c.console(t, http.MethodPost, pathServices, whitening, "Idempotency-Key", "press-1"), http.StatusConflict, CodeConflict)
	})
}

func TestWithAKeyOnlyWhatWasValidatedIsDone(t *testing.T) {
	t.Parallel()
	c := found(t)
	body := `{"email": "nurse@patients.example", "role": "viewer", "Role": "admin", "ROLE": "owner"}`
	require.Equal(t, "viewer", answered(t, c.console(t, http.MethodPost, pathMembers, body, "Idempotency-Key", "press-1"), http.StatusCreated)["role"])
	require.Equal(t, "viewer", answered(t, c.console(t, http.MethodPost, pathMembers, body), http.StatusCreated)["role"], "as without")
	twice := `{"inbound": {"voice": 7, "firstMessage": "Unseen."}, "inbound": {"systemPrompt": "Be kind."}}`
	c.ok(t, http.MethodPost, pathBehavior, twice, "Idempotency-Key", "press-2")
	require.Equal(t, []any{"", "Be kind."}, []any{c.agents(t)["Receptionist"]["firstMessage"], c.agents(t)["Receptionist"]["systemPrompt"]})
}

func TestARepeatedRequestIDIsForgottenAfterTwoMinutes(t *testing.T) {
	t.Parallel()
	c := found(t)
	require.Equal(t, http.StatusCreated, c.console(t, http.MethodPost, pathServices, whitening, "X-Request-Id", "req_1").Code)
	require.Equal(t, http.StatusCreated, c.console(t, http.MethodPost, pathServices, whitening, "X-Request-Id", "req_1").Code)
	require.Equal(t, 1, c.number(t, "select count(*) from public.idempotency_keys where expires_at - created_at = '2 minutes'"))
	requireRefusal(t, c.console(t, http.MethodPost, pathServices, whitening), http.StatusConflict, CodeConflict)
}

func TestWhatWasRefusedMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	c := found(t)
	taken := strings.Replace(whitening, "Whitening", "Consultation", 1)
	requireRefusal(t, c.console(t, http.MethodPost, pathServices, taken, "Idempotency-Key", "press-1"), http.StatusConflict, CodeConflict)
	require.Zero(t, c.number(t, "select count(*) from public.idempotency_keys"), "nothing was done, nothing is kept")
	c.data.Exec(t, "update public.services set name = 'Talk' where org_id = $1", c.org)
	require.Equal(t, http.StatusCreated, c.console(t, http.MethodPost, pathServices, taken, "Idempotency-Key", "press-1").Code)
}

func TestAWishInFlightIsWaitedForAndThenAConflict(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.console(t, http.MethodPost, pathServices, whitening, "Idempotency-Key", "press-1")
	c.data.Exec(t, `update public.idempotency_keys set state = 'running', acted_at = null, status = null, headers = null, response = null`)
	w := c.console(t, http.MethodPost, pathServices, whitening, "Idempotency-Key", "press-1")
	requireRefusal(t, w, http.StatusConflict, CodeConflict)
	require.Equal(t, "1", w.Header().Get("Retry-After"))

	c.data.Exec(t, `update public.idempotency_keys set lease_until = app.now() - interval '1 second'`)
	c.data.Exec(t, `update public.services set name = 'Gone' where name = 'Whitening'`)
	require.Equal(t, http.StatusCreated, c.console(t, http.MethodPost, pathServices, whitening, "Idempotency-Key", "press-1").Code,
		"a try that died is followed by the next")
}

func TestAPanicGivesItsKeyBack(t *testing.T) {
	t.Parallel()
	c := found(t)
	claims, err := newClaims(c.org, c.user)
	require.NoError(t, err)
	opened, err := db.Open(t.Context(), c.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	broken := true
	handler := withScope(slog.New(slog.DiscardHandler), recoverPanics(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noteClaims(r.Context(), claims)
		once(NewDatabase(opened), nil, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if broken {
				panic("test")
			}
			w.WriteHeader(http.StatusNoContent)
		})).ServeHTTP(w, r)
	})))
	try := func() int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, c.request(t, http.MethodDelete, "/api/x", "", "Idempotency-Key", "press-1"))
		return w.Code
	}
	require.Equal(t, http.StatusInternalServerError, try())
	broken = false
	require.Equal(t, http.StatusNoContent, try())
	broken = true
	require.Equal(t, http.StatusNoContent, try(), "the answer is kept")
}
