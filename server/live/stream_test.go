package live_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestEventsReachTheirOrganizationAndNoOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	_, ours := b.member(t, lakeside, time.Hour)
	_, theirs := b.member(t, harbor, time.Hour)
	first, second, other := p.watch(t, ours, ""), p.watch(t, ours, ""), p.watch(t, theirs, "")

	var at []uuid.UUID
	for range 5 {
		at = append(at, b.tell(t, lakeside))
		other.expect(t, b.tell(t, harbor)) // and nothing of the first clinic's before it
	}
	first.expect(t, at...)
	second.expect(t, at...)
	require.InDelta(t, 3, p.gauge(t, "voxanne_live_clients", "sse"), 0)
	require.InDelta(t, 10, p.gauge(t, "voxanne_live_events_total", ""), 0)
	require.InDelta(t, 10, p.gauge(t, "voxanne_live_relay_lag_seconds", ""), 0)
}

func TestMessagesAreIDsOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	_, token := b.member(t, lakeside, time.Hour)
	response := p.get(t, "", token, nil)
	require.Equal(t, "text/event-stream; charset=utf-8", response.Header.Get("Content-Type"))
	require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
	require.Equal(t, "no", response.Header.Get("X-Accel-Buffering"))
	w := p.follow(t, response)
	id := b.tell(t, lakeside)
	m := w.next(t)
	require.Regexp(t, `^\d+-\d+$`, m.id)
	var said map[string]any
	require.NoError(t, json.Unmarshal([]byte(m.data), &said))
	at, err := time.Parse(time.RFC3339Nano, said["at"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), at, time.Minute)
	delete(said, "at")
	require.Equal(t, map[string]any{"type": "call_update", "entity": "call", "id": id.String()}, said)
}

func TestOnlyGETWithAGoodTokenOpensAStream(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	user, token := b.member(t, lakeside, time.Hour)
	_, expired := b.member(t, lakeside, -time.Hour)
	require.Equal(t, http.StatusUnauthorized, p.get(t, "", "", nil).StatusCode)
	require.Equal(t, http.StatusUnauthorized, p.get(t, "", expired, nil).StatusCode)
	require.Equal(t, http.StatusUnauthorized, p.get(t, "?ticket=guessed", "", nil).StatusCode)
	require.Equal(t, http.StatusBadRequest, p.get(t, "?cursor=yesterday", token, nil).StatusCode)
	require.Equal(t, http.StatusMethodNotAllowed, p.get(t, "", token, func(r *http.Request) { r.Method = http.MethodHead }).StatusCode)
	b.exec(t, "update organizations set deleted_at = now() where id = $1", lakeside)
	require.Equal(t, http.StatusGone, p.get(t, "", token, nil).StatusCode)
	b.exec(t, "update organizations set deleted_at = null where id = $1", lakeside)
	b.exec(t, "delete from profiles where user_id = $1", user)
	require.Equal(t, http.StatusUnauthorized, p.get(t, "", token, nil).StatusCode, "left")
}

func TestAPersonHasTwentyStreams(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	_, token := b.member(t, lakeside, time.Hour)
	_, another := b.member(t, lakeside, time.Hour)
	var first *watcher
	for range 20 {
		first = p.watch(t, token, "")
	}
	require.Equal(t, http.StatusTooManyRequests, p.get(t, "", token, nil).StatusCode)
	p.watch(t, another, "")
	first.close()
	require.Eventually(t, func() bool { return p.get(t, "", token, nil).StatusCode == http.StatusOK }, soon, 20*time.Millisecond, "one was closed")
}

func TestAStreamEndsWithItsToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	_, token := b.member(t, lakeside, 2*time.Second)
	w := p.watch(t, token, "")
	why, _ := w.dropped(t)
	require.Equal(t, "token_expired", why)
}

func TestWhoLeavesHearsNoMore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	leaver, token := b.member(t, lakeside, time.Hour)
	_, stays := b.member(t, lakeside, time.Hour)
	gone, other := p.watch(t, token, ""), p.watch(t, stays, "")
	b.exec(t, "update profiles set role = 'staff' where user_id = $1", leaver)
	id := b.tell(t, lakeside)
	gone.expect(t, id) // another role listens as well
	b.exec(t, "delete from profiles where user_id = $1", leaver)
	why, _ := gone.dropped(t)
	require.Equal(t, "not_a_member", why)
	other.expect(t, id, b.tell(t, lakeside))
}

func TestAStreamOutlivesTheLimitsOfRequests(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	limited := httptest.NewUnstartedServer(p.handler)
	limited.Config.ReadTimeout, limited.Config.WriteTimeout = 150*time.Millisecond, 150*time.Millisecond
	limited.Start()
	t.Cleanup(limited.Close)
	_, token := b.member(t, lakeside, time.Hour)
	elsewhere := *p
	elsewhere.url = limited.URL
	w := elsewhere.watch(t, token, "")
	for range 3 { // of the beats, which come every 200 ms
		_, ok := w.any(t)
		require.True(t, ok)
	}
	w.expect(t, b.tell(t, lakeside))
	w.close()
}

func TestASlowClientIsDroppedAndResumes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, func(l net.Listener) net.Listener { return narrow{l} })
	_, token := b.member(t, lakeside, time.Hour)
	_, another := b.member(t, lakeside, time.Hour)
	quick := p.watch(t, another, "")
	dialer := net.Dialer{}
	p.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err == nil {
			err = conn.(*net.TCPConn).SetReadBuffer(4096)
		}
		return conn, err
	}}}
	response := p.get(t, "", token, nil) // and does not read

	all := b.tellMany(t, lakeside, 3000)
	quick.expect(t, all...)
	require.Eventually(t, func() bool { return p.gauge(t, "voxanne_live_dropped_total", "slow") == 1 }, soon, 10*time.Millisecond)
	slow := p.follow(t, response)
	why, seen := slow.dropped(t)
	require.Equal(t, "slow", why)
	require.Less(t, len(seen), len(all))
	require.Equal(t, all[:len(seen)], seen)
	p.watch(t, token, slow.last).expect(t, all[len(seen):]...)
}

// narrow is a listener whose connections hold little that is not read.
type narrow struct{ net.Listener }

func (n narrow) Accept() (net.Conn, error) {
	conn, err := n.Listener.Accept()
	if err == nil {
		err = conn.(*net.TCPConn).SetWriteBuffer(4096)
	}
	return conn, err
}

func TestAStoppingServerSaysSoToItsStreams(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	_, token := b.member(t, lakeside, time.Hour)
	w := p.watch(t, token, "")
	stopped := make(chan error, 1)
	begun := time.Now()
	go func() { stopped <- p.stop() }()
	why, _ := w.dropped(t)
	require.Equal(t, "restarting", why)
	require.NoError(t, <-stopped)
	require.Less(t, time.Since(begun), 5*time.Second)

	missed := b.tell(t, lakeside)
	b.start(t, nil).watch(t, token, w.last).expect(t, missed, b.tell(t, lakeside))
}
