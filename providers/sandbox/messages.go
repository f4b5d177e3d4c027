package sandbox

import (
	"encoding/json"
	"maps"
	"time"
)

// Line is one call as Vapi's messages describe it. The same Line goes into all messages of one call.
type Line struct {
	CallID        string
	Kind          string // "" means inboundPhoneCall; webCall and vapi.websocketCall leave out both numbers
	AssistantID   string // "" as in assistant-request, or for a transient assistant
	PhoneNumberID string
	Number        string // the clinic's
	Customer      string // the caller's; "" when withheld
	CustomerSIP   string // a SIP URI for callers who come over SIP
	At            time.Time
	Name          string          // that an outbound call was given
	Overrides     json.RawMessage // its assistantOverrides, as they were sent
	ISOTime       bool            // write the message's timestamp as ISO-8601 text, as in 2024
}

// Message is one webhook to be sent. Sending the same value again is a redelivery, byte for byte.
type Message struct {
	Type    string
	asked   []ToolCall // what a tool-calls message asks, in order
	fields  map[string]any
	literal []byte // instead of fields
}

// Body returns the JSON that goes over the wire.
func (m Message) Body() []byte {
	if m.literal != nil {
		return m.literal
	}
	// The fields are maps, texts and numbers of ours, which always encode.
	body, _ := json.Marshal(map[string]any{"message": m.fields})
	return body
}

// With returns a copy of the message with one field set, or taken out when value is nil.
func (m Message) With(field string, value any) Message {
	m.fields = maps.Clone(m.fields)
	if value == nil {
		delete(m.fields, field)
	} else {
		m.fields[field] = value
	}
	return m
}

// Raw is a message with exactly this body, for shapes that Vapi no longer sends, and for nonsense.
func Raw(messageType string, body []byte) Message { return Message{Type: messageType, literal: body} }

// AssistantRequest asks which assistant takes an inbound call. No assistant is known yet.
func AssistantRequest(l Line) Message {
	l.AssistantID = ""
	m := l.message("assistant-request")
	call := m.fields["call"].(map[string]any)
	call["assistantId"], call["squadId"] = nil, nil
	return m
}

// StatusUpdate tells a call's state. endedReason is sent with `ended` only.
func StatusUpdate(l Line, status, endedReason string) Message {
	m := l.message("status-update")
	m.fields["status"] = status
	if status == "ended" {
		m.fields["endedReason"] = endedReason
	}
	return m
}

// TransferRequest asks where to put the caller through, after the model called the native transfer tool.
// arguments is what the model gave to it, as JSON text.
func TransferRequest(l Line, arguments string) Message {
	m := l.message("transfer-destination-request")
	m.fields["artifact"] = map[string]any{"messages": []any{map[string]any{
		"role": "tool_calls", "message": "", "time": l.At.UnixMilli(),
		"toolCalls": []any{map[string]any{"id": "call_transfer", "type": "function",
			"function": map[string]any{"name": "transferCall", "arguments": arguments}}},
	}}}
	return m
}

// KnowledgeRequest asks for passages to what the caller said last, for an assistant with a knowledge base of the server's.
func KnowledgeRequest(l Line, said string) Message {
	m := l.message("knowledge-base-request")
	m.fields["messages"] = []any{
		map[string]any{"role": "bot", "message": "How can I help?", "time": l.At.UnixMilli(), "secondsFromStart": 0},
		map[string]any{"role": "user", "message": said, "time": l.At.UnixMilli(), "endTime": l.At.UnixMilli(), "secondsFromStart": 1},
	}
	return m
}

// Unknown is a message of a type that nobody knows yet.
func Unknown(l Line, messageType string) Message { return l.message(messageType) }

// message fills the common fields. The call's own status and cost are the stale ones that webhooks really carry.
func (l Line) message(messageType string) Message {
	fields := map[string]any{"type": messageType, "timestamp": l.At.UnixMilli(), "call": l.call(), "artifact": map[string]any{
		"messages": []any{}, "messagesOpenAIFormatted": []any{}}}
	if l.ISOTime {
		fields["timestamp"] = l.At.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	if l.AssistantID != "" {
		fields["assistant"] = map[string]any{"id": l.AssistantID, "name": "Front desk", "model": map[string]any{"provider": "openai"}}
	}
	if !l.web() {
		if l.PhoneNumberID != "" || l.Number != "" {
			fields["phoneNumber"] = without("", map[string]any{"id": l.PhoneNumberID, "number": l.Number, "provider": "twilio", "twilioAuthToken": ""})
		}
		if customer := l.customer(); customer != nil {
			fields["customer"] = customer
		}
	}
	return Message{Type: messageType, fields: fields}
}

func (l Line) call() map[string]any {
	kind := l.Kind
	if kind == "" {
		kind = "inboundPhoneCall"
	}
	at := l.At.UTC().Format("2006-01-02T15:04:05.000Z")
	call := map[string]any{"id": l.CallID, "orgId": "5a1d0000-0000-4000-8000-000000000000", "type": kind, "status": "ringing", "cost": 0,
		"createdAt": at, "updatedAt": at, "assistantId": l.AssistantID}
	if l.Name != "" {
		call["name"] = l.Name
	}
	if l.Overrides != nil {
		call["assistantOverrides"] = l.Overrides
	}
	if !l.web() {
		call["phoneNumberId"] = l.PhoneNumberID
		if customer := l.customer(); customer != nil {
			call["customer"] = customer
		}
	}
	return without("", call)
}

// web tells whether the call came from a browser.
func (l Line) web() bool { return l.Kind == "webCall" || l.Kind == "vapi.websocketCall" }

func (l Line) customer() map[string]any {
	customer := without("", map[string]any{"number": l.Customer, "sipUri": l.CustomerSIP})
	if len(customer) == 0 {
		return nil
	}
	return customer
}

// without drops the fields that hold value.
func without(value any, fields map[string]any) map[string]any {
	for key, v := range fields {
		if v == value {
			delete(fields, key)
		}
	}
	return fields
}
