package calendar_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/microsoft"
)

const hookSecret = "test-secret-hook-0123456789-0123456789-0123456789"

// hook answers as a server of ours does, at an address without https on this machine, and tells of genuine pushes.
func hook(t *testing.T) (address string, pushed <-chan string) {
	t.Helper()
	told := make(chan string, 16)
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token, asked := microsoft.ValidationToken(r.URL.Query()); asked {
			microsoft.AnswerValidation(w, token)
			return
		}
		if push, ok := google.ReadPush(r.Header); ok && push.Token == hookSecret && !push.First {
			told <- push.ChannelID
		}
		body, _ := io.ReadAll(r.Body)
		notifications, _ := microsoft.ParseNotifications(body)
		hash := sha256.Sum256([]byte(hookSecret))
		for _, n := range notifications {
			if bytes.Equal(n.ClientStateHash(), hash[:]) {
				told <- n.SubscriptionID
			}
		}
		w.WriteHeader(http.StatusAccepted)
	})), told
}

// open are the channels that have not ended.
func (p played) open() []string {
	if p.google != nil {
		return p.google.Channels(p.calendarID)
	}
	return p.microsoft.Subscriptions()
}

func TestAChannelPushesUntilItIsEnded(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		if p.microsoft != nil {
			p.microsoft.Deliver(true)
		}
		a := p.Open(p.connect(t))
		address, pushed := hook(t)
		h := calendar.Hook{URL: address, Secret: hookSecret}
		first, err := a.Watch(t.Context(), p.calendarID, h)
		require.NoError(t, err)
		require.WithinRange(t, first.Expires, time.Now().Add(4000*time.Minute), time.Now().Add(8*24*time.Hour))
		second, err := a.Watch(t.Context(), p.calendarID, h)
		require.NoError(t, err, "renewed by another")
		require.NotEqual(t, first.ID, second.ID)
		require.NoError(t, a.Unwatch(t.Context(), first))
		require.NoError(t, a.Unwatch(t.Context(), first), "one that has ended is done")
		require.Equal(t, []string{second.ID}, p.open())

		p.add(t, entry{start: at(t, 10, 5, 9), length: time.Hour})
		await := func() {
			select {
			case id := <-pushed:
				require.Equal(t, second.ID, id)
			case <-time.After(20 * time.Second):
				require.Fail(t, "no push came")
			}
		}
		await()
		if p.microsoft != nil {
			require.NoError(t, p.microsoft.Lifecycle(t.Context(), second.ID, microsoft.Missed))
			await()
		}
		require.NoError(t, a.Unwatch(t.Context(), second))
		require.Empty(t, p.open())
		discreet(t, h, hookSecret)
	})
}

func TestAHookMustBeHTTPS(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		_, err := p.Open(p.connect(t)).Watch(t.Context(), p.calendarID, calendar.Hook{URL: "http://clinic.example/push", Secret: hookSecret})
		require.ErrorAs(t, err, new(*calendar.RefusedError))
		discreet(t, err, hookSecret)
	})
}
