package reception_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// Behind a pooler in transaction mode prepared statements are lost between transactions, so pgx is told to make do
// without them: then it guesses the types of parameters itself. The database's zone must not matter to a birth date.
func TestEveryExecModeBooksAndReports(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_describe", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			b := setupWith(t, "&default_query_exec_mode="+mode)
			b.database.Exec(t, `do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'America/Chicago'); end $$`)
			p := b.call("+13125550111")
			require.Contains(t, p.say(t, "checkAvailability", map[string]any{"appointmentDate": "2030-03-05", "serviceType": "checkup"}), "Free: ")
			said := p.book(t, "2 pm", "Ann Quillfeather", map[string]any{"dateOfBirth": "May 4th 1990"}).Result
			require.Regexp(t, bookedAtTwo, said)
			require.Equal(t, "1990-05-04", b.text(t, `select date_of_birth::text from patients where name = 'Ann Quillfeather'`))
			require.Contains(t, p.say(t, "rescheduleAppointment", map[string]any{"newDate": "2030-03-05", "newTime": "3 pm"}), "3 PM")
			require.Contains(t, p.say(t, "cancelAppointment", map[string]any{"bookingRef": refOf(t, said)}), "Cancelled: ")

			require.NoError(t, b.vapi.Tell(t.Context(), sandbox.StatusUpdate(p.line, "in-progress", "")))
			require.NoError(t, b.vapi.Tell(t.Context(), sandbox.EndOfCallReport(p.line, aboutAMinute(), sandbox.ReportInArtifact)))
			require.Equal(t, 2, b.count(t, `select jsonb_array_length(transcript) from call_logs where vapi_call_id = $1`, p.line.CallID))
			_, err := b.vapi.RequestAssistant(t.Context(), sandbox.AssistantRequest(b.call("+13125550112").line))
			require.NoError(t, err)
		})
	}
}
