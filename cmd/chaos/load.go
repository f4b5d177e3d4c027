package main

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	answerLimit = 10 * time.Second       // of one request: more than a tool call takes, half of what Vapi waits
	patience    = time.Minute            // of a caller, over all tries
	again       = 200 * time.Millisecond // between two tries
)

// What a caller heard at last.
const (
	heardBooked  = "booked"
	heardTaken   = "taken"
	heardNothing = "nothing" // until their patience ended

	bookedPrefix = "Booked:"
	takenPrefix  = "That time is taken."
)

// heard is what became of one caller's wish.
type heard struct {
	callID string
	crowd  int           // see wish
	answer string        // booked, taken or nothing
	took   time.Duration // from the first try to the answer
	tries  int
	last   string // the last answer or error, for people
}

// load is callers that ring at an even pace until it is stopped or all have rung, each with a call of their own.
type load struct {
	caller *sandbox.Caller
	first  int       // of the callers, see wishOf
	most   int       // callers
	began  time.Time // the run
	rate   float64   // callers a second

	mu    sync.Mutex
	heard []heard
}

// run rings until ctx ends and waits until every caller has been heard, or has given up.
func (l *load) run(ctx context.Context) []heard {
	talking := context.WithoutCancel(ctx) // who has rung goes on
	var callers sync.WaitGroup
	tick := time.NewTicker(time.Duration(float64(time.Second) / l.rate))
	defer tick.Stop()
	for n := l.first; n < l.first+l.most && ctx.Err() == nil; n++ {
		callers.Go(func() {
			h := l.ring(talking, wishOf(n, l.began))
			l.mu.Lock()
			defer l.mu.Unlock()
			l.heard = append(l.heard, h)
		})
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	callers.Wait()
	return l.heard
}

// ring books, and hangs up. No answer at all is followed by the same message again, as when Vapi delivers it twice; a
// sentence about trouble by the same wish under another id, as models do.
func (l *load) ring(ctx context.Context, w wish) heard {
	begun := time.Now()
	talking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	line, booking := w.line(begun), w.booking()
	h := heard{callID: line.CallID, crowd: w.crowd, answer: heardNothing}
	for talking.Err() == nil && h.answer == heardNothing {
		h.tries++
		results, err := l.caller.CallTools(talking, sandbox.ToolCalls(line, sandbox.NestedObject, booking))
		switch {
		case err != nil:
			h.last = err.Error()
		case strings.HasPrefix(results[0].Result, bookedPrefix):
			h.answer = heardBooked
		case strings.HasPrefix(results[0].Error, takenPrefix):
			h.answer = heardTaken
		default:
			h.last = results[0].Text()
			booking.ID = "call-" + uuid.NewString()
		}
		if h.answer == heardNothing {
			wait(talking, again)
		}
	}
	h.took = time.Since(begun)
	l.hangUp(ctx, line)
	return h
}

// hangUp tells that the call is over, until it was heard: what was booked is confirmed after that.
func (l *load) hangUp(ctx context.Context, line sandbox.Line) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for ctx.Err() == nil && l.caller.Tell(ctx, sandbox.StatusUpdate(line, "ended", "customer-ended-call")) != nil {
		wait(ctx, again)
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// quantile is the time within which this part of the callers had their answer.
func quantile(all []heard, part float64) time.Duration {
	took := make([]time.Duration, len(all))
	for i, h := range all {
		took[i] = h.took
	}
	return quantileOf(took, part)
}

// quantileOf sorts took; 0 when it is empty.
func quantileOf(took []time.Duration, part float64) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(int(part*float64(len(took))), len(took)-1)]
}
