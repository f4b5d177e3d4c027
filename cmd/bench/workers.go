package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs"
	"github.com/voxanne-ai/voxanne/jobs/toolsync"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// work starts one process's workers as `voxanne work` does; stop ends them, once.
func (b *agentsBench) work(ctx context.Context, secret string) (stop func() error, err error) {
	pace, err := toolsync.NewPace(b.database, b.vapiRate)
	if err != nil {
		return nil, err
	}
	client, err := vapi.New(vapi.Options{BaseURL: b.vapiURL, Key: benchVapiKey, Pace: pace})
	if err != nil {
		return nil, err
	}
	tools, err := toolsync.New(toolsync.Options{DB: b.database, Vapi: client, BackendURL: "https://bench.example", Secret: secret,
		Metrics: toolsync.NewMetrics(b.registry)})
	if err != nil {
		return nil, err
	}
	return startWorkers(ctx, jobs.Options{DirectURL: b.loginURL, DB: b.database, Calls: client, ReadReport: noReport, Tools: tools,
		Log: slog.New(slog.DiscardHandler)}), nil
}

// startWorkers works the queue until stop, which waits for the end and returns the workers' error, the same each time.
func startWorkers(ctx context.Context, o jobs.Options) (stop func() error) {
	running, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- jobs.Run(running, o) }()
	return sync.OnceValue(func() error {
		cancel()
		return <-done
	})
}

func noReport(json.RawMessage) (db.RecordCallReportParams, error) {
	return db.RecordCallReportParams{}, errors.New("no call was made")
}

// poll asks until done, at most this long. Not done by then is no error.
func poll(ctx context.Context, limit time.Duration, done func(context.Context) (bool, error)) error {
	for end := time.Now().Add(limit); time.Now().Before(end); {
		if finished, err := done(ctx); err != nil || finished {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}
