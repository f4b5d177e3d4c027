package toolsync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/voxanne-ai/voxanne/db"
)

// Pace spaces the requests of all processes, which take turns in the database; it is a [vapi.Pacer].
type Pace struct {
	db    *db.DB
	gapMS int32
}

// NewPace lets perSecond requests pass each second, 1 to 1000; another number is an error.
func NewPace(database *db.DB, perSecond int) (*Pace, error) {
	if database == nil || perSecond < 1 || perSecond > 1000 {
		return nil, errors.New("requests per second must be 1 to 1000")
	}
	return &Pace{db: database, gapMS: int32(1000 / perSecond)}, nil
}

// Wait takes the next turn and waits for it. A turn whose waiter gives up passes unused.
func (p *Pace) Wait(ctx context.Context) error {
	wait, err := p.db.Platform().TakeVapiTurn(ctx, p.gapMS)
	if err != nil {
		return fmt.Errorf("take a turn: %w", err)
	}
	return sleep(ctx, time.Duration(wait)*time.Millisecond)
}
