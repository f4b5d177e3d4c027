package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"strings"
)

// ToolResult is the answer to one tool call: exactly one of Result and Error is set.
type ToolResult struct {
	ToolCallID string
	Name       string
	Result     string
	Error      string
}

// Text returns what the model is told.
func (r ToolResult) Text() string { return r.Result + r.Error }

// CallTools sends a tool-calls message to the webhook and returns one result per call, in order. A broken answer is a
// [*ContractError], a late one a [*DeadlineError] (Vapi: tool-calls).
func (c *Caller) CallTools(ctx context.Context, m Message) ([]ToolResult, error) {
	return c.CallToolsAt(ctx, PathWebhook, m)
}

// CallToolsAt is [Caller.CallTools] at another path, such as the tool's own.
func (c *Caller) CallToolsAt(ctx context.Context, path string, m Message) ([]ToolResult, error) {
	fields, err := c.object(ctx, path, m)
	if err != nil {
		return nil, err
	}
	if len(fields["error"]) > 0 {
		return nil, broken(m, "a body-level error replaces every result")
	}
	var raw []map[string]json.RawMessage
	if err := json.Unmarshal(fields["results"], &raw); err != nil || raw == nil {
		return nil, broken(m, "results is not a list of objects")
	}
	if len(raw) != len(m.asked) {
		return nil, broken(m, fmt.Sprintf("%d calls got %d results", len(m.asked), len(raw)))
	}
	results := make([]ToolResult, len(raw))
	for i, entry := range raw {
		if results[i], err = checkResult(m, m.asked[i], entry); err != nil {
			return nil, err
		}
	}
	return results, nil
}

func checkResult(m Message, call ToolCall, entry map[string]json.RawMessage) (ToolResult, error) {
	r := ToolResult{}
	for key, target := range map[string]*string{"toolCallId": &r.ToolCallID, "name": &r.Name, "result": &r.Result, "error": &r.Error} {
		value, sent := entry[key]
		if !sent {
			continue
		}
		if string(value) == "null" || json.Unmarshal(value, target) != nil {
			return r, broken(m, key+" is not a text")
		}
	}
	_, hasResult := entry["result"]
	_, hasError := entry["error"]
	switch {
	case r.ToolCallID != call.ID:
		return r, broken(m, "a toolCallId is not the one that was sent, or out of order")
	case r.Name == "" || (call.Name != "" && r.Name != call.Name):
		return r, broken(m, "a result does not name its tool")
	case hasResult == hasError:
		return r, broken(m, "a result must have exactly one of result and error")
	case strings.TrimSpace(r.Text()) == "":
		return r, broken(m, "a result is empty")
	case strings.ContainsAny(r.Text(), "\r\n\u2028\u2029\u0085"):
		return r, broken(m, "a result has a line break")
	}
	return r, nil
}

// AssistantAnswer is the answer to an assistant-request; one of AssistantID, Destination and Error is set.
type AssistantAnswer struct {
	AssistantID    string
	FirstMessage   string
	VariableValues map[string]string
	Metadata       map[string]string
	Destination    *Destination
	Error          string
}

// Destination is where a call is put through.
type Destination struct {
	Type    string `json:"type"` // number or sip
	Number  string `json:"number"`
	SIPURI  string `json:"sipUri"`
	Message string `json:"message"`
}

// RequestAssistant sends an assistant-request. Status 503 is reported as [*TroubleError]: Vapi then rings the clinic's
// fallback number (Vapi: assistant-request).
func (c *Caller) RequestAssistant(ctx context.Context, m Message) (AssistantAnswer, error) {
	return c.requestAssistant(ctx, PathWebhook, m)
}

func (c *Caller) requestAssistant(ctx context.Context, path string, m Message) (AssistantAnswer, error) {
	fields, err := c.object(ctx, path, m)
	if err != nil {
		return AssistantAnswer{}, err
	}
	var body struct {
		AssistantID string `json:"assistantId"`
		Overrides   struct {
			FirstMessage   string            `json:"firstMessage"`
			VariableValues map[string]string `json:"variableValues"`
			Metadata       map[string]string `json:"metadata"`
		} `json:"assistantOverrides"`
		Destination *Destination `json:"destination"`
		Error       string       `json:"error"`
	}
	if err := decodeFields(fields, &body); err != nil {
		return AssistantAnswer{}, broken(m, "a field has an unexpected type")
	}
	a := AssistantAnswer{AssistantID: body.AssistantID, FirstMessage: body.Overrides.FirstMessage,
		VariableValues: body.Overrides.VariableValues, Metadata: body.Overrides.Metadata, Destination: body.Destination, Error: body.Error}
	if countTrue(a.AssistantID != "", a.Destination != nil, a.Error != "") != 1 {
		return a, broken(m, "there must be exactly one of assistantId, destination and error")
	}
	return a, checkDestination(m, a.Destination)
}

// RequestTransfer sends a transfer-destination-request and returns the destination, or the sentence of a refusal
// (Vapi: transfer-destination-request).
func (c *Caller) RequestTransfer(ctx context.Context, m Message) (destination *Destination, refusal string, err error) {
	fields, err := c.object(ctx, PathWebhook, m)
	if err != nil {
		return nil, "", err
	}
	var body struct {
		Destination *Destination `json:"destination"`
		Error       string       `json:"error"`
	}
	if err := decodeFields(fields, &body); err != nil {
		return nil, "", broken(m, "a field has an unexpected type")
	}
	if countTrue(body.Destination != nil, body.Error != "") != 1 {
		return nil, "", broken(m, "there must be exactly one of destination and error")
	}
	return body.Destination, body.Error, checkDestination(m, body.Destination)
}

// CallFunction sends a legacy function-call and returns the text of its result.
func (c *Caller) CallFunction(ctx context.Context, m Message) (string, error) {
	fields, err := c.object(ctx, PathWebhook, m)
	if err != nil {
		return "", err
	}
	var result string
	if json.Unmarshal(fields["result"], &result) != nil || strings.TrimSpace(result) == "" {
		return "", broken(m, "result is not a text")
	}
	return result, nil
}

// Tell sends a message that wants no answer but 200: status-update, end-of-call-report, unknown types.
func (c *Caller) Tell(ctx context.Context, m Message) error {
	_, err := c.object(ctx, PathWebhook, m)
	return err
}

// RefusedError: the server did not accept that the message comes from Vapi (401).
type RefusedError struct{ Body []byte }

func (e *RefusedError) Error() string { return "the server refused the webhook's authentication" }

// TroubleError: the server said that it is in trouble (503), which is right for an assistant-request only.
type TroubleError struct{ Took string }

func (e *TroubleError) Error() string { return "the server is in trouble, told after " + e.Took }

// object sends the message and wants 200 with a JSON object.
func (c *Caller) object(ctx context.Context, path string, m Message) (map[string]json.RawMessage, error) {
	answer, err := c.Post(ctx, path, m)
	if err != nil {
		return nil, err
	}
	switch {
	case answer.Status == 401:
		return nil, &RefusedError{Body: answer.Body}
	case answer.Status == 503 && m.Type == "assistant-request":
		return nil, &TroubleError{Took: answer.Took.String()}
	case answer.Status != 200:
		return nil, broken(m, fmt.Sprintf("status %d: only 200 is read", answer.Status))
	}
	if media, _, err := mime.ParseMediaType(answer.ContentType); err != nil || media != "application/json" {
		return nil, broken(m, "the content type is not application/json")
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(answer.Body, &fields) != nil || fields == nil {
		return nil, broken(m, "the body is not a JSON object")
	}
	return fields, nil
}

func checkDestination(m Message, d *Destination) error {
	switch {
	case d == nil:
		return nil
	case d.Type == "number" && strings.HasPrefix(d.Number, "+") && d.SIPURI == "":
		return nil
	case d.Type == "sip" && d.SIPURI != "" && d.Number == "":
		return nil
	default:
		return broken(m, "the destination is neither a number in E.164 nor a SIP URI")
	}
}

func decodeFields(fields map[string]json.RawMessage, into any) error {
	body, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func countTrue(values ...bool) int {
	n := 0
	for _, v := range values {
		if v {
			n++
		}
	}
	return n
}

func broken(m Message, rule string) error { return &ContractError{Message: m.Type, Broken: rule} }
