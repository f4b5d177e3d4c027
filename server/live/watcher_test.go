package live_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// received is one message of a stream, as a browser would see it; a beat has neither name nor data.
type received struct {
	id, name, data string
}

// reason is what a message of the stream's own says.
func (r received) reason(t *testing.T) string {
	t.Helper()
	var said struct{ Reason string }
	require.NoError(t, json.Unmarshal([]byte(r.data), &said), r.data)
	return said.Reason
}

// entity is the id that a LiveEvent is about.
func (r received) entity(t *testing.T) uuid.UUID {
	t.Helper()
	require.Empty(t, r.name, r.data)
	var said struct{ ID uuid.UUID }
	require.NoError(t, json.Unmarshal([]byte(r.data), &said), r.data)
	return said.ID
}

// watcher is an open stream.
type watcher struct {
	messages chan received // closed when the stream ends
	last     string        // the newest id that next returned
	close    func()
}

// get asks for a stream without judging the answer. edit may be nil.
func (p *process) get(t *testing.T, query, token string, edit func(*http.Request)) *http.Response {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/api/events"+query, nil)
	require.NoError(t, err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if edit != nil {
		edit(r)
	}
	response, err := p.client.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { response.Body.Close() })
	return response
}

// watch opens a stream from cursor ("" for now) and reads its ready.
func (p *process) watch(t *testing.T, token, cursor string) *watcher {
	t.Helper()
	query := ""
	if cursor != "" {
		query = "?cursor=" + cursor
	}
	return p.follow(t, p.get(t, query, token, nil))
}

// follow reads an opened stream.
func (p *process) follow(t *testing.T, response *http.Response) *watcher {
	t.Helper()
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(response.Body)
		require.Equal(t, http.StatusOK, response.StatusCode, string(body))
	}
	w := &watcher{messages: make(chan received, 10000)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(w.messages)
		parse(response.Body, w.messages)
	}()
	w.close = func() { response.Body.Close(); <-done }
	t.Cleanup(w.close)
	require.Equal(t, "ready", w.next(t).name)
	return w
}

// parse is the stream's grammar, as far as it is used.
func parse(body io.Reader, to chan<- received) {
	var now received
	lines := bufio.NewScanner(body)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			now.id = value
		case "event":
			now.name = value
		case "data":
			now.data = value
		case "":
			if lines.Text() == "" {
				to <- now
				now = received{}
			}
		}
	}
}

// next is the next message that a page would see; ended streams and silence fail the test.
func (w *watcher) next(t *testing.T) received {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < soon; { // beats do not stop
		m, ok := w.any(t)
		require.True(t, ok, "the stream ended")
		if m.data != "" {
			return m
		}
	}
	require.Fail(t, "only beats came")
	return received{}
}

// any is the next message, beats too; false when the stream has ended.
func (w *watcher) any(t *testing.T) (received, bool) {
	t.Helper()
	select {
	case m, ok := <-w.messages:
		if ok {
			w.last = m.id
		}
		return m, ok
	case <-time.After(soon):
		require.Fail(t, "nothing came")
		return received{}, false
	}
}

// expect reads events about exactly these entities, in order.
func (w *watcher) expect(t *testing.T, ids ...uuid.UUID) {
	t.Helper()
	for i, id := range ids {
		require.Equal(t, id, w.next(t).entity(t), "event %d of %d", i+1, len(ids))
	}
}

// dropped reads until the server ends the stream and returns why; what came before is returned too.
func (w *watcher) dropped(t *testing.T) (why string, before []uuid.UUID) {
	t.Helper()
	for {
		m := w.next(t)
		if m.name != "dropped" {
			before = append(before, m.entity(t))
			continue
		}
		for {
			if _, ok := w.any(t); !ok {
				return m.reason(t), before
			}
		}
	}
}
