package sandbox

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// How long what the platform gives is good for.
const (
	codeLife   = 10 * time.Minute
	accessLife = time.Hour
)

// microsoftGrants are all codes, grants and tokens, by their secrets.
type microsoftGrants struct {
	codes   map[string]*microsoftCode
	refresh map[string]*microsoftGrant
	access  map[string]*microsoftAccess
	denied  string // the error that the next person answers with; empty: consent
	lenient bool   // old refresh tokens stay good
	silent  int    // this many token answers come without a refresh token
}

type microsoftCode struct {
	box                        *outlookBox
	redirect, challenge, scope string
	expires                    time.Time
}

type microsoftGrant struct {
	box     *outlookBox
	scope   string
	ended   string // the suberror that the grant ended with; empty: it holds
	current string // the refresh token that is good
}

type microsoftAccess struct {
	grant   *microsoftGrant
	expires time.Time
}

func newMicrosoftGrants() microsoftGrants {
	return microsoftGrants{codes: map[string]*microsoftCode{}, refresh: map[string]*microsoftGrant{}, access: map[string]*microsoftAccess{}}
}

// Deny lets the next person refuse, with the platform's error, such as access_denied.
func (m *Microsoft) Deny(problem string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.grants.denied = problem
}

// KeepOldRefreshTokens makes the platform as lenient as the real one is today with a refresh token that was replaced. By
// default such a token is refused, which it may be at any time.
func (m *Microsoft) KeepOldRefreshTokens(keep bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.grants.lenient = keep
}

// OmitRefreshTokens leaves the refresh token out of the next n answers; one that was good stays so.
func (m *Microsoft) OmitRefreshTokens(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.grants.silent = n
}

// EndGrants revokes all grants of a mailbox. suberror is why: bad_token, token_expired, consent_required, basic_action …
func (m *Microsoft) EndGrants(email, suberror string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, grant := range m.grants.refresh {
		if grant.box.email == email {
			grant.ended = suberror
		}
	}
	for token, access := range m.grants.access {
		if access.grant.box.email == email {
			delete(m.grants.access, token)
		}
	}
}

// ExpireAccessTokens ends all access tokens; refresh tokens stay good.
func (m *Microsoft) ExpireAccessTokens() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.grants.access)
}

// authorize is the page where a person signs in and consents; here the person does so at once. login_hint says who it is,
// else it is the first mailbox.
func (m *Microsoft) authorize(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	q := r.URL.Query()
	redirect := q.Get("redirect_uri")
	if q.Get("client_id") != m.app.ClientID || !slices.Contains(m.app.Redirects, redirect) {
		// Never a redirect to an address that is not registered.
		http.Error(w, "AADSTS50011: The redirect URI does not match those of the application.", http.StatusBadRequest)
		return
	}
	answer := url.Values{}
	if state := q.Get("state"); state != "" {
		answer.Set("state", state)
	}
	box := m.person(q.Get("login_hint"))
	switch problem := authorizeProblem(q); {
	case problem != "":
		answer.Set("error", problem)
	case m.grants.denied != "" || box == nil:
		answer.Set("error", cmp.Or(m.grants.denied, "access_denied"))
		answer.Set("error_description", "the user canceled the authentication")
		m.grants.denied = ""
	default:
		code := newID("M.")
		m.grants.codes[code] = &microsoftCode{box: box, redirect: redirect, challenge: q.Get("code_challenge"),
			scope: q.Get("scope"), expires: m.clock().Add(codeLife)}
		answer.Set("code", code)
	}
	http.Redirect(w, r, redirect+"?"+answer.Encode(), http.StatusFound)
}

func authorizeProblem(q url.Values) string {
	switch {
	case q.Get("response_type") != "code":
		return "unsupported_response_type"
	case q.Get("scope") == "":
		return "invalid_request"
	case q.Get("code_challenge") == "" || q.Get("code_challenge_method") != "S256": // the platform does not insist; we do
		return "invalid_request"
	}
	return ""
}

// person needs m.mu.
func (m *Microsoft) person(hint string) *outlookBox {
	for _, box := range m.boxes {
		if hint == "" || strings.EqualFold(box.email, hint) {
			return box
		}
	}
	return nil
}

// token redeems codes and refresh tokens.
func (m *Microsoft) token(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.ParseForm() != nil {
		refuseToken(http.StatusBadRequest, "invalid_request", "", "AADSTS900144: the body is not a form").write(w)
		return
	}
	f := r.PostForm
	if f.Get("client_id") != m.app.ClientID ||
		subtle.ConstantTimeCompare([]byte(f.Get("client_secret")), []byte(m.app.ClientSecret)) != 1 {
		refuseToken(http.StatusUnauthorized, "invalid_client", "", "AADSTS7000215: Invalid client secret provided.").write(w)
		return
	}
	switch f.Get("grant_type") {
	case "authorization_code":
		m.redeem(f).write(w)
	case "refresh_token":
		m.refreshed(f).write(w)
	default:
		refuseToken(http.StatusBadRequest, "unsupported_grant_type", "", "AADSTS70003").write(w)
	}
}

// redeem needs m.mu.
func (m *Microsoft) redeem(f url.Values) graphAnswer {
	code := m.grants.codes[f.Get("code")]
	delete(m.grants.codes, f.Get("code")) // good for one attempt
	sum := sha256.Sum256([]byte(f.Get("code_verifier")))
	switch {
	case code == nil, m.clock().After(code.expires):
		return refuseToken(http.StatusBadRequest, "invalid_grant", "", "AADSTS70008: The provided authorization code has expired.")
	case code.redirect != f.Get("redirect_uri"):
		return refuseToken(http.StatusBadRequest, "invalid_grant", "", "AADSTS500112: The reply address does not match.")
	case code.challenge != base64.RawURLEncoding.EncodeToString(sum[:]):
		return refuseToken(http.StatusBadRequest, "invalid_grant", "", "AADSTS501481: The Code_Verifier does not match.")
	}
	return m.issue(&microsoftGrant{box: code.box, scope: code.scope})
}

// refreshed needs m.mu.
func (m *Microsoft) refreshed(f url.Values) graphAnswer {
	sent := f.Get("refresh_token")
	grant := m.grants.refresh[sent]
	switch {
	case grant == nil:
		return refuseToken(http.StatusBadRequest, "invalid_grant", "bad_token", "AADSTS70000: the refresh token is not valid.")
	case grant.ended != "":
		return refuseToken(http.StatusBadRequest, "invalid_grant", grant.ended, "AADSTS50173: The provided grant has expired.")
	case sent != grant.current && !m.grants.lenient:
		return refuseToken(http.StatusBadRequest, "invalid_grant", "bad_token", "AADSTS70000: the refresh token was replaced.")
	}
	return m.issue(grant)
}

// issue needs m.mu.
func (m *Microsoft) issue(grant *microsoftGrant) graphAnswer {
	access := newID("eyJ.")
	m.grants.access[access] = &microsoftAccess{grant: grant, expires: m.clock().Add(accessLife)}
	var shown []string
	for scope := range strings.FieldsSeq(grant.scope) {
		if scope != "offline_access" {
			shown = append(shown, "https://graph.microsoft.com/"+scope)
		}
	}
	answer := map[string]any{"token_type": "Bearer", "access_token": access, "expires_in": int(accessLife.Seconds()),
		"ext_expires_in": int(accessLife.Seconds()), "scope": strings.Join(shown, " ")}
	switch {
	case m.grants.silent > 0:
		m.grants.silent--
	case slices.Contains(strings.Fields(grant.scope), "offline_access"):
		grant.current = newID("M.C5")
		m.grants.refresh[grant.current] = grant
		answer["refresh_token"] = grant.current
	}
	return graphAnswer{status: http.StatusOK, body: answer}
}

// refuseToken is the platform's error body. Its description quotes things.
func refuseToken(status int, problem, suberror, description string) graphAnswer {
	body := map[string]any{"error": problem, "error_description": description + " provider-words", "error_codes": []int{}, "trace_id": newID("")}
	if suberror != "" {
		body["suberror"] = suberror
	}
	return graphAnswer{status: status, body: body}
}

// accessOf returns the good access token of a request. It needs m.mu.
func (m *Microsoft) accessOf(r *http.Request) *microsoftAccess {
	token, sent := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	access := m.grants.access[token]
	if !sent || access == nil || m.clock().After(access.expires) {
		return nil
	}
	return access
}

func (m *Microsoft) boxOf(r *http.Request) *outlookBox {
	if access := m.accessOf(r); access != nil {
		return access.grant.box
	}
	return nil
}

func (m *Microsoft) covers(r *http.Request, scope string) bool {
	return slices.ContainsFunc(strings.Fields(m.accessOf(r).grant.scope), func(s string) bool { return strings.EqualFold(s, scope) })
}
