package live

import (
	"sync"

	"github.com/google/uuid"
)

// queueLength is how many events may wait for one client: more than a read of the relay brings, so that a large
// transaction drops nobody who reads at all. An entry is one pointer.
const queueLength = 1000

// reason is why the server ends a stream; LiveDropped of openapi.yaml.
type reason string

const (
	slow         reason = "slow"
	tokenExpired reason = "token_expired"
	notAMember   reason = "not_a_member"
	restarting   reason = "restarting"
)

// client is one stream as the hub sees it.
type client struct {
	org, user uuid.UUID
	transport string // sse or websocket
	queue     chan *event
	dropped   chan struct{} // closed by drop
	once      sync.Once
	why       reason // set before dropped is closed
	count     *metrics
}

func newClient(org, user uuid.UUID, transport string, count *metrics) *client {
	return &client{
		org: org, user: user, transport: transport, queue: make(chan *event, queueLength), dropped: make(chan struct{}), count: count,
	}
}

// drop ends the stream for the first reason that is given; its handler says so to the client where it still can.
func (c *client) drop(why reason) {
	c.once.Do(func() {
		c.why = why
		c.count.dropped.WithLabelValues(string(why)).Inc()
		close(c.dropped)
	})
}

// isDropped tells whether drop was called.
func (c *client) isDropped() bool {
	select {
	case <-c.dropped:
		return true
	default:
		return false
	}
}

// take adds to batch what waits behind last, without waiting; a client that resumed elsewhere may have some already.
func (c *client) take(batch []*event, first *event, last cursor) []*event {
	for e := first; ; {
		if e.at.after(last) {
			batch, last = append(batch, e), e.at
		}
		select {
		case e = <-c.queue:
		default:
			return batch
		}
	}
}
