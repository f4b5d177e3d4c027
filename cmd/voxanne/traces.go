package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
)

// flushTime is how long a process that stops waits for the collector to take its last spans.
const flushTime = 5 * time.Second

// observed is where a process tells what it does.
type observed struct {
	metrics *server.Metrics
	traces  trace.TracerProvider // nil: nowhere
	log     *slog.Logger
}

// newTraces sends spans to the collector of cfg over OTLP; without one it returns nil, and nothing is recorded. The SDK
// reads the OTEL_ variables from the process's environment by itself: endpoint, headers, certificates, time limits, sampler,
// batches, OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES. flush sends what is left, after the last span has ended.
func newTraces(ctx context.Context, cfg server.Config, log *slog.Logger) (traces trace.TracerProvider, flush func(), err error) {
	if !cfg.Traced() {
		return nil, func() {}, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("send traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", "voxanne")), resource.WithFromEnv())
	if err != nil {
		return nil, nil, fmt.Errorf("read OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(loggedExporter{exporter, log}), sdktrace.WithResource(about))
	return provider, func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
		defer cancel()
		if err := provider.Shutdown(ending); err != nil {
			log.Warn("the last spans are lost", "error", err)
		}
	}, nil
}

// openTraced opens the database of cfg; where traces is nil, queries are as if there were no traces at all.
func openTraced(ctx context.Context, cfg server.Config, traces trace.TracerProvider) (*db.DB, error) {
	return db.Open(ctx, string(cfg.DatabaseURL), append(cfg.DatabaseOptions(), db.Traced(traces))...)
}

// loggedExporter writes failures to the process's log; the SDK would write them past it.
type loggedExporter struct {
	sdktrace.SpanExporter
	log *slog.Logger
}

// ExportSpans always returns nil.
func (e loggedExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := e.SpanExporter.ExportSpans(ctx, spans); err != nil {
		e.log.Warn("could not send spans", "spans", len(spans), "error", err)
	}
	return nil
}
