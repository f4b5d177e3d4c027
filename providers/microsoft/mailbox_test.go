package microsoft_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// against returns an account whose Microsoft is this handler.
func against(t *testing.T, handler http.Handler) testBundle {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	b := testBundle{url: server.URL, client: client(t, server.URL), token: microsoft.Token{Access: "test-secret-access", Refresh: "test-secret-refresh"}, calendar: "cal1"}
	b.account = b.client.Account(b.token.Access)
	return b
}

func TestMe(t *testing.T) {
	t.Parallel()
	b := setup(t)
	me, err := b.account.Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, email, me.Email)
	require.NotEmpty(t, me.ID)

	b = against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"id":"1","mail":null,"userPrincipalName":"desk@patients.example"}`))
	}))
	me, err = b.account.Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, "desk@patients.example", me.Email)
}

func TestZoneNeedsAScopeThatIsNotAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	zone, err := b.account.Zone(t.Context())
	require.NoError(t, err)
	require.Empty(t, zone)

	address, err := url.Parse(b.client.AuthURL("s", verifier, ""))
	require.NoError(t, err)
	q := address.Query()
	q.Set("scope", q.Get("scope")+" MailboxSettings.Read")
	address.RawQuery = q.Encode()
	wider, err := b.client.Exchange(t.Context(), b.authorize(t, address.String()).Get("code"), verifier)
	require.NoError(t, err)
	zone, err = b.client.Account(wider.Access).Zone(t.Context())
	require.NoError(t, err)
	require.Equal(t, "America/Chicago", zone)
}

func TestCalendarsTurnsPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.AddCalendar(email, "Dr Quillfeather", email, true)
	readOnly := b.played.AddCalendar(email, "Shared", "other@patients.example", false)
	b.played.AddCalendar(email, "Room 2", email, true)
	b.played.AddCalendar(email, "Room 3", email, true)
	calendars, err := b.account.Calendars(t.Context())
	require.NoError(t, err)
	require.Len(t, calendars, 5)
	require.Equal(t, microsoft.Calendar{ID: b.calendar, Name: "Calendar", CanEdit: true, Default: true}, calendars[0])
	require.Equal(t, microsoft.Calendar{ID: readOnly, Name: "Shared"}, calendars[2])
}

func TestTheTokenGoesNowhereElse(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the token went elsewhere") }))
	t.Cleanup(elsewhere.Close)
	for _, next := range []string{elsewhere.URL + "/v1.0/me", elsewhere.URL, "/v1.0/me", "SELF/beta/me", "SELF/v1.0/../x", "SELF.evil.example/v1.0/me"} {
		var self string
		b := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"value":[],"@odata.nextLink":"` + replaceSelf(next, self) + `"}`))
		}))
		self = b.url
		_, err := b.account.Calendars(t.Context())
		var unavailable *microsoft.UnavailableError
		require.ErrorAs(t, err, &unavailable, next)
		_, err = b.account.Since(t.Context(), "c", microsoft.Window{}, replaceSelf(next, self))
		require.ErrorIs(t, err, microsoft.ErrGone, "a stored link of another address begins anew: %s", next)
	}
	b := against(t, http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	_, err := b.account.Me(t.Context())
	require.Error(t, err)
}

func replaceSelf(s, self string) string {
	if len(s) > 4 && s[:4] == "SELF" {
		return self + s[4:]
	}
	return s
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	graph := func(code string) string { return `{"error":{"code":"` + code + `","message":"zanzibar-lilac"}}` }
	for _, c := range []struct {
		status int
		body   string
		want   error
	}{
		{401, graph("InvalidAuthenticationToken"), microsoft.ErrUnauthorized},
		{403, graph("ErrorAccessDenied"), microsoft.ErrForbidden},
		{404, graph("ErrorItemNotFound"), microsoft.ErrNotFound},
		{404, "<html>", &microsoft.UnavailableError{}},
		{404, graph("MailboxNotEnabledForRESTAPI"), &microsoft.RefusedError{}},
		{409, graph("ErrorIrresolvableConflict"), microsoft.ErrConflict},
		{412, graph("ErrorIrresolvableConflict"), microsoft.ErrConflict},
		{410, "", microsoft.ErrGone},
		{400, graph("syncStateNotFound"), microsoft.ErrGone},
		{400, graph("resyncRequired"), microsoft.ErrGone},
		{400, graph("zanzibar lilac"), &microsoft.RefusedError{}},
		{423, "", &microsoft.UnavailableError{}},
		{500, "", &microsoft.UnavailableError{}},
		{302, "", &microsoft.UnavailableError{}},
		{200, "<html>", &microsoft.UnavailableError{}},
	} {
		b := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		}))
		_, err := b.account.Get(t.Context(), "cal1", "e1")
		require.NotContains(t, err.Error(), "zanzibar")
		switch want := c.want.(type) {
		case *microsoft.UnavailableError:
			require.ErrorAs(t, err, &want, "%d %s", c.status, c.body)
		case *microsoft.RefusedError:
			require.ErrorAs(t, err, &want, "%d %s", c.status, c.body)
		default:
			require.ErrorIs(t, err, c.want, "%d %s", c.status, c.body)
		}
	}
}

func TestWhatAMomentMayCureIsRepeated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := b.played.Requests()
	b.played.Fail(sandbox.Failure{Status: 503}, sandbox.Failure{Status: 429})
	_, err := b.account.Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, b.played.Requests()-before)

	b.played.Fail(sandbox.Failure{Status: 429, RetryAfter: time.Minute})
	_, err = b.account.Me(t.Context())
	var limited *microsoft.RateLimitedError
	require.ErrorAs(t, err, &limited)
	require.Equal(t, time.Minute, limited.After)
	require.Equal(t, 4, b.played.Requests()-before, "that long is for the queue")

	b.played.Fail(sandbox.Failure{Status: 503, RetryAfter: time.Minute})
	_, err = b.account.Me(t.Context())
	var unavailable *microsoft.UnavailableError
	require.ErrorAs(t, err, &unavailable)
	require.Equal(t, time.Minute, unavailable.After)

	b.played.Fail(sandbox.Failure{Delay: time.Hour})
	before = b.played.Requests()
	_, err = b.account.Me(short(t, 50*time.Millisecond))
	require.ErrorContains(t, err, "timed out")
	require.Equal(t, 1, b.played.Requests()-before)
	discreet(t, b, err)
}

func TestAListThatDoesNotEndIsGivenUp(t *testing.T) {
	t.Parallel()
	var self string
	b := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"value":[],"@odata.nextLink":"` + self + `/v1.0/me/x"}`))
	}))
	self = b.url
	var unavailable *microsoft.UnavailableError
	_, err := b.account.Calendars(t.Context())
	require.ErrorAs(t, err, &unavailable)
	_, err = b.account.CalendarView(t.Context(), "c", microsoft.Window{From: time.Now(), To: time.Now().Add(time.Hour)})
	require.ErrorAs(t, err, &unavailable)
}
