package vapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func object(t testing.TB, text string) vapi.Object {
	t.Helper()
	o, err := vapi.ParseObject([]byte(text))
	require.NoError(t, err)
	return o
}

func clientOf(t *testing.T, handler http.Handler, o vapi.Options) *vapi.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	o.BaseURL, o.Key, o.HTTP = server.URL, key, server.Client()
	client, err := vapi.New(o)
	require.NoError(t, err)
	return client
}

const frontDesk = `{"name":"Front desk","firstMessage":"Hello","model":{"provider":"openai","model":"gpt-4o","toolIds":[]}}`

func TestAssistantsAndToolsLiveAndDie(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made, err := b.client.CreateAssistant(t.Context(), object(t, frontDesk))
	require.NoError(t, err)
	id := made.Text("id")
	changed, err := b.client.PatchAssistant(t.Context(), id, object(t, `{"firstMessage":null,"name":"Desk <1>"}`))
	require.NoError(t, err)
	require.NotContains(t, changed, "firstMessage")
	got, err := b.client.GetAssistant(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, changed, got)
	require.JSONEq(t, `"Desk <1>"`, string(got["name"]))
	require.Equal(t, made["model"], got["model"])

	b.played.Pin(id)
	require.ErrorIs(t, b.client.DeleteAssistant(t.Context(), id), vapi.ErrPinned)

	tool, err := b.client.CreateTool(t.Context(), object(t, `{"type":"function","function":{"name":"f","description":"one"}}`))
	require.NoError(t, err)
	tool, err = b.client.PatchTool(t.Context(), tool.Text("id"), object(t, `{"type":"function","function":{"name":"f"}}`))
	require.NoError(t, err)
	require.JSONEq(t, `{"name":"f"}`, string(tool["function"]), "nested objects are replaced whole")
	got, err = b.client.GetTool(t.Context(), tool.Text("id"))
	require.NoError(t, err)
	require.Equal(t, tool, got)
	require.NoError(t, b.client.DeleteTool(t.Context(), tool.Text("id")))
	require.ErrorIs(t, b.client.DeleteTool(t.Context(), tool.Text("id")), vapi.ErrNotFound)
	_, err = b.client.GetTool(t.Context(), tool.Text("id"))
	require.ErrorIs(t, err, vapi.ErrNotFound)
	for _, bad := range []string{"", ".", ".."} {
		_, err = b.client.PatchTool(t.Context(), bad, vapi.Object{})
		require.Error(t, err)
	}
	require.Equal(t, 2, b.played.Counts()["PATCH /assistant/{id}"]+b.played.Counts()["PATCH /tool/{id}"])
}

func TestUnknownFieldsSurviveALink(t *testing.T) {
	t.Parallel()
	b := setup(t)
	values := map[string]string{
		"name":    `"Desk"`,
		"model":   `{"provider":"from-the-future", "model" : "m","temperature":0.10,"seed":12345678901234567890,"toolIds":["` + uuid.NewString() + `"],"messages":[{"role":"system","content":"a < b && \u003cok\u003e é \ud83d\ude00"}],"x":{"b":1, "a":[ 1.0,1e3 ]},"nothing":null}`,
		"voice":   "{\n  \"voiceId\": \"Elliot\",\t\"speed\": 1.20 }",
		"strange": `[ 0.30000000000000004, -0, {"<&>":"\u2028"} ]`,
	}
	before := vapi.Object{}
	for k, v := range values {
		before[k] = json.RawMessage(v)
	}
	id, err := b.played.AddAssistant(before.Bytes())
	require.NoError(t, err)
	got, err := b.client.GetAssistant(t.Context(), id)
	require.NoError(t, err)
	for k, v := range values {
		require.Equal(t, v, string(got[k]), k)
	}

	added := uuid.NewString()
	model := object(t, string(got["model"]))
	delete(model, "seed") // what the played Vapi, strict as it is on writing, would refuse
	delete(model, "x")
	delete(model, "nothing")
	linked, err := vapi.WithToolIDs(model.Bytes(), append(vapi.ToolIDs(model.Bytes()), added))
	require.NoError(t, err)
	_, err = b.client.PatchAssistant(t.Context(), id, vapi.Object{"model": linked})
	require.NoError(t, err)
	after, err := b.client.GetAssistant(t.Context(), id)
	require.NoError(t, err)
	for k, v := range values {
		if k != "model" {
			require.Equal(t, v, string(after[k]), k)
		}
	}
	now := object(t, string(after["model"]))
	for k, v := range model {
		if k != "toolIds" {
			require.Equal(t, string(v), string(now[k]), k)
		}
	}
	require.Equal(t, append(vapi.ToolIDs(json.RawMessage(values["model"])), added), vapi.ToolIDs(after["model"]))
}

func TestInvalidNamesTheFieldsAndKeepsTheSentencesApart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.client.CreateAssistant(t.Context(), object(t, `{"tools":[],"name":"`+strings.Repeat("Quill ", 9)+`","model":{"provider":"p","model":"m","toolIds":["7"]}}`))
	var invalid *vapi.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, 400, invalid.Status)
	require.ElementsMatch(t, []string{"property tools should not exist", "name must be shorter than or equal to 40 characters",
		"model.each value in toolIds must be a UUID"}, invalid.Problems)
	require.Equal(t, "vapi: refused with status 400 because of model.toolIds, name, tools", err.Error())

	quoting := &vapi.InvalidError{Status: 400, Problems: []string{"Could not speak zanzibar-lilac", "Quill must pay", ""}}
	require.Equal(t, "vapi: refused with status 400", quoting.Error())
}

func TestOnlyWhatCanBeRepeatedIsRepeated(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		failures []sandbox.Failure
		attempts int // of GET, PATCH and DELETE; a POST has one
		cured    bool
	}{
		"5xx once":         {[]sandbox.Failure{{Status: 500}}, 2, true},
		"5xx and 429":      {[]sandbox.Failure{{Status: 503}, {Status: 429}}, 3, true},
		"short pause":      {[]sandbox.Failure{{Status: 429, RetryAfter: time.Second}}, 2, true},
		"long pause":       {[]sandbox.Failure{{Status: 429, RetryAfter: 3 * time.Second}}, 1, false},
		"three times":      {[]sandbox.Failure{{Status: 502}, {Status: 502}, {Status: 502}}, 3, false},
		"a refusal":        {[]sandbox.Failure{{Status: 400}}, 1, false},
		"a refused key":    {[]sandbox.Failure{{Status: 401}}, 1, false},
		"payment required": {[]sandbox.Failure{{Status: 402}}, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for verb, do := range map[string]func(*vapi.Client, string) error{
				"GET": func(c *vapi.Client, id string) error { _, err := c.GetTool(t.Context(), id); return err },
				"PATCH": func(c *vapi.Client, id string) error {
					_, err := c.PatchTool(t.Context(), id, vapi.Object{})
					return err
				},
				"DELETE": func(c *vapi.Client, id string) error { return c.DeleteTool(t.Context(), id) },
			} {
				b := setup(t)
				id, err := b.played.AddTool(json.RawMessage(`{"type":"endCall"}`))
				require.NoError(t, err)
				b.played.Fail(c.failures...)
				began := time.Now()
				require.Equal(t, c.cured, do(b.client, id) == nil, verb)
				require.Equal(t, c.attempts, b.played.Requests(), verb)
				require.GreaterOrEqual(t, time.Since(began), c.failures[0].RetryAfter*time.Duration(c.attempts-1), verb)
			}
			b := setup(t)
			b.played.Fail(c.failures...)
			_, err := b.client.CreateTool(t.Context(), object(t, `{"type":"endCall"}`))
			require.Error(t, err)
			require.Equal(t, 1, b.played.Requests(), "a POST is never repeated")
			require.Empty(t, b.played.Tools())
		})
	}
}

func TestAPostThatMayHaveActedIsUncertain(t *testing.T) {
	t.Parallel()
	body := object(t, `{"type":"endCall"}`)
	for name, c := range map[string]struct {
		failure sandbox.Failure
		made    int
	}{
		"5xx before acting":   {sandbox.Failure{Status: 500}, 0},
		"5xx after acting":    {sandbox.Failure{Status: 502, Acts: true}, 1},
		"hangs before acting": {sandbox.Failure{Delay: time.Hour}, 0},
		"hangs after acting":  {sandbox.Failure{Delay: time.Hour, Acts: true}, 1},
	} {
		played := sandbox.NewVapi(key)
		client := clientOf(t, played, vapi.Options{Timeout: 80 * time.Millisecond})
		played.Fail(c.failure)
		_, err := client.CreateTool(t.Context(), body)
		var uncertain *vapi.UncertainError
		require.ErrorAs(t, err, &uncertain, name)
		require.Equal(t, c.failure.Status, uncertain.Status, name)
		require.Equal(t, c.failure.Status == 0, errors.Is(err, context.DeadlineExceeded), name)
		require.Len(t, played.Tools(), c.made, name)
		require.Equal(t, 1, played.Requests(), name)
	}

	var requests atomic.Int32
	for name, answer := range map[string]http.HandlerFunc{
		"cut off":   func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"no JSON":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"no object": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("[]")) },
		"no id":     func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) },
		"too large": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 9<<20)) },
		"halved": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"id":"1"}`))
		},
	} {
		requests.Store(0)
		client := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { requests.Add(1); answer(w, r) }), vapi.Options{})
		_, err := client.CreateTool(t.Context(), body)
		var uncertain *vapi.UncertainError
		require.ErrorAs(t, err, &uncertain, name)
		require.EqualValues(t, 1, requests.Load(), name)
	}

	var limited *vapi.RateLimitedError
	b := setup(t)
	b.played.Fail(sandbox.Failure{Status: 429})
	_, err := b.client.CreateTool(t.Context(), body)
	require.ErrorAs(t, err, &limited, "a full Vapi did nothing")
}

func TestAnUnreachableVapiDidNothing(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	client, err := vapi.New(vapi.Options{BaseURL: server.URL, Key: key})
	require.NoError(t, err)
	_, err = client.CreateTool(t.Context(), vapi.Object{})
	var unavailable *vapi.UnavailableError
	require.ErrorAs(t, err, &unavailable)
	require.Zero(t, unavailable.Status)
}

func TestABrokenConnectionIsTriedAgainUnlessItMayCreate(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	client := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) < 3 {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write([]byte(`{"id":"1"}`))
	}), vapi.Options{})
	_, err := client.PatchTool(t.Context(), "1", vapi.Object{})
	require.NoError(t, err)
	require.EqualValues(t, 3, requests.Load())
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	client := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}), vapi.Options{})
	_, err := client.CreateTool(t.Context(), vapi.Object{})
	var unavailable *vapi.UnavailableError
	require.ErrorAs(t, err, &unavailable)
	require.Equal(t, 307, unavailable.Status)
	require.EqualValues(t, 1, requests.Load())
}

func TestACancelledContextEndsAtOnce(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]sandbox.Failure{
		"during an answer": {Delay: time.Hour},
		"during a pause":   {Status: 429, RetryAfter: 2 * time.Second},
	} {
		b := setup(t)
		b.played.Fail(failure)
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
		began := time.Now()
		_, err := b.client.GetTool(ctx, "t1")
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded, name)
		require.Less(t, time.Since(began), time.Second, name)
		require.Equal(t, 1, b.played.Requests(), name)
	}
}

type countingPace struct {
	asked atomic.Int32
	err   error
}

func (p *countingPace) Wait(context.Context) error { p.asked.Add(1); return p.err }

func TestEveryAttemptWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	pace := &countingPace{}
	played := sandbox.NewVapi(key)
	client := clientOf(t, played, vapi.Options{Pace: pace})
	played.Fail(sandbox.Failure{Status: 500}, sandbox.Failure{Status: 500})
	_, err := client.ListTools(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 3, pace.asked.Load())

	pace.err = context.Canceled
	_, err = client.CreateTool(t.Context(), vapi.Object{})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 3, played.Requests(), "without a turn nothing leaves")
}
