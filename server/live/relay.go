package live

import (
	"context"
	"log/slog"
	"time"

	"github.com/voxanne-ai/voxanne/db"
)

const (
	batchSize    = queueLength / 2 // events of one read
	readTimeout  = 5 * time.Second // of one read; a connection that hangs is given up and another one taken
	longestPause = 2 * time.Second // between reads that fail
)

// relay reads committed events and hands them out until ctx ends. While nobody listens it asks the database nothing.
// When the database is away it waits, and then reads on from where it was.
func (s *Server) relay(ctx context.Context) {
	pause, failing := pollEvery, false
	for ctx.Err() == nil {
		if s.hub.sleep() {
			select {
			case <-s.hub.wake:
			case <-ctx.Done():
				return
			}
		}
		err := s.relayOnce(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			s.count.failures.Inc()
			if !failing { // once, not twenty times a second
				s.log.LogAttrs(ctx, slog.LevelWarn, "live events cannot be read", slog.Any("error", err))
			}
			pause, failing = min(2*pause, longestPause), true
		case failing && err == nil:
			s.log.LogAttrs(ctx, slog.LevelInfo, "live events are read again")
			pause, failing = pollEvery, false
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// relayOnce reads and hands out one batch. In a large backlog the next follows after the usual pause: ten thousand
// events a second are enough, and streams get time to write.
func (s *Server) relayOnce(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	from, live := s.hub.read()
	rows, err := s.read(ctx, from, live)
	if err != nil || len(rows) == 0 || rows[0].Below == nil {
		return err
	}
	end := before(*rows[0].Below)
	if !live {
		s.hub.begin(end)
		return nil
	}
	if from.after(end) {
		// The transactions have become fewer: this is another cluster, restored or promoted. Whoever resumes is told there.
		s.hub.begin(end)
		s.hub.dropAll(restarting)
		return nil
	}
	events := make([]*event, 0, len(rows))
	for _, row := range rows {
		e, ok, err := newEvent(row)
		if err != nil {
			return err
		}
		if ok {
			events = append(events, e)
			s.count.lag.Observe(e.age.Seconds())
		}
	}
	if len(events) == batchSize {
		end = events[len(events)-1].at
	}
	s.hub.handOut(events, end)
	s.count.events.Add(float64(len(events)))
	return nil
}

// read asks for what lies behind from, or, before the relay began, only where the events end.
func (s *Server) read(ctx context.Context, from cursor, live bool) ([]db.RelayedEvent, error) {
	if !live {
		return s.db.Platform().RelayEvents(ctx, nil, nil, batchSize)
	}
	return s.db.Platform().RelayEvents(ctx, &from.xid, &from.id, batchSize)
}
