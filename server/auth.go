package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

const (
	tokenLeeway   = 30 * time.Second // clocks of Supabase and of this machine may differ by so much
	tokenAudience = "authenticated"
	tokenRole     = "authenticated"
	maxToken      = 8 << 10 // bytes; Supabase's tokens are around 1 KiB

	sentenceNoToken = "Missing or invalid Authorization header"
	sentenceToken   = "Invalid or expired token"
	sentenceNoOrg   = "Missing org_id in JWT. User must be provisioned with organization."
)

// Claims is who a verified token speaks for. It says nothing about membership
// or role: those are the database's to know, at the time of the request.
type Claims struct {
	OrgID  uuid.UUID
	UserID uuid.UUID
	// Expires is when the token ends; what lasts longer than a request must not outlive it.
	Expires time.Time
	// Raw is what the database gets to see as request.jwt.claims: sub, role and
	// app_metadata.org_id as JSON, rebuilt from the verified values.
	Raw []byte
}

// Verifier checks Supabase access tokens. Keys are pinned to one algorithm
// each: the shared secret verifies HS256 only, a published key only the
// algorithm of its type. It is safe for concurrent use.
type Verifier struct {
	secret  []byte // nil when tokens are signed with published keys only
	keys    *keySet
	issuers []string
	now     func() time.Time
}

// NewVerifier makes a Verifier from JWT_SECRET, SUPABASE_URL and the issuers of
// cfg. client fetches the published keys. Nothing is fetched before the first
// token that needs it.
func NewVerifier(cfg Config, client *http.Client) *Verifier {
	v := &Verifier{issuers: cfg.Issuers(), now: time.Now}
	if cfg.JWTSecret != "" {
		v.secret = []byte(cfg.JWTSecret)
	}
	if cfg.SupabaseURL != "" {
		v.keys = newKeySet(cfg.SupabaseURL+"/auth/v1/.well-known/jwks.json", client)
	}
	return v
}

// FromHeader verifies the bearer token of a request's Authorization header.
// Errors are *Error with unauthenticated, token_expired, no_organization or,
// when the published keys cannot be fetched, busy.
func (v *Verifier) FromHeader(ctx context.Context, h http.Header) (Claims, error) {
	values := h.Values("Authorization")
	if len(values) != 1 {
		return Claims{}, NewError(CodeUnauthenticated, sentenceNoToken, reasonError("not exactly one Authorization header"))
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return Claims{}, NewError(CodeUnauthenticated, sentenceNoToken, reasonError("no bearer token"))
	}
	return v.Verify(ctx, strings.TrimSpace(token))
}

// Verify checks signature, time, audience, issuer, role and subject of an
// access token. Errors as FromHeader's; why exactly a token was refused is in
// the log, not in the answer.
func (v *Verifier) Verify(ctx context.Context, token string) (Claims, error) {
	if len(token) > maxToken || strings.Count(token, ".") != 2 {
		return Claims{}, refuseToken("not a compact signed token")
	}
	parsed, err := jwt.Parse([]byte(token),
		jwt.WithKeyProvider(jws.KeyProviderFunc(func(_ context.Context, sink jws.KeySink, sig *jws.Signature, _ *jws.Message) error {
			return v.pickKey(ctx, sink, sig) // jwx hands over a context of its own
		})),
		jwt.WithAcceptableSkew(tokenLeeway),
		jwt.WithClock(jwt.ClockFunc(v.now)),
		jwt.WithRequiredClaim(jwt.ExpirationKey),
		jwt.WithAudience(tokenAudience),
	)
	if err != nil {
		return Claims{}, tokenError(err)
	}
	return v.claims(parsed)
}

// pickKey offers the one key that may have signed the token. The token's own
// alg only chooses among pinned keys; it never decides how a key is used, so
// that a public RSA key cannot be passed off as an HMAC secret.
func (v *Verifier) pickKey(ctx context.Context, sink jws.KeySink, sig *jws.Signature) error {
	alg, ok := sig.ProtectedHeaders().Algorithm()
	if !ok {
		return reasonError("no algorithm")
	}
	if alg == jwa.HS256() {
		if v.secret == nil {
			return reasonError("HS256, but no secret is configured")
		}
		sink.Key(jwa.HS256(), v.secret)
		return nil
	}
	if v.keys == nil {
		return reasonError("not HS256, and no published keys are configured")
	}
	kid, ok := sig.ProtectedHeaders().KeyID()
	if !ok {
		return reasonError("no key id")
	}
	key, err := v.keys.find(ctx, kid)
	if err != nil {
		return err
	}
	if key.alg != alg {
		return reasonError("algorithm is not the key's")
	}
	sink.Key(key.alg, key.public)
	return nil
}

// claims reads the verified token. user_metadata is not looked at: users write
// it themselves.
func (v *Verifier) claims(t jwt.Token) (Claims, error) {
	if iss, _ := t.Issuer(); !v.knownIssuer(iss) {
		return Claims{}, refuseToken("unknown issuer")
	}
	var role string
	if err := t.Get("role", &role); err != nil || role != tokenRole {
		return Claims{}, refuseToken("role is not authenticated: a service or anonymous key")
	}
	if t.Has("is_anonymous") {
		var anonymous bool
		if err := t.Get("is_anonymous", &anonymous); err != nil || anonymous {
			return Claims{}, refuseToken("anonymous user")
		}
	}
	sub, _ := t.Subject()
	user, err := parseUUID(sub)
	if err != nil {
		return Claims{}, refuseToken("subject is not a UUID")
	}
	var app map[string]any
	_ = t.Get("app_metadata", &app) // absent or of another type: no organization
	text, _ := app["org_id"].(string)
	org, err := parseUUID(text)
	if err != nil {
		return Claims{}, NewError(CodeNoOrganization, sentenceNoOrg, reasonError("app_metadata.org_id is not a UUID"))
	}
	expires, _ := t.Expiration() // required by Verify
	return NewClaims(org, user, expires)
}

// NewClaims are the claims of somebody whose token was verified, by Verify or earlier.
func NewClaims(org, user uuid.UUID, expires time.Time) (Claims, error) {
	raw, err := json.Marshal(map[string]any{
		"sub": user, "role": tokenRole, "app_metadata": map[string]any{"org_id": org},
	})
	if err != nil {
		return Claims{}, fmt.Errorf("encode claims: %w", err)
	}
	return Claims{OrgID: org, UserID: user, Expires: expires, Raw: raw}, nil
}

func (v *Verifier) knownIssuer(iss string) bool {
	for _, known := range v.issuers {
		if iss == known {
			return true
		}
	}
	return false
}

// parseUUID reads the canonical form only (uuid.Parse takes three more) and
// refuses the nil UUID, which stands for "nobody" in Go.
func parseUUID(s string) (uuid.UUID, error) {
	id, err := uuid.Parse(s)
	if err != nil || len(s) != 36 || id == uuid.Nil {
		return uuid.Nil, errors.New("not a UUID")
	}
	return id, nil
}

func refuseToken(reason reasonError) error {
	return NewError(CodeUnauthenticated, sentenceToken, reason)
}

// tokenError translates what jwx says. Its texts may quote the token's values,
// so only the kind is kept.
func tokenError(err error) error {
	var ours *Error
	var reason reasonError
	switch {
	case errors.As(err, &ours): // from the key set: busy
		return ours
	case errors.As(err, &reason):
		return refuseToken(reason)
	case errors.Is(err, jwt.TokenExpiredError()):
		return NewError(CodeTokenExpired, sentenceToken, reasonError("expired"))
	case errors.Is(err, jwt.InvalidAudienceError()):
		return refuseToken("wrong audience")
	case errors.Is(err, jwt.TokenNotYetValidError()), errors.Is(err, jwt.InvalidIssuedAtError()):
		return refuseToken("from the future")
	case errors.Is(err, jwt.MissingRequiredClaimError()):
		return refuseToken("no expiry or no audience")
	default:
		return refuseToken("malformed, or the signature does not verify")
	}
}
