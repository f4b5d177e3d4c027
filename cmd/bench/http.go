package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/reception"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// httpTarget is the real handler on a loopback port with a pool of its own, and
// what Vapi and dashboards would send to it. Twilio is played.
type httpTarget struct {
	callers
	database *db.DB
	server   *httptest.Server
	carrier  *carrier
	staff    []member // empty: nobody writes texts
	contacts int      // of each clinic, for texts
	written  atomic.Int64
}

const benchSecret = "bench-webhook-secret"

func newHTTPTarget(ctx context.Context, loginURL string, clients int) (*httpTarget, error) {
	database, err := db.Open(ctx, loginURL)
	if err != nil {
		return nil, err
	}
	auth, err := voice.NewAuthenticator(voice.ModeHMAC, []string{benchSecret}, time.Now)
	if err != nil {
		database.Close()
		return nil, err
	}
	played, err := newCarrier(database, clients)
	if err != nil {
		database.Close()
		return nil, err
	}
	documents, err := documentReader()
	if err != nil {
		played.close()
		database.Close()
		return nil, err
	}
	metrics, questions := server.NewMetrics(), server.NewQuestions(embedding.NewModels(embedding.NewLexical()))
	handler, err := server.New(server.Deps{
		DB: server.NewDatabase(database), Auth: server.NewVerifier(benchConfig, http.DefaultClient),
		Log: slog.New(slog.DiscardHandler), Metrics: metrics, Now: time.Now,
		Accounts: played.accounts, Texts: played.messenger, Voice: reception.New(database, auth, nil, metrics, questions), // nobody says a code here
		Questions: questions, Uploads: server.NewUploads(documents),
	})
	if err != nil {
		played.close()
		database.Close()
		return nil, err
	}
	listening := httptest.NewServer(handler)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients}}
	return &httpTarget{database: database, server: listening, carrier: played,
		callers: callers{&sandbox.Caller{BaseURL: listening.URL, HTTP: client, Auth: sandbox.SignSeconds(benchSecret)}}}, nil
}

func (h *httpTarget) close() {
	h.caller.HTTP.CloseIdleConnections()
	h.server.Close()
	h.carrier.close()
	h.database.Close()
}

func (h *httpTarget) measure(ctx context.Context, kind string, clients int, warm, length time.Duration) (figures, error) {
	return busy(ctx, clients, warm, length, func(ctx context.Context) error {
		if kind == "text" {
			return h.write(ctx)
		}
		return h.call(ctx, kind, someNumber())
	})
}

// busy lets so many clients ask, each again as soon as it has its answer; what is answered while it warms up is not counted.
func busy(ctx context.Context, clients int, warm, length time.Duration, request func(context.Context) error) (figures, error) {
	parts := make([]figures, clients)
	var failure error
	var note sync.Once
	var done sync.WaitGroup
	begun := time.Now()
	for i := range parts {
		done.Go(func() {
			for time.Since(begun) < warm+length && ctx.Err() == nil {
				sent := time.Now()
				if err := request(ctx); err != nil {
					parts[i].errors++
					note.Do(func() { failure = err })
					continue
				}
				if time.Since(begun) > warm {
					parts[i].took = append(parts[i].took, time.Since(sent))
				}
			}
		})
	}
	done.Wait()
	all := figures{length: time.Since(begun) - warm}
	for _, part := range parts {
		all.add(part)
	}
	if len(all.took) == 0 {
		return all, fmt.Errorf("no request over HTTP succeeded: %w", failure)
	}
	return all, ctx.Err()
}
