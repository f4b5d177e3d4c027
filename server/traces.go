package server

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// traceRequests gives every request a span, named as in the log: by the pattern that matched, never by the path. It goes
// on with the caller's W3C traceparent; a malformed one begins a new trace. Probes and paths that mux does not know have
// none: they would hide everything else. It stands within logRequests, whose writer knows the status.
func traceRequests(traces trace.TracerProvider, mux *http.ServeMux, next http.Handler) http.Handler {
	if traces == nil {
		return next
	}
	tracer := traces.Tracer("github.com/voxanne-ai/voxanne/server")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, route := mux.Handler(r)
		if route == "" || isProbe(route) {
			next.ServeHTTP(w, r)
			return
		}
		ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := tracer.Start(ctx, route, trace.WithSpanKind(trace.SpanKindServer),
			trace.WithAttributes(attribute.String("http.request.method", knownMethod(r.Method))))
		defer func() { endRequestSpan(ctx, span, w) }() // also when the handler panics
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// endRequestSpan writes what became known while the request was served.
func endRequestSpan(ctx context.Context, span trace.Span, w http.ResponseWriter) {
	s := scopeOf(ctx)
	route := s.routeName() // a handler that routes further has named its own
	span.SetName(route)
	span.SetAttributes(attribute.String("http.route", route[strings.Index(route, " ")+1:]))
	if org := s.orgID(); org != uuid.Nil {
		span.SetAttributes(attribute.String("voxanne.org_id", org.String()))
	}
	if rw, ok := w.(*responseWriter); ok {
		span.SetAttributes(attribute.Int("http.response.status_code", rw.statusOrOK()))
		if rw.status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, http.StatusText(rw.status))
		}
	}
	span.End()
}

// traceparent is how a job goes on with the request's trace: from the request's span, or, while this server records none,
// from the caller's header. nil when there is neither.
func traceparent(ctx context.Context, header *string) *string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	if own := carrier["traceparent"]; own != "" {
		return &own
	}
	return validTraceparent(header)
}
