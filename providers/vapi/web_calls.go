package vapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/coder/websocket"
)

// WebSampleRate is the sound of web calls, both ways: PCM, 16 bits, little-endian, one channel, so many samples a second.
const WebSampleRate = 16000

const (
	// maxWebMessage is the most that is read of one message of a web call. Sound comes in pieces of milliseconds; a
	// conversation-update carries all that was said.
	maxWebMessage = 1 << 20
	// webWriteTimeout is for one message; a Vapi that does not take it for so long is gone.
	webWriteTimeout = 5 * time.Second
	// hangUpTimeout is for saying goodbye.
	hangUpTimeout = 2 * time.Second
)

// WebCall is a call that Vapi made and that waits for its sound. It prints without its address.
type WebCall struct {
	ID string
	// Address is where the sound goes, a ws or wss address. Who has it speaks in the call: Vapi asks for nothing else.
	Address string
}

// String is the call's id.
func (w WebCall) String() string { return w.ID }

// GoString hides the address from %#v.
func (w WebCall) GoString() string { return w.ID }

// PlaceWebCall has an assistant take a call over a WebSocket, see [Client.JoinWebCall] (Vapi: POST /call with transport
// vapi.websocket). The variables fill the placeholders of its prompt, for this call. It takes one of the account's places until it
// ends. Asked once. Errors: as those of [Client.CreateTool]; *RateLimitedError also when every place is taken.
func (c *Client) PlaceWebCall(ctx context.Context, assistantID string, variables map[string]string) (WebCall, error) {
	if !usableID(assistantID) {
		return WebCall{}, errors.New("vapi: a web call needs an assistant")
	}
	body, err := Encode(map[string]any{
		"assistantId":        assistantID,
		"assistantOverrides": map[string]any{"variableValues": variables},
		"transport": map[string]any{
			"provider":    "vapi.websocket",
			"audioFormat": map[string]any{"format": "pcm_s16le", "container": "raw", "sampleRate": WebSampleRate},
		},
	})
	if err != nil {
		return WebCall{}, err
	}
	made, err := c.create(ctx, callPath, body)
	if isOverConcurrency(err) || (err == nil && readPlaced(made).Limits.Blocked) {
		return WebCall{}, &RateLimitedError{}
	}
	if err != nil {
		return WebCall{}, err
	}
	var transport struct {
		Address string `json:"websocketCallUrl"`
	}
	if json.Unmarshal(made["transport"], &transport) != nil || !c.isSocket(transport.Address) {
		return WebCall{}, &UncertainError{cause: errors.New("the call has no address for its sound")}
	}
	return WebCall{ID: made.Text("id"), Address: transport.Address}, nil
}

// isSocket admits wss, and ws where Vapi itself is reached without TLS, as a played one is.
func (c *Client) isSocket(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	base, err := url.Parse(c.base)
	return u.Scheme == "wss" || (err == nil && base.Scheme == "http" && u.Scheme == "ws")
}

// WebLine is one end of a web call. One goroutine may read and others write at the same time. HangUp ends it.
type WebLine struct{ conn *websocket.Conn }

// JoinWebCall opens the sound of a call that PlaceWebCall made, within the client's time limit. The account's key is not
// sent. Error: *UnavailableError, whose text never holds the address.
func (c *Client) JoinWebCall(ctx context.Context, address string) (*WebLine, error) {
	if !c.isSocket(address) {
		return nil, errors.New("vapi: the address is not that of a web call")
	}
	dialling, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	client := *c.http
	client.Timeout = 0                                                                             // it would end the call, not the handshake
	conn, _, err := websocket.Dial(dialling, address, &websocket.DialOptions{HTTPClient: &client}) //nolint:bodyclose // the library closes it
	if err != nil {
		return nil, &UnavailableError{cause: withoutURL(err)}
	}
	conn.SetReadLimit(maxWebMessage)
	return &WebLine{conn: conn}, nil
}

// Read waits for what comes next: sound, or a message for [ParseWebMessage]; the other one is nil. An error means that the
// call is over, ErrWebCallOver that Vapi ended it in order.
func (l *WebLine) Read(ctx context.Context) (sound, message []byte, err error) {
	kind, data, err := l.conn.Read(ctx)
	switch {
	case websocket.CloseStatus(err) == websocket.StatusNormalClosure || websocket.CloseStatus(err) == websocket.StatusGoingAway:
		return nil, nil, ErrWebCallOver
	case err != nil:
		return nil, nil, fmt.Errorf("read from Vapi: %w", err)
	case kind == websocket.MessageBinary:
		return data, nil, nil
	default:
		return nil, data, nil
	}
}

// ErrWebCallOver: Vapi closed a web call in order.
var ErrWebCallOver = errors.New("vapi: the web call is over")

// Say sends sound. It waits while Vapi takes none, for five seconds at most; an error means that the call is over.
func (l *WebLine) Say(ctx context.Context, sound []byte) error {
	ctx, cancel := context.WithTimeout(ctx, webWriteTimeout)
	defer cancel()
	if err := l.conn.Write(ctx, websocket.MessageBinary, sound); err != nil {
		return fmt.Errorf("send sound to Vapi: %w", err)
	}
	return nil
}

// HangUp tells Vapi that the call is over and closes the line, which ends a Read that waits. It returns when Vapi has
// answered, after seven seconds at most, and may be called on a line that is closed.
func (l *WebLine) HangUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hangUpTimeout)
	defer cancel()
	_ = l.conn.Write(ctx, websocket.MessageText, []byte(`{"type":"hangup"}`)) // who is gone need not be told
	_ = l.conn.Close(websocket.StatusNormalClosure, "")
	_ = l.conn.CloseNow()
}
