package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

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
	database *db.DB
	server   *httptest.Server
	caller   *sandbox.Caller
	carrier  *carrier
	staff    []member // empty: nobody writes texts
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
		caller: &sandbox.Caller{BaseURL: listening.URL, HTTP: client, Auth: sandbox.SignSeconds(benchSecret)}}, nil
}

func (h *httpTarget) close() {
	h.caller.HTTP.CloseIdleConnections()
	h.server.Close()
	h.carrier.close()
	h.database.Close()
}

func (h *httpTarget) measure(ctx context.Context, kind string, clients int, length time.Duration) (figures, error) {
	parts := make([]figures, clients)
	var failure error
	var note sync.Once
	var done sync.WaitGroup
	begun := time.Now()
	for i := range parts {
		done.Go(func() {
			for time.Since(begun) < length && ctx.Err() == nil {
				sent := time.Now()
				if err := h.request(ctx, kind); err != nil {
					parts[i].errors++
					note.Do(func() { failure = err })
					continue
				}
				parts[i].took = append(parts[i].took, time.Since(sent))
			}
		})
	}
	done.Wait()
	all := figures{length: time.Since(begun)}
	for _, part := range parts {
		all.add(part)
	}
	if len(all.took) == 0 {
		return all, fmt.Errorf("no request over HTTP succeeded: %w", failure)
	}
	return all, ctx.Err()
}

// request sends one follow-up, or one tool call of a call of its own: the same draw of clinic, caller, day and time as
// the pgbench scripts'.
func (h *httpTarget) request(ctx context.Context, kind string) error {
	if kind == "text" {
		return h.write(ctx)
	}
	return h.call(ctx, kind, fmt.Sprintf("+1312555%d", 1000+rand.IntN(40)))
}

// call sends one tool call, book or availability, of a call of its own to a clinic's number.
func (h *httpTarget) call(ctx context.Context, kind, number string) error {
	line := sandbox.Line{CallID: uuid.NewString(), Number: number,
		Customer: fmt.Sprintf("+1312555%d", 2000+rand.IntN(8000)), At: time.Now()}
	day := time.Now().AddDate(0, 0, 1+rand.IntN(150))
	call := sandbox.ToolCall{ID: "call-" + uuid.NewString(), Name: "checkAvailability", Arguments: map[string]any{
		"serviceType": "Checkup", "appointmentDate": day.Format(time.DateOnly)}}
	if kind == "book" {
		call.Name = "bookClinicAppointment"
		call.Arguments["appointmentTime"] = time.Date(2000, 1, 1, 9, 15*rand.IntN(31), 0, 0, time.UTC).Format("15:04")
		call.Arguments["patientName"] = "Ann Quillfeather"
	}
	_, err := h.caller.CallTools(ctx, sandbox.ToolCalls(line, sandbox.NestedObject, call))
	return err
}
