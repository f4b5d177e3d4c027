package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// promptAnswer is what the played Vapi takes while it is asked how soon jobs start: little enough that workers are free.
const promptAnswer = 10 * time.Millisecond

// runHanging measures how soon the job of a save starts while workers are free, and what a save takes while every request to
// Vapi hangs and all workers wait for it.
func runHanging(ctx context.Context, s settings) (err error) {
	b, end, err := openAgents(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	b.played.SetLatency(promptAnswer)
	stop, err := b.work(ctx, "bench-webhook-secret")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := b.jobStarts(ctx); err != nil {
		return err
	}
	fmt.Fprintln(b.out, "  Vapi hangs")
	b.played.FailAtRandom(1, sandbox.Risk{Share: 1, Failure: sandbox.Failure{Delay: time.Hour}})
	saves, bare, err := b.saveAll(ctx, b.length, "Night")
	if err != nil {
		return err
	}
	b.sheet.noteTimes("agents.save", &saves)
	b.sheet.noteTimes("agents.bare", &bare)
	return nil
}

// jobStarts saves for a while and says how long jobs waited.
func (b *agentsBench) jobStarts(ctx context.Context) error {
	if _, _, err := b.saveAll(ctx, time.Second, "Warm"); err != nil { // tools are registered with the first
		return err
	}
	if err := b.settle(ctx, b.synced); err != nil {
		return err
	}
	last, err := b.owner.BenchLastJob(ctx)
	if err != nil {
		return err
	}
	if _, _, err := b.saveAll(ctx, b.length, "Day"); err != nil {
		return err
	}
	if err := b.settle(ctx, b.synced); err != nil {
		return err
	}
	starts, err := b.owner.BenchJobStarts(ctx, "sync_agent", last)
	if err != nil {
		return err
	}
	if starts.Jobs == 0 {
		return errors.New("no job was worked: the figures mean nothing")
	}
	b.sheet.note("jobs.start.p50", 1000*starts.P50Seconds)
	b.sheet.note("jobs.start.p99", 1000*starts.P99Seconds)
	fmt.Fprintf(b.out, "  %d jobs started after p50 %.0f ms, p99 %.0f ms\n", starts.Jobs, 1000*starts.P50Seconds, 1000*starts.P99Seconds)
	return nil
}
