package server

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwt"
	"github.com/stretchr/testify/require"
)

const testIssuer = "https://api.clinic.example/auth/v1"

func testIDs() (org, user uuid.UUID) {
	return uuid.MustParse("0197f2a4-6c1e-7b3a-9a55-0d6c4c1f9b10"), uuid.MustParse("5b6f8f3e-2f0b-4b1e-9c57-3d1f1a0e7c21")
}

// goodClaims is what Supabase puts into an access token.
func goodClaims() map[string]any {
	org, user := testIDs()
	return map[string]any{
		"iss": testIssuer, "aud": "authenticated", "role": "authenticated", "sub": user.String(),
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(), "is_anonymous": false,
		"email":         "a.quillfeather@patients.example",
		"app_metadata":  map[string]any{"org_id": org.String(), "provider": "email"},
		"user_metadata": map[string]any{"org_id": uuid.NewString()},
	}
}

func sign(t *testing.T, claims map[string]any, alg jwa.SignatureAlgorithm, key any) string {
	t.Helper()
	token := jwt.New()
	for name, value := range claims {
		require.NoError(t, token.Set(name, value))
	}
	signed, err := jwt.Sign(token, jwt.WithKey(alg, key))
	require.NoError(t, err)
	return string(signed)
}

func hs256Verifier() *Verifier {
	return NewVerifier(Config{Env: Production, BackendURL: "https://api.clinic.example", JWTSecret: testJWTSecret}, http.DefaultClient)
}

func requireCode(t *testing.T, err error, want Code) {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, want, e.Code)
}

func TestVerifyTakesASupabaseToken(t *testing.T) {
	t.Parallel()
	org, user := testIDs()
	claims, err := hs256Verifier().Verify(t.Context(), sign(t, goodClaims(), jwa.HS256(), []byte(testJWTSecret)))
	require.NoError(t, err)
	require.Equal(t, org, claims.OrgID, "the organization is app_metadata's, not user_metadata's")
	require.Equal(t, user, claims.UserID)

	var raw map[string]any
	require.NoError(t, json.Unmarshal(claims.Raw, &raw))
	require.Equal(t, map[string]any{
		"sub": user.String(), "role": "authenticated", "app_metadata": map[string]any{"org_id": org.String()},
	}, raw, "the database sees these claims and no others")
}

func TestVerifyTakesADevToken(t *testing.T) {
	t.Parallel()
	org, user := testIDs()
	token, err := MintDevToken(testJWTSecret, org, user, testIssuer, time.Hour)
	require.NoError(t, err)
	claims, err := hs256Verifier().Verify(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, org, claims.OrgID)
	require.Equal(t, user, claims.UserID)

	_, err = MintDevToken("", org, user, testIssuer, time.Hour)
	require.Error(t, err)
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	set := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { c[name] = value }
	}
	drop := func(name string) func(map[string]any) {
		return func(c map[string]any) { delete(c, name) }
	}
	cases := map[string]struct {
		change func(map[string]any)
		want   Code
	}{
		"expired":                        {set("exp", time.Now().Add(-tokenLeeway-time.Minute).Unix()), CodeTokenExpired},
		"no expiry":                      {drop("exp"), CodeUnauthenticated},
		"not valid yet":                  {set("nbf", time.Now().Add(time.Hour).Unix()), CodeUnauthenticated},
		"issued in the future":           {set("iat", time.Now().Add(time.Hour).Unix()), CodeUnauthenticated},
		"other audience":                 {set("aud", "anon"), CodeUnauthenticated},
		"no audience":                    {drop("aud"), CodeUnauthenticated},
		"other issuer":                   {set("iss", "https://evil.example/auth/v1"), CodeUnauthenticated},
		"no issuer":                      {drop("iss"), CodeUnauthenticated},
		"service key":                    {set("role", "service_role"), CodeUnauthenticated},
		"anon key":                       {set("role", "anon"), CodeUnauthenticated},
		"no role":                        {drop("role"), CodeUnauthenticated},
		"role of another type":           {set("role", []string{"authenticated"}), CodeUnauthenticated},
		"anonymous user":                 {set("is_anonymous", true), CodeUnauthenticated},
		"anonymity of another type":      {set("is_anonymous", "true"), CodeUnauthenticated},
		"no subject":                     {drop("sub"), CodeUnauthenticated},
		"subject is not a UUID":          {set("sub", "quillby"), CodeUnauthenticated},
		"subject in another form":        {set("sub", "urn:uuid:5b6f8f3e-2f0b-4b1e-9c57-3d1f1a0e7c21"), CodeUnauthenticated},
		"nil subject":                    {set("sub", uuid.Nil.String()), CodeUnauthenticated},
		"no app_metadata":                {drop("app_metadata"), CodeNoOrganization},
		"app_metadata of another type":   {set("app_metadata", "org"), CodeNoOrganization},
		"no org, but in user_metadata":   {set("app_metadata", map[string]any{}), CodeNoOrganization},
		"org is not a UUID":              {set("app_metadata", map[string]any{"org_id": "lakeside"}), CodeNoOrganization},
		"org of another type":            {set("app_metadata", map[string]any{"org_id": 7}), CodeNoOrganization},
		"org is nil":                     {set("app_metadata", map[string]any{"org_id": uuid.Nil.String()}), CodeNoOrganization},
		"org at the top of the token":    {func(c map[string]any) { c["org_id"] = uuid.NewString(); delete(c, "app_metadata") }, CodeNoOrganization},
		"expired just within the leeway": {func(c map[string]any) { c["exp"] = time.Now().Add(-tokenLeeway / 2).Unix() }, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claims := goodClaims()
			tc.change(claims)
			_, err := hs256Verifier().Verify(t.Context(), sign(t, claims, jwa.HS256(), []byte(testJWTSecret)))
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			requireCode(t, err, tc.want)
		})
	}
}

func TestVerifyRefusesForgedSignatures(t *testing.T) {
	t.Parallel()
	good := sign(t, goodClaims(), jwa.HS256(), []byte(testJWTSecret))
	parts := strings.Split(good, ".")
	unsigned, err := jwt.NewSerializer().Sign(jwt.WithInsecureNoSignature()).Serialize(tokenOf(t, goodClaims()))
	require.NoError(t, err)
	other := goodClaims()
	other["app_metadata"] = map[string]any{"org_id": uuid.NewString()}
	foreign := strings.Split(sign(t, other, jwa.HS256(), []byte(testJWTSecret)), ".")

	cases := map[string]string{
		"alg none":               string(unsigned),
		"foreign key":            sign(t, goodClaims(), jwa.HS256(), []byte("test-secret-foreign-0123456789abcdef")),
		"other HMAC":             sign(t, goodClaims(), jwa.HS512(), []byte(testJWTSecret+testJWTSecret)),
		"signature cut":          parts[0] + "." + parts[1] + ".",
		"payload exchanged":      parts[0] + "." + foreign[1] + "." + parts[2],
		"payload not encoded":    parts[0] + ".{}." + parts[2],
		"two parts":              parts[0] + "." + parts[1],
		"bare claims":            `{"sub":"..","role":"authenticated"}`,
		"empty":                  "",
		"too long":               good + strings.Repeat("A", maxToken),
		"general JSON signature": `{"payload":"` + parts[1] + `","signatures":[{"protected":"` + parts[0] + `","signature":"` + parts[2] + `"}], "x":"..`,
	}
	for name, token := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := hs256Verifier().Verify(t.Context(), token)
			requireCode(t, err, CodeUnauthenticated)
		})
	}
}

func tokenOf(t *testing.T, claims map[string]any) jwt.Token {
	t.Helper()
	token := jwt.New()
	for name, value := range claims {
		require.NoError(t, token.Set(name, value))
	}
	return token
}

func TestFromHeaderWantsOneBearerToken(t *testing.T) {
	t.Parallel()
	good := sign(t, goodClaims(), jwa.HS256(), []byte(testJWTSecret))
	cases := map[string]struct {
		values []string
		ok     bool
	}{
		"bearer":             {[]string{"Bearer " + good}, true},
		"scheme in any case": {[]string{"bearer " + good}, true},
		"absent":             {nil, false},
		"empty":              {[]string{""}, false},
		"bare token":         {[]string{good}, false},
		"basic":              {[]string{"Basic " + good}, false},
		"two headers":        {[]string{"Bearer " + good, "Bearer " + good}, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := hs256Verifier().FromHeader(t.Context(), http.Header{"Authorization": tc.values})
			if tc.ok {
				require.NoError(t, err)
				return
			}
			requireCode(t, err, CodeUnauthenticated)
			require.ErrorContains(t, err, sentenceNoToken)
		})
	}
}
