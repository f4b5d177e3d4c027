package sandbox

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func testLine() Line {
	return Line{CallID: "019df000-0000-7000-8000-000000000001", AssistantID: "a1", PhoneNumberID: "p1",
		Number: "+13125550100", Customer: "+13125550123", At: time.Date(2026, 5, 4, 15, 0, 0, 0, time.UTC)}
}

// answering returns a Caller whose server always says this.
func answering(t *testing.T, status int, contentType, body string) *Caller {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return &Caller{BaseURL: server.URL, HTTP: server.Client()}
}

func TestCallToolsHoldsTheAnswerToTheContract(t *testing.T) {
	t.Parallel()
	m := ToolCalls(testLine(), NestedObject, ToolCall{ID: "b", Name: "f"}, ToolCall{ID: "a", Name: "g"})
	const good = `{"results":[{"toolCallId":"b","name":"f","result":"Done."},{"toolCallId":"a","name":"g","error":"No."}],"speech":"Done."}`
	results, err := answering(t, 200, "application/json; charset=utf-8", good).CallTools(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, []ToolResult{{ToolCallID: "b", Name: "f", Result: "Done."}, {ToolCallID: "a", Name: "g", Error: "No."}}, results)

	for name, c := range map[string]struct {
		status    int
		mime, old string
		new       string
	}{
		"status 201":       {201, "application/json", "", ""},
		"status 400":       {400, "application/json", "", ""},
		"trouble":          {503, "application/json", "", ""},
		"text":             {200, "text/plain", "", ""},
		"no content type":  {200, "", "", ""},
		"not an object":    {200, "application/json", good, `[]`},
		"null":             {200, "application/json", good, `null`},
		"no results":       {200, "application/json", good, `{"result":"Done."}`},
		"results no list":  {200, "application/json", good, `{"results":{"toolCallId":"b"}}`},
		"too few":          {200, "application/json", `,{"toolCallId":"a","name":"g","error":"No."}`, ``},
		"swapped":          {200, "application/json", good, `{"results":[{"toolCallId":"a","name":"g","error":"No."},{"toolCallId":"b","name":"f","result":"Done."}]}`},
		"wrong id":         {200, "application/json", `"toolCallId":"a"`, `"toolCallId":"c"`},
		"no id":            {200, "application/json", `"toolCallId":"a",`, ``},
		"no name":          {200, "application/json", `"name":"g",`, ``},
		"other name":       {200, "application/json", `"name":"g"`, `"name":"f"`},
		"both":             {200, "application/json", `"error":"No."`, `"error":"No.","result":"x"`},
		"neither":          {200, "application/json", `,"error":"No."`, ``},
		"empty":            {200, "application/json", `"No."`, `" "`},
		"null result":      {200, "application/json", `"result":"Done."`, `"result":null`},
		"object result":    {200, "application/json", `"result":"Done."`, `"result":{"ok":true}`},
		"line break":       {200, "application/json", `"No."`, `"No.\nBye."`},
		"line separator":   {200, "application/json", `"No."`, `"No.\u2028Bye."`},
		"body-level error": {200, "application/json", `"speech"`, `"error":"x","speech"`},
		"cut off":          {200, "application/json", `"speech":"Done."}`, ``},
	} {
		require.Contains(t, good, c.old, name)
		_, err := answering(t, c.status, c.mime, strings.Replace(good, c.old, c.new, 1)).CallTools(t.Context(), m)
		var contract *ContractError
		require.ErrorAs(t, err, &contract, name)
	}
	var refused *RefusedError
	_, err = answering(t, 401, "application/json", `{}`).CallTools(t.Context(), m)
	require.ErrorAs(t, err, &refused)
}

func TestRequestAssistantHoldsTheAnswerToTheContract(t *testing.T) {
	t.Parallel()
	m := AssistantRequest(testLine())
	ask := func(status int, body string) (AssistantAnswer, error) {
		return answering(t, status, "application/json", body).RequestAssistant(t.Context(), m)
	}
	a, err := ask(200, `{"assistantId":"a1","assistantOverrides":{"variableValues":{"clinic":"Lakeside"}}}`)
	require.NoError(t, err)
	require.Equal(t, AssistantAnswer{AssistantID: "a1", VariableValues: map[string]string{"clinic": "Lakeside"}}, a)
	_, err = ask(200, `{"destination":{"type":"number","number":"+13125550109"}}`)
	require.NoError(t, err)
	for _, bad := range []string{`{}`, `{"assistantId":"a","error":"x"}`, `{"assistantId":7}`, `{"destination":{"type":"number"}}`,
		`{"destination":{"type":"sip","number":"+1"}}`, `{"assistantId":"a","assistantOverrides":{"variableValues":{"n":7}}}`} {
		var contract *ContractError
		_, err = ask(200, bad)
		require.ErrorAs(t, err, &contract, bad)
	}
	var trouble *TroubleError
	_, err = ask(503, `{}`)
	require.ErrorAs(t, err, &trouble)
}

func TestAnswersThatComeTooLate(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a server sees its client leave only once the body is read
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	c := &Caller{BaseURL: server.URL, HTTP: server.Client(), AssistantLimit: 30 * time.Millisecond, ServerLimit: 40 * time.Millisecond}
	var late *DeadlineError
	_, err := c.RequestAssistant(t.Context(), AssistantRequest(testLine()))
	require.ErrorAs(t, err, &late)
	require.Equal(t, 30*time.Millisecond, late.Limit)
	require.ErrorAs(t, c.Tell(t.Context(), StatusUpdate(testLine(), "ended", "customer-ended-call")), &late)
	require.Equal(t, 40*time.Millisecond, late.Limit)
}
