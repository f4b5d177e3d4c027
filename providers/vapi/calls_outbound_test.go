package vapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const callName = "a0000000-0000-7000-8000-0000000000c1"

// callable gives a played account an assistant and a number, and returns a call that they can make.
func callable(t *testing.T, played *sandbox.Vapi) vapi.OutboundCall {
	t.Helper()
	t.Cleanup(played.Close)
	assistant, err := played.AddAssistant(json.RawMessage(`{}`))
	require.NoError(t, err)
	number, err := played.AddPhoneNumber(json.RawMessage(`{"number":"+13125550190"}`))
	require.NoError(t, err)
	return vapi.OutboundCall{
		Name: callName, AssistantID: assistant, PhoneNumberID: number, CustomerNumber: "+13125550111",
		Variables: map[string]string{"clinicName": "Lakeside"}, Metadata: map[string]string{"outboundCallId": callName},
		VoicemailMessage: "Please call Lakeside back.",
	}
}

func TestACallIsPlacedAndFoundAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	call := callable(t, b.played)
	b.played.SetPace(sandbox.Pace{Ring: time.Hour})
	began := time.Now()
	placed, err := b.client.PlaceCall(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, vapi.SubscriptionLimits{Limit: 10, Remaining: 9}, placed.Limits)
	require.Equal(t, []string{callName, "queued"}, []string{placed.Name, placed.Status})
	require.WithinDuration(t, began, placed.CreatedAt, time.Minute)
	stored := string(b.played.PlacedCalls()[placed.ID])
	for _, part := range []string{`"variableValues":{"clinicName":"Lakeside"}`, `"metadata":{"outboundCallId":"` + callName + `"}`,
		`"voicemailMessage":"Please call Lakeside back."`, `"customer":{"number":"+13125550111"}`} {
		require.Contains(t, stored, part)
	}
	require.NotContains(t, stored, "schedulePlan")

	call.Name, call.EarliestAt, call.LatestAt = "later", began.Add(time.Hour), began.Add(2*time.Hour)
	later, err := b.client.PlaceCall(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, "scheduled", later.Status)
	require.Contains(t, string(b.played.PlacedCalls()[later.ID]), `"latestAt":"`+call.LatestAt.UTC().Format("2006-01-02T15:04:05.000Z"))

	found, err := b.client.CallsSince(t.Context(), call.AssistantID, placed.CreatedAt)
	require.NoError(t, err)
	names := []string{}
	for _, c := range found {
		names = append(names, c.Name)
	}
	require.ElementsMatch(t, []string{callName, "later"}, names, "since means: at that moment too")
	found, err = b.client.CallsSince(t.Context(), call.AssistantID, later.CreatedAt)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, later.ID, found[0].ID)
	require.WithinDuration(t, later.CreatedAt, found[0].CreatedAt, 0)
	found, err = b.client.CallsSince(t.Context(), call.PhoneNumberID, placed.CreatedAt)
	require.NoError(t, err)
	require.Empty(t, found, "another assistant's")
}

func TestAHundredAndMoreCallsAreAllFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	call := callable(t, b.played)
	b.played.Concurrency(1)
	b.played.SetPace(sandbox.Pace{Ring: time.Hour})
	since := time.Now()
	const calls = 120 // more than Vapi lists unasked
	for i := range calls {
		call.Name = fmt.Sprint(i)
		_, err := b.client.PlaceCall(t.Context(), call)
		require.NoError(t, err)
	}
	found, err := b.client.CallsSince(t.Context(), call.AssistantID, since)
	require.NoError(t, err)
	require.Len(t, found, calls)
}

func TestItIsKnownWhetherACallWasPerhapsMade(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		failure sandbox.Failure
		perhaps bool
		made    int
	}{
		"refused":               {sandbox.Failure{Status: 400}, false, 0},
		"wrong key":             {sandbox.Failure{Status: 401}, false, 0},
		"out of credit":         {sandbox.Failure{Status: 402}, false, 0},
		"too many requests":     {sandbox.Failure{Status: 429, RetryAfter: time.Second}, false, 0},
		"5xx before acting":     {sandbox.Failure{Status: 500}, true, 0},
		"5xx after acting":      {sandbox.Failure{Status: 500, Acts: true}, true, 1},
		"time-out, nothing":     {sandbox.Failure{Delay: time.Hour}, true, 0},
		"time-out after acting": {sandbox.Failure{Delay: time.Hour, Acts: true}, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			played := sandbox.NewVapi(key)
			client := clientOf(t, played, vapi.Options{Timeout: 200 * time.Millisecond})
			call := callable(t, played)
			played.Callee(call.CustomerNumber, sandbox.Callee{Post: c.failure})
			since := time.Now()
			_, err := client.PlaceCall(t.Context(), call)
			var uncertain *vapi.UncertainError
			require.Error(t, err)
			require.Equal(t, c.perhaps, errors.As(err, &uncertain), err)
			require.Equal(t, c.failure.Delay > 0, errors.Is(err, context.DeadlineExceeded))
			require.NotContains(t, err.Error(), call.CustomerNumber)
			require.Equal(t, 1, played.Requests(), "never repeated")

			found, err := clientOf(t, played, vapi.Options{}).CallsSince(t.Context(), call.AssistantID, since)
			require.NoError(t, err)
			require.Len(t, found, c.made)
			if c.made > 0 {
				require.Equal(t, callName, found[0].Name, "its name tells that it is ours")
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		client, err := vapi.New(vapi.Options{BaseURL: "http://127.0.0.1:1", Key: key})
		require.NoError(t, err)
		_, err = client.PlaceCall(t.Context(), vapi.OutboundCall{Name: "n", AssistantID: "a", PhoneNumberID: "p", CustomerNumber: "+13125550111"})
		var unavailable *vapi.UnavailableError
		require.ErrorAs(t, err, &unavailable, "surely not made")
	})
}

func TestATakenAccountBlocksACall(t *testing.T) {
	t.Parallel()
	b := setup(t)
	call := callable(t, b.played)
	b.played.Concurrency(0)
	placed, err := b.client.PlaceCall(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, vapi.SubscriptionLimits{Blocked: true}, placed.Limits)
	require.Equal(t, []string{"ended", "call.start.error-subscription-concurrency-limit-reached"}, []string{placed.Status, placed.EndedReason})

	client := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"message":"Over Concurrency Limit.","error":"Bad Request","statusCode":400}`))
	}), vapi.Options{})
	placed, err = client.PlaceCall(t.Context(), call)
	var limited *vapi.RateLimitedError
	require.ErrorAs(t, err, &limited, "worth another try, unlike other refusals")
	require.True(t, placed.Limits.Blocked)
}

func TestACallThatLacksSomethingIsNotSent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	whole := callable(t, b.played)
	for name, spoil := range map[string]func(*vapi.OutboundCall){
		"name": func(c *vapi.OutboundCall) { c.Name = "" }, "assistant": func(c *vapi.OutboundCall) { c.AssistantID = "" },
		"from": func(c *vapi.OutboundCall) { c.PhoneNumberID = "" }, "to": func(c *vapi.OutboundCall) { c.CustomerNumber = "" },
		"half a plan": func(c *vapi.OutboundCall) { c.LatestAt = time.Now() },
	} {
		call := whole
		spoil(&call)
		_, err := b.client.PlaceCall(t.Context(), call)
		require.Error(t, err, name)
	}
	_, err := b.client.CallsSince(t.Context(), "", time.Now())
	require.Error(t, err)
	_, err = b.client.CallsSince(t.Context(), whole.AssistantID, time.Time{})
	require.Error(t, err)
	require.Zero(t, b.played.Requests())

	whole.CustomerNumber = "5550111"
	_, err = b.client.PlaceCall(t.Context(), whole)
	var refused *vapi.InvalidError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, []string{"customer.number"}, refused.Fields())
}
