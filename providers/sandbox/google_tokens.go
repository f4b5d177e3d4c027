package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// serveTokens is the token endpoint, revocation and the account's address.
func (g *Google) serveTokens(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch r.Method + " " + r.URL.Path {
	case "POST /token":
		g.token(w, r)
	case "POST /revoke":
		g.revoke(w, r)
	case "GET /v1/userinfo":
		grant := g.consents.bearer(r, g.now())
		if grant == nil {
			refuseGoogleToken(w, http.StatusUnauthorized, "invalid_request", "Invalid Credentials")
			return
		}
		writeGoogle(w, http.StatusOK, grant.claims())
	default:
		http.NotFound(w, r)
	}
}

// claims is what is told of the person: with the scope openid who they are, with that of the address also that.
func (t *googleGrant) claims() map[string]any {
	claims := map[string]any{"sub": "1" + t.person.email}
	if t.allows("https://www.googleapis.com/auth/userinfo.email") {
		claims["email"], claims["email_verified"] = t.person.email, true
	}
	return claims
}

// token checks the client, then exchanges a code or refreshes.
func (g *Google) token(w http.ResponseWriter, r *http.Request) {
	switch grant := r.PostFormValue("grant_type"); {
	case r.PostFormValue("client_id") != g.clientID, r.PostFormValue("client_secret") != g.secret:
		refuseGoogleToken(w, http.StatusUnauthorized, "invalid_client", "The OAuth client was not found.")
	case grant == "authorization_code":
		g.exchange(w, r)
	case grant == "refresh_token":
		g.refresh(w, r.PostFormValue("refresh_token"))
	default:
		refuseGoogleToken(w, http.StatusBadRequest, "unsupported_grant_type", "Invalid grant_type: "+grant)
	}
}

// exchange uses a code up, whatever comes of it.
func (g *Google) exchange(w http.ResponseWriter, r *http.Request) {
	code := g.consents.codes[r.PostFormValue("code")]
	delete(g.consents.codes, r.PostFormValue("code"))
	switch {
	case code == nil || !g.now().Before(code.expires):
		refuseGoogleToken(w, http.StatusBadRequest, "invalid_grant", "Malformed auth code.")
		return
	case code.redirect != r.PostFormValue("redirect_uri"):
		refuseGoogleToken(w, http.StatusBadRequest, "redirect_uri_mismatch", "Bad Request")
		return
	case !code.proves(r.PostFormValue("code_verifier")):
		refuseGoogleToken(w, http.StatusBadRequest, "invalid_grant", "Invalid code verifier.")
		return
	}
	grant := &googleGrant{person: code.person, scopes: code.scopes}
	g.consents.grants = append(g.consents.grants, grant)
	answer := g.access(grant, false)
	if code.refresh && g.consents.withhold == 0 {
		grant.refresh = newID("1//")
		answer["refresh_token"] = grant.refresh
		g.consents.limit(code.person)
	}
	g.consents.withhold = max(0, g.consents.withhold-1)
	writeGoogle(w, http.StatusOK, answer)
}

// limit ends the oldest refresh tokens of a person that are too many.
func (c *googleConsents) limit(p *googlePerson) {
	live := slices.DeleteFunc(slices.Clone(c.grants), func(t *googleGrant) bool { return t.person != p || t.ended || t.refresh == "" })
	for i := range max(0, len(live)-googleMostTokens) {
		live[i].ended = true
	}
}

// refresh gives an access token. The answer repeats the refresh token only when it is another one.
func (g *Google) refresh(w http.ResponseWriter, token string) {
	i := slices.IndexFunc(g.consents.grants, func(t *googleGrant) bool {
		return token != "" && !t.ended && (t.refresh == token || t.next == token)
	})
	if i < 0 {
		refuseGoogleToken(w, http.StatusBadRequest, "invalid_grant", "Token has been expired or revoked.")
		return
	}
	grant := g.consents.grants[i]
	if token == grant.next {
		grant.turn()
	}
	answer := g.access(grant, g.consents.rotate)
	if g.consents.rotate {
		grant.next = newID("1//")
		answer["refresh_token"] = grant.next
	}
	writeGoogle(w, http.StatusOK, answer)
}

// access makes an access token and the answer that brings it.
func (g *Google) access(grant *googleGrant, rotates bool) map[string]any {
	token := newID("ya29.")
	g.consents.access[token] = &googleAccess{grant: grant, expires: g.now().Add(googleAccessLife), rotates: rotates}
	answer := map[string]any{"access_token": token, "expires_in": int(googleAccessLife.Seconds()), "token_type": "Bearer",
		"scope": strings.Join(grant.scopes, " ")}
	if grant.allows("openid") {
		answer["id_token"] = g.idToken(grant)
	}
	return answer
}

// idToken has the form of one. Its signature is none: nobody who got it over the connection needs one.
func (g *Google) idToken(grant *googleGrant) string {
	claims := grant.claims()
	claims["iss"], claims["aud"] = "https://accounts.google.com", g.clientID
	claims["iat"], claims["exp"] = g.now().Unix(), g.now().Add(googleAccessLife).Unix()
	payload, _ := json.Marshal(claims) // plain values
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + part(payload) + "." + part([]byte("unsigned"))
}

// revoke ends all that the token's person allowed (Google: Revoking a token).
func (g *Google) revoke(w http.ResponseWriter, r *http.Request) {
	token := r.PostFormValue("token")
	grant := (*googleGrant)(nil)
	if a := g.consents.access[token]; a != nil && g.now().Before(a.expires) {
		grant = a.grant
	}
	for _, t := range g.consents.grants {
		if token != "" && (t.refresh == token || t.next == token) {
			grant = t
		}
	}
	if grant == nil || grant.ended {
		refuseGoogleToken(w, http.StatusBadRequest, "invalid_token", "Token expired or revoked")
		return
	}
	g.consents.end(grant.person)
	writeGoogle(w, http.StatusOK, map[string]any{})
}
