package vapi

import (
	"context"
	"errors"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// tracerOf is the client's; of nil it is one that records nothing.
func tracerOf(traces trace.TracerProvider) trace.Tracer {
	if traces == nil {
		traces = noop.NewTracerProvider()
	}
	return traces.Tracer("github.com/voxanne-ai/voxanne/providers/vapi")
}

// startSpan begins the span of one attempt. It is named by the path's pattern: ids stay out, and so do bodies. Vapi is not
// told the trace, which is none of its business.
func (c *Client) startSpan(ctx context.Context, method, path string) (context.Context, trace.Span) {
	route := pattern(path)
	return c.tracer.Start(ctx, method+" "+route, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("http.request.method", method), attribute.String("url.template", route)))
}

// endSpan writes what came of the attempt. status is 0 when no answer came.
func endSpan(span trace.Span, status int, err error) {
	if status != 0 {
		span.SetAttributes(attribute.Int("http.response.status_code", status))
	}
	if err != nil {
		span.SetStatus(codes.Error, inWords(err))
	}
	span.End()
}

// pattern is a path of ours with its query gone and an id in second place named as such.
func pattern(path string) string {
	path, _, _ = strings.Cut(path, "?")
	kind, _, withID := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if withID {
		return "/" + kind + "/{id}"
	}
	return "/" + kind
}

// inWords says what became of a request without quoting anybody: causes from below may hold addresses.
func inWords(err error) string {
	var invalid *InvalidError
	var limited *RateLimitedError
	var uncertain *UncertainError
	switch {
	case errors.Is(err, context.Canceled):
		return "given up"
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrUnauthorized), errors.Is(err, ErrPinned):
		return err.Error()
	case errors.As(err, &invalid), errors.As(err, &limited):
		return err.Error() // names fields and seconds only
	case errors.As(err, &uncertain):
		return "it may have acted"
	default:
		return "unavailable"
	}
}
