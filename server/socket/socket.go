// Package socket holds what the WebSockets of pages have in common: which pages may open one, how they sign in, and how
// they are told why they may not.
package socket

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/voxanne-ai/voxanne/server"
)

const (
	signInTimeout = 3 * time.Second // until the token must have come
	// WriteTimeout is for one write; a client whose buffers stay full for so long is too slow.
	WriteTimeout = 10 * time.Second
	maxReason    = 123 // bytes of a reason that fit into a close frame (RFC 6455 §5.5)
)

var errLate = errors.New("the token came too late")

// Pages are the origins whose pages may open a socket, in small letters, as in https://dashboard.clinic.example.
type Pages map[string]bool

// PagesOf are the pages of origins.
func PagesOf(origins []string) Pages {
	pages := make(Pages, len(origins))
	for _, origin := range origins {
		pages[strings.ToLower(origin)] = true
	}
	return pages
}

// Accept makes the request a socket that reads messages of at most maxRead bytes. ok is false when it was answered
// instead: it asked for no socket, or its page is of no known origin.
func (p Pages) Accept(w http.ResponseWriter, r *http.Request, maxRead int64) (conn *websocket.Conn, ok bool) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		server.WriteError(w, r, server.NewError(server.CodeBadRequest, "This path is for WebSockets.", nil))
		return nil, false
	}
	if !p.include(r) {
		server.WriteError(w, r, server.NewError(server.CodeForbidden, "Pages of this origin may not listen.", nil))
		return nil, false
	}
	// The origin was checked above, exactly: the library would take origins for patterns.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return nil, false // the library has answered
	}
	conn.SetReadLimit(maxRead)
	return conn, true
}

// include lets pages of the configured origins and of this server's own in, and programs, which send none.
func (p Pages) include(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || p[strings.ToLower(origin)] {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// SignIn waits until read has the claims of who is there, and closes the socket with sentence when that takes more than
// three seconds. A context with a deadline would cut the connection without a word.
func SignIn(ctx context.Context, conn *websocket.Conn, sentence string, read func(context.Context) (server.Claims, error)) (server.Claims, error) {
	closed := make(chan struct{})
	timer := time.AfterFunc(signInTimeout, func() {
		defer close(closed)
		_ = conn.Close(websocket.StatusPolicyViolation, sentence)
	})
	claims, err := read(ctx)
	if !timer.Stop() {
		<-closed
		return server.Claims{}, errLate
	}
	return claims, err
}

// Write sends a text message, and waits ten seconds at most.
func Write(ctx context.Context, conn *websocket.Conn, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, WriteTimeout)
	defer cancel()
	return conn.Write(ctx, websocket.MessageText, data)
}

// Beat asks the page's browser every now and then whether it is there, until ctx ends or it does not answer.
func Beat(ctx context.Context, conn *websocket.Conn, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		waiting, cancel := context.WithTimeout(ctx, WriteTimeout)
		err := conn.Ping(waiting)
		cancel()
		if err != nil {
			return
		}
	}
}

// Refuse closes a socket that could not be opened, with a code and a sentence that say why.
func Refuse(conn *websocket.Conn, err error) {
	code := websocket.StatusPolicyViolation
	if server.IsBusy(err) {
		code = websocket.StatusTryAgainLater
	}
	_ = conn.Close(code, sentence(err)) // a page that has gone away cannot be told
}

// sentence is what a page may read of an error.
func sentence(err error) string {
	var e *server.Error
	if errors.As(err, &e) && len(e.Message) <= maxReason {
		return e.Message
	}
	return "The socket could not be opened."
}
