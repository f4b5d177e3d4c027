package server

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

// MintDevToken returns an access token as Supabase would issue it for user in
// org, signed HS256 with secret and valid for ttl from now. `voxanne token`
// prints it; with Config.JWTSecret and Config.Issuer the server accepts it.
func MintDevToken(secret Secret, org, user uuid.UUID, issuer string, ttl time.Duration) (string, error) {
	if len(secret) < minJWTSecret {
		return "", errors.New("tokens can be minted only where JWT_SECRET is set (32 bytes or more)")
	}
	now := time.Now()
	token, err := jwt.NewBuilder().
		Subject(user.String()).
		Issuer(issuer).
		Audience([]string{tokenAudience}).
		IssuedAt(now).
		Expiration(now.Add(ttl)).
		Claim("role", tokenRole).
		Claim("app_metadata", map[string]any{"org_id": org.String()}).
		Build()
	if err != nil {
		return "", fmt.Errorf("build token: %w", err)
	}
	signed, err := jwt.Sign(token, jwt.WithKey(jwa.HS256(), []byte(secret)))
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return string(signed), nil
}
