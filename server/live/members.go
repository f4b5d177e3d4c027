package live

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// watchMembers drops, within seconds, the streams of people who left their organization: one question for everybody
// who is connected. While the database does not answer nobody is dropped; there are no events then either.
func (s *Server) watchMembers(ctx context.Context) {
	tick := time.NewTicker(s.checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if err := s.checkMembers(ctx); err != nil && ctx.Err() == nil {
			s.log.LogAttrs(ctx, slog.LevelWarn, "members who watch live events could not be checked", slog.Any("error", err))
		}
	}
}

func (s *Server) checkMembers(ctx context.Context) error {
	all := s.hub.everybody()
	if len(all) == 0 {
		return nil
	}
	orgs, users := make([]uuid.UUID, len(all)), make([]uuid.UUID, len(all))
	for i, c := range all {
		orgs[i], users[i] = c.org, c.user
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	places, err := s.db.Platform().LostMembers(ctx, orgs, users)
	for _, place := range places {
		all[place-1].drop(notAMember)
	}
	return err
}
