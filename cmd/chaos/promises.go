package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	quietLimit = 2 * time.Minute
	// jobLimit is more than a job may take: one that runs longer has no process any more.
	jobLimit = 35 * time.Second
)

// promises prints what was promised and keeps what was broken.
type promises struct {
	out    io.Writer
	kept   int
	broken []string
}

// promise notes whether what was promised holds; seen says what was found, kept or broken.
func (p *promises) promise(ok bool, what string, seen any) {
	mark := "✓"
	if ok {
		p.kept++
	} else {
		mark = "✗"
		p.broken = append(p.broken, fmt.Sprintf("%s (%v)", what, seen))
	}
	fmt.Fprintf(p.out, "   %s %s: %v\n", mark, what, seen)
}

// verdict is an error when a promise was broken after any fault.
func (st *stage) verdict() error {
	p := st.promises
	if len(p.broken) > 0 {
		return fmt.Errorf("%d of %d promises were broken: %s", len(p.broken), p.kept+len(p.broken), strings.Join(p.broken, "; "))
	}
	fmt.Fprintf(st.out, "\nall %d promises were kept\n", p.kept)
	return nil
}

// count is how many heard an answer.
func count(all []heard, answer string) (n int) {
	for _, h := range all {
		if h.answer == answer {
			n++
		}
	}
	return n
}

// figures prints what the callers met.
func (st *stage) figures(f fault, times int, all []heard) {
	tries, last := 0, ""
	for _, h := range all {
		tries += h.tries
		if h.answer == heardNothing {
			last = h.last
		}
	}
	fmt.Fprintf(st.out, "   %s: %d times; %d callers with %d tries: %d booked, %d taken, %d without an answer; answered within p50 %d ms, p99 %d ms, at most %d ms\n",
		f.name, times, len(all), tries, count(all, heardBooked), count(all, heardTaken), count(all, heardNothing),
		quantile(all, .5).Milliseconds(), quantile(all, .99).Milliseconds(), quantile(all, 1).Milliseconds())
	if last != "" {
		fmt.Fprintf(st.out, "   the last that a caller without an answer heard: %s\n", last)
	}
}

// quiet waits until nothing is left to do, with an hour gone by for what died. It says how long that took.
func (st *stage) quiet(ctx context.Context) (time.Duration, error) {
	begun := time.Now()
	err := poll(ctx, quietLimit, "all jobs and texts are finished", func(ctx context.Context) (bool, error) {
		if err := st.owner.ChaosHurry(ctx); err != nil {
			return false, fmt.Errorf("bring confirmations forward: %w", err)
		}
		before := st.work.started
		if ago := time.Now().Add(-jobLimit); ago.After(before) {
			before = ago
		}
		if err := st.owner.ChaosAge(ctx, before); err != nil {
			return false, fmt.Errorf("let time go by: %w", err)
		}
		left, err := st.owner.ChaosUnfinished(ctx)
		if err != nil {
			return false, fmt.Errorf("count what is left: %w", err)
		}
		return left.Jobs+left.Texts+left.Waiting == 0, nil
	})
	return time.Since(begun), err
}

// check holds what all callers heard so far against the database and the played Twilio.
func (st *stage) check(ctx context.Context) error {
	e, err := gather(ctx, st.owner)
	if err != nil {
		return err
	}
	for _, text := range st.twilio.Texts() { // which forgets old ones in long runs
		st.texts[text.SID] = text
	}
	e.heard, e.texts = st.heard, countTexts(st.texts)
	for _, p := range []*process{st.serve, st.work} {
		if p.died() {
			e.ended = append(e.ended, p.command)
		}
	}
	for _, f := range judge(e) {
		st.promises.promise(f.kept, f.what, f.seen)
	}
	return nil
}
