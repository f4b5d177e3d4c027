package reception_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// ended is how a call ended, in words of Vapi's endedReason, and what became of it.
type ended struct {
	reason  string
	said    []string // by the caller
	seconds int
	during  func(*testing.T, *phone) // what tools did in it
	outcome string
}

// asksForParking makes the documents answer a question.
func asksForParking(t *testing.T, p *phone) {
	t.Helper()
	require.Contains(t, p.say(t, "queryKnowledgeBase", map[string]any{"query": "Is parking free?"}), "Parking is free")
}

func books(t *testing.T, p *phone) {
	t.Helper()
	require.Contains(t, p.book(t, "2 pm", "Ann Quillfeather").Result, "Booked")
}

// movesAVisit moves what an earlier call of the same number booked.
func movesAVisit(t *testing.T, p *phone) {
	t.Helper()
	p.line.Customer = "+13125550121"
	patient := map[string]any{"dateOfBirth": "1982-03-05", "patientName": "Maeve Quillman"}
	earlier := p.b.call(p.line.Customer)
	require.Contains(t, earlier.book(t, "3 pm", "Maeve Quillman", patient).Result, "Booked")
	p.say(t, "verifyCaller", patient)
	require.Contains(t, p.say(t, "rescheduleAppointment", map[string]any{"currentDate": "2030-03-05", "newDate": "2030-03-07", "newTime": "11 am"}), "Moved")
}

func leavesMessage(t *testing.T, p *phone) {
	t.Helper()
	p.say(t, "takeMessage", map[string]any{"message": "Please call."})
}

// Every outcome is reached through the door that Vapi uses. The reasons are those of its published enum.
func TestEveryOutcomeIsReachedThroughTheWebhook(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.teach(t, "parking.md", "# Parking\n\nParking is free behind the house.")
	hello, robot := []string{"Hello, are you open on Monday?"}, []string{"This is a recorded message about your business listing."}
	reached := map[string]bool{}
	for _, e := range []ended{
		{reason: "customer-ended-call", said: hello, seconds: 60, during: books, outcome: "booked"},
		{reason: "customer-ended-call", said: hello, seconds: 60, during: movesAVisit, outcome: "rescheduled"},
		{reason: "customer-ended-call", said: hello, seconds: 60, outcome: "cancelled", during: func(t *testing.T, p *phone) {
			require.Contains(t, p.book(t, "4 pm", "Ann Quillfeather").Result, "Booked")
			p.say(t, "cancelAppointment", nil)
		}},
		{reason: "assistant-ended-call", said: hello, seconds: 60, during: leavesMessage, outcome: "message"},
		{reason: "call.in-progress.error-vapifault-openai-llm-failed", said: hello, seconds: 60, during: leavesMessage, outcome: "message"},
		{reason: "assistant-forwarded-call", said: hello, seconds: 60, outcome: "transferred"},
		{reason: "assistant-request-returned-forwarding-phone-number", outcome: "transferred"},
		{reason: "customer-ended-call", said: hello, seconds: 60, during: asksForParking, outcome: "answered"},
		{reason: "silence-timed-out", seconds: 60, during: asksForParking, outcome: "answered"},
		{reason: "assistant-said-end-call-phrase", said: hello, seconds: 60, outcome: "answered"},
		{reason: "assistant-ended-call-after-message-spoken", said: hello, seconds: 60, outcome: "answered"},
		{reason: "exceeded-max-duration", said: hello, seconds: 600, outcome: "answered"},
		{reason: "silence-timed-out", said: hello, seconds: 60, outcome: "answered"},
		{reason: "voicemail", said: []string{"Press one to leave a message for merchant services."}, seconds: 30, outcome: "voicemail"},
		{reason: "silence-timed-out", seconds: 40, outcome: "missed"},
		{reason: "customer-ended-call", seconds: 40, outcome: "missed"},
		{reason: "customer-ended-call", said: []string{"Oh."}, seconds: 3, outcome: "missed"},
		{reason: "customer-did-not-answer", outcome: "missed"},
		{reason: "customer-busy", outcome: "missed"},
		{reason: "manually-canceled", outcome: "missed"},
		{reason: "customer-ended-call", said: robot, seconds: 30, outcome: "spam"},
		{reason: "assistant-request-failed", outcome: "failed"},
		{reason: "assistant-request-returned-error", outcome: "failed"},
		{reason: "call.start.error-get-assistant", outcome: "failed"},
		{reason: "call.in-progress.error-providerfault-deepgram-transcriber-failed", said: hello, seconds: 60, outcome: "failed"},
		{reason: "pipeline-error-openai-llm-failed", said: hello, seconds: 60, outcome: "failed"},
		{reason: "twilio-failed-to-connect-call", outcome: "failed"},
		{reason: "phone-call-provider-closed-websocket", said: hello, seconds: 60, outcome: "failed"},
	} {
		p := b.call("")
		if e.during != nil {
			e.during(t, p)
		}
		require.Equal(t, e.outcome, b.endedWith(t, p, e.reason, e.said, e.seconds), "%s after %d seconds", e.reason, e.seconds)
		reached[e.outcome] = true
	}
	require.Len(t, reached, b.count(t, `select count(*)::int from pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '''([a-z]+)''', 'g')
		where c.conname = 'call_logs_outcome_check'`), "every outcome that the table knows")
	require.Equal(t, "A question was answered from the clinic's documents. No visit was booked.",
		b.text(t, `select distinct summary from call_logs where questions_answered > 0 and summary_source = 'rules'`))
}

// endedWith reports the end of a call and returns what is kept as its outcome.
func (b *bundle) endedWith(t *testing.T, p *phone, reason string, said []string, seconds int) string {
	t.Helper()
	variant := sandbox.ReportInArtifact
	outcome := sandbox.Outcome{EndedReason: reason, StartedAt: now, EndedAt: now.Add(time.Duration(seconds) * time.Second)}
	if seconds == 0 {
		variant = sandbox.ReportBare
	} else {
		outcome.Turns = []sandbox.Said{{Text: "Lakeside Dental, how can I help?"}}
	}
	for _, words := range said {
		outcome.Turns = append(outcome.Turns, sandbox.Said{ByCaller: true, Text: words})
	}
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.EndOfCallReport(p.line, outcome, variant)))
	return b.text(t, `select outcome from call_logs where vapi_call_id = $1`, p.line.CallID)
}
