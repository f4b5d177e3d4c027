package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Lifetimes at Google.
const (
	googleCodeLife   = 10 * time.Minute
	googleAccessLife = 3599 * time.Second
	googleMostTokens = 100 // refresh tokens of a person and client; the oldest end silently
)

// GoogleConsent is what a person answers when asked.
type GoogleConsent struct {
	Email  string   // the account that is chosen; empty: the hinted one, else the only one there is
	Deny   bool     // Cancel
	Untick []string // scopes that are not allowed
}

// googleCode is a consent on its way to become a grant.
type googleCode struct {
	person    *googlePerson
	scopes    []string
	redirect  string
	challenge string // S256; empty: none was sent
	expires   time.Time
	refresh   bool // comes with a refresh token
}

// googleGrant is what a person allowed, with its tokens.
type googleGrant struct {
	person  *googlePerson
	scopes  []string
	refresh string // empty: none
	next    string // the refresh token that takes its place once it is used, or an access token of it
	ended   bool
}

func (t *googleGrant) allows(scope string) bool { return slices.Contains(t.scopes, scope) }

// googleAccess is an access token.
type googleAccess struct {
	grant   *googleGrant
	expires time.Time
	rotates bool // was given together with another refresh token
}

// googleConsents are all consents, codes and tokens.
type googleConsents struct {
	answers  []GoogleConsent
	codes    map[string]*googleCode
	grants   []*googleGrant
	access   map[string]*googleAccess
	rotate   bool
	withhold int
}

func newGoogleConsents() googleConsents {
	return googleConsents{codes: map[string]*googleCode{}, access: map[string]*googleAccess{}}
}

// Answer decides the next consents, one each, in order; those after them allow everything.
func (g *Google) Answer(answers ...GoogleConsent) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.consents.answers = append(g.consents.answers, answers...)
}

// Rotate switches on or off that refreshing gives another refresh token. The one before ends when what replaced it is used.
func (g *Google) Rotate(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.consents.rotate = on
}

// WithholdRefreshTokens makes the next n exchanges of a code give no refresh token.
func (g *Google) WithholdRefreshTokens(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.consents.withhold = n
}

// ExpireAccess ends a person's access tokens; their refresh tokens stay.
func (g *Google) ExpireAccess(email string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for token, a := range g.consents.access {
		if a.grant.person.email == email {
			delete(g.consents.access, token)
		}
	}
}

// RemoveAccess plays a person who takes our access away in their account's settings.
func (g *Google) RemoveAccess(email string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p := g.people[email]; p != nil {
		g.consents.end(p)
	}
}

// Grants returns how many grants of a person live.
func (g *Google) Grants(email string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for _, t := range g.consents.grants {
		if t.person.email == email && !t.ended {
			n++
		}
	}
	return n
}

// end revokes all that a person allowed to the client: Google knows one permission for a person and a project, whatever the
// number of tokens.
func (c *googleConsents) end(p *googlePerson) {
	p.consented = false
	for _, t := range c.grants {
		if t.person == p {
			t.ended = true
		}
	}
}

// bearer returns the grant of the request's access token, nil when there is none that lives.
func (c *googleConsents) bearer(r *http.Request, now time.Time) *googleGrant {
	token, sent := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a := c.access[token]
	if !sent || a == nil || a.grant.ended || !now.Before(a.expires) {
		return nil
	}
	if a.rotates {
		a.grant.turn()
	}
	return a.grant
}

// turn ends the refresh token that another one has replaced.
func (t *googleGrant) turn() {
	if t.next != "" {
		t.refresh, t.next = t.next, ""
	}
}

// consent is the page that asks. It answers at once, as told with Answer (Google: OAuth 2.0 for web server applications).
func (g *Google) consent(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	q := r.URL.Query()
	switch {
	case q.Get("client_id") != g.clientID:
		http.Error(w, "Error 401: invalid_client", http.StatusUnauthorized)
		return
	case !slices.Contains(g.redirects, q.Get("redirect_uri")):
		http.Error(w, "Error 400: redirect_uri_mismatch", http.StatusBadRequest)
		return
	case q.Get("response_type") != "code", q.Get("scope") == "", q.Has("code_challenge") && q.Get("code_challenge_method") != "S256":
		http.Error(w, "Error 400: invalid_request", http.StatusBadRequest)
		return
	}
	answer := GoogleConsent{}
	if len(g.consents.answers) > 0 {
		answer, g.consents.answers = g.consents.answers[0], g.consents.answers[1:]
	}
	p := g.chosen(answer.Email, q.Get("login_hint"))
	if p == nil {
		http.Error(w, "Couldn't find your Google Account", http.StatusBadRequest)
		return
	}
	back := url.Values{}
	if q.Has("state") {
		back.Set("state", q.Get("state"))
	}
	if answer.Deny {
		back.Set("error", "access_denied")
	} else {
		code := g.consented(p, q, answer.Untick)
		back.Set("code", code)
		back.Set("scope", strings.Join(g.consents.codes[code].scopes, " "))
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// chosen is the account that consents; nil: there is no such one.
func (g *Google) chosen(email, hint string) *googlePerson {
	if email == "" {
		email = hint
	}
	if email == "" && len(g.people) == 1 {
		for only := range g.people {
			email = only
		}
	}
	return g.people[email]
}

// consented makes a code. A refresh token comes with offline access, and then with the first consent or one that was asked for
// expressly.
func (g *Google) consented(p *googlePerson, q url.Values, unticked []string) string {
	scopes := slices.DeleteFunc(strings.Fields(q.Get("scope")), func(s string) bool { return slices.Contains(unticked, s) })
	if q.Get("include_granted_scopes") == "true" {
		for _, t := range g.consents.grants {
			if t.person == p && !t.ended {
				scopes = append(scopes, t.scopes...)
			}
		}
	}
	slices.Sort(scopes)
	asked := strings.Contains(q.Get("prompt"), "consent")
	code := newID("4/0")
	g.consents.codes[code] = &googleCode{person: p, scopes: slices.Compact(scopes), redirect: q.Get("redirect_uri"),
		challenge: q.Get("code_challenge"), expires: g.now().Add(googleCodeLife),
		refresh: q.Get("access_type") == "offline" && (asked || !p.consented)}
	p.consented = true
	return code
}

// proves checks the PKCE verifier against the code's challenge (RFC 7636, S256).
func (c *googleCode) proves(verifier string) bool {
	if c.challenge == "" {
		return verifier == ""
	}
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(c.challenge)) == 1
}
