package voice

import (
	"errors"
	"time"
)

// Limits of one webhook. How long its body may be is for whoever reads it to say.
const (
	MaxToolCalls    = 50      // carried out; those after them get a Problem
	MaxArgumentText = 4 << 10 // bytes of one text argument
)

// Message types that the server acts on. Vapi has many more and adds new ones often: answer them 200 and ignore them.
const (
	TypeAssistantRequest = "assistant-request"
	TypeToolCalls        = "tool-calls"
	TypeFunctionCall     = "function-call" // before tools existed
	TypeStatusUpdate     = "status-update"
	TypeEndOfCallReport  = "end-of-call-report"
	TypeTransferRequest  = "transfer-destination-request"
	TypeHandoffRequest   = "handoff-destination-request"
	TypeKnowledgeRequest = "knowledge-base-request"
	TypeHang             = "hang" // the assistant waits for something slow
)

// Values of [Call].Type and of [Message].Status that matter to the server; both are open sets.
const (
	CallInbound  = "inboundPhoneCall"
	CallOutbound = "outboundPhoneCall"
	CallWeb      = "webCall"
	CallSocket   = "vapi.websocketCall" // a test call from the dashboard: a web call whose sound goes through us
	StatusEnded  = "ended"
)

const (
	maxIdentifier = 256 // bytes; a longer id or number is nobody's and is dropped
	maxCallID     = 100 // bytes; what call_logs keeps, Vapi's are UUIDs
	maxWord       = 256 // bytes kept of a type, a status, an ended reason, a tool name
)

// Errors of [Parse]. Their texts hold nothing of the body.
var (
	ErrNotJSON     = errors.New("the body is not valid JSON")
	ErrNotAnObject = errors.New("the body is not a JSON object")
	ErrNoType      = errors.New("the message has no type and no tool call")
)

// Message is one webhook, as far as the server needs it. Fields that were not sent are zero.
type Message struct {
	Type      string
	Timestamp time.Time // when Vapi sent it; zero when missing or unreadable
	Call      Call
	Route     Route
	Caller    Caller

	ToolCalls []ToolCall // Vapi: tool-calls, function-call

	Status      string           // Vapi: status-update
	EndedReason string           // Vapi: status-update (ended), end-of-call-report; an open set
	Report      *Report          // Vapi: end-of-call-report
	Transfer    *TransferRequest // Vapi: transfer-destination-request, handoff-destination-request
	Question    string           // Vapi: knowledge-base-request. Raw speech: never log
}

// Call is what every message of one call repeats. The call's own status and cost are not here: inside webhooks they
// are a snapshot from the call's creation (Vapi: `call`).
type Call struct {
	ID            string // opaque, "" in messages outside a call
	Type          string // inboundPhoneCall, outboundPhoneCall, webCall, …
	AssistantID   string // "" for a transient assistant and in assistant-request
	PhoneNumberID string // "" for web calls
	CreatedAt     time.Time
	StartedAt     time.Time
}

// Outbound reports whether we (or Vapi on our behalf) dialled.
func (c Call) Outbound() bool { return c.Type == CallOutbound }

// Web reports whether the call came from a browser: it has no number on either side.
func (c Call) Web() bool { return c.Type == CallWeb || c.Type == CallSocket }

// Caller is the other party as the network announced it: a hint, never an identity. Both fields are empty for web
// calls and for withheld numbers, and Number may be a word such as "anonymous".
type Caller struct {
	Number string // as sent, usually E.164
	SIPURI string
	SIP    bool // the call came over SIP: the number was chosen by whoever runs that exchange
}

// Parse reads a webhook body in any of the shapes that Vapi sends or once sent: everything under `message`, the same
// fields at the top level, and the bodies of the older tool routes. Call it after [Authenticator.Verify].
//
// Errors are [ErrNotJSON], [ErrNotAnObject] and [ErrNoType]. What is wrong with one tool call alone is in its Problem,
// so that the others are still answered. Unknown types parse.
func Parse(body []byte) (Message, error) {
	v, err := decode(body)
	if err != nil {
		return Message{}, ErrNotJSON
	}
	root := asObject(v)
	if root == nil {
		return Message{}, ErrNotAnObject
	}
	envelope, older := root, true
	if inner := root.object("message"); inner != nil {
		envelope, older = inner, false
	}
	calls := readToolCalls(envelope)
	if older && calls == nil && envelope.text("type") == "" {
		calls = readOlderBody(root)
	}
	return readMessage(envelope, calls)
}

func readMessage(envelope object, calls []ToolCall) (Message, error) {
	m := Message{
		Type:        limited(envelope.text("type"), maxWord),
		Timestamp:   envelope.instant("timestamp"),
		Call:        readCall(envelope),
		Route:       readRoute(envelope),
		Caller:      readCaller(envelope),
		ToolCalls:   calls,
		Status:      limited(envelope.text("status"), maxWord),
		EndedReason: limited(firstText(envelope.text("endedReason"), envelope.object("call").text("endedReason")), maxWord),
	}
	switch m.Type {
	case "":
		if calls == nil {
			return Message{}, ErrNoType
		}
		m.Type = TypeToolCalls
	case TypeEndOfCallReport:
		m.Report = readReport(envelope)
	case TypeTransferRequest, TypeHandoffRequest:
		m.Transfer = readTransfer(envelope, calls)
	case TypeKnowledgeRequest:
		m.Question = readQuestion(envelope)
	}
	return m, nil
}

func readCall(envelope object) Call {
	c := envelope.object("call")
	id := identifier(c, "id")
	if len(id) > maxCallID {
		id = ""
	}
	return Call{
		ID:            id,
		Type:          limited(c.text("type"), maxWord),
		AssistantID:   identifier(c, "assistantId"),
		PhoneNumberID: identifier(c, "phoneNumberId"),
		CreatedAt:     c.instant("createdAt"),
		StartedAt:     c.instant("startedAt"),
	}
}

// readCaller takes the other party from the message, else from the call. When the two name different numbers, nobody
// is the caller: a hint that contradicts itself is none.
func readCaller(envelope object) Caller {
	outer, inner := envelope.object("customer"), envelope.object("call", "customer")
	number, other := identifier(outer, "number"), identifier(inner, "number")
	caller := Caller{
		Number: firstText(number, other),
		SIPURI: firstText(identifier(outer, "sipUri"), identifier(inner, "sipUri")),
	}
	if number != "" && other != "" && !sameNumber(number, other) {
		caller.Number = ""
	}
	caller.SIP = caller.SIPURI != "" || isSIP(caller.Number)
	return caller
}

// identifier reads an id or a number; one that is absurdly long is none.
func identifier(o object, key string) string {
	s := o.text(key)
	if len(s) > maxIdentifier {
		return ""
	}
	return s
}

// limited cuts a text to at most n bytes, at the end of a character.
func limited(s string, n int) string {
	if len(s) <= n {
		return s
	}
	cut := 0
	for i := range s {
		if i > n {
			break
		}
		cut = i
	}
	return s[:cut]
}
