package vapi_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestEveryAttemptIsASpanWithoutIDsAndBodies(t *testing.T) {
	t.Parallel()
	b := setup(t)
	spans := tracetest.NewInMemoryExporter()
	client, err := vapi.New(vapi.Options{BaseURL: b.url, Key: key, Traces: sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))})
	require.NoError(t, err)
	b.played.Fail(sandbox.Failure{Status: 503})
	_, err = client.GetCall(t.Context(), "quillfeather")
	require.ErrorIs(t, err, vapi.ErrNotFound)
	_, err = client.ListTools(t.Context())
	require.NoError(t, err)
	_, err = client.CreateAssistant(t.Context(), vapi.Object{"quillby": []byte(`"zanzibar-lilac"`)})
	require.Error(t, err)

	kept := spans.GetSpans()
	require.Len(t, kept, 4)
	for i, want := range []struct {
		name, status string
		code         int64
	}{
		{"GET /call/{id}", "unavailable", 503},
		{"GET /call/{id}", "vapi: not found", 404},
		{"GET /tool", "", 200},
		{"POST /assistant", "vapi: refused with status 400 because of quillby", 400},
	} {
		require.Equal(t, want.name, kept[i].Name)
		require.Equal(t, trace.SpanKindClient, kept[i].SpanKind)
		require.Equal(t, want.status, kept[i].Status.Description)
		require.Equal(t, want.status != "", kept[i].Status.Code == codes.Error)
		attributes := kept[i].Attributes
		require.Equal(t, want.code, attributes[len(attributes)-1].Value.AsInt64())
		require.NotContains(t, fmt.Sprint(kept[i].Name, attributes, kept[i].Events), "quill")
		require.NotContains(t, fmt.Sprint(kept[i]), "zanzibar-lilac")
	}
}

func TestASpanSaysThatNobodyAnswered(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewInMemoryExporter()
	nobody := httptest.NewServer(sandbox.NewVapi(key))
	nobody.Close()
	client, err := vapi.New(vapi.Options{BaseURL: nobody.URL, Key: key, Traces: sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))})
	require.NoError(t, err)
	_, err = client.GetCall(t.Context(), "c1")
	require.Error(t, err)
	kept := spans.GetSpans()
	require.Len(t, kept, 3, "with both repetitions")
	require.Equal(t, "unavailable", kept[0].Status.Description)
	require.Len(t, kept[0].Attributes, 2, "no status without an answer")
}
