package microsoft_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const state = "test-secret-client-state"

// listener is a clinic's server: it proves itself and keeps what is genuine.
type listener struct {
	mu     sync.Mutex
	silent bool
	broken bool
	got    []microsoft.Notification
	forged int
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if token, asked := microsoft.ValidationToken(r.URL.Query()); asked {
		if !l.silent {
			microsoft.AnswerValidation(w, token)
		}
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || l.broken {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	batch, err := microsoft.ParseNotifications(body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, n := range batch {
		if carries(n, state) {
			l.got = append(l.got, n)
		} else {
			l.forged++
		}
	}
	w.WriteHeader(http.StatusAccepted)
}

// carries says whether an entry has this client state.
func carries(n microsoft.Notification, clientState string) bool {
	hash := sha256.Sum256([]byte(clientState))
	return bytes.Equal(n.ClientStateHash(), hash[:])
}

func (l *listener) kinds() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var kinds []string
	for _, n := range l.got {
		kinds = append(kinds, n.ChangeType+n.Lifecycle)
	}
	return kinds
}

func listen(t *testing.T) (*listener, microsoft.Hook) {
	t.Helper()
	l := &listener{}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	return l, microsoft.Hook{URL: server.URL + "/changes?org=1", LifecycleURL: server.URL + "/life", ClientState: state}
}

func TestASubscriptionTellsOfChanges(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l, hook := listen(t)
	sub, err := b.account.Subscribe(t.Context(), b.calendar, hook, 24*time.Hour)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(24*time.Hour), sub.Expires, time.Minute)
	require.Equal(t, []string{sub.ID}, b.played.Subscriptions())

	id := b.add(t, sandbox.OutlookEvent{Start: on(2026, 5, 4, 9, 0)})
	require.NoError(t, b.played.ChangeEvent(id, func(e *sandbox.OutlookEvent) { e.Subject = "x" }))
	require.NoError(t, b.played.RemoveEvent(id))
	require.NoError(t, b.played.Notify(t.Context()))
	require.Equal(t, []string{"created", "updated", "deleted"}, l.kinds())
	require.Equal(t, sub.ID, l.got[0].SubscriptionID)
	require.True(t, sub.Expires.Equal(l.got[0].Expires))
	require.Zero(t, l.forged)

	b.played.DuplicateNotifications(true)
	b.add(t, sandbox.OutlookEvent{Start: on(2026, 5, 5, 9, 0)})
	require.NoError(t, b.played.Notify(t.Context()))
	require.Len(t, l.kinds(), 5)

	b.add(t, sandbox.OutlookEvent{Start: on(2026, 5, 6, 9, 0)})
	b.played.LoseNotifications()
	require.NoError(t, b.played.Notify(t.Context()))
	require.Len(t, l.kinds(), 5)

	l.broken = true
	b.add(t, sandbox.OutlookEvent{Start: on(2026, 5, 7, 9, 0)})
	var failed *sandbox.WebhookError
	require.ErrorAs(t, b.played.Notify(t.Context()), &failed)
}

func TestNotificationsComeByThemselves(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l, hook := listen(t)
	_, err := b.account.Subscribe(t.Context(), b.calendar, hook, time.Hour)
	require.NoError(t, err)
	b.played.Deliver(true)
	_, err = b.account.CreateEvent(t.Context(), b.calendar, draft(nine))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(l.kinds()) == 1 }, 10*time.Second, time.Millisecond)
	b.played.Close()
}

func TestASubscriptionLivesUntilItsEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l, hook := listen(t)
	sub, err := b.account.Subscribe(t.Context(), b.calendar, hook, 30*24*time.Hour)
	require.NoError(t, err, "longer than allowed is as long as allowed")
	require.WithinDuration(t, time.Now().Add(microsoft.LongestSubscription), sub.Expires, 2*time.Minute)
	require.NoError(t, b.account.DeleteSubscription(t.Context(), sub.ID))
	sub, err = b.account.Subscribe(t.Context(), b.calendar, hook, time.Hour)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(time.Hour), sub.Expires, time.Minute)

	b.played.Skew(59 * time.Minute) // the access token lives as long; refresh while it does
	fresh, err := b.client.Refresh(t.Context(), b.token.Refresh)
	require.NoError(t, err)
	b.played.Skew(61 * time.Minute)
	require.NoError(t, b.client.Account(fresh.Access).DeleteSubscription(t.Context(), sub.ID))
	b.add(t, sandbox.OutlookEvent{Start: on(2026, 5, 4, 9, 0)})
	require.NoError(t, b.played.Notify(t.Context()))
	require.Empty(t, l.kinds())
}

func TestASubscriptionIsDeleted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, hook := listen(t)
	sub, err := b.account.Subscribe(t.Context(), b.calendar, hook, time.Hour)
	require.NoError(t, err)
	require.NoError(t, b.account.DeleteSubscription(t.Context(), sub.ID))
	require.NoError(t, b.account.DeleteSubscription(t.Context(), sub.ID))
	require.NoError(t, b.account.DeleteSubscription(t.Context(), ""))
	require.Empty(t, b.played.Subscriptions())
}

func TestAHookMustProveItself(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l, hook := listen(t)
	l.silent = true
	var refused *microsoft.RefusedError
	_, err := b.account.Subscribe(t.Context(), b.calendar, hook, time.Hour)
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "ValidationError", refused.Code)
	for name, spoil := range map[string]func(*microsoft.Hook){
		"no https":  func(h *microsoft.Hook) { h.URL = "http://clinic.example/x" },
		"no state":  func(h *microsoft.Hook) { h.ClientState = "" },
		"long":      func(h *microsoft.Hook) { h.ClientState = string(make([]byte, 129)) },
		"lifecycle": func(h *microsoft.Hook) { h.LifecycleURL = "x" },
	} {
		bad := hook
		spoil(&bad)
		_, err = b.account.Subscribe(t.Context(), b.calendar, bad, time.Hour)
		require.ErrorAs(t, err, &refused, name)
	}
	require.Empty(t, b.played.Subscriptions())
	before := b.played.Requests()
	b.played.Fail(sandbox.Failure{Status: 503})
	_, err = b.account.Subscribe(t.Context(), b.calendar, hook, time.Hour)
	require.Error(t, err)
	require.Equal(t, 1, b.played.Requests()-before, "a second one would be a second subscription")
}

func TestASubscriptionsLife(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l, hook := listen(t)
	sub, err := b.account.Subscribe(t.Context(), b.calendar, hook, time.Hour)
	require.NoError(t, err)
	for _, event := range []string{microsoft.ReauthorizationRequired, microsoft.Missed, microsoft.SubscriptionRemoved} {
		require.NoError(t, b.played.Lifecycle(t.Context(), sub.ID, event))
	}
	require.Equal(t, []string{microsoft.ReauthorizationRequired, microsoft.Missed, microsoft.SubscriptionRemoved}, l.kinds())
	require.Empty(t, b.played.Subscriptions())
	require.Error(t, b.played.Lifecycle(t.Context(), sub.ID, microsoft.Missed))
}

func TestParseNotifications(t *testing.T) {
	t.Parallel()
	good := `{"value":[{"subscriptionId":"s1","clientState":"` + state + `","changeType":"updated","subscriptionExpirationDateTime":"2026-05-04T09:00:00.0000000Z"},
		{"subscriptionId":"s2","clientState":"other","lifecycleEvent":"missed","subscriptionExpirationDateTime":"soon"}]}`
	batch, err := microsoft.ParseNotifications([]byte(good))
	require.NoError(t, err)
	require.Len(t, batch, 2)
	require.True(t, carries(batch[0], state))
	require.False(t, carries(batch[1], state))
	require.True(t, batch[0].Expires.Equal(time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)))
	require.True(t, batch[1].Expires.IsZero())
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", batch, batch[0], batch[0]), state)
	for _, bad := range []string{``, `{}`, `{"value":[]}`, `{"value":[{}]}`, `[]`, `{"value":[{"subscriptionId":"s","changeType":"updated","lifecycleEvent":"missed"}]}`,
		`{"value":[{"subscriptionId":"s","clientState":"x"}]}`, `{"value":[{"changeType":"updated"}]}`} {
		_, err = microsoft.ParseNotifications([]byte(bad))
		require.Error(t, err, bad)
	}
	_, err = microsoft.ParseNotifications(make([]byte, microsoft.MaxNotificationBody+1))
	require.Error(t, err)
	unsigned, err := microsoft.ParseNotifications([]byte(`{"value":[{"subscriptionId":"s","changeType":"updated"}]}`))
	require.NoError(t, err)
	require.False(t, carries(unsigned[0], state), "no state proves nothing")
}

func TestAnswerValidationIsPlainText(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	microsoft.AnswerValidation(w, "<script>alert(1)</script>")
	require.Equal(t, "<script>alert(1)</script>", w.Body.String())
	require.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))
	require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
}
