package voice

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SentenceTrouble is what the model is told when there is nothing better to say.
const SentenceTrouble = "Something went wrong on our side. Apologise and offer to take a message."

// Outcome is what a tool call came to, in words that the caller may hear. Make it with [Said] or [Refused].
type Outcome struct {
	text    string
	refused bool
}

// Said is the outcome of a call that did what it should, also when that is a question back or "nothing is free".
func Said(text string) Outcome { return Outcome{text: text} }

// Refused is the outcome of a call that could not be carried out; the text says why and what to offer instead.
func Refused(text string) Outcome { return Outcome{text: text, refused: true} }

// toolAnswer is the body for Vapi: tool-calls. Results is the current contract; the fields after it repeat the first
// result in the forms that older assistants and scripts read.
type toolAnswer struct {
	Results    []toolResult `json:"results"`
	ToolCallID string       `json:"toolCallId,omitempty"`
	Result     string       `json:"result,omitempty"`
	ToolResult *toolContent `json:"toolResult,omitempty"`
	Speech     string       `json:"speech,omitempty"`
}

// toolResult has exactly one of Result and Error. Id and name are always there, even empty: Vapi requires both.
type toolResult struct {
	ToolCallID string `json:"toolCallId"`
	Name       string `json:"name"`
	Result     string `json:"result,omitempty"`
	Error      string `json:"error,omitempty"`
}

type toolContent struct {
	Content string `json:"content"`
}

// Answer encodes the outcomes of m's tool calls, outcome i belonging to call i; send it with status 200 and content
// type application/json whatever the outcomes are, as Vapi ignores other statuses. Every call is answered: one without
// an outcome, or with an empty text, gets its Problem or [SentenceTrouble] as error. Texts become single lines.
// A legacy function-call is answered `{"result": …}`.
func (m Message) Answer(outcomes []Outcome) []byte {
	answer := toolAnswer{Results: make([]toolResult, 0, len(m.ToolCalls))}
	for i, call := range m.ToolCalls {
		outcome := Refused(firstText(call.Problem, SentenceTrouble))
		if i < len(outcomes) && singleLine(outcomes[i].text) != "" {
			outcome = outcomes[i]
		}
		answer.Results = append(answer.Results, outcome.result(call))
	}
	if len(answer.Results) == 0 {
		return encode(answer)
	}
	first := answer.Results[0]
	text := firstText(first.Result, first.Error)
	if m.Type == TypeFunctionCall {
		return encode(map[string]string{"result": text})
	}
	answer.ToolCallID, answer.Result, answer.Speech = first.ToolCallID, text, text
	answer.ToolResult = &toolContent{Content: text}
	return encode(answer)
}

func (o Outcome) result(call ToolCall) toolResult {
	r := toolResult{ToolCallID: call.ID, Name: singleLine(call.Name)}
	if o.refused {
		r.Error = singleLine(o.text)
	} else {
		r.Result = singleLine(o.text)
	}
	return r
}

// Overrides are the parts of a saved assistant that one call changes (Vapi: assistantOverrides).
type Overrides struct {
	FirstMessage   string            `json:"firstMessage,omitempty"`
	VariableValues map[string]string `json:"variableValues,omitempty"` // fill {{name}} in prompt and first message
	Metadata       map[string]string `json:"metadata,omitempty"`       // comes back with the call; never trusted
}

// UseAssistant answers an assistant-request: this saved assistant takes the call. Line breaks in values are kept,
// other control characters are not.
func UseAssistant(id string, o Overrides) []byte {
	o.FirstMessage = clean(o.FirstMessage)
	o.VariableValues, o.Metadata = cleanValues(o.VariableValues), cleanValues(o.Metadata)
	body := struct {
		AssistantID string     `json:"assistantId"`
		Overrides   *Overrides `json:"assistantOverrides,omitempty"`
	}{AssistantID: id}
	if o.FirstMessage != "" || len(o.VariableValues)+len(o.Metadata) > 0 {
		body.Overrides = &o
	}
	return encode(body)
}

// RefuseCall answers an assistant-request with a sentence that the caller hears before the call ends. It is for
// refusals we mean; when we are in trouble, answer 503 instead, so that Vapi rings the clinic's fallback number.
func RefuseCall(sentence string) []byte { return refusal(sentence) }

// RefuseTransfer answers a transfer-destination-request: nobody can be reached, and the model is told why.
func RefuseTransfer(sentence string) []byte { return refusal(sentence) }

func refusal(sentence string) []byte {
	return encode(map[string]string{"error": firstText(singleLine(sentence), SentenceTrouble)})
}

// Destination is where a call is put through: a number in E.164 or a SIP URI. When both are set, the number counts.
type Destination struct {
	Number    string
	Extension string // dialled after the number answers
	CallerID  string // what the number sees; must belong to the account
	SIPURI    string
	Message   string // spoken to the caller before; "" leaves it to Vapi
}

// PutThrough answers an assistant-request (no assistant takes part) or a transfer-destination-request. Without a
// number and a SIP URI it refuses with [SentenceTrouble]: Vapi would end the call on an empty destination.
func PutThrough(d Destination) []byte {
	to := struct {
		Type      string `json:"type"`
		Number    string `json:"number,omitempty"`
		SIPURI    string `json:"sipUri,omitempty"`
		Extension string `json:"extension,omitempty"`
		CallerID  string `json:"callerId,omitempty"`
		Message   string `json:"message,omitempty"`
	}{Message: singleLine(d.Message)}
	switch {
	case d.Number != "":
		to.Type, to.Number, to.Extension, to.CallerID = "number", d.Number, d.Extension, d.CallerID
	case d.SIPURI != "":
		to.Type, to.SIPURI = "sip", d.SIPURI
	default:
		return refusal("")
	}
	return encode(map[string]any{"destination": to})
}

// Acknowledge is the answer to every message that wants none.
func Acknowledge() []byte { return []byte("{}") }

// singleLine turns every run of white space and control characters into one blank: Vapi drops results with line breaks.
func singleLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " ")
}

func cleanValues(values map[string]string) map[string]string {
	out := make(map[string]string, len(values))
	for key, value := range values {
		out[key] = clean(value)
	}
	return out
}

// encode writes compact JSON. The values are structs, maps and strings of ours, which always encode.
func encode(v any) []byte {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("{}")
	}
	return bytes.TrimRight(buf.Bytes(), "\n")
}

// Text is the sentence of an outcome.
func (o Outcome) Text() string { return o.text }

// IsRefusal reports whether the call could not be carried out.
func (o Outcome) IsRefusal() bool { return o.refused }
