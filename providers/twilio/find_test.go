package twilio_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.AddVoiceNumber(sid, "+13125550188")
	require.NoError(t, b.account.Verify(t.Context(), ours))
	require.ErrorIs(t, b.account.Verify(t.Context(), theirs), twilio.ErrNumberNotOwned)
	require.ErrorIs(t, b.account.Verify(t.Context(), "+1312555010"), twilio.ErrNumberNotOwned, "Twilio's filter finds parts of numbers")
	require.ErrorIs(t, b.account.Verify(t.Context(), "3125550100"), twilio.ErrNumberNotOwned)
	require.ErrorIs(t, b.account.Verify(t.Context(), "+13125550188"), twilio.ErrNoSMS)
	wrong := b.gateway.Account(twilio.Credentials{AccountSID: sid, AuthToken: "test-secret-other"})
	require.ErrorIs(t, wrong.Verify(t.Context(), ours), twilio.ErrUnauthorized)
	require.ErrorIs(t, b.gateway.Account(twilio.Credentials{}).Verify(t.Context(), ours), twilio.ErrUnauthorized)

	for _, c := range []struct {
		fails sandbox.Failure
		kind  string
	}{
		{sandbox.Failure{Status: 500}, "UnavailableError"}, {sandbox.Failure{Delay: time.Hour}, "UnavailableError"},
		{sandbox.Failure{Status: 429}, "RateLimitedError"}, {sandbox.Failure{Status: 401}, twilio.ErrUnauthorized.Error()},
	} {
		b.played.Fail(c.fails)
		err := b.account.Verify(t.Context(), ours)
		require.Equal(t, c.kind, kind(err))
		discreet(t, err)
	}
	b.played.Suspend(sid)
	require.ErrorIs(t, b.account.Verify(t.Context(), ours), twilio.ErrSuspended)
}

func TestFindKnowsTheTextAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	since := time.Now()
	found, err := b.account.Find(t.Context(), b.text, since)
	require.NoError(t, err)
	require.Empty(t, found)

	b.played.Fail(sandbox.Failure{Status: 500, Acts: true})
	_, err = b.account.Send(t.Context(), b.text)
	require.Error(t, err)
	for _, other := range []twilio.Text{{From: ours, To: "+13125550124", Body: words}, {From: ours, To: theirs, Body: words + " More."}} {
		_, err = b.account.Send(t.Context(), other)
		require.NoError(t, err)
	}
	found, err = b.account.Find(t.Context(), b.text, since)
	require.NoError(t, err)
	require.Equal(t, []twilio.Sent{{SID: b.played.Texts()[0].SID, Status: "queued"}}, found, "also while it waits in Twilio's queue")

	found, err = b.account.Find(t.Context(), b.text, since.Add(time.Hour))
	require.NoError(t, err)
	require.Empty(t, found, "an older one is another text")
}

func TestFindReadsEveryPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	since := time.Now()
	first, err := b.account.Send(t.Context(), b.text)
	require.NoError(t, err)
	for range 230 {
		_, err = b.account.Send(t.Context(), twilio.Text{From: ours, To: theirs, Body: "another"})
		require.NoError(t, err)
	}
	before := b.played.Requests()
	found, err := b.account.Find(t.Context(), b.text, since)
	require.NoError(t, err)
	require.Equal(t, []twilio.Sent{{SID: first, Status: "queued"}}, found)
	require.Equal(t, 3, b.played.Requests()-before)
}

func TestFindNeverTakesASilenceForNo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, c := range []struct {
		fails sandbox.Failure
		kind  string
	}{
		{sandbox.Failure{Status: 500}, "UnavailableError"}, {sandbox.Failure{Delay: time.Hour}, "UnavailableError"},
		{sandbox.Failure{Status: 429}, "RateLimitedError"}, {sandbox.Failure{Status: 401}, twilio.ErrUnauthorized.Error()},
	} {
		b.played.Fail(c.fails)
		_, err := b.account.Find(t.Context(), b.text, time.Now())
		require.Equal(t, c.kind, kind(err))
		discreet(t, err)
	}
	for name, body := range map[string]string{
		"endless":    `{"messages":[],"next_page_uri":"/2010-04-01/x?Page=1&PageToken=PA1"}`,
		"lost":       `{"messages":[],"next_page_uri":"/provider-words"}`,
		"not JSON":   `provider-words`,
		"wrong type": `{"messages":"provider-words"}`,
	} {
		requests := 0
		odd := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { requests++; _, _ = w.Write([]byte(body)) }))
		_, err := odd.account.Find(t.Context(), odd.text, time.Now())
		require.Equal(t, "UnavailableError", kind(err), name)
		require.LessOrEqual(t, requests, 10, name)
		discreet(t, err)
	}
}
