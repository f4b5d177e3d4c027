package dialer

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestACallIsAskedForWithNothingAboutThePatient(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.found(t, 1, 1)
	require.NoError(t, b.dialer(t, 10).Dial(t.Context()))
	require.Equal(t, "under_way 1/0", b.stands(t))

	require.Len(t, b.vapi.asked, 1)
	call := b.vapi.asked[0]
	require.Equal(t, b.one(t, `select id::text from public.outbound_calls`), call.Name)
	require.Equal(t, map[string]string{"outboundCallId": call.Name}, call.Metadata)
	require.Equal(t, []string{"assistant-1", "number-1", "+13125550001"}, []string{call.AssistantID, call.PhoneNumberID, call.CustomerNumber})
	require.Equal(t, "Hello, this is Clinic 1. Please call us back at 4 4 2 0 7 9 4 6 0 0 0 1. Thank you.", call.VoicemailMessage)
	require.Equal(t, "Clinic 1", call.Variables["clinicName"])
	require.Contains(t, call.Variables["callPurpose"], "You were asked to call this person back. First say who calls, and ask whether you speak with Jo.")
	require.Equal(t, "Jo", call.Variables["calleeName"])
	for _, fact := range []string{"openingHours", "services", "practitioners", "emergencySentence", "visit"} {
		require.Contains(t, call.Variables, fact, "as for calls that come")
	}
	require.NotEmpty(t, call.Variables["today"])
	require.WithinDuration(t, call.EarliestAt.Add(time.Hour), call.LatestAt, time.Second)
	for name, value := range call.Variables {
		require.NotContains(t, value, "Quill", name)
	}
	require.Equal(t, "outbound 1", b.one(t, `select l.direction || ' ' || count(*) from public.call_logs l
		join public.outbound_calls c on c.call_id = l.id and c.contact_id = l.contact_id group by l.direction`))
}

func TestWhatVapiAnswersDecides(t *testing.T) {
	t.Parallel()
	unknown := errors.New("vapi: no turn")
	for name, c := range map[string]struct {
		placed vapi.PlacedCall
		err    error
		stands string
	}{
		"made":              {placed: vapi.PlacedCall{ID: "1"}, stands: "under_way 1/0"},
		"blocked, with id":  {placed: vapi.PlacedCall{ID: "1", Limits: vapi.SubscriptionLimits{Blocked: true}}, stands: "waiting line_busy 0/0"},
		"blocked, refused":  {placed: vapi.PlacedCall{Limits: vapi.SubscriptionLimits{Blocked: true}}, err: &vapi.RateLimitedError{}, stands: "waiting line_busy 0/0"},
		"too many requests": {err: &vapi.RateLimitedError{RetryAfter: time.Minute}, stands: "waiting line_busy 0/0"},
		"our key":           {err: vapi.ErrUnauthorized, stands: "waiting unauthorized 0/0"},
		"not known there":   {err: vapi.ErrNotFound, stands: "given_up refused 0/0"},
		"refused":           {err: &vapi.InvalidError{Status: 400}, stands: "given_up refused 0/0"},
		"not reached":       {err: &vapi.UnavailableError{}, stands: "waiting unreachable 0/1"},
		"never asked":       {err: unknown, stands: "waiting unreachable 0/1"},
		"no answer":         {err: &vapi.UncertainError{}, stands: "placing 0/0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.found(t, 1, 1)
			b.vapi.answer = func(vapi.OutboundCall) (vapi.PlacedCall, error) { return c.placed, c.err }
			require.NoError(t, b.dialer(t, 10).Dial(t.Context()))
			require.Equal(t, c.stands, b.stands(t))
			require.Equal(t, 1, b.vapi.timesAsked())
		})
	}
}

func TestACallWithoutAnAnswerIsLookedForAndNeverMadeTwice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.found(t, 1, 1)
	b.vapi.answer = func(call vapi.OutboundCall) (vapi.PlacedCall, error) {
		return vapi.PlacedCall{ID: uuid.NewString(), Name: call.Name}, &vapi.UncertainError{}
	}
	d := b.dialer(t, 10)
	require.NoError(t, d.Dial(t.Context()))
	require.NoError(t, d.Settle(t.Context()))
	require.NoError(t, d.Dial(t.Context()))
	require.Equal(t, "placing 0/0", b.stands(t))
	require.InDelta(t, 1, testutil.ToFloat64(d.Metrics.slots.WithLabelValues("occupied")), 0)

	b.pass(t)
	require.NoError(t, d.Settle(t.Context()))
	require.Equal(t, "under_way 1/0", b.stands(t))
	require.Equal(t, 1, b.vapi.timesAsked())
	require.NoError(t, end(t.Context(), d.DB, b.vapi.asked[0], b.vapi.calls[0].ID, "customer-ended-call"))
	require.Equal(t, "ended completed 1/0", b.stands(t))
}

func TestACallThatSurelyWasNotMadeIsMadeOnceMore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.found(t, 1, 1)
	b.vapi.answer = func(vapi.OutboundCall) (vapi.PlacedCall, error) { return vapi.PlacedCall{}, &vapi.UncertainError{} }
	d := b.dialer(t, 10)
	for _, stands := range []string{"waiting lost 0/0", "given_up lost 0/0"} {
		require.NoError(t, d.Dial(t.Context()))
		b.pass(t)
		require.NoError(t, d.Settle(t.Context()))
		require.Equal(t, stands, b.stands(t))
	}
	require.Equal(t, 2, b.vapi.timesAsked())
}

func TestACallThatVapiBlockedUnheardWaitsAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.found(t, 1, 1)
	b.vapi.answer = func(call vapi.OutboundCall) (vapi.PlacedCall, error) {
		return vapi.PlacedCall{ID: uuid.NewString(), Name: call.Name, EndedReason: endedBlocked}, &vapi.UncertainError{}
	}
	d := b.dialer(t, 10)
	require.NoError(t, d.Dial(t.Context()))
	b.pass(t)
	require.NoError(t, d.Settle(t.Context()))
	require.Equal(t, "waiting line_busy 0/0", b.stands(t))
}

func TestAWebhookFasterThanTheAnswerFindsTheSameCall(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.found(t, 1, 1)
	d := b.dialer(t, 10)
	b.vapi.placed = func(ctx context.Context, call vapi.OutboundCall, placed vapi.PlacedCall) {
		require.NoError(t, end(ctx, d.DB, call, placed.ID, "customer-busy"))
	}
	require.NoError(t, d.Dial(t.Context()))
	require.Equal(t, "ended busy 1/0", b.stands(t))
	require.Equal(t, "1", b.one(t, `select count(*)::text from public.call_logs`))
}

func TestADialerNeedsItsParts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := New(Options{DB: b.open(t), AtOnce: 10})
	require.ErrorContains(t, err, "Vapi")
	_, err = New(Options{DB: b.open(t), Vapi: b.vapi})
	require.ErrorContains(t, err, "calls at once: 0")
}
