package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
)

// maxWebSound is the most that is read of one message of a web call.
const maxWebSound = 1 << 20

// webWait bounds a write to a client that does not read.
const webWait = 5 * time.Second

// WebCall is the far end of one web call, as Vapi has it: it keeps what it hears, and says what a test has it say.
type WebCall struct {
	id, address string
	overrides   json.RawMessage // its assistantOverrides, as they were sent
	joined      chan struct{}   // closed when the sound is opened
	over        chan struct{}   // closed when it is closed

	conn *websocket.Conn // set before joined is closed

	mu     sync.Mutex
	taken  bool
	heard  []byte
	hungUp bool
}

// webCalls are the calls with a WebSocket of an account, by id. The zero value is ready.
type webCalls struct {
	mu      sync.Mutex
	byID    map[string]*WebCall
	stalled chan struct{} // nil: they listen
}

// wantsWebSocket tells whether a POST /call is for a web call.
func wantsWebSocket(body vapiObject) bool { return body["transport"] != nil }

// placeWebCall answers POST /call with a transport. It needs v.mu.
func (v *Vapi) placeWebCall(r *http.Request, body vapiObject) vapiAnswer {
	if problems := v.checkWebCall(body); len(problems) > 0 {
		return refusal(http.StatusBadRequest, problems...)
	}
	call := v.newHead()
	id := call.text("id")
	// The address alone opens the sound, as Vapi's does; the secret in it is what a log must not hold.
	address := "ws://" + r.Host + "/transport/" + id + "/test-secret-" + uuid.NewString()
	occupied := len(v.lines.busy)
	blocked := occupied >= v.lines.slots
	if !blocked {
		v.web.add(&WebCall{id: id, address: address, overrides: slices.Clone(body["assistantOverrides"]), joined: make(chan struct{}), over: make(chan struct{})})
	}
	call["type"], call["status"], call["assistantId"] = jsonText("vapi.websocketCall"), jsonText("queued"), body["assistantId"]
	if overrides := body["assistantOverrides"]; overrides != nil {
		call["assistantOverrides"] = overrides
	}
	call["cost"] = json.RawMessage("0")
	call["transport"] = json.RawMessage(fmt.Sprintf(`{"provider":"vapi.websocket","websocketCallUrl":%q}`, address))
	call["subscriptionLimits"], _ = json.Marshal(map[string]any{ // cannot fail
		"concurrencyBlocked": blocked, "concurrencyLimit": v.lines.slots, "remainingConcurrentCalls": max(v.lines.slots-occupied-1, 0)})
	v.calls[id] = call.bytes()
	return vapiAnswer{status: http.StatusCreated, body: call.bytes()}
}

// checkWebCall returns what is wrong with a wish for a web call. It needs v.mu.
func (v *Vapi) checkWebCall(body vapiObject) problems {
	var p problems
	var transport struct {
		Provider    string `json:"provider"`
		AudioFormat struct {
			Format     string `json:"format"`
			Container  string `json:"container"`
			SampleRate int    `json:"sampleRate"`
		} `json:"audioFormat"`
	}
	if json.Unmarshal(body["transport"], &transport) != nil || transport.Provider != "vapi.websocket" {
		p.add("transport.provider must be one of the following values: vapi.websocket")
	}
	format := transport.AudioFormat
	if !slices.Contains([]string{"pcm_s16le", "mulaw"}, format.Format) || format.Container != "raw" || format.SampleRate < 8000 {
		p.add("transport.audioFormat must be a raw format with a sampleRate")
	}
	for _, phone := range []string{"phoneNumber", "phoneNumberId", "customer"} {
		if body[phone] != nil {
			p.add("%s must not be given with a WebSocket transport", phone)
		}
	}
	p.checkOverrides(p.object("", body, "assistantOverrides"))
	if _, found := v.assistants[body.text("assistantId")]; !found && v.lines.strange == nil {
		p.add("Couldn't Get Assistant. Need Either `assistant` Or `assistantId`.")
	}
	return p
}

// isWebSound tells whether a request is for an address that needs no key.
func isWebSound(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/transport/") }

// webSound serves the sound of a call.
func (v *Vapi) webSound(w http.ResponseWriter, r *http.Request) {
	call := v.web.get(r.PathValue("id"))
	if call == nil || !strings.HasSuffix(call.address, r.URL.Path) || !call.take() {
		refuse(w, http.StatusNotFound, "Cannot GET "+r.URL.Path)
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		close(call.over)
		return // the library has answered
	}
	v.occupy(call.id, true)
	defer close(call.over)
	defer v.occupy(call.id, false)
	defer conn.CloseNow()
	conn.SetReadLimit(maxWebSound)
	call.conn = conn
	close(call.joined)
	if stalled := v.web.stall(); stalled != nil {
		<-stalled
	}
	call.listen(r.Context(), conn)
}

// occupy takes a slot or gives it back. A web call whose sound nobody opens is given up, so it takes none.
func (v *Vapi) occupy(id string, taken bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !taken {
		delete(v.lines.busy, id)
		return
	}
	v.lines.busy[id] = true
}

// take is true the first time.
func (c *WebCall) take() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := !c.taken
	c.taken = true
	return first
}

// listen keeps what comes until the client hangs up or goes.
func (c *WebCall) listen(ctx context.Context, conn *websocket.Conn) {
	for {
		kind, data, err := conn.Read(ctx)
		if err != nil {
			return
		}
		c.mu.Lock()
		if kind == websocket.MessageBinary {
			c.heard = append(c.heard, data...)
		} else {
			var control struct {
				Type string `json:"type"`
			}
			c.hungUp = c.hungUp || (json.Unmarshal(data, &control) == nil && control.Type == "hangup")
		}
		c.mu.Unlock()
	}
}

// WebCall returns a web call by its id once its sound is opened; nil when ctx ends before, or there is no such call.
func (v *Vapi) WebCall(ctx context.Context, id string) *WebCall {
	call := v.web.get(id)
	if call == nil {
		return nil
	}
	select {
	case <-call.joined:
		return call
	case <-ctx.Done():
		return nil
	}
}

// StallWebCalls makes calls whose sound is opened from now on read nothing, as a Vapi that hangs, until release is called.
func (v *Vapi) StallWebCalls() (release func()) {
	stalled := make(chan struct{})
	v.web.mu.Lock()
	defer v.web.mu.Unlock()
	v.web.stalled = stalled
	return sync.OnceFunc(func() { close(stalled) })
}

// Overrides are the call's assistantOverrides, as they were sent; nil without.
func (c *WebCall) Overrides() json.RawMessage { return c.overrides }

// Say sends sound to the client.
func (c *WebCall) Say(sound []byte) error { return c.send(websocket.MessageBinary, sound) }

// Tell sends a message, which is JSON with Vapi.
func (c *WebCall) Tell(message string) error { return c.send(websocket.MessageText, []byte(message)) }

// End closes the sound, as Vapi does when a call is over.
func (c *WebCall) End() error { return c.conn.Close(websocket.StatusNormalClosure, "") }

// Over is closed when the sound is.
func (c *WebCall) Over() <-chan struct{} { return c.over }

// Heard returns the sound that came so far.
func (c *WebCall) Heard() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.heard)
}

// HungUp tells whether the client said that the call is over.
func (c *WebCall) HungUp() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hungUp
}

func (c *WebCall) send(kind websocket.MessageType, data []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), webWait)
	defer cancel()
	return c.conn.Write(ctx, kind, data)
}

func (w *webCalls) add(call *WebCall) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byID == nil {
		w.byID = map[string]*WebCall{}
	}
	w.byID[call.id] = call
}

func (w *webCalls) get(id string) *WebCall {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.byID[id]
}

func (w *webCalls) stall() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stalled
}
