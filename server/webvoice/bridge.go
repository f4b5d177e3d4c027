package webvoice

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server/socket"
)

// reason is why a bridge ended; web_tests.end_reason keeps it.
type reason string

const (
	pageLeft      reason = "page_left"
	callOver      reason = "call_over"
	endedByMember reason = "ended_by_member"
	tooLong       reason = "max_duration"
	tokenExpired  reason = "token_expired"
	notAMember    reason = "not_a_member"
	idle          reason = "idle"
	badSound      reason = "bad_sound"
	tooFast       reason = "too_fast"
	slow          reason = "slow"
	lost          reason = "vapi_lost"
	unreachable   reason = "vapi_unreachable"
	restarting    reason = "restarting"
)

const (
	soundPerSecond = 2 * vapi.WebSampleRate // bytes
	// A page may send its sound in bursts, eight seconds ahead, and twice as fast as it is spoken; a file is faster.
	soundAhead = 8 * soundPerSecond
	soundRate  = 2 * soundPerSecond
)

// bridge is one test call between a page and Vapi. Nothing is buffered: who does not take what is sent holds the other
// side up, and after seconds ends the call.
type bridge struct {
	page   *websocket.Conn
	call   *vapi.WebLine
	stands func(context.Context) reason  // why it must end; empty when it need not
	finish func(context.Context, reason) // writes down that it ended

	lookEvery, beatEvery, idleLimit time.Duration

	stopping    <-chan struct{}
	begun, ends time.Time
	endsFor     reason
	heard       atomic.Int64 // nanoseconds from begun to the page's last message
}

// run bridges until one side leaves or a limit is reached, writes down why and closes both sides. Everything it began has
// ended when it returns.
func (b *bridge) run(ctx context.Context, first connected) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	over := make(chan reason, 4) // one for each of those below: none waits
	var all sync.WaitGroup
	if err := b.tell(ctx, first); err != nil {
		over <- pageLeft
	} else {
		all.Go(func() { over <- b.listen(ctx) })
		all.Go(func() { over <- b.speak(ctx) })
		all.Go(func() { over <- b.watch(ctx) })
		all.Go(func() { over <- b.beat(ctx) })
	}
	why := b.await(over)
	b.finish(ctx, why) // first: a page that reads that it is over may begin another test
	var both sync.WaitGroup
	both.Go(func() { b.call.HangUp(ctx) })
	both.Go(func() { goodbye(ctx, b.page, why) }) // before the context ends, which would cut the connection without a word
	both.Wait()
	cancel()
	_ = b.page.CloseNow()
	all.Wait()
}

func (b *bridge) await(over <-chan reason) reason {
	ends := time.NewTimer(time.Until(b.ends))
	defer ends.Stop()
	select {
	case why := <-over:
		return why
	case <-ends.C:
		return b.endsFor
	case <-b.stopping:
		return restarting
	}
}

// listen passes the page's sound on to Vapi.
func (b *bridge) listen(ctx context.Context) reason {
	var sent int64
	for {
		kind, data, err := b.page.Read(ctx)
		if err != nil {
			return pageLeft
		}
		b.heard.Store(int64(time.Since(b.begun)))
		if kind == websocket.MessageText {
			if err := b.answer(ctx, data); err != nil {
				return slow
			}
			continue
		}
		sent += int64(len(data))
		switch {
		case len(data)%2 != 0:
			return badSound
		case sent > soundAhead+int64(time.Since(b.begun).Seconds()*soundRate):
			return tooFast
		case len(data) == 0:
			continue
		}
		if err := b.call.Say(ctx, data); err != nil {
			return lost
		}
	}
}

// answer answers a ping of the page; what else it writes is of no account.
func (b *bridge) answer(ctx context.Context, data []byte) error {
	var message hello
	if json.Unmarshal(data, &message) != nil || message.Type != "ping" {
		return nil
	}
	return socket.Write(ctx, b.page, []byte(`{"type":"pong"}`))
}

// speak passes sound and messages of Vapi's on to the page.
func (b *bridge) speak(ctx context.Context) reason {
	for {
		sound, message, err := b.call.Read(ctx)
		switch {
		case errors.Is(err, vapi.ErrWebCallOver):
			return callOver
		case err != nil:
			return lost
		case sound != nil:
			err = b.play(ctx, sound)
		default:
			told, known := vapi.ParseWebMessage(message)
			if known && told.Kind == vapi.WebEnded {
				return callOver
			}
			if known {
				err = b.tellOf(ctx, told)
			}
		}
		if err != nil {
			return gone(err)
		}
	}
}

func (b *bridge) play(ctx context.Context, sound []byte) error {
	ctx, cancel := context.WithTimeout(ctx, socket.WriteTimeout)
	defer cancel()
	return b.page.Write(ctx, websocket.MessageBinary, sound)
}

// tellOf writes what the page is told of a message, if anything.
func (b *bridge) tellOf(ctx context.Context, told vapi.WebMessage) error {
	message := translated(told)
	if message == nil {
		return nil
	}
	return b.tell(ctx, message)
}

func (b *bridge) tell(ctx context.Context, message any) error {
	data, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return socket.Write(ctx, b.page, data)
}

// gone says whether the page left or only reads too slowly.
func gone(err error) reason {
	if errors.Is(err, context.DeadlineExceeded) {
		return slow
	}
	return pageLeft
}

// watch looks whether the test still stands, and whether the page still speaks.
func (b *bridge) watch(ctx context.Context) reason {
	tick := time.NewTicker(b.lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ""
		case <-tick.C:
		}
		if time.Since(b.begun)-time.Duration(b.heard.Load()) > b.idleLimit {
			return idle
		}
		if why := b.stands(ctx); why != "" {
			return why
		}
	}
}

// beat keeps proxies awake, and gives a page up that does not answer.
func (b *bridge) beat(ctx context.Context) reason {
	tick := time.NewTicker(b.beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ""
		case <-tick.C:
		}
		if err := socket.Write(ctx, b.page, []byte(`{"type":"ping"}`)); err != nil {
			return gone(err)
		}
	}
}
