package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
)

// tracedInstance is served and worked with all spans kept.
type tracedInstance struct {
	handler http.Handler
	spans   *tracetest.InMemoryExporter
	org     uuid.UUID
	token   string
}

func startTraced(t *testing.T) *tracedInstance {
	t.Helper()
	const key = "test-secret-vapi"
	in := &tracedInstance{spans: tracetest.NewInMemoryExporter()}
	data, played := dbtest.New(t), httptest.NewServer(sandbox.NewVapi(key))
	t.Cleanup(played.Close)
	var user uuid.UUID
	require.NoError(t, data.Pool(t).QueryRow(t.Context(), `
		insert into auth.users (id, email, raw_user_meta_data) values (gen_random_uuid(), 'ada.quillfeather@patients.example', '{"business_name": "Quillby Dental"}')
		returning (raw_app_meta_data ->> 'org_id')::uuid, id`).Scan(&in.org, &user))
	cfg, err := server.LoadConfig(map[string]string{
		"VOXANNE_ENV": "dev", "DATABASE_URL": data.LoginURL, "JWT_SECRET": "test-secret-jwt-0123456789abcdefghijkl",
		"VAPI_WEBHOOK_SECRET": "test-secret-webhook", "VAPI_PRIVATE_KEY": key, "VAPI_BASE_URL": played.URL,
		"VAPI_REQUESTS_PER_SECOND": "1000",
	})
	require.NoError(t, err)
	in.token, err = server.MintDevToken(cfg.JWTSecret, in.org, user, cfg.Issuer(), time.Hour)
	require.NoError(t, err)
	to := observed{server.NewMetrics(), sdktrace.NewTracerProvider(sdktrace.WithSyncer(in.spans)), slog.New(slog.DiscardHandler)}
	opened, err := openTraced(t.Context(), cfg, to.traces)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	in.handler, _, err = newHandler(cfg, opened, to)
	require.NoError(t, err)
	letWork(t, cfg, opened, to)
	return in
}

// letWork runs the workers until the test ends, and sees that they stop cleanly.
func letWork(t *testing.T, cfg server.Config, opened *db.DB, to observed) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	go func() { worked <- work(ctx, cfg, opened, to) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-worked)
	})
}

// save saves the clinic's agent in the caller's trace and waits until the assistant is in step.
func (in *tracedInstance) save(t *testing.T, body string, traceID string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/api/founder-console/agent/behavior?name=Quillfeather", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+in.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("traceparent", "00-"+traceID+"-00f067aa0ba902b7-01")
	w := httptest.NewRecorder()
	in.handler.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	require.Eventually(t, func() bool {
		for _, span := range in.spans.GetSpans() {
			if span.Name == "sync assistant" && span.SpanContext.TraceID().String() == traceID {
				return true
			}
		}
		return false
	}, 20*time.Second, 20*time.Millisecond, "the save is synced in its own trace")
}

func TestOneTraceFromTheSaveToTheLastPatch(t *testing.T) {
	t.Parallel()
	in := startTraced(t)
	const first, second = "4bf92f3577b34da6a3ce929d0e0e4736", "0af7651916cd43dd8448eb211c80319c"
	in.save(t, `{"inbound":{"firstMessage":"Hello."}}`, first)
	in.save(t, `{"inbound":{"systemPrompt":"Ask for Ms Quillfeather, zanzibar-lilac, +13125550142."}}`, second)

	var request, job, sync trace.SpanContext
	names := map[string]trace.SpanID{} // to the parent
	for _, span := range in.spans.GetSpans() {
		told := fmt.Sprint(span.Name, span.Attributes, span.Status, span.Events)
		for _, planted := range []string{"uill", "zanzibar", "3125550142", in.token, "test-secret"} {
			require.NotContains(t, told, planted)
		}
		if span.SpanContext.TraceID().String() != second {
			continue
		}
		names[span.Name] = span.Parent.SpanID()
		switch span.Name {
		case "POST /api/founder-console/agent/behavior":
			request = span.SpanContext
			require.Contains(t, told, in.org.String())
		case "work sync_agent":
			job = span.SpanContext
		case "sync assistant":
			sync = span.SpanContext
		}
	}
	require.Equal(t, "00f067aa0ba902b7", names["POST /api/founder-console/agent/behavior"].String(), "the dashboard's trace goes on")
	require.Equal(t, request.SpanID(), names["work sync_agent"])
	require.Equal(t, job.SpanID(), names["sync assistant"])
	require.Equal(t, sync.SpanID(), names["GET /assistant/{id}"])
	require.Equal(t, sync.SpanID(), names["PATCH /assistant/{id}"])
	require.NotContains(t, names, "POST /assistant", "made by the first save, in its trace")
}

func TestNothingIsTracedWithoutACollector(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]server.Config{
		"none":     {},
		"disabled": {TracesEndpoint: "http://localhost:4318", TracesDisabled: "true"},
	} {
		traces, flush, err := newTraces(t.Context(), cfg, slog.New(slog.DiscardHandler))
		require.NoError(t, err, name)
		require.Nil(t, traces, name)
		flush()
	}
}

func TestTheLastSpansReachTheCollector(t *testing.T) {
	var path atomic.Value
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "a span") && strings.Contains(string(body), "voxanne-test") {
			path.Store(r.URL.Path)
		}
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	t.Setenv("OTEL_SERVICE_NAME", "voxanne-test")
	traces, flush, err := newTraces(t.Context(), server.Config{TracesEndpoint: collector.URL}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	_, span := traces.Tracer("test").Start(t.Context(), "a span")
	span.End()
	flush()
	require.Equal(t, "/v1/traces", path.Load())
}

func TestACollectorThatIsDownIsLoggedOurWay(t *testing.T) {
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	log := &output{}
	traces, flush, err := newTraces(t.Context(), server.Config{TracesEndpoint: collector.URL}, slog.New(slog.NewJSONHandler(log, nil)))
	require.NoError(t, err)
	_, span := traces.Tracer("test").Start(t.Context(), "a span")
	span.End()
	flush()
	require.Contains(t, log.String(), `"msg":"could not send spans","spans":1`)
}
