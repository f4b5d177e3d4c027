package live

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/socket"
)

const maxSocketRead = 16 << 10 // bytes of a message from a page; a token has up to 8 KiB

// wish is what older pages send: subscribe with a token (or, from the test-call page, a trackingId), or ping.
type wish struct {
	Type       string `json:"type"`
	Token      string `json:"token"`
	TrackingID string `json:"trackingId"`
}

// serveSocket answers GET /ws/live-calls: the pages of older dashboards, which wait for the same messages.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	conn, ok := s.pages.Accept(w, r, maxSocketRead)
	if !ok {
		return
	}
	defer conn.CloseNow()
	s.listen(r.Context(), conn)
}

// listen serves one page until it goes away, or is told why it must.
func (s *Server) listen(ctx context.Context, conn *websocket.Conn) {
	st, err := s.subscribe(ctx, conn)
	if err != nil {
		socket.Refuse(conn, err)
		return
	}
	defer s.hub.leave(st.client)
	if err := socket.Write(ctx, conn, []byte(`{"type":"subscribed"}`)); err != nil {
		return
	}
	ctx, stop := context.WithCancel(ctx)
	var both sync.WaitGroup
	both.Go(func() { defer stop(); answerPings(ctx, conn) })
	both.Go(func() { defer stop(); socket.Beat(ctx, conn, s.beatEvery) })
	code, why := s.pumpSocket(ctx, st, conn)
	_ = conn.Close(code, why) // the reader ends with it
	stop()
	both.Wait()
}

// subscribe waits for the token and opens the stream.
func (s *Server) subscribe(ctx context.Context, conn *websocket.Conn) (*stream, error) {
	claims, err := socket.SignIn(ctx, conn, "Subscribe with a token within three seconds.", func(ctx context.Context) (server.Claims, error) {
		return s.subscribed(ctx, conn)
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	return s.open(ctx, claims, "websocket", nil)
}

// subscribed reads until a token comes. A page that asks for anything else is told what is wanted.
func (s *Server) subscribed(ctx context.Context, conn *websocket.Conn) (server.Claims, error) {
	for {
		_, data, err := conn.Read(ctx)
		if err != nil {
			return server.Claims{}, err
		}
		var w wish
		if json.Unmarshal(data, &w) == nil && w.Type == "subscribe" && w.Token != "" {
			return s.auth.Verify(ctx, w.Token)
		}
		answer := `{"type":"error","error":"Subscribe with a token first."}`
		if w.TrackingID != "" {
			answer = `{"type":"error","error":"Following one call by trackingId is not offered. Subscribe with a token."}`
		}
		if err := socket.Write(ctx, conn, []byte(answer)); err != nil {
			return server.Claims{}, err
		}
	}
}

// pumpSocket writes what comes until the page goes away or is dropped.
func (s *Server) pumpSocket(ctx context.Context, st *stream, conn *websocket.Conn) (websocket.StatusCode, string) {
	ends := time.NewTimer(time.Until(st.ends))
	defer ends.Stop()
	var batch []*event
	for {
		if st.isDropped() {
			return droppedCode(st.why), string(st.why)
		}
		select {
		case <-ctx.Done():
			return websocket.StatusGoingAway, ""
		case <-st.dropped:
		case <-ends.C:
			st.drop(tokenExpired)
		case e := <-st.queue:
			batch = st.take(batch[:0], e, st.last)
			for _, e := range batch {
				if err := socket.Write(ctx, conn, e.message); err != nil {
					if errors.Is(err, context.DeadlineExceeded) {
						st.drop(slow)
					}
					return websocket.StatusTryAgainLater, string(slow)
				}
				st.last = e.at
			}
		}
	}
}

// answerPings reads what a subscribed page sends, which older pages do to keep proxies awake, until the socket ends.
func answerPings(ctx context.Context, conn *websocket.Conn) {
	for {
		_, data, err := conn.Read(ctx)
		if err != nil {
			return
		}
		var w wish
		if json.Unmarshal(data, &w) != nil || w.Type != "ping" {
			continue
		}
		if err := socket.Write(ctx, conn, []byte(`{"type":"pong"}`)); err != nil {
			return
		}
	}
}

// droppedCode is how the socket of a dropped page is closed: 1008 where the same token will not do again.
func droppedCode(why reason) websocket.StatusCode {
	switch why {
	case slow:
		return websocket.StatusTryAgainLater
	case restarting:
		return websocket.StatusServiceRestart
	default:
		return websocket.StatusPolicyViolation
	}
}
