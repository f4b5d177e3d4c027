package messenger_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const callsOfReminders = "select coalesce(string_agg(state, ','), '') from public.outbound_calls where kind = 'reminder'"

func TestAReminderByVoiceIsOneCallAndNoText(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.callable(t, "voice")
	b.book(t, "Ada Quillby")
	b.due(t, "reminder")
	for range 2 {
		for _, id := range b.scheduled(t, "reminder") {
			require.NoError(t, b.m.SendScheduled(t.Context(), b.org, id))
		}
	}
	require.Equal(t, "waiting", one[string](t, b, callsOfReminders))
	require.Zero(t, one[int](t, b, "select count(*) from public.messages where category = 'reminder'"))
}

func TestAReminderByTextAndVoiceIsBoth(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.callable(t, "both")
	b.book(t, "Ada Quillby")
	b.due(t, "reminder")
	require.NoError(t, b.m.SendScheduled(t.Context(), b.org, b.scheduled(t, "reminder")[0]))
	require.Equal(t, "waiting", one[string](t, b, callsOfReminders))
	require.Equal(t, 1, one[int](t, b, "select count(*) from public.messages where category = 'reminder' and status = 'sent'"))
}

func TestAReminderWhoseCallIsRefusedIsAText(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.callable(t, "voice")
	b.data.Exec(t, "delete from public.assistant_routes")
	b.book(t, "Ada Quillby")
	b.due(t, "reminder")
	require.NoError(t, b.m.SendScheduled(t.Context(), b.org, b.scheduled(t, "reminder")[0]))
	require.Empty(t, one[string](t, b, callsOfReminders))
	require.Equal(t, 1, one[int](t, b, "select count(*) from public.messages where category = 'reminder' and status = 'sent'"))
	require.Equal(t, "done", one[string](t, b, "select state from public.scheduled_messages where kind = 'reminder' and message_id is not null"))
}

// callable gives the clinic what a call is made with, and its way to remind; no night keeps it waiting.
func (b *testBundle) callable(t *testing.T, channel string) {
	t.Helper()
	b.data.Exec(t, `update public.organizations set reminder_offsets = '{24:00:00}', quiet_from = '00:00', quiet_until = '00:00',
			reminder_channel = '`+channel+`';
		delete from public.assistant_routes;
		insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id)
			select 'assistant-' || id, org_id, id from public.agents;
		delete from public.phone_numbers;
		insert into public.phone_numbers (org_id, number, vapi_phone_number_id, location_id)
			select org_id, '+13125550190', 'line-1', id from public.locations limit 1`)
}
