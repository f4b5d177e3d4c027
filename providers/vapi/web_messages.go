package vapi

import "encoding/json"

// maxSaid bounds the text that is taken out of one message, in bytes.
const maxSaid = 16 << 10

// WebKind is what a message of a web call tells.
type WebKind string

// The kinds that matter here.
const (
	WebTranscript  WebKind = "transcript"       // somebody said Text
	WebOutput      WebKind = "model-output"     // the model wrote Text
	WebSpeech      WebKind = "speech-update"    // Role began or stopped speaking, see Started
	WebInterrupted WebKind = "user-interrupted" // the caller spoke into the assistant's words: what is not yet played must not be
	WebEnded       WebKind = "ended"            // the call is over
	WebHang        WebKind = "hang"             // the assistant waits for something slow
)

// WebMessage is what [ParseWebMessage] found.
type WebMessage struct {
	Kind      WebKind
	Assistant bool   // it is about the assistant, else about the caller
	Text      string // what was said; not empty where the kind has one
	Final     bool   // of a transcript: the words will not change any more
	Started   bool   // of a speech update
}

// wireMessage is what Vapi's client messages have in common; those of a WebSocket are the ones of its web SDK, see
// serverMessages in the published schema for their fields.
type wireMessage struct {
	Type           string          `json:"type"`
	Role           string          `json:"role"`
	Status         string          `json:"status"`
	Transcript     string          `json:"transcript"`
	TranscriptType string          `json:"transcriptType"`
	Output         json.RawMessage `json:"output"`
	Message        json.RawMessage `json:"message"`
}

// ParseWebMessage reads a text message of a web call. It may stand in an envelope, {"message": …}, as in webhooks. ok is
// false for what is none, is of no interest, or lacks what its kind needs: Vapi adds kinds often.
func ParseWebMessage(data []byte) (m WebMessage, ok bool) {
	var wire wireMessage
	if json.Unmarshal(data, &wire) != nil {
		return m, false
	}
	if wire.Type == "" {
		inner := wire.Message
		wire = wireMessage{}
		if len(inner) == 0 || json.Unmarshal(inner, &wire) != nil {
			return m, false
		}
	}
	m.Assistant = wire.Role == "assistant" || wire.Role == "bot"
	switch wire.Type {
	case "transcript", `transcript[transcriptType="final"]`, `transcript[transcriptType='final']`:
		m.Kind, m.Text = WebTranscript, wire.Transcript
		m.Final = wire.TranscriptType == "final" || wire.Type != "transcript"
		return m, m.Text != "" && len(m.Text) <= maxSaid
	case "model-output":
		m.Kind, m.Assistant = WebOutput, true
		ok = json.Unmarshal(wire.Output, &m.Text) == nil && m.Text != "" && len(m.Text) <= maxSaid // else a tool is called
		return m, ok
	case "speech-update":
		m.Kind, m.Started = WebSpeech, wire.Status == "started"
		return m, wire.Status == "started" || wire.Status == "stopped"
	case "user-interrupted":
		m.Kind = WebInterrupted
		return m, true
	case "status-update":
		m.Kind = WebEnded
		return m, wire.Status == "ended"
	case "hang":
		m.Kind = WebHang
		return m, true
	default:
		return m, false
	}
}
