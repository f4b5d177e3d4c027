package live

import (
	"context"
	"errors"
	"sync"

	"github.com/google/uuid"
)

// maxPerUser is how many streams one person may have open in one process: some tabs on some machines.
const maxPerUser = 20

var (
	errStopping = errors.New("the relay is stopping")
	errTooMany  = errors.New("the person has too many streams")
)

// hub knows who listens and how far the relay has read. Handing out and joining exclude each other, so that a client
// gets everything behind the place at which it joined, and nothing before it.
type hub struct {
	count *metrics
	wake  chan struct{} // has a value when somebody waits for a sleeping relay

	mu       sync.Mutex
	clients  map[uuid.UUID]map[*client]struct{} // by organization
	perUser  map[uuid.UUID]int
	total    int
	position cursor        // everything up to here was handed out; true while live
	live     bool          // the relay reads on
	started  chan struct{} // closed when live becomes true, then replaced
	waiting  int           // for that
	closed   bool
	gone     chan struct{} // closed when closed and total is 0
}

func newHub(count *metrics) *hub {
	return &hub{
		count: count, wake: make(chan struct{}, 1), clients: map[uuid.UUID]map[*client]struct{}{}, perUser: map[uuid.UUID]int{},
		started: make(chan struct{}), gone: make(chan struct{}),
	}
}

// join adds c and returns the place from which on it is served; it waits for a sleeping relay. Whoever joined must
// leave. Errors: errStopping, errTooMany, ctx's.
func (h *hub) join(ctx context.Context, c *client) (cursor, error) {
	for {
		h.mu.Lock()
		switch {
		case h.closed:
			h.mu.Unlock()
			return cursor{}, errStopping
		case h.perUser[c.user] >= maxPerUser:
			h.mu.Unlock()
			return cursor{}, errTooMany
		case h.live:
			h.add(c)
			from := h.position
			h.mu.Unlock()
			return from, nil
		}
		h.waiting++
		started := h.started
		h.mu.Unlock()
		select {
		case h.wake <- struct{}{}:
		default: // somebody else has woken it
		}
		select {
		case <-started:
		case <-ctx.Done():
		}
		h.mu.Lock()
		h.waiting--
		h.mu.Unlock()
		if err := ctx.Err(); err != nil {
			return cursor{}, err
		}
	}
}

func (h *hub) add(c *client) {
	if h.clients[c.org] == nil {
		h.clients[c.org] = map[*client]struct{}{}
	}
	h.clients[c.org][c] = struct{}{}
	h.perUser[c.user]++
	h.total++
	h.count.clients.WithLabelValues(c.transport).Inc()
}

// leave takes c out; what it has not read is forgotten.
func (h *hub) leave(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.clients[c.org], c)
	if len(h.clients[c.org]) == 0 {
		delete(h.clients, c.org)
	}
	if h.perUser[c.user]--; h.perUser[c.user] == 0 {
		delete(h.perUser, c.user)
	}
	h.total--
	h.count.clients.WithLabelValues(c.transport).Dec()
	if h.closed && h.total == 0 {
		close(h.gone)
	}
}

// begin says that the relay has woken up and hands out what lies behind at.
func (h *hub) begin(at cursor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.position, h.live = at, true
	close(h.started)
	h.started = make(chan struct{})
}

// sleep lets the relay rest when nobody listens or waits, and tells whether it may.
func (h *hub) sleep() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.total > 0 || h.waiting > 0 {
		return false
	}
	h.live = false
	return true
}

// read is how far the relay has read; false while it has not begun.
func (h *hub) read() (cursor, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.position, h.live
}

// handOut gives every event to the clients of its organization. One that has no room left is dropped: the others must
// not wait for it, and it can resume.
func (h *hub) handOut(events []*event, upTo cursor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range events {
		for c := range h.clients[e.org] {
			select {
			case c.queue <- e:
			default:
				c.drop(slow)
			}
		}
	}
	h.position = upTo
}

// idle is the place that c has reached when nothing is on its way to it, which may be ahead of its last event.
func (h *hub) idle(c *client) (cursor, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.position, h.live && len(c.queue) == 0
}

// everybody is who listens now.
func (h *hub) everybody() []*client {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*client, 0, h.total)
	for _, clients := range h.clients {
		for c := range clients {
			all = append(all, c)
		}
	}
	return all
}

// dropAll ends every stream.
func (h *hub) dropAll(why reason) {
	for _, c := range h.everybody() {
		c.drop(why)
	}
}

// close lets nobody join any more and drops everybody; the channel is closed when the last has left. Once only.
func (h *hub) close() <-chan struct{} {
	h.mu.Lock()
	h.closed = true
	close(h.started) // who waits hears it
	h.started = make(chan struct{})
	if h.total == 0 {
		close(h.gone)
	}
	h.mu.Unlock()
	h.dropAll(restarting)
	return h.gone
}
