package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
)

// lakeside is the clinic of sql/tests/clinics.psql.
const lakeside = "a0000000-0000-7000-8000-000000000001"

// tracedLine is an instance that takes calls for Lakeside and texts through a played Twilio, with all spans kept.
type tracedLine struct {
	data  *dbtest.Database
	spans *tracetest.InMemoryExporter
	vapi  *sandbox.Caller
}

func startTracedLine(t *testing.T) *tracedLine {
	t.Helper()
	l := &tracedLine{data: dbtest.New(t, dbtest.WithClock()), spans: tracetest.NewInMemoryExporter()}
	root, err := dbtest.Root()
	require.NoError(t, err)
	fixture, err := os.ReadFile(filepath.Join(root, "sql/tests/clinics.psql"))
	require.NoError(t, err)
	l.data.Exec(t, string(fixture))
	texts := sandbox.NewTwilio()
	t.Cleanup(texts.Close)
	texts.AddAccount(managedSID, managedToken, "+13125550100")
	twilio, vapi := httptest.NewServer(texts), httptest.NewServer(sandbox.NewVapi("test-secret-vapi"))
	t.Cleanup(twilio.Close)
	t.Cleanup(vapi.Close)
	cfg, err := server.LoadConfig(map[string]string{
		"VOXANNE_ENV": "dev", "DATABASE_URL": l.data.LoginURL, "JWT_SECRET": "test-secret-jwt-0123456789abcdefghijkl",
		"VAPI_WEBHOOK_SECRET": "test-secret-webhook", "VAPI_PRIVATE_KEY": "test-secret-vapi", "VAPI_BASE_URL": vapi.URL,
		"TWILIO_BASE_URL": twilio.URL, "CREDENTIALS_KEY": strings.Repeat("7e57", 16),
	})
	require.NoError(t, err)
	sealed, err := cfg.Keys.Seal(uuid.MustParse(lakeside), "twilio",
		fmt.Appendf(nil, `{"accountSid":%q,"authToken":%q,"phoneNumber":"+13125550100"}`, managedSID, managedToken))
	require.NoError(t, err)
	l.data.Exec(t, `insert into public.org_credentials (org_id, provider, ciphertext, nonce, auth_tag, key_id, account_ref, sender)
		values ($1, 'twilio', $2, $3, $4, $5, '****0017', '+13125550100')`, lakeside, sealed.Ciphertext, sealed.Nonce, sealed.AuthTag, sealed.KeyID)
	to := observed{server.NewMetrics(), sdktrace.NewTracerProvider(sdktrace.WithSyncer(l.spans)), slog.New(slog.DiscardHandler)}
	opened, err := openTraced(t.Context(), cfg, to.traces)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	handler, _, err := newHandler(cfg, opened, to)
	require.NoError(t, err)
	served := httptest.NewServer(handler)
	t.Cleanup(served.Close)
	l.vapi = &sandbox.Caller{BaseURL: served.URL, Auth: sandbox.Secret("test-secret-webhook"), HTTP: served.Client()}
	letWork(t, cfg, opened, to)
	return l
}

func TestOneTraceFromTheCallersWordToTheText(t *testing.T) {
	t.Parallel()
	l := startTracedLine(t)
	results, err := l.vapi.CallTools(t.Context(), sandbox.ToolCalls(
		sandbox.Line{CallID: "0190-call-1", PhoneNumberID: "vapi-number-a", Number: "+13125550100", AssistantID: "assistant-a",
			Customer: "+13125550144", At: time.Date(2030, 3, 4, 14, 0, 0, 0, time.UTC)},
		sandbox.NestedObject, sandbox.ToolCall{ID: "tc-1", Name: "bookClinicAppointment", Arguments: map[string]any{
			"appointmentDate": "2030-03-05", "appointmentTime": "2 pm", "patientName": "Ann Quillby", "serviceType": "checkup",
			"notes": "zanzibar-lilac"}}))
	require.NoError(t, err)
	require.Contains(t, results[0].Result, "Booked: ")
	// The call ends, and the two minutes after it are over; the fixture's clock stands in 2030, and the queue's does not.
	l.data.Exec(t, `update public.organizations set quiet_from = '00:00', quiet_until = '00:00'`)
	l.data.Exec(t, `update public.call_logs set status = 'ended', started_at = app.now(), ended_at = app.now() where vapi_call_id = '0190-call-1'`)
	l.data.Exec(t, `update public.scheduled_messages set due_at = app.now() where kind = 'confirmation'`)
	l.data.Exec(t, `update river.river_job j set scheduled_at = now(), created_at = now()
		where exists (select from public.scheduled_messages s where s.kind = 'confirmation' and s.id::text = j.args ->> 'scheduled_id')`)

	var names []string
	require.Eventually(t, func() bool {
		names = l.trace()
		return slices.Contains(names, "POST twilio") && slices.Contains(names, "work send_scheduled")
	}, 20*time.Second, 20*time.Millisecond, "the text is part of the call's trace; there is %v", &names)
	for _, expected := range []string{"POST /api/vapi/webhook", "begin NameRequest NameTrace OpenCall", "BookAppointment"} {
		require.Contains(t, names, expected)
	}
	require.True(t, slices.ContainsFunc(names, func(name string) bool { return strings.HasSuffix(name, " commit") || name == "commit" }))
	for _, span := range l.spans.GetSpans() {
		told := fmt.Sprint(span.Name, span.Attributes, span.Status, span.Events)
		for _, planted := range []string{"uill", "zanzibar", "3125550144", "3125550100", managedSID, "test-secret", "select "} {
			require.NotContains(t, told, planted)
		}
	}
}

// trace are the names of the spans that are in one trace with the webhook's.
func (l *tracedLine) trace() (names []string) {
	spans := l.spans.GetSpans()
	at := slices.IndexFunc(spans, func(s tracetest.SpanStub) bool { return s.Name == http.MethodPost+" /api/vapi/webhook" })
	for _, span := range spans {
		if at >= 0 && span.SpanContext.TraceID() == spans[at].SpanContext.TraceID() {
			names = append(names, span.Name)
		}
	}
	return names
}
