package twilio_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

func TestANumberIsLookedUpAndDirected(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.AddNumber(sid, sandbox.TwilioNumber{Number: ours, SMSURL: "https://old.example/sms", SMSApplication: "AP1", VoiceURL: "https://old.example/voice", TrunkID: "TK1"})
	before, err := b.account.VerifyLine(t.Context(), ours)
	require.NoError(t, err)
	require.Equal(t, twilio.Webhooks{
		Texts: twilio.Texts{SMSURL: "https://old.example/sms", SMSMethod: "POST", SMSApplication: "AP1"},
		Calls: twilio.Calls{VoiceURL: "https://old.example/voice", VoiceMethod: "POST", Trunk: "TK1"},
	}, before.Webhooks)

	require.NoError(t, b.account.SetTexts(t.Context(), before.SID, twilio.Texts{SMSURL: "https://clinic.example/sms", SMSMethod: "POST"}))
	now, err := b.account.Number(t.Context(), ours)
	require.NoError(t, err)
	require.Equal(t, twilio.Texts{SMSURL: "https://clinic.example/sms", SMSMethod: "POST"}, now.Webhooks.Texts, "an application would go before the address")
	require.Equal(t, before.Webhooks.Calls, now.Webhooks.Calls, "calls go on as they did")
	require.NoError(t, b.account.SetCalls(t.Context(), before.SID, twilio.Calls{VoiceURL: "https://clinic.example/voice"}))
	require.NoError(t, b.account.SetTexts(t.Context(), before.SID, before.Webhooks.Texts))
	require.NoError(t, b.account.SetCalls(t.Context(), before.SID, before.Webhooks.Calls))
	again, err := b.account.Number(t.Context(), ours)
	require.NoError(t, err)
	require.Equal(t, before, again, "as it was")
}

func TestALineNeedsVoiceAndTexts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.AddVoiceNumber(sid, "+13125550188")
	b.played.AddNumber(sid, sandbox.TwilioNumber{Number: "+13125550189", NoVoice: true})
	for number, want := range map[string]error{"+13125550188": twilio.ErrNoSMS, "+13125550189": twilio.ErrNoVoice, theirs: twilio.ErrNumberNotOwned, "3125550100": twilio.ErrNumberNotOwned} {
		_, err := b.account.VerifyLine(t.Context(), number)
		require.ErrorIs(t, err, want)
		discreet(t, err)
	}
	require.ErrorIs(t, b.account.SetTexts(t.Context(), "PN00000000000000000000000000000009", twilio.Texts{}), twilio.ErrNumberNotOwned)
	require.ErrorIs(t, b.account.SetTexts(t.Context(), "PN1/../x", twilio.Texts{}), twilio.ErrNumberNotOwned)
	b.played.Suspend(sid)
	_, err := b.account.VerifyLine(t.Context(), ours)
	require.ErrorIs(t, err, twilio.ErrSuspended)
}

func TestWhatBecameOfAChangeIsSaid(t *testing.T) {
	t.Parallel()
	b := setup(t)
	n, err := b.account.Number(t.Context(), ours)
	require.NoError(t, err)
	for _, c := range []struct {
		fails sandbox.Failure
		kind  string
	}{
		{sandbox.Failure{Status: 500}, "UncertainError"}, {sandbox.Failure{Delay: time.Hour}, "UncertainError"}, {sandbox.Failure{Status: 429}, "RateLimitedError"},
		{sandbox.Failure{Status: 401}, twilio.ErrUnauthorized.Error()}, {sandbox.Failure{Status: 403}, "RefusedError"},
	} {
		b.played.Fail(c.fails)
		err := b.account.SetTexts(t.Context(), n.SID, twilio.Texts{SMSURL: "https://clinic.example/sms"})
		require.Equal(t, c.kind, kind(err))
		discreet(t, err)
	}
	var refused *twilio.RefusedError
	require.True(t, errors.As(b.account.SetTexts(t.Context(), n.SID, twilio.Texts{SMSURL: "nonsense"}), &refused))
	require.Equal(t, 21502, refused.Code)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", n.Webhooks, n.Webhooks, n.Webhooks), "http")
}
