package jobs

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

func TestAJobIsPartOfTheTraceThatAskedForIt(t *testing.T) {
	t.Parallel()
	const asked = "4bf92f3577b34da6a3ce929d0e0e4736"
	failed := errors.New("Ms Quillfeather, zanzibar-lilac")
	for name, tc := range map[string]struct {
		metadata string
		after    time.Duration
		err      error
		same     bool
		outcome  string
	}{
		"soon":           {`{"traceparent":"00-` + asked + `-00f067aa0ba902b7-01"}`, 2 * time.Minute, nil, true, ""},
		"the day before": {`{"traceparent":"00-` + asked + `-00f067aa0ba902b7-01"}`, 24 * time.Hour, nil, false, ""},
		"by nobody":      {`{}`, 0, nil, false, ""},
		"malformed":      {`{"traceparent":"Quillfeather"}`, 0, nil, false, ""},
		"in vain":        {`{"traceparent":"00-` + asked + `-00f067aa0ba902b7-01"}`, 0, failed, true, "failed"},
		"later":          {`{}`, 0, river.JobSnooze(time.Minute), false, ""},
	} {
		spans := tracetest.NewInMemoryExporter()
		now := time.Now()
		job := &rivertype.JobRow{ID: 7, Kind: "send_scheduled", Queue: "default", Attempt: 1, MaxAttempts: 8, Metadata: []byte(tc.metadata),
			EncodedArgs: []byte(`{"scheduled_id":"zanzibar-lilac","org_id":"a0000000-0000-7000-8000-000000000001"}`), CreatedAt: now, ScheduledAt: now.Add(tc.after)}
		stands, ok := traceJobs(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))).(rivertype.WorkerMiddleware)
		require.True(t, ok)
		err := stands.Work(t.Context(), job, func(ctx context.Context) error {
			require.True(t, trace.SpanFromContext(ctx).IsRecording(), name)
			return tc.err
		})
		require.Equal(t, tc.err, err, name)
		span := spans.GetSpans()[0]
		require.Equal(t, "work send_scheduled", span.Name)
		require.Equal(t, tc.same, span.SpanContext.TraceID().String() == asked, name)
		require.Equal(t, name == "the day before", len(span.Links) == 1, name)
		require.Equal(t, tc.outcome, span.Status.Description, name)
		told := fmt.Sprint(span.Attributes, span.Status, span.Events)
		require.Contains(t, told, "a0000000-0000-7000-8000-000000000001", name)
		require.NotContains(t, told, "uill", name)
		require.NotContains(t, told, "zanzibar", name)
	}
}
