package calendarsync

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// secretBytes is how much chance is in a channel's secret: 43 characters.
const secretBytes = 32

// Watch opens a push channel for a calendar that has none, or one past half its life, and ends the former one. Nothing
// breaks without a channel, since calendars are read every ten minutes anyway: a failure is counted and logged, and tried
// again after five minutes. An error is of the database.
func (s *Syncer) Watch(ctx context.Context, org, link uuid.UUID) error {
	if s.pushes == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, WatchTime)
	defer cancel()
	var work db.CalendarChannel
	err := s.db.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		work, err = tx.TakeChannel(ctx, link)
		if err == nil && work.Outcome == "open" {
			_, err = s.charge(ctx, tx, value(work.Provider), watchCost)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("take a channel: %w", err)
	}
	if work.Outcome != "open" {
		return nil
	}
	return s.open(ctx, org, link, work)
}

func (s *Syncer) open(ctx context.Context, org, link uuid.UUID, work db.CalendarChannel) error {
	raw := make([]byte, secretBytes)
	_, _ = rand.Read(raw) // never fails
	secret := base64.RawURLEncoding.EncodeToString(raw)
	var opened calendar.Channel
	provider := value(work.Provider)
	err := s.accounts.With(ctx, org, provider, func(ctx context.Context, a calendar.Account) (err error) {
		opened, err = a.Watch(ctx, value(work.ExternalCalendarID), calendar.Hook{URL: s.pushes + provider, Secret: secret})
		return err
	})
	if err != nil {
		s.metrics.channels.WithLabelValues(codeOf(err)).Inc()
		s.log.Warn("could not open a calendar's push channel", "org_id", org, "calendar_link_id", link, "provider", provider, "reason", codeOf(err))
		return nil
	}
	hash := sha256.Sum256([]byte(secret))
	var noted bool
	err = s.settle(ctx, org, func(ctx context.Context, tx db.Tx) (err error) {
		noted, err = tx.NoteChannel(ctx, db.NoteChannelParams{CalendarLinkID: link, ChannelID: opened.ID,
			ChannelResourceID: optional(opened.ResourceID), TokenHash: hash[:], ExpiresAt: opened.Expires})
		return err
	})
	unneeded := calendar.Channel{ID: value(work.ChannelID), ResourceID: value(work.ChannelResourceID)}
	if err != nil || !noted {
		unneeded = opened // nobody would know its pushes
	}
	s.metrics.channels.WithLabelValues("opened").Inc()
	s.end(ctx, org, provider, unneeded)
	if err != nil {
		return fmt.Errorf("note a channel: %w", err)
	}
	return nil
}

// end ends a channel, if there is one. What it cannot end, ends by itself; its pushes are known to nobody.
func (s *Syncer) end(ctx context.Context, org uuid.UUID, provider string, c calendar.Channel) {
	if c.ID == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	err := s.accounts.With(ctx, org, provider, func(ctx context.Context, a calendar.Account) error { return a.Unwatch(ctx, c) })
	if err != nil {
		s.log.Warn("could not end a calendar's push channel", "org_id", org, "provider", provider, "reason", codeOf(err))
	}
}
