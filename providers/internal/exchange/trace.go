package exchange

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// scope is who the spans are of.
const scope = "github.com/voxanne-ai/voxanne/providers"

// TracedClient is [Client] whose requests have a span where what they are made for has one. provider is the name of the service,
// as in "twilio".
func TracedClient(hc *http.Client, provider string) *http.Client {
	c := Client(hc)
	c.Transport = Traced(c.Transport, provider)
	return c
}

// Traced gives each request a span until its answer's header is there, as a part of the span of the request's context; without
// one, and so where nothing is traced, it records nothing. A span is named by method and provider, as in "POST twilio":
// addresses hold account ids, calendars' names and e-mail addresses. The provider is not told the trace. nil means net/http's
// own transport.
func Traced(transport http.RoundTripper, provider string) http.RoundTripper {
	if transport == nil {
		transport = http.DefaultTransport
	}
	return traced{transport, provider}
}

type traced struct {
	http.RoundTripper
	provider string
}

// RoundTrip implements [http.RoundTripper].
func (t traced) RoundTrip(req *http.Request) (*http.Response, error) {
	parent := trace.SpanFromContext(req.Context())
	if !parent.IsRecording() {
		return t.RoundTripper.RoundTrip(req)
	}
	ctx, span := startSpan(req.Context(), parent, req.Method+" "+t.provider, attribute.String("http.request.method", req.Method))
	defer span.End()
	resp, err := t.RoundTripper.RoundTrip(req.WithContext(ctx))
	switch {
	case err != nil:
		reason, _ := reasonOf(req.Context(), err)
		span.SetStatus(codes.Error, reason)
	default:
		span.SetAttributes(attribute.Int("http.response.status_code", resp.StatusCode))
		if resp.StatusCode >= http.StatusBadRequest {
			span.SetStatus(codes.Error, "")
		}
	}
	return resp, err
}

// CloseIdleConnections is for [http.Client.CloseIdleConnections], which looks for it.
func (t traced) CloseIdleConnections() {
	if closer, ok := t.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// Conversation is a span around work, for services that speak something else than HTTP; under the same conditions.
func Conversation(ctx context.Context, name string, work func(context.Context) error) error {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return work(ctx)
	}
	ctx, span := startSpan(ctx, parent, name)
	defer span.End()
	err := work(ctx)
	if err != nil {
		span.SetStatus(codes.Error, "") // its text may quote an address
	}
	return err
}

func startSpan(ctx context.Context, parent trace.Span, name string, about ...attribute.KeyValue) (context.Context, trace.Span) {
	return parent.TracerProvider().Tracer(scope).Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(about...))
}
