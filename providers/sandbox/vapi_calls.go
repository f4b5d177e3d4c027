package sandbox

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// vapiSlots is how many calls an account may have at once when it has bought no more (Vapi: call concurrency).
const vapiSlots = 10

// Reasons for which a call that nobody took ends.
const (
	endedBlocked = "call.start.error-subscription-concurrency-limit-reached"
	endedDeleted = "scheduled-call-deleted"
)

// Ending is what becomes of an outbound call once it is dialled.
type Ending int

// The endings.
const (
	Answers   Ending = iota // a person answers and talks for a moment
	Busy                    // customer-busy
	NoAnswer                // customer-did-not-answer
	Voicemail               // a machine answers and gets the voicemail message
)

// Callee is somebody who is called.
type Callee struct {
	Ending Ending
	// Lost are the types of webhooks that never arrive about the call, such as end-of-call-report.
	Lost []string
	// Post is how POST /call itself goes wrong for this callee: refused (Status), without an answer (Delay), and with
	// Acts after the call was made. Failures ordered with [Vapi.Fail] come first.
	Post Failure
}

// Pace is how long a played call takes. Zero: no time at all.
type Pace struct{ Ring, Talk time.Duration }

// outbound is the calls that were placed. Vapi.mu guards it.
type outbound struct {
	placed  map[string]vapiObject
	busy    map[string]bool          // ids of the calls that occupy a slot
	most    int                      // that ever did
	waiting map[string]chan struct{} // of scheduled calls; closed when the call is deleted
	callees map[string]Callee
	others  Callee
	slots   int
	pace    Pace
	strange json.RawMessage // the `server` of assistants that are not known; nil: they cannot call

	hooks   *http.Client
	life    context.Context // of the calls
	end     context.CancelFunc
	running sync.WaitGroup
}

func (o *outbound) open() {
	o.placed, o.waiting, o.callees = map[string]vapiObject{}, map[string]chan struct{}{}, map[string]Callee{}
	o.busy, o.slots = map[string]bool{}, vapiSlots
	o.hooks = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	o.life, o.end = context.WithCancel(context.Background())
}

func (v *Vapi) serveCalls() {
	v.routes.HandleFunc("POST /call", v.postCall)
	v.routes.HandleFunc("GET /call", v.locked(v.listOf(v.lines.placed, "id", "assistantId", "phoneNumberId")))
	v.routes.HandleFunc("GET /call/{id}", v.locked(v.getCall))
	v.routes.HandleFunc("DELETE /call/{id}", v.locked(v.deleteCall))
}

// Close ends the calls under way, without a word to anybody, and waits for their webhooks. It may be called twice.
func (v *Vapi) Close() {
	v.mu.Lock()
	v.lines.end() // under the lock: no call starts after it
	v.mu.Unlock()
	v.lines.running.Wait()
}

// Callee says who answers at a number (E.164) from now on.
func (v *Vapi) Callee(number string, c Callee) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lines.callees[number] = c
}

// OtherCallees says who answers at every number that has no callee of its own.
func (v *Vapi) OtherCallees(c Callee) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lines.others = c
}

// Concurrency sets how many calls there may be at once; ten without it. One more is made, blocked, and ends at once.
func (v *Vapi) Concurrency(slots int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lines.slots = slots
}

// SetPace sets how long calls take from now on.
func (v *Vapi) SetPace(p Pace) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lines.pace = p
}

// SetClock gives what is made from now on its createdAt, and webhooks their times. What waits, waits real time.
func (v *Vapi) SetClock(now func() time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.now = now
}

// KnowStrangers lets assistants and numbers call that it does not know, as those of an earlier run of the played Vapi; their
// webhooks go to a URL with a secret. For development, where the database remembers more than this.
func (v *Vapi) KnowStrangers(webhook, secret string) {
	server, _ := json.Marshal(vapiServer{URL: webhook, Headers: map[string]string{"X-Vapi-Secret": secret}}) // cannot fail
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lines.strange = server
}

// PlacedCalls returns all calls that were placed by id, as GET serves them.
func (v *Vapi) PlacedCalls() map[string]json.RawMessage { return v.written(v.lines.placed) }

// CallsAtOnce returns how many calls occupy a slot at this moment.
func (v *Vapi) CallsAtOnce() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.lines.busy)
}

// MostCallsAtOnce returns how many calls occupied a slot when there were most.
func (v *Vapi) MostCallsAtOnce() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.lines.most
}

// postCall makes a call, or goes wrong as its callee wants it.
func (v *Vapi) postCall(w http.ResponseWriter, r *http.Request) {
	raw, _ := readBody(w, r, maxVapiBody) // it is in memory already
	var body struct {
		Customer struct {
			Number string `json:"number"`
		} `json:"customer"`
	}
	_ = json.Unmarshal(raw, &body) // acceptCall complains
	v.mu.Lock()
	failure := v.calleeAt(body.Customer.Number).Post
	v.mu.Unlock()
	failure.play(w, r, v.locked(v.acceptCall), func(w http.ResponseWriter, status int) { refuse(w, status, failureText(status)) })
}

// calleeAt needs v.mu.
func (v *Vapi) calleeAt(number string) Callee {
	if c, known := v.lines.callees[number]; known {
		return c
	}
	return v.lines.others
}

// acceptCall makes the call and starts its life. A call beyond the slots is made too, and ends at once without anybody
// having been dialled (Vapi: call concurrency). It needs v.mu.
func (v *Vapi) acceptCall(r *http.Request) vapiAnswer {
	_, body, problems := readObject(r)
	if problems == nil && wantsWebSocket(body) {
		return v.placeWebCall(r, body)
	}
	if problems == nil {
		problems = v.checkCall(body)
	}
	if problems != nil {
		return refusal(http.StatusBadRequest, problems...)
	}
	call := withoutNulls(body)
	maps.Copy(call, v.newHead())
	id := call.text("id")
	call["type"], call["cost"], call["phoneCallProvider"] = jsonText("outboundPhoneCall"), json.RawMessage("0"), jsonText("twilio")
	call["monitor"] = json.RawMessage(`{"listenUrl":"wss://vapi.example/` + id + `/listen","controlUrl":"https://vapi.example/` + id + `/control"}`)
	v.lines.placed[id] = call
	occupied, wait := len(v.lines.busy), v.scheduledFor(call)
	blocked := wait <= 0 && occupied >= v.lines.slots
	switch {
	case wait > 0:
		deleted := make(chan struct{})
		v.lines.waiting[id] = deleted
		v.set(id, vapiObject{"status": jsonText("scheduled")})
		v.start(func() { v.schedule(id, wait, deleted) })
	case blocked:
		report := v.endCall(id, endedBlocked, nil)
		v.start(func() { v.announce(id, endedBlocked, report) })
	default:
		v.set(id, vapiObject{"status": jsonText("queued")})
		v.start(func() { v.dial(id) })
	}

	answer := maps.Clone(v.lines.placed[id])
	answer["subscriptionLimits"], _ = json.Marshal(map[string]any{ // cannot fail
		"concurrencyBlocked": blocked, "concurrencyLimit": v.lines.slots,
		"remainingConcurrentCalls": max(v.lines.slots-occupied-1, 0)})
	return vapiAnswer{status: http.StatusCreated, body: answer.bytes()}
}

// scheduledFor is how long the call's plan has it wait, not positive for at once. It needs v.mu.
func (v *Vapi) scheduledFor(call vapiObject) time.Duration {
	var plan struct {
		EarliestAt time.Time `json:"earliestAt"`
	}
	if json.Unmarshal(call["schedulePlan"], &plan) != nil || plan.EarliestAt.IsZero() {
		return 0
	}
	return plan.EarliestAt.Sub(v.now())
}

// getCall serves what was added as it is, and what was placed as it stands. It needs v.mu.
func (v *Vapi) getCall(r *http.Request) vapiAnswer {
	id := r.PathValue("id")
	if call, found := v.calls[id]; found {
		return vapiAnswer{status: http.StatusOK, body: call}
	}
	if call, found := v.lines.placed[id]; found {
		return vapiAnswer{status: http.StatusOK, body: call.bytes()}
	}
	return refusal(http.StatusNotFound, "Call not found.")
}

// deleteCall takes a scheduled call back, and forgets an ended one. What becomes of one under way is documented nowhere,
// so that is refused. It needs v.mu.
func (v *Vapi) deleteCall(r *http.Request) vapiAnswer {
	id := r.PathValue("id")
	call, found := v.lines.placed[id]
	if !found {
		return refusal(http.StatusNotFound, "Call not found.")
	}
	switch call.text("status") {
	case "scheduled":
		close(v.lines.waiting[id])
		delete(v.lines.waiting, id)
		v.endCall(id, endedDeleted, nil)
		return vapiAnswer{status: http.StatusOK, body: v.lines.placed[id].bytes()}
	case "ended":
		delete(v.lines.placed, id)
		return vapiAnswer{status: http.StatusOK, body: call.bytes()}
	default:
		return refusal(http.StatusBadRequest, "Call "+strconv.Quote(id)+" has not ended.")
	}
}
