package live

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/voxanne-ai/voxanne/server"
)

const (
	subscribeTimeout = 3 * time.Second // until the token must have come
	maxSocketRead    = 16 << 10        // bytes of a message from a page; a token has up to 8 KiB
)

var errLate = errors.New("the token came too late")

// wish is what older pages send: subscribe with a token (or, from the test-call page, a trackingId), or ping.
type wish struct {
	Type       string `json:"type"`
	Token      string `json:"token"`
	TrackingID string `json:"trackingId"`
}

// serveSocket answers GET /ws/live-calls: the pages of older dashboards, which wait for the same messages.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		server.WriteError(w, r, server.NewError(server.CodeBadRequest, "This path is for WebSockets.", nil))
		return
	}
	if !s.knownOrigin(r) {
		server.WriteError(w, r, server.NewError(server.CodeForbidden, "Pages of this origin may not listen.", nil))
		return
	}
	// The origin was checked above, exactly: the library would take origins for patterns.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // the library has answered
	}
	defer conn.CloseNow()
	conn.SetReadLimit(maxSocketRead)
	s.listen(r.Context(), conn)
}

// knownOrigin lets pages of the configured origins and of this server's own in, and programs, which send none.
func (s *Server) knownOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || s.origins[strings.ToLower(origin)] {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// listen serves one page until it goes away, or is told why it must.
func (s *Server) listen(ctx context.Context, conn *websocket.Conn) {
	st, err := s.subscribe(ctx, conn)
	if err != nil {
		_ = conn.Close(closeCode(err), sentence(err)) // a page that has gone away cannot be told
		return
	}
	defer s.hub.leave(st.client)
	if err := write(ctx, conn, []byte(`{"type":"subscribed"}`)); err != nil {
		return
	}
	ctx, stop := context.WithCancel(ctx)
	var both sync.WaitGroup
	both.Go(func() { defer stop(); answerPings(ctx, conn) })
	both.Go(func() { defer stop(); s.ping(ctx, conn) })
	code, why := s.pumpSocket(ctx, st, conn)
	_ = conn.Close(code, why) // the reader ends with it
	stop()
	both.Wait()
}

// subscribe waits for the token and opens the stream.
func (s *Server) subscribe(ctx context.Context, conn *websocket.Conn) (*stream, error) {
	claims, err := s.inTime(ctx, conn)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	return s.open(ctx, claims, "websocket", nil)
}

// inTime waits for the token and closes the socket when it has not come after three seconds. A context with a deadline
// would cut the connection without a word.
func (s *Server) inTime(ctx context.Context, conn *websocket.Conn) (server.Claims, error) {
	closed := make(chan struct{})
	timer := time.AfterFunc(subscribeTimeout, func() {
		defer close(closed)
		_ = conn.Close(websocket.StatusPolicyViolation, "Subscribe with a token within three seconds.")
	})
	claims, err := s.subscribed(ctx, conn)
	if !timer.Stop() {
		<-closed
		return server.Claims{}, errLate
	}
	return claims, err
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
		if err := write(ctx, conn, []byte(answer)); err != nil {
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
				if err := write(ctx, conn, e.message); err != nil {
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
		if err := write(ctx, conn, []byte(`{"type":"pong"}`)); err != nil {
			return
		}
	}
}

// ping asks the page's browser now and then whether it is there; one that does not answer is given up.
func (s *Server) ping(ctx context.Context, conn *websocket.Conn) {
	tick := time.NewTicker(s.beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		waiting, cancel := context.WithTimeout(ctx, writeTimeout)
		err := conn.Ping(waiting)
		cancel()
		if err != nil {
			return
		}
	}
}

func write(ctx context.Context, conn *websocket.Conn, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return conn.Write(ctx, websocket.MessageText, data)
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

// closeCode is how a socket that could not be opened is closed.
func closeCode(err error) websocket.StatusCode {
	if server.IsBusy(err) {
		return websocket.StatusTryAgainLater
	}
	return websocket.StatusPolicyViolation
}

// sentence is what a page may read of an error: at most 123 bytes fit into a close frame.
func sentence(err error) string {
	var e *server.Error
	if errors.As(err, &e) && len(e.Message) <= 123 {
		return e.Message
	}
	return "The socket could not be opened."
}
