package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	crowdCallers = 16
	crowdTimes   = 4
	crowdClinics = 10  // of sql/bench/crowd.sql
	crowdDays    = 150 // that may be booked
)

// measureCrowd lets sixteen callers want the same four times of one practitioner, each trying one after the other until one
// is theirs, day after day. It fails when not exactly four of them win.
func measureCrowd(ctx context.Context, s settings, c callers, owner *db.Queries) error {
	var tried atomic.Int64
	begun := time.Now()
	rounds := 0
	for ; time.Since(begun) < s.length && rounds < crowdClinics*crowdDays; rounds++ {
		number := fmt.Sprintf("+13125551%d", 200+rounds%crowdClinics)
		day := time.Now().AddDate(0, 0, 1+rounds/crowdClinics).Format(time.DateOnly)
		won, err := crowdRound(ctx, c, number, day, &tried)
		if err != nil {
			return err
		}
		if won != crowdTimes {
			return fmt.Errorf("%d callers were told that they have one of %d times", won, crowdTimes)
		}
	}
	took := time.Since(begun)
	visits, err := owner.BenchCrowd(ctx)
	if err != nil {
		return err
	}
	s.sheet.note("crowd.calls", float64(tried.Load())/took.Seconds())
	s.sheet.note("crowd.won", float64(visits)/float64(rounds))
	fmt.Fprintf(s.out, "%d callers on %d times, %d rounds: %.0f tries a second, %d visits\n",
		crowdCallers, crowdTimes, rounds, float64(tried.Load())/took.Seconds(), visits)
	if int(visits) != rounds*crowdTimes {
		return fmt.Errorf("%d rounds of %d times left %d visits", rounds, crowdTimes, visits)
	}
	return nil
}

// crowdRound lets all callers try at once, and says how many were told that a time is theirs.
func crowdRound(ctx context.Context, c callers, number, day string, tried *atomic.Int64) (won int, err error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for range crowdCallers {
		all.Go(func() {
			got, failed := crowdCaller(ctx, c, number, day, tried)
			mu.Lock()
			defer mu.Unlock()
			err = errors.Join(err, failed)
			if got {
				won++
			}
		})
	}
	all.Wait()
	return won, err
}

// crowdCaller tries the times in an order of their own until one is theirs.
func crowdCaller(ctx context.Context, c callers, number, day string, tried *atomic.Int64) (won bool, err error) {
	for _, at := range rand.Perm(crowdTimes) {
		tried.Add(1)
		answer, err := c.ask(ctx, number, sandbox.ToolCall{ID: "call-" + uuid.NewString(), Name: "bookClinicAppointment",
			Arguments: wish(day, 9*60+30*at)})
		switch {
		case err != nil:
			return false, fmt.Errorf("want a time: %w", err)
		case strings.HasPrefix(answer.Text(), "Booked:"):
			return true, nil
		case !strings.HasPrefix(answer.Text(), "That time is taken."):
			return false, fmt.Errorf("want a time: the answer is neither yes nor no: %q", answer.Text())
		}
	}
	return false, nil
}
