package jobs

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// sameTrace is how long after it was enqueued a job still belongs to the trace of what enqueued it. A confirmation, two minutes
// later, does; a reminder or a try again of the next day would keep that trace open and has its own, which points to it.
const sameTrace = 10 * time.Minute

// traceJobs gives every attempt at a job a span, in the trace that app.enqueue_job noted. What the span says of a failure is
// its outcome: error texts are in the log and in the job's row.
func traceJobs(traces trace.TracerProvider) rivertype.Middleware {
	tracer := traces.Tracer("github.com/voxanne-ai/voxanne/jobs")
	return river.WorkerMiddlewareFunc(func(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
		options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(aboutJob(job)...)}
		asked := askedIn(job)
		switch {
		case !asked.IsValid():
		case job.ScheduledAt.Sub(job.CreatedAt) <= sameTrace: // a try again moves scheduled_at
			ctx = trace.ContextWithRemoteSpanContext(ctx, asked)
		default:
			options = append(options, trace.WithLinks(trace.Link{SpanContext: asked}))
		}
		ctx, span := tracer.Start(ctx, "work "+job.Kind, options...)
		defer span.End()
		err := work(ctx)
		outcome := outcomeOf(job, err)
		span.SetAttributes(attribute.String("voxanne.job.outcome", outcome))
		if outcome == "failed" || outcome == "given_up" {
			span.SetStatus(codes.Error, outcome)
		}
		return err
	})
}

// aboutJob is what a span may say of a job: nothing about people.
func aboutJob(job *rivertype.JobRow) []attribute.KeyValue {
	about := []attribute.KeyValue{
		attribute.String("messaging.destination.name", job.Queue), attribute.Int64("voxanne.job.id", job.ID),
		attribute.Int("voxanne.job.attempt", job.Attempt),
	}
	var args struct {
		OrgID uuid.UUID `json:"org_id"`
	}
	if json.Unmarshal(job.EncodedArgs, &args) == nil && args.OrgID != uuid.Nil { // the platform's own jobs have none
		about = append(about, attribute.String("voxanne.org_id", args.OrgID.String()))
	}
	return about
}

// askedIn is the span of what enqueued the job; invalid when that was not traced.
func askedIn(job *rivertype.JobRow) trace.SpanContext {
	var noted struct {
		Traceparent string `json:"traceparent"`
	}
	if json.Unmarshal(job.Metadata, &noted) != nil {
		return trace.SpanContext{}
	}
	carrier := propagation.MapCarrier{"traceparent": noted.Traceparent}
	return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), carrier))
}
