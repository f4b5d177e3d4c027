package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

func TestRequestsAreSpansOfWhatTheyAreMadeFor(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Traceparent") != "" {
			t.Error("the provider was told the trace")
		}
		if r.URL.Path == "/refused" {
			w.WriteHeader(http.StatusUnprocessableEntity)
		}
	}))
	client := exchange.TracedClient(nil, "quill post")
	t.Cleanup(client.CloseIdleConnections)
	spans := tracetest.NewInMemoryExporter()
	ctx, parent := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)).Tracer("test").Start(t.Context(), "a job")
	ask := func(ctx context.Context, path string) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+path+"?to=zanzibar-lilac", http.NoBody)
		require.NoError(t, err)
		_, _ = exchange.Do(client, req, 100)
	}
	ask(t.Context(), "/taken")
	require.Empty(t, spans.GetSpans(), "nothing is traced around it")
	ask(ctx, "/taken")
	ask(ctx, "/refused")
	server.Close()
	ask(ctx, "/taken")
	kept := spans.GetSpans()
	require.Len(t, kept, 3)
	for i, want := range []struct {
		status     codes.Code
		attributes int
	}{{codes.Unset, 2}, {codes.Error, 2}, {codes.Error, 1}} {
		require.Equal(t, "POST quill post", kept[i].Name)
		require.Equal(t, parent.SpanContext().SpanID(), kept[i].Parent.SpanID())
		require.Equal(t, want.status, kept[i].Status.Code)
		require.Len(t, kept[i].Attributes, want.attributes)
		require.NotContains(t, fmt.Sprint(kept[i]), "zanzibar")
	}
	require.Contains(t, []string{"connection refused", "broken connection"}, kept[2].Status.Description)
}

func TestAConversationThatFailsSaysNothingOfIt(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewInMemoryExporter()
	ctx, _ := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)).Tracer("test").Start(t.Context(), "a job")
	failed := errors.New("550 quill@patients.example")
	fail := func(context.Context) error { return failed }
	require.ErrorIs(t, exchange.Conversation(t.Context(), "talk", fail), failed)
	require.Empty(t, spans.GetSpans())
	require.ErrorIs(t, exchange.Conversation(ctx, "talk", fail), failed)
	require.Equal(t, "talk", spans.GetSpans()[0].Name)
	require.Equal(t, sdktrace.Status{Code: codes.Error}, spans.GetSpans()[0].Status)
	require.NotContains(t, fmt.Sprint(spans.GetSpans()), "quill")
}
