package sandbox

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// start runs what a call does until it ends, or the played Vapi is closed. It needs v.mu.
func (v *Vapi) start(live func()) {
	if v.lines.life.Err() == nil {
		v.lines.running.Go(live)
	}
}

// schedule waits until a call is to be dialled, and has that done, unless it is deleted before.
func (v *Vapi) schedule(id string, wait time.Duration, deleted <-chan struct{}) {
	v.tell(id, "scheduled", "")
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-deleted:
	case <-v.lines.life.Done():
		return
	}
	v.mu.Lock()
	if v.lines.placed[id].text("status") != "scheduled" { // deleted, perhaps at this very moment
		v.mu.Unlock()
		v.tell(id, "ended", endedDeleted)
		return
	}
	delete(v.lines.waiting, id)
	if len(v.lines.busy) >= v.lines.slots {
		report := v.endCall(id, endedBlocked, nil)
		v.mu.Unlock()
		v.announce(id, endedBlocked, report)
		return
	}
	v.set(id, vapiObject{"status": jsonText("queued")})
	v.mu.Unlock()
	v.dial(id)
}

// dial plays a call from the moment it is queued, and tells each step.
func (v *Vapi) dial(id string) {
	v.tell(id, "queued", "")
	v.move(id, "ringing")
	v.mu.Lock()
	callee, pace := v.calleeAt(customerOf(v.lines.placed[id])), v.lines.pace
	v.mu.Unlock()
	if !v.pass(pace.Ring) {
		return
	}
	switch callee.Ending {
	case Busy:
		v.finish(id, "customer-busy", nil)
		return
	case NoAnswer:
		v.finish(id, "customer-did-not-answer", nil)
		return
	}
	started := v.move(id, "in-progress")
	if !v.pass(pace.Talk) {
		return
	}
	if callee.Ending == Voicemail {
		v.finish(id, "voicemail", &Outcome{StartedAt: started, Turns: []Said{{Text: v.voicemailOf(id)}}})
		return
	}
	v.finish(id, "assistant-ended-call", &Outcome{StartedAt: started, CostUSD: 0.05, Summary: "The clinic called and was answered.", Turns: []Said{
		{Text: "Hello, I am calling from the clinic."}, {ByCaller: true, Text: "Thank you for calling."}, {Text: "Have a good day. Goodbye."}}})
}

// pass lets time go by; false when the played Vapi is closed meanwhile.
func (v *Vapi) pass(length time.Duration) bool {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return v.lines.life.Err() == nil
	case <-v.lines.life.Done():
		return false
	}
}

// move brings a call to its next status and tells it. It returns when that was.
func (v *Vapi) move(id, status string) time.Time {
	v.mu.Lock()
	at := v.now()
	fields := vapiObject{"status": jsonText(status)}
	if status == "in-progress" {
		fields["startedAt"] = jsonText(iso(at))
	}
	v.set(id, fields)
	v.mu.Unlock()
	v.tell(id, status, "")
	return at
}

// finish ends a call and tells it. o is nil for a call that nobody took.
func (v *Vapi) finish(id, reason string, o *Outcome) {
	v.mu.Lock()
	if o != nil {
		o.EndedAt = v.now()
	}
	report := v.endCall(id, reason, o)
	v.mu.Unlock()
	v.announce(id, reason, report)
}

// announce tells that a call ended, and how.
func (v *Vapi) announce(id, reason string, report Message) {
	v.tell(id, "ended", reason)
	v.deliver(id, report)
}

// endCall writes into the call how it ended, and returns the report of it. It needs v.mu.
func (v *Vapi) endCall(id, reason string, o *Outcome) Message {
	variant, outcome := ReportBare, Outcome{EndedReason: reason}
	if o != nil {
		variant, outcome = ReportInArtifact, *o
		outcome.EndedReason = reason
	}
	report := EndOfCallReport(v.lineOf(id), outcome, variant)
	fields := vapiObject{"status": jsonText("ended")}
	for _, key := range []string{"endedReason", "startedAt", "endedAt", "cost", "artifact", "analysis"} {
		if value, told := report.fields[key]; told {
			fields[key], _ = json.Marshal(value) // texts, numbers and maps of ours
		}
	}
	v.set(id, fields)
	return report
}

// set changes fields of a call, and has it occupy a slot as long as its status says. It needs v.mu.
func (v *Vapi) set(id string, fields vapiObject) {
	call := maps.Clone(v.lines.placed[id])
	maps.Copy(call, fields)
	call["updatedAt"] = jsonText(v.tick())
	v.lines.placed[id] = call
	switch call.text("status") {
	case "queued", "ringing", "in-progress", "forwarding":
		v.lines.busy[id] = true
		v.lines.most = max(v.lines.most, len(v.lines.busy))
	default:
		delete(v.lines.busy, id)
	}
}

// tell sends a status-update.
func (v *Vapi) tell(id, status, reason string) {
	v.mu.Lock()
	message := StatusUpdate(v.lineOf(id), status, reason)
	v.mu.Unlock()
	v.deliver(id, message)
}

// lineOf is a placed call as messages tell it, now. It needs v.mu.
func (v *Vapi) lineOf(id string) Line {
	call := v.lines.placed[id]
	number := call.text("phoneNumberId")
	return Line{
		CallID: id, Kind: "outboundPhoneCall", AssistantID: call.text("assistantId"), PhoneNumberID: number,
		Number: v.numbers[number].text("number"), Customer: customerOf(call), At: v.now(),
		Name: call.text("name"), Overrides: call["assistantOverrides"],
	}
}

// deliver sends a message to the server that the call's assistant has, else its number; one attempt, as Vapi without a
// backoffPlan. A server that cannot be reached misses it, as there.
func (v *Vapi) deliver(id string, m Message) {
	v.mu.Lock()
	call := v.lines.placed[id]
	assistant := v.assistants[call.text("assistantId")]
	server, known := readVapiServer(assistant["server"], v.numbers[call.text("phoneNumberId")]["server"], v.lines.strange)
	wanted := subscribed(assistant, m.Type) && !slices.Contains(v.calleeAt(customerOf(call)).Lost, m.Type)
	hooks := v.lines.hooks
	v.mu.Unlock()
	if known && wanted {
		_, _ = server.caller(hooks).Post(v.lines.life, "", m)
	}
}

// subscribed says whether an assistant's server hears messages of a type; those we play are all in Vapi's default list.
func subscribed(assistant vapiObject, messageType string) bool {
	var types []string
	return json.Unmarshal(assistant["serverMessages"], &types) != nil || slices.Contains(types, messageType)
}

func customerOf(call vapiObject) string {
	var customer vapiObject
	if json.Unmarshal(call["customer"], &customer) != nil {
		return ""
	}
	return customer.text("number")
}

// voicemailOf is what a machine is told.
func (v *Vapi) voicemailOf(id string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	call := v.lines.placed[id]
	var overrides vapiObject
	if json.Unmarshal(call["assistantOverrides"], &overrides) == nil && overrides.text("voicemailMessage") != "" {
		return overrides.text("voicemailMessage")
	}
	return v.assistants[call.text("assistantId")].text("voicemailMessage")
}
