package demo

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// strangerAtTheDoor sends what anybody could send: nothing of it gets in.
func (p *play) strangerAtTheDoor(ctx context.Context) error {
	p.heading("Somebody who is not Vapi knocks")
	p.forged = p.dial(p.lakeside, "Mallory Quillby", "")
	message := sandbox.ToolCalls(p.forged.line, sandbox.NestedObject, sandbox.ToolCall{ID: "call_forged", Name: "bookClinicAppointment",
		Arguments: p.forged.booking(p.plan.service, "", p.plan.start.In(p.lakeside.zone))})
	for what, auth := range map[string]sandbox.Authentication{
		"without a proof":       sandbox.Anonymous(),
		"with another's secret": p.proof("not-the-secret-of-this-instance"),
	} {
		_, err := p.caller(auth).CallTools(ctx, message)
		var refused *sandbox.RefusedError
		p.promise(errors.As(err, &refused), "A booking "+what+" is refused with 401", err)
	}
	return nil
}

// firstCall is an ordinary call: greeted, offered, held, booked; and the model repeats itself.
func (p *play) firstCall(ctx context.Context) error {
	number, err := p.newNumber(ctx, chicagoNumbers)
	if err != nil {
		return err
	}
	p.first = p.ring(p.lakeside, "Ann Quillfeather", number)
	p.heading("%s calls %s from %s", p.first.name, p.lakeside.Name, number)
	if err := p.greeted(ctx, p.first, p.lakeside); err != nil {
		return err
	}
	if err := p.offered(ctx); err != nil {
		return err
	}
	return p.bookedOnce(ctx)
}

func (p *play) greeted(ctx context.Context, ph *phone, c clinic) error {
	answer, err := p.vapi.RequestAssistant(ctx, sandbox.AssistantRequest(ph.line))
	if err != nil {
		return err
	}
	p.line("Voxanne", answer.FirstMessage)
	p.promise(answer.AssistantID == c.AssistantID && strings.Contains(answer.FirstMessage, c.Name),
		"The number that was dialled decides which clinic answers", answer.AssistantID, answer.FirstMessage)
	p.promise(answer.VariableValues["callerNames"] == "", "The assistant is told nothing about who calls", answer.VariableValues)
	return nil
}

// offered asks for a day; the first start of it is held.
func (p *play) offered(ctx context.Context) error {
	day := p.plan.day
	p.first.says("Hello, is %s free on %s? I need this: %s.", p.plan.practitioners[0], day.Format("Monday, January 2"), p.plan.service)
	_, result, err := p.first.ask(ctx, "checkAvailability", map[string]any{"serviceType": p.plan.service, "hold": "true",
		"practitioner": p.plan.practitioners[0], "appointmentDate": day.Format(time.DateOnly), "weekday": day.Weekday().String()})
	if err != nil {
		return err
	}
	visits, err := p.first.visits(ctx)
	if err != nil {
		return err
	}
	held := len(visits) == 1 && visits[0].Status == "held"
	p.promise(result.Error == "" && held && visits[0].ScheduledAt.Equal(p.plan.start),
		"The first free start of the day is offered and held for the caller", result.Text(), visits)
	if held {
		p.visit = visits[0]
	}
	return nil
}

// bookedOnce books what is held, and sends the same wish again in the two ways in which it comes again.
func (p *play) bookedOnce(ctx context.Context) error {
	at := p.plan.start.In(p.lakeside.zone)
	p.first.says("%s is good. My name is %s.", at.Format("3:04 pm"), p.first.name)
	wish := p.first.booking(p.plan.service, p.plan.practitioners[0], at)
	call, booked, err := p.first.ask(ctx, "bookClinicAppointment", wish)
	if err != nil {
		return err
	}
	visits, err := p.first.visits(ctx)
	if err != nil {
		return err
	}
	one := len(visits) == 1 && isBooked(visits[0].Status) && visits[0].Patient == p.first.name && visits[0].ScheduledAt.Equal(p.plan.start)
	p.promise(booked.Error == "" && one, "The visit is booked, and the answer says so", booked.Text(), visits)
	p.promise(one && visits[0].ID == p.visit.ID, "The hold itself became the visit", visits)
	if one {
		p.visit = visits[0]
	}

	redelivered, err := p.first.send(ctx, call)
	if err != nil {
		return err
	}
	repeated, err := p.first.send(ctx, sandbox.ToolCall{ID: "call_" + uuid.NewString(), Name: call.Name, Arguments: wish})
	if err != nil {
		return err
	}
	if visits, err = p.first.visits(ctx); err != nil {
		return err
	}
	p.promise(redelivered.Text() == booked.Text(), "The same tool call delivered twice gets the same answer", redelivered.Text())
	p.promise(repeated.Text() == booked.Text(), "The same wish under a new id gets the same answer", repeated.Text())
	p.promise(len(visits) == 1, "All three are one row", visits)
	return nil
}
