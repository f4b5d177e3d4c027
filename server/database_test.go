package server

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwt"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/server/apitest"
)

// clinic is a founded organization and its owner, served from a real database.
type clinic struct {
	data    *dbtest.Database
	handler http.Handler
	org     uuid.UUID
	user    uuid.UUID
	texts   Sender // nil: nobody can send, and nothing is known of numbers
}

// found signs a person up, which founds their organization, and serves it.
func found(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{data: dbtest.New(t)}
	c.handler = c.serving(t, VapiAccount{})
	c.org, c.user = c.signUp(t, "ada.quillfeather@patients.example")
	return c
}

// serving is a server over the clinic's database.
func (c *clinic) serving(t *testing.T, account VapiAccount) http.Handler {
	t.Helper()
	opened, err := db.Open(t.Context(), c.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	keys, err := vault.ParseKeyring(testKey)
	require.NoError(t, err)
	handler, err := New(Deps{
		DB: NewDatabase(opened), Auth: hs256Verifier(), Log: slog.New(slog.DiscardHandler), Metrics: NewMetrics(),
		Accounts: NewAccounts(keys, nil, nil), Vapi: account, Texts: c.texts,
		Uploads: NewUploads(readsHere{}),
	})
	require.NoError(t, err)
	return apitest.Checked(t, handler)
}

// signUp inserts into auth.users as Supabase Auth does.
func (c *clinic) signUp(t *testing.T, email string) (org, user uuid.UUID) {
	t.Helper()
	user = uuid.New()
	require.NoError(t, c.data.Pool(t).QueryRow(t.Context(), `
		insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, '{"business_name": "Lakeside Dental"}')
		returning (raw_app_meta_data ->> 'org_id')::uuid`, user, email).Scan(&org))
	return org, user
}

// claims is what Supabase puts into the owner's token, changed by change.
func (c *clinic) claims(change func(map[string]any)) map[string]any {
	claims := goodClaims()
	claims["sub"] = c.user.String()
	claims["app_metadata"] = map[string]any{"org_id": c.org.String()}
	if change != nil {
		change(claims)
	}
	return claims
}

// validate asks for org with a token of the owner, as changed.
func (c *clinic) validate(t *testing.T, org uuid.UUID, change func(map[string]any)) *httptest.ResponseRecorder {
	t.Helper()
	return c.ask(org, sign(t, c.claims(change), jwa.HS256(), []byte(testJWTSecret)))
}

func (c *clinic) ask(org uuid.UUID, token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/api/orgs/validate/"+org.String(), nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

func TestMemberIsAnsweredWithTheRoleOfThisMoment(t *testing.T) {
	t.Parallel()
	c := found(t)
	for _, role := range []string{"owner", "viewer", "staff", "admin"} {
		c.data.Exec(t, "update public.profiles set role = $1 where user_id = $2", role, c.user)
		w := c.validate(t, c.org, nil)
		require.Equal(t, http.StatusOK, w.Code, w.Body.String())
		require.JSONEq(t, `{"success":true,"orgId":"`+c.org.String()+`","userId":"`+c.user.String()+`","role":"`+role+
			`","validated":true,"message":"Organization validated."}`, w.Body.String())
	}
}

func TestRemovedMemberLosesAccessAtOnce(t *testing.T) {
	t.Parallel()
	c := found(t)
	require.Equal(t, http.StatusOK, c.validate(t, c.org, nil).Code, "control: the token was good")
	c.data.Exec(t, "delete from public.profiles where user_id = $1", c.user)
	requireRefusal(t, c.validate(t, c.org, nil), http.StatusUnauthorized, CodeNotAMember)
}

func TestDeletedOrganizationIsGone(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.data.Exec(t, "update public.organizations set deleted_at = now() where id = $1", c.org)
	requireRefusal(t, c.validate(t, c.org, nil), http.StatusGone, CodeGone)
}

func TestOtherOrganizationIsForbiddenWhetherItExistsOrNot(t *testing.T) {
	t.Parallel()
	c := found(t)
	other, _ := c.signUp(t, "ben.quillby@patients.example")
	there := requireRefusal(t, c.validate(t, other, nil), http.StatusForbidden, CodeForbidden)
	nowhere := requireRefusal(t, c.validate(t, uuid.New(), nil), http.StatusForbidden, CodeForbidden)
	require.Equal(t, nowhere.Error, there.Error)

	t.Run("a token naming it makes no member", func(t *testing.T) {
		w := c.validate(t, other, func(claims map[string]any) { claims["app_metadata"] = map[string]any{"org_id": other.String()} })
		requireRefusal(t, w, http.StatusUnauthorized, CodeNotAMember)
	})
	t.Run("user_metadata naming it changes nothing", func(t *testing.T) {
		forge := func(claims map[string]any) { claims["user_metadata"] = map[string]any{"org_id": other.String()} }
		requireRefusal(t, c.validate(t, other, forge), http.StatusForbidden, CodeForbidden)
		require.Equal(t, http.StatusOK, c.validate(t, c.org, forge).Code)
	})
}

func TestForgedTokensReachNoMembership(t *testing.T) {
	t.Parallel()
	c := found(t)
	good := c.claims(nil)
	require.Equal(t, http.StatusOK, c.validate(t, c.org, nil).Code, "control: the claims are good when signed properly")

	unsigned, err := jwt.NewSerializer().Sign(jwt.WithInsecureNoSignature()).Serialize(tokenOf(t, good))
	require.NoError(t, err)
	requireRefusal(t, c.ask(c.org, string(unsigned)), http.StatusUnauthorized, CodeUnauthenticated)
	foreign := sign(t, good, jwa.HS256(), []byte("test-secret-foreign-0123456789abcdef"))
	requireRefusal(t, c.ask(c.org, foreign), http.StatusUnauthorized, CodeUnauthenticated)

	cases := map[string]struct {
		name  string
		value any
		code  Code
	}{
		"expired":                    {"exp", time.Now().Add(-time.Hour).Unix(), CodeTokenExpired},
		"other audience":             {"aud", "anon", CodeUnauthenticated},
		"other issuer":               {"iss", "https://evil.example/auth/v1", CodeUnauthenticated},
		"service key":                {"role", "service_role", CodeUnauthenticated},
		"anon key":                   {"role", "anon", CodeUnauthenticated},
		"anonymous user":             {"is_anonymous", true, CodeUnauthenticated},
		"org only in user_metadata":  {"app_metadata", map[string]any{}, CodeNoOrganization},
		"somebody who never existed": {"sub", uuid.NewString(), CodeNotAMember},
	}
	for name, tc := range cases {
		w := c.validate(t, c.org, func(claims map[string]any) {
			claims["user_metadata"] = map[string]any{"org_id": c.org.String()}
			claims[tc.name] = tc.value
		})
		require.Equal(t, http.StatusUnauthorized, w.Code, name)
		requireRefusal(t, w, http.StatusUnauthorized, tc.code)
	}
}

func TestReadinessAsksTheRealDatabase(t *testing.T) {
	t.Parallel()
	c := found(t)
	r := httptest.NewRequest(http.MethodGet, "/readyz", nil)
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code)
}
