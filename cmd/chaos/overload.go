package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
)

const (
	overloadFactor = 10
	// measureFor is how long it is measured what `serve` can take, by measurers who ask again as soon as they are answered.
	measureFor = 2 * time.Second
	measurers  = 16
	// burstLimit is the longest burst; a longer run has several.
	burstLimit = 10 * time.Second
	// mostWaiting is how many requests may wait for their answers at a time: the machine has so many files.
	mostWaiting = 6000
)

// overload measures how many of Vapi's requests `serve` can take and then sends ten times as many, whether or not they are
// answered: of twenty, twelve come from dashboards, six are tool calls and two are calls that arrive.
func overload(ctx context.Context, st *stage) (int, error) {
	f, err := newFlood(ctx, st)
	if err != nil {
		return 0, err
	}
	defer f.client.CloseIdleConnections()
	f.measure(ctx) // after a start everything is slower: connections and plans are made
	capacity := f.measure(ctx)
	if capacity == 0 {
		return 0, fmt.Errorf("nothing was answered within %s", measureFor)
	}
	begun := time.Now()
	sent, kept := f.burst(ctx, overloadFactor*capacity, min(st.length, burstLimit))
	fmt.Fprintf(st.out, "   it takes %.0f of Vapi's requests a second; %d came within %.1f s, %d more could not be sent; all were answered after %.1f s\n",
		capacity, sent, min(st.length, burstLimit).Seconds(), kept, time.Since(begun).Seconds())
	for _, finding := range judgeFlood(f.tools.count(), f.arrivals.count(), f.dashboards.count()) {
		st.promises.promise(finding.kept, finding.what, finding.seen)
	}
	return 1, ctx.Err()
}

// flood is many who ask at once: Vapi with its own limits, and the dashboards of every clinic's owner.
type flood struct {
	vapi   *sandbox.Caller
	client *http.Client
	tokens []string
	asked  atomic.Int64

	tools, arrivals, dashboards tally
}

func newFlood(ctx context.Context, st *stage) (*flood, error) {
	clinics, err := st.owner.BenchClinics(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the clinics: %w", err)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: mostWaiting, MaxIdleConnsPerHost: mostWaiting}}
	f := &flood{client: client, vapi: &sandbox.Caller{BaseURL: st.caller.BaseURL, Auth: st.caller.Auth, HTTP: client}}
	for _, clinic := range clinics {
		token, err := server.MintDevToken(jwtSecret, clinic.OrgID, clinic.UserID, st.caller.BaseURL+"/auth/v1", time.Hour)
		if err != nil {
			return nil, err
		}
		f.tokens = append(f.tokens, token)
	}
	return f, nil
}

// measure is how many of Vapi's requests are served in a second when nobody else asks much.
func (f *flood) measure(ctx context.Context) float64 {
	var answered atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	for range measurers {
		all.Go(func() {
			for ctx.Err() == nil && time.Since(begun) < measureFor {
				if ask, _ := f.vapis(); ask(ctx) == served {
					answered.Add(1)
				}
			}
		})
	}
	all.Wait()
	return float64(answered.Load()) / time.Since(begun).Seconds()
}

// burst sends at an even pace whatever the answers do, and waits for the last of them. It says how many it sent, and how many
// it kept because too many were waiting.
func (f *flood) burst(ctx context.Context, rate float64, length time.Duration) (sent, kept int) {
	var all sync.WaitGroup
	var waiting atomic.Int64
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for begun := time.Now(); ctx.Err() == nil && time.Since(begun) < length; {
		for due := int(rate * time.Since(begun).Seconds()); sent+kept < due; {
			if waiting.Load() >= mostWaiting {
				kept++
				continue
			}
			sent++
			waiting.Add(1)
			ask, answers := f.next(sent)
			all.Go(func() {
				defer waiting.Add(-1)
				asked := time.Now()
				answers.add(ask(ctx), time.Since(asked))
			})
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	all.Wait()
	return sent, kept
}

// next is the nth request of a burst, and where its answer is counted.
func (f *flood) next(n int) (func(context.Context) outcome, *tally) {
	if n%5 < 3 {
		return func(ctx context.Context) outcome { return f.look(ctx, n) }, &f.dashboards
	}
	return f.vapis()
}

// vapis is one of Vapi's requests: a tool call three times of four, else a call that arrives.
func (f *flood) vapis() (func(context.Context) outcome, *tally) {
	n := f.asked.Add(1)
	line := wish{clinic: int(n % clinicsRung), customer: fmt.Sprintf("+1312555%04d", firstNumber+n%numbers)}.line(time.Now())
	if n%4 == 0 {
		return func(ctx context.Context) outcome { return f.arrive(ctx, line) }, &f.arrivals
	}
	return func(ctx context.Context) outcome { return f.offer(ctx, line) }, &f.tools
}
