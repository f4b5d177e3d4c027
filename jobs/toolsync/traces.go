package toolsync

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// tracerOf is the syncer's; of nil it is one that records nothing.
func tracerOf(traces trace.TracerProvider) trace.Tracer {
	if traces == nil {
		traces = noop.NewTracerProvider()
	}
	return traces.Tracer("github.com/voxanne-ai/voxanne/jobs/toolsync")
}

// traced is insist in a span that began at started. What a save asked for goes on in the save's trace. A look at an agent
// that should be in step, hours later, and the removal of one have a trace of their own, which points to that of the save.
func (r *run) traced(ctx context.Context, started time.Time, try func(context.Context) error, finish func(context.Context, error) error) error {
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindConsumer), trace.WithTimestamp(started),
		trace.WithAttributes(attribute.String("voxanne.org_id", r.org.String()), attribute.String("voxanne.agent_id", r.agent.String()))}
	save := r.savedIn()
	switch {
	case !save.IsValid():
	case r.facts.Outcome == "sync" && !r.drift:
		if trace.SpanContextFromContext(ctx).TraceID() != save.TraceID() { // of the job, where the save itself enqueued it
			ctx = trace.ContextWithRemoteSpanContext(ctx, save)
		}
	default:
		options = append(options, trace.WithLinks(trace.Link{SpanContext: save}))
	}
	ctx, span := r.tracer.Start(ctx, r.spanName(), options...)
	defer span.End()
	err := r.insist(ctx, try, finish)
	if err != nil {
		span.SetStatus(codes.Error, spanError(err))
	}
	return err
}

// savedIn is the save's span, invalid when the agent was saved without one.
func (r *run) savedIn() trace.SpanContext {
	carrier := propagation.MapCarrier{"traceparent": text(r.facts.TraceContext)}
	return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), carrier))
}

func (r *run) spanName() string {
	switch {
	case r.facts.Outcome == "remove":
		return "remove assistant"
	case r.drift:
		return "check assistant"
	default:
		return "sync assistant"
	}
}

// spanError is for those who operate the platform: in our words, as in the agent's row.
func spanError(err error) string {
	var failed *FailedError
	switch {
	case errors.As(err, &failed):
		return failed.Error()
	case errors.Is(err, context.Canceled):
		return "the process was told to stop"
	case errors.Is(err, errLostLease):
		return errLostLease.Error()
	default:
		return inWords(err)
	}
}
