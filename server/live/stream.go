package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/voxanne-ai/voxanne/server"
)

// maxBuffer is how much memory a stream keeps for writing, in bytes.
const maxBuffer = 16 << 10

// serveStream answers GET /api/events with server-sent events, see openapi.yaml.
func (s *Server) serveStream(w http.ResponseWriter, r *http.Request) {
	resumed, err := resumedAt(r)
	if err != nil {
		server.WriteError(w, r, err)
		return
	}
	st, err := s.openFor(r, resumed)
	if err != nil {
		server.WriteError(w, r, err)
		return
	}
	defer s.hub.leave(st.client)
	out := sseWriter{w: w, control: http.NewResponseController(w)}
	out.begin()
	s.pump(r.Context(), st, &out)
}

// openFor opens the stream that r asks for, within ten seconds.
func (s *Server) openFor(r *http.Request, resumed *cursor) (*stream, error) {
	ctx, cancel := context.WithTimeout(r.Context(), openTimeout)
	defer cancel()
	claims, err := s.authenticate(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, claims, "sse", resumed)
}

// resumedAt is the cursor that the client gives; nil for none. The header wins: an EventSource that reconnects sends
// the newest there, and the address it was opened with.
func resumedAt(r *http.Request) (*cursor, error) {
	given := r.Header.Get("Last-Event-ID")
	if given == "" {
		given = r.URL.Query().Get("cursor")
	}
	if given == "" {
		return nil, nil
	}
	c, err := parseCursor(given)
	if err != nil {
		return nil, server.NewError(server.CodeBadRequest, "The cursor is not valid. Open the stream without one, and load the page anew.", err)
	}
	return &c, nil
}

// pump writes what comes until the client goes away, or is dropped and told why.
func (s *Server) pump(ctx context.Context, st *stream, out *sseWriter) {
	beat := time.NewTicker(s.beatEvery)
	defer beat.Stop()
	ends := time.NewTimer(time.Until(st.ends))
	defer ends.Stop()
	out.opening(st)
	st.last = out.events(st.last, st.missed)
	st.missed = nil
	var batch []*event
	for out.flush() == nil {
		if st.isDropped() { // before what still waits: it may not be theirs to see any more
			out.dropped(st)
			_ = out.flush() // a client that has gone away cannot be told
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-st.dropped:
		case <-ends.C:
			st.drop(tokenExpired)
		case e := <-st.queue:
			batch = st.take(batch[:0], e, st.last)
			st.last = out.events(st.last, batch)
		case <-beat.C:
			if at, ok := s.hub.idle(st.client); ok && at.after(st.last) {
				st.last = at // so that the cursor of a quiet clinic does not grow old
			}
			out.beat(st.last)
		}
	}
	if out.timedOut {
		st.drop(slow) // it took nothing for ten seconds, and cannot be told
	}
}

// sseWriter collects messages and writes them in one piece.
type sseWriter struct {
	w        http.ResponseWriter
	control  *http.ResponseController
	buf      bytes.Buffer
	timedOut bool // the last flush failed because the client took nothing
}

// begin sends the header.
func (o *sseWriter) begin() {
	h := o.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx and its kin pass every message on at once
	o.w.WriteHeader(http.StatusOK)
}

// flush sends what was collected. Each write gets its own time: the server's limit is for whole answers.
func (o *sseWriter) flush() error {
	if o.buf.Len() == 0 {
		return nil
	}
	defer func() {
		if o.buf.Reset(); o.buf.Cap() > maxBuffer {
			o.buf = bytes.Buffer{} // a thousand missed messages must not be paid for as long as the stream lasts
		}
	}()
	err := o.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if err == nil {
		_, err = o.w.Write(o.buf.Bytes())
	}
	if err == nil {
		err = o.control.Flush()
	}
	var timeout interface{ Timeout() bool }
	o.timedOut = errors.As(err, &timeout) && timeout.Timeout()
	return err
}

// opening says where the stream begins, and how soon to reconnect when it breaks: not all at once after a restart.
func (o *sseWriter) opening(st *stream) {
	fmt.Fprintf(&o.buf, "retry: %d\n", 1000+rand.IntN(2000))
	o.named("ready", st.last, fmt.Sprintf(`{"cursor":%q}`, st.last))
	if st.reset != "" {
		o.named("reset", st.last, fmt.Sprintf(`{"reason":%q}`, st.reset))
	}
}

// events writes messages and returns the place of the last one.
func (o *sseWriter) events(last cursor, batch []*event) cursor {
	for _, e := range batch {
		fmt.Fprintf(&o.buf, "id: %s\ndata: %s\n\n", e.at, e.message)
		last = e.at
	}
	return last
}

// beat shows that the stream lives; an id without data is remembered and not told to the page.
func (o *sseWriter) beat(at cursor) { fmt.Fprintf(&o.buf, ": beat\nid: %s\n\n", at) }

// dropped says why the stream ends.
func (o *sseWriter) dropped(st *stream) {
	o.named("dropped", st.last, fmt.Sprintf(`{"reason":%q,"cursor":%q}`, st.why, st.last))
}

func (o *sseWriter) named(name string, at cursor, data string) {
	fmt.Fprintf(&o.buf, "id: %s\nevent: %s\ndata: %s\n\n", at, name, data)
}
