package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// traced is b's server with its spans kept.
func (b *testBundle) traced(t *testing.T) *tracetest.InMemoryExporter {
	t.Helper()
	spans := tracetest.NewInMemoryExporter()
	var err error
	b.handler, err = New(Deps{DB: b.db, Auth: hs256Verifier(), Log: slog.New(slog.DiscardHandler), Metrics: b.metrics, Accounts: &Accounts{},
		Traces: sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))})
	require.NoError(t, err)
	return spans
}

func TestSpansNameThePatternNotThePath(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	spans := b.traced(t)
	org, _ := testIDs()
	for _, target := range []string{"/healthz", "/readyz", "/metrics", "/contacts/quillfeather"} {
		b.do(http.MethodGet, target, "")
	}
	require.Empty(t, spans.GetSpans(), "probes and strangers' paths")
	b.do(http.MethodGet, "/api/orgs/validate/"+org.String()+"?name=Quillfeather", b.token)
	require.Len(t, spans.GetSpans(), 1)
	span := spans.GetSpans()[0]
	require.Equal(t, "GET /api/orgs/validate/{orgId}", span.Name)
	require.Equal(t, trace.SpanKindServer, span.SpanKind)
	attributes := map[string]any{}
	for _, a := range span.Attributes {
		attributes[string(a.Key)] = a.Value.AsInterface()
	}
	require.Equal(t, map[string]any{"http.request.method": "GET", "http.route": "/api/orgs/validate/{orgId}",
		"http.response.status_code": int64(200), "voxanne.org_id": org.String()}, attributes)
}

func TestTheCallersTraceGoesOnUnlessItIsMalformed(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	spans := b.traced(t)
	for header, want := range map[string]bool{
		"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01": true,
		"00-00000000000000000000000000000000-00f067aa0ba902b7-01": false,
		"quillfeather": false,
		"":             false,
	} {
		spans.Reset()
		r := httptest.NewRequest(http.MethodGet, "/openapi.yaml", nil)
		r.Header.Set("traceparent", header)
		b.handler.ServeHTTP(httptest.NewRecorder(), r)
		span := spans.GetSpans()[0]
		require.True(t, span.SpanContext.IsValid(), header)
		require.Equal(t, want, span.SpanContext.TraceID().String() == "4bf92f3577b34da6a3ce929d0e0e4736", header)
	}
}

func TestAPanicEndsItsSpanAsOurFault(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	spans := b.traced(t)
	org, _ := testIDs()
	b.db.panics = errors.New("patient Quillfeather zanzibar-lilac")
	b.do(http.MethodGet, "/api/orgs/validate/"+org.String(), b.token)
	span := spans.GetSpans()[0]
	require.Equal(t, sdktrace.Status{Code: codes.Error, Description: "Internal Server Error"}, span.Status)
	require.NotContains(t, fmt.Sprint(span.Attributes, span.Events), "uill")
}
