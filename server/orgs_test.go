package server

import (
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/stretchr/testify/require"
)

// What the real database decides stands in database_test.go; here is what it is
// asked, and what becomes of answers that a healthy one does not give.

func TestValidateOrgShowsTheDatabaseTheVerifiedClaimsOnly(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	org, user := testIDs()
	w := b.do(http.MethodGet, "/api/orgs/validate/"+org.String(), b.token)
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	require.JSONEq(t, `{"sub":"`+user.String()+`","role":"authenticated","app_metadata":{"org_id":"`+org.String()+`"}}`, string(b.db.seen))
}

func TestValidateOrgRefuses(t *testing.T) {
	t.Parallel()
	org, _ := testIDs()
	own := "/api/orgs/validate/" + org.String()
	cases := map[string]struct {
		target  string
		arrange func(b *testBundle)
		status  int
		code    Code
	}{
		"no token":               {own, func(b *testBundle) { b.token = "" }, 401, CodeUnauthenticated},
		"no token, malformed id": {"/api/orgs/validate/lakeside", func(b *testBundle) { b.token = "" }, 401, CodeUnauthenticated},
		"malformed id":           {"/api/orgs/validate/lakeside", func(*testBundle) {}, 400, CodeBadRequest},
		"id without hyphens":     {"/api/orgs/validate/0197f2a46c1e7b3a9a550d6c4c1f9b10", func(*testBundle) {}, 400, CodeBadRequest},
		"unknown organization":   {own, func(b *testBundle) { b.db.err = NewError(CodeNotFound, sentenceNotFound, nil) }, 404, CodeNotFound},
		"database busy":          {own, func(b *testBundle) { b.db.err = &pgconn.PgError{Code: "55P03"} }, 503, CodeBusy},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, nil)
			tc.arrange(b)
			requireRefusal(t, b.do(http.MethodGet, tc.target, b.token), tc.status, tc.code)
		})
	}
}

func TestValidateOrgSaysWhyATokenIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	org, _ := testIDs()
	claims := goodClaims()
	delete(claims, "app_metadata")
	w := b.do(http.MethodGet, "/api/orgs/validate/"+org.String(), sign(t, claims, jwa.HS256(), []byte(testJWTSecret)))
	body := requireRefusal(t, w, http.StatusUnauthorized, CodeNoOrganization)
	require.Equal(t, "Missing org_id in JWT. User must be provisioned with organization.", body.Error)
	require.Equal(t, "Bearer", w.Header().Get("WWW-Authenticate"))
	require.Nil(t, b.db.seen, "a refused token never reaches the database")
	require.Equal(t, "app_metadata.org_id is not a UUID", b.log.lines(t, "request refused")[0]["reason"])
}
