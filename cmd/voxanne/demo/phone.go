package demo

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// phone is one caller on the line to a clinic.
type phone struct {
	p    *play
	name string
	line sandbox.Line
	said []sandbox.Said     // for the report at the end
	used []sandbox.ToolCall // likewise
}

// ring starts a call to a clinic; name is who calls, number where from.
func (p *play) ring(c clinic, name, number string) *phone {
	ph := p.dial(c, name, number)
	p.callers = append(p.callers, ph)
	return ph
}

// dial makes a call that nobody has heard of yet.
func (p *play) dial(c clinic, name, number string) *phone {
	return &phone{p: p, name: name, line: sandbox.Line{
		CallID: uuid.NewString(), AssistantID: c.AssistantID, PhoneNumberID: c.PhoneNumberID,
		Number: c.Number, Customer: number, At: time.Now()}}
}

// calls are Vapi's ids of all calls so far.
func (p *play) calls() []string {
	ids := make([]string, len(p.callers))
	for i, ph := range p.callers {
		ids[i] = ph.line.CallID
	}
	return ids
}

// newNumber is a number, of those set aside for fiction, that nobody called from before.
func (p *play) newNumber(ctx context.Context, prefix string) (string, error) {
	for range 1000 {
		number := fmt.Sprintf("%s%04d", prefix, 2000+rand.IntN(8000))
		known, err := p.owner.DemoNumberIsKnown(ctx, number)
		if err != nil {
			return "", fmt.Errorf("look for a new number: %w", err)
		}
		if !known {
			return number, nil
		}
	}
	return "", fmt.Errorf("nearly every number of %s called before: seed a fresh database", prefix)
}

// Prefixes of the numbers that callers have here and in London.
const (
	chicagoNumbers = "+1312555"
	londonNumbers  = "+44207946"
)

// says prints and keeps what the caller says.
func (ph *phone) says(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	ph.said = append(ph.said, sandbox.Said{ByCaller: true, Text: text})
	ph.p.line(firstName(ph.name), text)
}

// ask lets the model call one tool, and prints the call and its answer.
func (ph *phone) ask(ctx context.Context, tool string, args map[string]any) (sandbox.ToolCall, sandbox.ToolResult, error) {
	call := sandbox.ToolCall{ID: "call_" + uuid.NewString(), Name: tool, Arguments: args}
	ph.p.line("", written(call))
	result, err := ph.send(ctx, call)
	if err == nil {
		ph.p.line("Voxanne", result.Text())
		ph.said = append(ph.said, sandbox.Said{Text: result.Text()})
	}
	return call, result, err
}

// send delivers one tool call and prints nothing: rushing callers use it in parallel.
func (ph *phone) send(ctx context.Context, call sandbox.ToolCall) (sandbox.ToolResult, error) {
	ph.used = append(ph.used, call)
	results, err := ph.p.vapi.CallTools(ctx, sandbox.ToolCalls(ph.line, sandbox.NestedText, call))
	if err != nil {
		return sandbox.ToolResult{}, err
	}
	return results[0], nil
}

// booking is what the model sends to book a start.
func (ph *phone) booking(service, practitioner string, at time.Time) map[string]any {
	args := ph.wish(service, practitioner, at)
	args["patientName"] = ph.name
	return args
}

// wish is a service, a practitioner ("" is any) and a start, in the model's words.
func (ph *phone) wish(service, practitioner string, at time.Time) map[string]any {
	args := map[string]any{"serviceType": service, "appointmentDate": at.Format(time.DateOnly),
		"weekday": at.Weekday().String(), "appointmentTime": at.Format("3:04 pm")}
	if practitioner != "" {
		args["practitioner"] = practitioner
	}
	return args
}

// envelope is the call as the service knows it.
func (ph *phone) envelope() db.CallEnvelope {
	return db.CallEnvelope{VapiCallID: ph.line.CallID, Direction: "inbound", AssistantID: ph.line.AssistantID,
		PhoneNumberID: ph.line.PhoneNumberID, Number: ph.line.Number, Caller: ph.line.Customer}
}

// visits are the rows that this call left, holds too.
func (ph *phone) visits(ctx context.Context) ([]db.DemoAppointmentsRow, error) {
	return ph.p.owner.DemoAppointments(ctx, []string{ph.line.CallID})
}

// written is a tool call as one reads it.
func written(call sandbox.ToolCall) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(call.Arguments)) {
		parts = append(parts, fmt.Sprintf("%s: %v", name, call.Arguments[name]))
	}
	return fmt.Sprintf("→ %s {%s}", call.Name, strings.Join(parts, ", "))
}

func firstName(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}

// isBooked says whether a row is a visit rather than a hold or a cancelled one.
func isBooked(status string) bool { return status == "confirmed" || status == "pending" }
