package live_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// page is an old dashboard's socket.
type page struct{ *websocket.Conn }

// dial opens a socket from a page of origin; "" is a program.
func (p *process) dial(t *testing.T, origin string) (page, *http.Response, error) {
	t.Helper()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	conn, response, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(p.url, "http")+"/ws/live-calls", &websocket.DialOptions{HTTPHeader: header})
	if err == nil {
		t.Cleanup(func() { _ = conn.CloseNow() })
	}
	return page{conn}, response, err
}

// subscribe opens a socket and subscribes.
func (p *process) subscribe(t *testing.T, token string) page {
	t.Helper()
	s, _, err := p.dial(t, dashboard)
	require.NoError(t, err)
	s.send(t, map[string]string{"type": "subscribe", "token": token})
	require.Equal(t, "subscribed", s.next(t)["type"])
	return s
}

func (s page) send(t *testing.T, message any) {
	t.Helper()
	encoded, err := json.Marshal(message)
	require.NoError(t, err)
	require.NoError(t, s.Write(t.Context(), websocket.MessageText, encoded))
}

func (s page) next(t *testing.T) map[string]any {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	_, data, err := s.Read(ctx)
	require.NoError(t, err)
	var message map[string]any
	require.NoError(t, json.Unmarshal(data, &message))
	return message
}

// closed reads until the server closes the socket, and returns how.
func (s page) closed(t *testing.T) websocket.CloseError {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	for {
		if _, _, err := s.Read(ctx); err != nil {
			var closed websocket.CloseError
			require.ErrorAs(t, err, &closed)
			return closed
		}
	}
}

func (s page) expect(t *testing.T, id uuid.UUID) {
	t.Helper()
	got := s.next(t)
	require.Equal(t, "call_update", got["type"])
	require.Equal(t, "call", got["entity"])
	require.Equal(t, id.String(), got["id"])
	require.Len(t, got, 4, "ids only")
}

func TestOldPagesHearOfTheirOwnClinic(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	_, token := b.member(t, lakeside, time.Hour)
	_, theirs := b.member(t, harbor, time.Hour)
	ours, other := p.subscribe(t, token), p.subscribe(t, theirs)
	ours.expect(t, b.tell(t, lakeside))
	other.expect(t, b.tell(t, harbor))
	ours.send(t, map[string]string{"type": "ping"})
	require.Equal(t, "pong", ours.next(t)["type"])
	ours.send(t, "nonsense")
	time.Sleep(500 * time.Millisecond) // several of the server's pings, which Read answers
	ours.expect(t, b.tell(t, lakeside))
	require.InDelta(t, 2, p.gauge(t, "voxanne_live_clients", "websocket"), 0)
}

func TestASocketWithoutAGoodTokenIsClosed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	silent, _, err := p.dial(t, dashboard)
	require.NoError(t, err)
	begun := time.Now()

	expired, _, err := p.dial(t, dashboard)
	require.NoError(t, err)
	_, old := b.member(t, lakeside, -time.Hour)
	expired.send(t, map[string]string{"type": "subscribe", "token": old})
	require.Equal(t, websocket.CloseError{Code: websocket.StatusPolicyViolation, Reason: "Invalid or expired token"}, expired.closed(t))

	stranger, _, err := p.dial(t, dashboard)
	require.NoError(t, err)
	left, token := b.member(t, lakeside, time.Hour)
	b.exec(t, "delete from profiles where user_id = $1", left)
	stranger.send(t, map[string]string{"type": "subscribe", "token": token})
	require.Equal(t, websocket.StatusPolicyViolation, stranger.closed(t).Code)

	talker, _, err := p.dial(t, dashboard)
	require.NoError(t, err)
	require.NoError(t, talker.Write(t.Context(), websocket.MessageText, make([]byte, 20<<10)))
	_, _, err = talker.Read(t.Context())
	require.Error(t, err)

	require.Equal(t, websocket.CloseError{Code: websocket.StatusPolicyViolation, Reason: "Subscribe with a token within three seconds."}, silent.closed(t))
	require.Greater(t, time.Since(begun), 2*time.Second)
}

func TestFollowingOneCallIsRefusedInWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	s, _, err := p.dial(t, "")
	require.NoError(t, err)
	s.send(t, map[string]string{"type": "subscribe", "trackingId": "web-1"})
	answer := s.next(t)
	require.Equal(t, "error", answer["type"])
	require.Contains(t, answer["error"], "trackingId")
	_, token := b.member(t, lakeside, time.Hour)
	s.send(t, map[string]string{"type": "subscribe", "token": token})
	require.Equal(t, "subscribed", s.next(t)["type"], "the token may still come")
}

func TestOnlyKnownPagesOpenASocket(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	for origin, allowed := range map[string]bool{
		"": true, dashboard: true, strings.ToUpper(dashboard): true, p.url: true,
		"https://evil.example": false, dashboard + ".evil.example": false, "http://dashboard.clinic.example": false, "null": false, "https://*": false,
	} {
		_, response, err := p.dial(t, origin)
		require.Equal(t, allowed, err == nil, origin)
		if !allowed {
			require.Equal(t, http.StatusForbidden, response.StatusCode, origin)
		}
	}
	response, err := p.client.Get(p.url + "/ws/live-calls")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusBadRequest, response.StatusCode)
}

func TestASocketEndsWithTokenMembershipAndServer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.start(t, nil)
	_, short := b.member(t, lakeside, 2*time.Second)
	leaver, token := b.member(t, lakeside, time.Hour)
	_, stays := b.member(t, lakeside, time.Hour)
	ending, leaving, staying := p.subscribe(t, short), p.subscribe(t, token), p.subscribe(t, stays)
	b.exec(t, "delete from profiles where user_id = $1", leaver)
	require.Equal(t, websocket.CloseError{Code: websocket.StatusPolicyViolation, Reason: "not_a_member"}, leaving.closed(t))
	require.Equal(t, websocket.CloseError{Code: websocket.StatusPolicyViolation, Reason: "token_expired"}, ending.closed(t))
	staying.expect(t, b.tell(t, lakeside))

	stopped := make(chan error, 1)
	go func() { stopped <- p.stop() }()
	require.Equal(t, websocket.CloseError{Code: websocket.StatusServiceRestart, Reason: "restarting"}, staying.closed(t))
	require.NoError(t, <-stopped)
}
