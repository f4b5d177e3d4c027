package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/microsoft"
)

const (
	googlePush    = "/api/calendar-push/google"
	microsoftPush = "/api/calendar-push/microsoft"
	channelSecret = "test-secret-channel-0123456789-0123456789-0123"
)

// pushedTo is a clinic with a calendar whose pushes come.
func pushedTo(t *testing.T) *linking {
	t.Helper()
	l := connectGoogle(t)
	l.linked(t)
	l.data.Exec(t, `update public.calendar_links set channel_id = 'channel', channel_token_hash = sha256($1), channel_opened_at = app.now(),
		channel_expires_at = app.now() + interval '6 days', pull_wanted_at = null`, channelSecret)
	l.data.Exec(t, "delete from river.river_job")
	return l
}

// tell posts what a provider would.
func tell(t testing.TB, handler http.Handler, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// googlePush posts a push of a channel.
func (l *linking) googlePush(t *testing.T, channel, secret, state string) *httptest.ResponseRecorder {
	t.Helper()
	return tell(t, l.handler, googlePush, "", "X-Goog-Channel-ID", channel, "X-Goog-Channel-Token", secret, "X-Goog-Resource-ID", "resource",
		"X-Goog-Resource-State", state, "X-Goog-Message-Number", "7")
}

func TestAGooglePushHasTheCalendarRead(t *testing.T) {
	t.Parallel()
	l := pushedTo(t)
	for _, first := range []string{"channel", "not-ours"} {
		require.Equal(t, http.StatusNoContent, l.googlePush(t, first, "whatever", "sync").Code, "it may come before we know the channel")
	}
	strangers := map[string]bool{}
	for _, w := range []*httptest.ResponseRecorder{
		l.googlePush(t, "channel", channelSecret+"x", "exists"), l.googlePush(t, "other", channelSecret, "exists"), l.googlePush(t, "channel", "", "exists"),
		l.googlePush(t, "chan\x00nel", channelSecret, "exists"), l.googlePush(t, "\xff", channelSecret, "exists"), tell(t, l.handler, googlePush, "x"),
	} {
		require.Equal(t, http.StatusNotFound, w.Code)
		strangers[object(t, w.Body.Bytes())["error"].(string)] = true
	}
	require.Len(t, strangers, 1, "one answer for all of them")
	require.Zero(t, l.queued(t, "pull_calendar"), "and no work")
	for range 3 {
		require.Equal(t, http.StatusNoContent, l.googlePush(t, "channel", channelSecret, "exists").Code)
	}
	require.Equal(t, 1, l.queued(t, "pull_calendar"), "pushes come in crowds")
	require.NotContains(t, l.log.String(), channelSecret)
	requireRefusal(t, tell(t, l.handler, googlePush, strings.Repeat("x", maxGooglePush+1)), http.StatusRequestEntityTooLarge, CodeBodyTooLarge)
}

// notification is an entry of a batch of Graph's.
func notification(channel, secret, lifecycle string) string {
	what := `"changeType": "updated"`
	if lifecycle != "" {
		what = `"lifecycleEvent": "` + lifecycle + `"`
	}
	return fmt.Sprintf(`{"subscriptionId": "%s", "clientState": "%s", "subscriptionExpirationDateTime": "2030-03-10T00:00:00Z", %s}`, channel, secret, what)
}

func batch(entries ...string) string { return `{"value": [` + strings.Join(entries, ",") + `]}` }

func TestMicrosoftIsToldThatTheAddressIsOurs(t *testing.T) {
	t.Parallel()
	l := connectGoogle(t)
	token := `Validation: <script>alert("é")</script> 1+1`
	w := tell(t, l.handler, microsoftPush+"?validationToken="+url.QueryEscape(token), "")
	require.Equal(t, []any{http.StatusOK, token, "text/plain; charset=utf-8", "nosniff"},
		[]any{w.Code, w.Body.String(), w.Header().Get("Content-Type"), w.Header().Get("X-Content-Type-Options")})
	require.NotContains(t, l.log.String(), "script")
}

func TestMicrosoftsPushesAreTakenForTheirSecret(t *testing.T) {
	t.Parallel()
	l := pushedTo(t)
	ours := notification("channel", channelSecret, "")
	for _, strangers := range []string{
		batch(notification("channel", "guess", "")), batch(notification("channel", "", "")), batch(notification("other", channelSecret, microsoft.SubscriptionRemoved)),
		batch(notification("channel", "guess", microsoft.ReauthorizationRequired), notification(`\u0000`, channelSecret, "")),
	} {
		w := tell(t, l.handler, microsoftPush, strangers)
		require.Equal(t, []any{http.StatusAccepted, 0}, []any{w.Code, w.Body.Len()})
	}
	require.Zero(t, l.queued(t, "pull_calendar")+l.queued(t, "watch_calendar"), "no work is done for strangers")
	require.Equal(t, http.StatusAccepted, tell(t, l.handler, microsoftPush, batch(notification("channel", "guess", ""), ours, ours)).Code)
	require.Equal(t, 1, l.queued(t, "pull_calendar"), "what is genuine among others counts, once")
	for _, none := range []string{"", "{}", `{"value": []}`, `{"value": [{}]}`, "[", batch(`{"subscriptionId": "channel"}`)} {
		requireRefusal(t, tell(t, l.handler, microsoftPush, none), http.StatusBadRequest, CodeBadRequest)
	}
	requireRefusal(t, tell(t, l.handler, microsoftPush, strings.Repeat(" ", microsoft.MaxNotificationBody+1)), http.StatusRequestEntityTooLarge, CodeBodyTooLarge)
	require.NotContains(t, l.log.String(), channelSecret)
}

func TestASubscriptionsLifeIsHeeded(t *testing.T) {
	t.Parallel()
	for lifecycle, jobs := range map[string][]int{ // pull, watch
		microsoft.Missed: {1, 0}, microsoft.ReauthorizationRequired: {0, 1}, microsoft.SubscriptionRemoved: {1, 1}, "somethingNew": {1, 0},
	} {
		t.Run(lifecycle, func(t *testing.T) {
			t.Parallel()
			l := pushedTo(t)
			for range 2 {
				require.Equal(t, http.StatusAccepted, tell(t, l.handler, microsoftPush, batch(notification("channel", channelSecret, lifecycle))).Code)
			}
			require.Equal(t, jobs, []int{l.queued(t, "pull_calendar"), l.queued(t, "watch_calendar")})
		})
	}
}

// strangersDatabase knows no channel, and counts who asks. Whatever else is asked of it ends the test.
type strangersDatabase struct {
	Database
	asked int
	err   error
}

func (d *strangersDatabase) CalendarOfChannel(context.Context, string, []byte) (db.CalendarRef, error) {
	d.asked++
	return db.CalendarRef{OrgID: uuid.New(), ID: uuid.New()}, d.err
}

// pushesTo serves pushes over a database.
func pushesTo(t testing.TB, asked Database) http.Handler {
	t.Helper()
	handler, err := New(Deps{DB: asked, Auth: hs256Verifier(), Log: slog.New(slog.DiscardHandler), Metrics: NewMetrics(), Accounts: &Accounts{}, Now: time.Now})
	require.NoError(t, err)
	return handler
}

func TestAStrangersLongListDoesNotKeepTheDatabaseBusy(t *testing.T) {
	t.Parallel()
	asked := &strangersDatabase{err: pgx.ErrNoRows}
	entries := make([]string, 5000)
	for i := range entries {
		entries[i] = notification(uuid.NewString(), "guess", "")
	}
	require.Equal(t, http.StatusAccepted, tell(t, pushesTo(t, asked), microsoftPush, batch(entries...)).Code)
	require.Equal(t, maxPushedAtOnce, asked.asked)
}

// crowdedDatabase takes its time over strangers, and counts how many it has at once.
type crowdedDatabase struct {
	Database
	now, most atomic.Int32
	open      chan struct{}
}

func (d *crowdedDatabase) wait() error {
	n := d.now.Add(1)
	defer d.now.Add(-1)
	for most := d.most.Load(); n > most && !d.most.CompareAndSwap(most, n); most = d.most.Load() {
		continue
	}
	<-d.open
	return pgx.ErrNoRows
}

func (d *crowdedDatabase) CalendarOfChannel(context.Context, string, []byte) (db.CalendarRef, error) {
	return db.CalendarRef{}, d.wait()
}

func (d *crowdedDatabase) FeedTenant(context.Context, []byte) (uuid.UUID, error) {
	return uuid.Nil, d.wait()
}

// However many strangers knock, most of the database's connections are left for calls. Who finds no place is told to come
// again, which providers do.
func TestAFloodOfStrangersLeavesTheDatabaseToOthers(t *testing.T) {
	t.Parallel()
	for name, target := range map[string]string{"pushes": microsoftPush, "feeds": feedPath + strings.Repeat("A", 43)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crowded := &crowdedDatabase{open: make(chan struct{})}
			handler := pushesTo(t, crowded)
			knock := func(ctx context.Context) int {
				method, body := http.MethodPost, batch(notification("channel", "guess", ""))
				if name == "feeds" {
					method, body = http.MethodGet, ""
				}
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequestWithContext(ctx, method, target, strings.NewReader(body)))
				return w.Code
			}
			answers := make(chan int)
			for range 5 * strangersAtOnce {
				go func() { answers <- knock(t.Context()) }()
			}
			require.Eventually(t, func() bool { return crowded.now.Load() == strangersAtOnce }, 2*time.Second, time.Millisecond)
			hurried, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer cancel()
			require.Equal(t, http.StatusServiceUnavailable, knock(hurried))
			close(crowded.open)
			for range 5 * strangersAtOnce {
				require.Contains(t, []int{http.StatusAccepted, http.StatusNotFound}, <-answers)
			}
			require.EqualValues(t, strangersAtOnce, crowded.most.Load())
		})
	}
}

func TestProvidersRepeatWhatTheDatabaseDidNotHear(t *testing.T) {
	t.Parallel()
	asked := &strangersDatabase{err: errors.New("test-secret-trouble")}
	handler := pushesTo(t, asked)
	for _, w := range []*httptest.ResponseRecorder{
		tell(t, handler, microsoftPush, batch(notification("channel", "guess", ""))),
		tell(t, handler, googlePush, "", "X-Goog-Channel-ID", "channel", "X-Goog-Channel-Token", "guess", "X-Goog-Resource-ID", "resource",
			"X-Goog-Resource-State", "exists", "X-Goog-Message-Number", "7"),
	} {
		require.GreaterOrEqual(t, w.Code, http.StatusInternalServerError)
		require.NotContains(t, w.Body.String(), "test-secret")
	}
}

// Whatever a stranger posts, it is answered, and nothing is done.
func FuzzPushes(f *testing.F) {
	f.Add("", batch(notification("channel", "guess", "")), "channel", "guess", "exists")
	f.Add("validationToken=%3Cb%3E", "", "", "", "sync")
	f.Add("validationToken="+strings.Repeat("x", 5000), `{"value": [{"subscriptionId": "\u0000", "lifecycleEvent": "missed"}]}`, "\xff", "\x00", "not_exists")
	asked := &strangersDatabase{err: pgx.ErrNoRows}
	handler := pushesTo(f, asked)
	f.Fuzz(func(t *testing.T, query, body, channel, secret, state string) {
		r := httptest.NewRequest(http.MethodPost, microsoftPush, strings.NewReader(body))
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		require.Contains(t, []int{http.StatusOK, http.StatusAccepted, http.StatusBadRequest, http.StatusRequestEntityTooLarge}, w.Code)
		g := httptest.NewRequest(http.MethodPost, googlePush, strings.NewReader(body))
		for name, value := range map[string]string{"Id": channel, "Token": secret} {
			g.Header["X-Goog-Channel-"+name] = []string{value}
		}
		g.Header.Set("X-Goog-Resource-Id", "resource")
		g.Header["X-Goog-Resource-State"] = []string{state}
		g.Header.Set("X-Goog-Message-Number", "1")
		w = httptest.NewRecorder()
		handler.ServeHTTP(w, g)
		require.Contains(t, []int{http.StatusNoContent, http.StatusNotFound, http.StatusRequestEntityTooLarge}, w.Code)
	})
}
