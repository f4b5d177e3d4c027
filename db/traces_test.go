package db_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
)

func TestRoundTripsAreSpansWithoutSQLAndParameters(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewInMemoryExporter()
	traces := sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
	opened, err := db.Open(t.Context(), dbtest.New(t).LoginURL, db.Traced(traces))
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	look := func(ctx context.Context) {
		err := opened.AsTenant(ctx, uuid.New(), func(tx db.Tx) error {
			_, err := tx.BeginMessage(ctx, db.BeginMessageParams{Category: "Ms Quillfeather", Content: "zanzibar-lilac", NumberZones: []string{}})
			return err
		})
		require.Error(t, err)
	}
	look(t.Context())
	require.Empty(t, spans.GetSpans(), "nobody's query")
	ctx, request := traces.Tracer("test").Start(t.Context(), "a request")
	look(ctx)
	_, err = opened.Platform().ListQueueStates(ctx, time.Now())
	require.NoError(t, err)
	var names []string
	for _, span := range spans.GetSpans() {
		names = append(names, span.Name)
		require.Equal(t, request.SpanContext().SpanID(), span.Parent.SpanID())
		told := fmt.Sprint(span.Name, span.Attributes, span.Status, span.Events)
		require.NotContains(t, told, "uill")
		require.NotContains(t, told, "zanzibar")
		require.NotContains(t, told, "select")
	}
	require.Equal(t, []string{"begin NameTrace BeginRequest", "BeginMessage", "rollback", "ListQueueStates"}, names)
	refused := spans.GetSpans()[1]
	require.Equal(t, sdktrace.Status{Code: codes.Error}, refused.Status)
	require.Contains(t, fmt.Sprint(refused.Attributes), "db.response.status_code")
}

func TestWithoutTracesNoQueryIsLookedAt(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig("postgres://voxanne_login@localhost/voxanne")
	require.NoError(t, err)
	db.Traced(nil)(config)
	require.Nil(t, config.ConnConfig.Tracer)
}
