package webvoice

import (
	"context"
	"encoding/json"

	"github.com/coder/websocket"

	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server/socket"
)

// The messages that pages read.
type (
	connected struct {
		Type       string `json:"type"`
		VapiCallID string `json:"vapiCallId"`
		TrackingID string `json:"trackingId"`
	}
	transcript struct {
		Type    string `json:"type"`
		Speaker string `json:"speaker"` // user or agent
		Text    string `json:"text"`
		IsFinal bool   `json:"is_final"`
	}
	response struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	state struct {
		Type  string `json:"type"`
		State string `json:"state"` // SPEAKING, LISTENING or IDLE
	}
	failure struct {
		Type  string `json:"type"`
		Error string `json:"error"`
	}
	bare struct {
		Type string `json:"type"`
	}
)

// translated is what a page is told of a message of Vapi's; nil for nothing. The state is the assistant's: it speaks, it
// listens, or it thinks about what the caller has just said.
func translated(m vapi.WebMessage) any {
	switch m.Kind {
	case vapi.WebTranscript:
		speaker := "user"
		if m.Assistant {
			speaker = "agent"
		}
		return transcript{Type: "transcript", Speaker: speaker, Text: m.Text, IsFinal: m.Final}
	case vapi.WebOutput:
		return response{Type: "response", Text: m.Text}
	case vapi.WebSpeech:
		switch {
		case m.Assistant && m.Started:
			return state{Type: "state", State: "SPEAKING"}
		case m.Assistant || m.Started:
			return state{Type: "state", State: "LISTENING"}
		default:
			return state{Type: "state", State: "IDLE"}
		}
	case vapi.WebInterrupted:
		return bare{Type: "interrupt"}
	default:
		return nil
	}
}

// goodbye tells a page why its call is over and closes it. It returns within fifteen seconds, at once for one that is gone.
func goodbye(ctx context.Context, page *websocket.Conn, why reason) {
	if text := sentence(why); text != "" {
		data, err := json.Marshal(failure{Type: "error", Error: text})
		if err == nil {
			_ = socket.Write(ctx, page, data) // who is gone need not be told
		}
	}
	_ = page.Close(code(why), string(why))
}

// sentence is what a person may read of a reason; empty where the call ended as calls do.
func sentence(why reason) string {
	switch why {
	case pageLeft, callOver, endedByMember, slow:
		return ""
	case tooLong:
		return "The call has reached the agent's longest duration."
	case tokenExpired:
		return "Your session has ended. Sign in again."
	case notAMember:
		return "You may not make test calls any more."
	case idle:
		return "The call was ended because no sound came from your page."
	case badSound, tooFast:
		return "The sound of your page cannot be used: 16 bits, one channel, 16 kHz, as it is spoken."
	case restarting:
		return "The server is restarting. Begin another test call."
	default:
		return "The connection to Vapi was lost."
	}
}

// code is how a page is closed: 1000 where the call ended as calls do.
func code(why reason) websocket.StatusCode {
	switch why {
	case pageLeft, callOver, endedByMember, tooLong:
		return websocket.StatusNormalClosure
	case restarting:
		return websocket.StatusServiceRestart
	case lost, unreachable, slow:
		return websocket.StatusTryAgainLater
	default:
		return websocket.StatusPolicyViolation
	}
}
