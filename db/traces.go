package db

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Traced gives every round trip to the database a span, as a part of what asks: queries of nobody's request or job have none.
// Spans name queries as the files in queries/ do; they hold neither SQL nor parameters, and of an error its SQLSTATE alone, because
// PostgreSQL's texts quote values. What a transaction enqueues goes on in its trace, see transactionTrace. A nil traces changes
// nothing, so that nothing is asked at each query where nobody looks.
func Traced(traces trace.TracerProvider) Option {
	return func(config *pgxpool.Config) {
		if traces != nil {
			config.ConnConfig.Tracer = queryTracer{traces.Tracer("github.com/voxanne-ai/voxanne/db")}
		}
	}
}

// queryTracer is what pgx tells of queries and batches; preparing and connecting stay untold.
type queryTracer struct{ tracer trace.Tracer }

// TraceQueryStart implements [pgx.QueryTracer].
func (t queryTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return ctx
	}
	return t.start(ctx, queryName(data.SQL))
}

// TraceQueryEnd implements [pgx.QueryTracer].
func (t queryTracer) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	end(ctx, data.Err)
}

// TraceBatchStart implements [pgx.BatchTracer]: one round trip, named by all that is in it.
func (t queryTracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return ctx
	}
	names := make([]string, len(data.Batch.QueuedQueries))
	for i, query := range data.Batch.QueuedQueries {
		names[i] = queryName(query.SQL)
	}
	return t.start(ctx, strings.Join(names, " "))
}

// TraceBatchQuery implements [pgx.BatchTracer].
func (t queryTracer) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements [pgx.BatchTracer].
func (t queryTracer) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchEndData) {
	end(ctx, data.Err)
}

// querySpanKey is under which a context holds the span that start began: a query without one must not end its caller's.
type querySpanKey struct{}

func (t queryTracer) start(ctx context.Context, name string) context.Context {
	ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("db.system.name", "postgresql")))
	return context.WithValue(ctx, querySpanKey{}, span)
}

func end(ctx context.Context, err error) {
	span, ours := ctx.Value(querySpanKey{}).(trace.Span)
	if !ours {
		return
	}
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused):
		span.SetAttributes(attribute.String("db.response.status_code", refused.Code))
		span.SetStatus(codes.Error, "")
	case err != nil && !errors.Is(err, pgx.ErrNoRows):
		span.SetStatus(codes.Error, "no answer")
	}
	span.End()
}

// queryName is the name that sqlc wrote before a query, or the one word of a query without; never its text.
func queryName(sql string) string {
	if rest, named := strings.CutPrefix(sql, "-- name: "); named {
		name, _, _ := strings.Cut(rest, " ")
		return name
	}
	switch sql {
	case "begin", "commit", "rollback":
		return sql
	}
	return "query"
}

// transactionTrace is the W3C traceparent of ctx's span, by which a job goes on with the trace of the transaction that
// enqueued it; empty where nothing is traced.
func transactionTrace(ctx context.Context) string {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return ""
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier["traceparent"]
}
