package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server/apitest"
	"github.com/voxanne-ai/voxanne/server/logtest"
)

const (
	calendarBackend = "https://api.clinic.example"
	desk            = "desk@patients.example"     // whose calendar the clinic's is
	stranger        = "stranger@patients.example" // somebody else's
	oauthClient     = "client.example"
	oauthSecret     = "test-secret-oauth-client"
)

// consenting is a clinic whose server reaches a played Google and Microsoft. Both know desk and stranger.
type consenting struct {
	*clinic
	google    *sandbox.Google
	microsoft *sandbox.Microsoft
	keeper    *grants.Keeper
	log       *logBuffer
	metrics   *Metrics
}

func setupConsenting(t *testing.T) *consenting { return setupConsentingAt(t, testDashboard) }

func setupConsentingAt(t *testing.T, dashboard string) *consenting {
	t.Helper()
	c := &consenting{clinic: &clinic{data: dbtest.New(t)}, log: &logBuffer{}, metrics: NewMetrics()}
	opened, err := db.Open(t.Context(), c.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	keys, err := vault.ParseKeyring(testKey)
	require.NoError(t, err)
	log := NewLogger(logtest.Keep(t, c.log), slog.LevelDebug)
	c.keeper, err = grants.New(grants.Options{DB: opened, Keys: keys, Log: log, Now: time.Now,
		Providers: []calendar.Provider{c.playGoogle(t), c.playMicrosoft(t)}})
	require.NoError(t, err)
	handler, err := New(Deps{DB: NewDatabase(opened), Auth: hs256Verifier(), Log: log, Metrics: c.metrics,
		Accounts: NewAccounts(keys, nil, nil), Calendars: c.keeper, Invitations: InvitationMail{DashboardURL: dashboard}})
	require.NoError(t, err)
	c.handler = apitest.Checked(t, logtest.KeepErrors(t, handler))
	c.org, c.user = c.signUp(t, "ada.quillfeather@patients.example")
	return c
}

func (c *consenting) playGoogle(t *testing.T) calendar.Provider {
	t.Helper()
	redirect := calendarBackend + GoogleCallbackPath
	c.google = sandbox.NewGoogle(oauthClient, oauthSecret, redirect)
	t.Cleanup(c.google.Close)
	c.google.AddPerson(desk, "America/Chicago")
	c.google.AddPerson(stranger, "America/Chicago")
	client, err := google.New(google.Options{ClientID: oauthClient, ClientSecret: oauthSecret, BaseURL: played(t, c.google),
		HTTP: unkept(), Timeout: 2 * time.Second, Waits: []time.Duration{}})
	require.NoError(t, err)
	return calendar.NewGoogle(client, redirect)
}

func (c *consenting) playMicrosoft(t *testing.T) calendar.Provider {
	t.Helper()
	redirect := calendarBackend + MicrosoftCallbackPath
	c.microsoft = sandbox.NewMicrosoft(sandbox.MicrosoftApp{ClientID: oauthClient, ClientSecret: oauthSecret, Redirects: []string{redirect}})
	t.Cleanup(c.microsoft.Close)
	c.microsoft.AddMailbox(desk, "America/Chicago", "Central Standard Time")
	c.microsoft.AddMailbox(stranger, "America/Chicago", "Central Standard Time")
	address := played(t, c.microsoft)
	client, err := microsoft.New(microsoft.Options{BaseURL: address, LoginURL: address, ClientID: oauthClient, ClientSecret: oauthSecret,
		RedirectURL: redirect, HTTP: unkept(), Timeout: 2 * time.Second, Waits: []time.Duration{}})
	require.NoError(t, err)
	return calendar.NewMicrosoft(client)
}

func unkept() *http.Client { return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} }

// at asks as the owner of another clinic.
func (c *consenting) at(t *testing.T, org, user uuid.UUID, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := c.request(t, method, path, body)
	r.Header.Set("Authorization", "Bearer "+sign(t, c.claims(func(claims map[string]any) {
		claims["sub"], claims["app_metadata"] = user.String(), map[string]any{"org_id": org.String()}
	}), jwa.HS256(), []byte(testJWTSecret)))
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

// begun is the provider's page for a consent that the owner begins.
func (c *consenting) begun(t *testing.T, provider string) string {
	t.Helper()
	answer := c.ok(t, http.MethodGet, "/api/"+provider+"-oauth/authorize", "")
	require.Equal(t, answer["url"], answer["authUrl"])
	return answer["url"].(string)
}

// allow plays a person in front of the provider's page, in whatever browser, and returns where it sends the browser.
func allow(t *testing.T, page string) (callback *url.URL) {
	t.Helper()
	browser := unkept()
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	asked, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page, nil)
	require.NoError(t, err)
	answer, err := browser.Do(asked)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusFound, answer.StatusCode)
	callback, err = url.Parse(answer.Header.Get("Location"))
	require.NoError(t, err)
	return callback
}

// visit is what the callback answers a browser, which nobody is signed in with.
func (c *consenting) visit(t *testing.T, callback *url.URL) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, callback.RequestURI(), nil))
	require.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"))
	require.Contains(t, w.Header().Get("Cache-Control"), "no-store")
	return w
}

// back is the query with which the callback sends the browser to the dashboard.
func (c *consenting) back(t *testing.T, callback *url.URL) url.Values {
	t.Helper()
	w := c.visit(t, callback)
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
	to, err := url.Parse(w.Header().Get("Location"))
	require.NoError(t, err)
	require.Equal(t, testDashboard+"/dashboard/api-keys", to.Scheme+"://"+to.Host+to.Path)
	require.NotContains(t, to.RawQuery, "success", "nothing is connected yet")
	return to.Query()
}

// parked begins a consent and allows it as somebody; hint is who that is.
func (c *consenting) parked(t *testing.T, provider, as string) (id string) {
	t.Helper()
	page := c.begun(t, provider) + "&login_hint=" + url.QueryEscape(as)
	c.google.Answer(sandbox.GoogleConsent{Email: as})
	query := c.back(t, allow(t, page))
	require.NotEmpty(t, query.Get("pending"), query)
	require.Equal(t, provider, query.Get("provider"))
	return query.Get("pending")
}

// connected is a clinic that has confirmed desk's account.
func (c *consenting) connected(t *testing.T, provider string) {
	t.Helper()
	answer := c.ok(t, http.MethodPost, consentPath+c.parked(t, provider, desk)+"/confirm", "")
	require.Equal(t, []any{"calendar_connected", provider, desk}, []any{answer["code"], answer["provider"], answer["email"]})
}

// credentials counts what is stored, of all clinics.
func (c *consenting) credentials(t *testing.T) int {
	t.Helper()
	return c.number(t, "select count(*) from public.org_credentials")
}

// works says whether the clinic's account opens calendars.
func (c *consenting) works(t *testing.T, org uuid.UUID, provider string) error {
	t.Helper()
	return c.keeper.With(t.Context(), org, provider, func(ctx context.Context, account calendar.Account) error {
		_, err := account.Calendars(ctx)
		return err
	})
}

const consentPath = "/api/calendar-consents/"
