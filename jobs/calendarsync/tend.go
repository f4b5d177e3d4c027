package calendarsync

import (
	"context"
	"errors"
	"fmt"

	"github.com/voxanne-ai/voxanne/db"
)

// How much one round asks for at most; the longest waiting come first, and the next round is a minute away.
const (
	maxPulls    = 2000
	maxChannels = 200
	maxEvents   = 500
)

// Due is what a round found, of all clinics: links whose calendar is due to be read or lacks a channel, and visits whose events
// are behind though their job should have come by.
type Due struct{ Pulls, Channels, Events []db.CalendarRef }

// Tend looks for what is due and has enqueue ask for it; and it measures how all calendars do. What one part fails at keeps
// the others from nothing.
func (s *Syncer) Tend(ctx context.Context, enqueue func(context.Context, Due) error) error {
	var due Due
	platform := s.db.Platform()
	pulls, err := platform.LinksToPull(ctx, maxPulls)
	failed := wrap("list calendars to read", err)
	due.Pulls = pulls
	if s.pushes != "" {
		due.Channels, err = platform.ChannelsToRenew(ctx, maxChannels)
		failed = errors.Join(failed, wrap("list channels to renew", err))
	}
	due.Events, err = platform.CalendarEventsToSync(ctx, maxEvents)
	failed = errors.Join(failed, wrap("list events to write", err))
	if len(due.Pulls)+len(due.Channels)+len(due.Events) > 0 {
		failed = errors.Join(failed, wrap("ask for what is due", enqueue(ctx, due)))
	}
	counts, err := platform.CalendarCounts(ctx)
	if err == nil {
		s.metrics.measure(counts)
	}
	return errors.Join(failed, wrap("count calendars", err))
}

// wrap is err with what was being done; nil for nil.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
