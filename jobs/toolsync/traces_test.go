package toolsync

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const saveTrace = "4bf92f3577b34da6a3ce929d0e0e4736"

// traced is a syncer whose spans are kept, for an agent that was saved in saveTrace.
func (b *testBundle) traced(t *testing.T) (*Syncer, *tracetest.InMemoryExporter) {
	t.Helper()
	spans := tracetest.NewInMemoryExporter()
	s := b.syncer(t, func(o *Options) { o.Traces = sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)) }, nil)
	b.save(t, b.clinic, db.SaveAgentParams{AgentID: &b.clinic.agent, TraceContext: pointer("00-" + saveTrace + "-00f067aa0ba902b7-01")})
	return s, spans
}

func TestALookForDriftHasATraceOfItsOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, spans := b.traced(t)
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	sync := spans.GetSpans()[0]
	require.Equal(t, []string{"sync assistant", saveTrace}, []string{sync.Name, sync.SpanContext.TraceID().String()})
	spans.Reset()
	require.NoError(t, s.CheckAgent(t.Context(), b.clinic.org, b.clinic.agent))
	check := spans.GetSpans()[0]
	require.Equal(t, "check assistant", check.Name)
	require.NotEqual(t, saveTrace, check.SpanContext.TraceID().String())
	require.Equal(t, saveTrace, check.Links[0].SpanContext.TraceID().String(), "but it knows whose save it looks after")
}

func TestASyncThatIsGivenUpSaysSoInOurWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, spans := b.traced(t)
	b.played.FailAtRandom(1, sandbox.Risk{Share: 1, Failure: sandbox.Failure{Status: http.StatusServiceUnavailable}})
	require.Error(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	status := spans.GetSpans()[0].Status
	require.Equal(t, codes.Error, status.Code)
	require.Equal(t, "failed: The tools are not registered: Vapi did not answer as it should", status.Description)
}
