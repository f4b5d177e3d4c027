package google_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/google"
)

// listener takes pushes in. Each is answered with the next status, else 200.
func listener(t *testing.T, statuses ...int) (address string, pushes chan google.Push) {
	t.Helper()
	pushes = make(chan google.Push, 100)
	answers := make(chan int, len(statuses))
	for _, status := range statuses {
		answers <- status
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, ok := google.ReadPush(r.Header)
		if !ok || r.Method != http.MethodPost {
			t.Error("that is no push")
		}
		select {
		case status := <-answers:
			w.WriteHeader(status)
		default:
		}
		pushes <- p
	}))
	t.Cleanup(server.Close)
	return server.URL, pushes
}

// next waits for a push.
func next(t *testing.T, pushes chan google.Push) google.Push {
	t.Helper()
	select {
	case p := <-pushes:
		return p
	case <-time.After(10 * time.Second):
		t.Fatal("no push came")
		return google.Push{}
	}
}

func TestAChannelTellsThatSomethingChanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	address, pushes := listener(t)
	wanted := google.Channel{ID: "channel-1", Address: address, Token: "test-secret-channel", Expires: time.Now().Add(time.Hour)}
	opened, err := a.Watch(t.Context(), owner, wanted)
	require.NoError(t, err)
	require.Equal(t, wanted.ID, opened.ID)
	require.WithinDuration(t, wanted.Expires, opened.Expires, time.Millisecond)
	require.Equal(t, google.Push{ChannelID: "channel-1", Token: wanted.Token, ResourceID: opened.ResourceID, First: true, Number: 1}, next(t, pushes))

	id := b.played.Add(owner, meeting(t, "2026-05-04T15:00:00Z"))
	require.Equal(t, google.Push{ChannelID: "channel-1", Token: wanted.Token, ResourceID: opened.ResourceID, Number: 2}, next(t, pushes))
	require.NoError(t, a.Delete(t.Context(), owner, id))
	require.EqualValues(t, 3, next(t, pushes).Number, "our own changes are told, too")

	require.NoError(t, a.StopChannel(t.Context(), opened.ID, opened.ResourceID))
	require.NoError(t, a.StopChannel(t.Context(), opened.ID, opened.ResourceID), "it has ended already")
	b.played.Add(owner, meeting(t, "2026-05-05T15:00:00Z"))
	require.Equal(t, 3, b.played.Pushes())
	require.Empty(t, b.played.Channels(owner))
}

func TestChannelsThatAreNotOpened(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	address, pushes := listener(t)
	_, err := a.Watch(t.Context(), owner, google.Channel{ID: "c", Address: address})
	require.NoError(t, err)
	next(t, pushes)
	for reason, c := range map[string]google.Channel{
		"channelIdNotUnique":       {ID: "c", Address: address},
		"push.webhookUrlNotHttps":  {ID: "d", Address: "http://clinic.example/push"},
		"invalidChannel":           {ID: "with blank", Address: address},
		"invalid":                  {ID: "e", Address: address, Expires: time.Now().Add(-time.Hour)},
		"invalidChannel, too long": {ID: strings.Repeat("x", 65), Address: address},
	} {
		_, err := a.Watch(t.Context(), owner, c)
		var refused *google.RefusedError
		require.ErrorAs(t, err, &refused, reason)
		require.True(t, strings.HasPrefix(reason, refused.Reason), "%s: %s", reason, refused.Reason)
		discreet(t, err, "clinic.example")
	}
	_, err = a.Watch(t.Context(), "nobody.quill@patients.example", google.Channel{ID: "f", Address: address})
	require.ErrorIs(t, err, google.ErrNotFound)
}

func TestPushesAreLostDoubledRepeatedAndEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	address, pushes := listener(t, 200, 503, 503)
	opened, err := a.Watch(t.Context(), owner, google.Channel{ID: "c", Address: address})
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(7*24*time.Hour), opened.Expires, time.Minute)
	next(t, pushes)
	change := func() { b.played.Add(owner, meeting(t, "2026-05-04T15:00:00Z")) }

	change()
	for range 3 {
		require.EqualValues(t, 2, next(t, pushes).Number, "after a 503 Google says it again")
	}
	b.played.LosePushes(1)
	change()
	change()
	require.EqualValues(t, 4, next(t, pushes).Number, "number 3 is lost")
	b.played.DoublePushes(1)
	change()
	require.Equal(t, next(t, pushes), next(t, pushes))
	b.played.Pass(7 * 24 * time.Hour)
	sent := b.played.Pushes()
	change()
	require.Equal(t, sent, b.played.Pushes(), "the channel has ended")
	require.Empty(t, b.played.Channels(owner))
}

func TestALostChannelIsSilent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	address, pushes := listener(t)
	_, err := a.Watch(t.Context(), owner, google.Channel{ID: "c", Address: address})
	require.NoError(t, err)
	next(t, pushes)
	b.played.LoseChannel("c")
	b.played.Add(owner, meeting(t, "2026-05-04T15:00:00Z"))
	require.Equal(t, 1, b.played.Pushes())
	require.Equal(t, []string{"c"}, b.played.Channels(owner), "and nobody can see it")
}

func TestWhatIsNoPush(t *testing.T) {
	t.Parallel()
	good := http.Header{"X-Goog-Channel-Id": {"c"}, "X-Goog-Resource-Id": {"r"}, "X-Goog-Resource-State": {"exists"}, "X-Goog-Message-Number": {"7"}}
	_, ok := google.ReadPush(good)
	require.True(t, ok)
	for name := range good {
		bad := good.Clone()
		bad.Del(name)
		_, ok := google.ReadPush(bad)
		require.False(t, ok, name)
	}
}
