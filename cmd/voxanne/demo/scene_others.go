package demo

import (
	"context"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/spoken"
)

// secondCaller wants the very slot that the first caller has, is told why not, and takes what is offered instead.
func (p *play) secondCaller(ctx context.Context) error {
	number, err := p.newNumber(ctx, chicagoNumbers)
	if err != nil {
		return err
	}
	ph := p.ring(p.lakeside, "Bo Quillby", number)
	zone, who := p.lakeside.zone, p.plan.practitioners[0]
	p.heading("%s calls and wants the same time with %s", ph.name, who)
	ph.says("%s with %s on %s please.", p.plan.service, who, spoken.SayTime(p.plan.start, zone))
	_, refused, err := ph.ask(ctx, "bookClinicAppointment", ph.booking(p.plan.service, who, p.plan.start.In(zone)))
	if err != nil {
		return err
	}
	truth, err := p.ask(ctx, ph, p.plan.service, who, p.plan.start)
	if err != nil {
		return err
	}
	why := truth.Outcome == "refused" && truth.Reason != nil && *truth.Reason == "taken"
	p.promise(why && strings.HasPrefix(refused.Error, "That time is taken."), "The second caller is told why: the time is taken", refused.Text(), truth.Outcome)
	offer := spoken.SayOptions(truth.Alternatives, zone)
	p.promise(offer != "" && strings.Contains(refused.Error, offer), "… and is offered what is really free nearest to it", refused.Text(), offer)
	if len(truth.Alternatives) == 0 {
		return nil
	}

	next := truth.Alternatives[0]
	ph.says("Then %s. I am %s.", spoken.SayTime(next, zone), ph.name)
	_, booked, err := ph.ask(ctx, "bookClinicAppointment", ph.booking(p.plan.service, who, next.In(zone)))
	if err != nil {
		return err
	}
	visits, err := ph.visits(ctx)
	if err != nil {
		return err
	}
	p.promise(booked.Error == "" && len(visits) == 1 && isBooked(visits[0].Status) && visits[0].ScheduledAt.Equal(next),
		"What was offered can be booked", booked.Text(), visits)
	return nil
}

// ask is the database's own answer to whether a call could book a start, with alternatives as instants.
func (p *play) ask(ctx context.Context, ph *phone, service, practitioner string, at time.Time) (truth db.BookingResult, err error) {
	err = p.database.AsCall(ctx, ph.envelope(), func(tx db.Tx, call db.CallContext) error {
		truth, err = tx.CheckSlot(ctx, db.CheckSlotParams{CallID: call.CallID, Service: service, StartsAt: at, Resource: &practitioner})
		return err
	})
	return truth, err
}

// spoofedCaller shows the first caller's number, which anybody can, and wants to hear and undo what it booked.
func (p *play) spoofedCaller(ctx context.Context) error {
	p.heading("Somebody calls with the number of %s and cannot say who they are", p.first.name)
	ph := p.ring(p.lakeside, "Somebody", p.first.line.Customer)
	ph.says("When is my appointment? I am %s.", p.first.name)
	_, told, err := ph.ask(ctx, "findMyAppointments", nil)
	if err != nil {
		return err
	}
	looked, err := p.tellsStranger(ctx)
	if err != nil {
		return err
	}
	p.promise(told.Error != "" && p.tellsNothing(told.Text()), "Nothing of the visit is told", told.Text())
	p.promise(told.Text() == looked, "A number never seen before gets the very same answer", told.Text(), looked)

	ph.says("Then cancel it. It is on %s.", p.plan.day.Format("Monday, January 2"))
	_, cancelled, err := ph.ask(ctx, "cancelAppointment", map[string]any{"currentDate": p.plan.day.Format(time.DateOnly), "patientName": p.first.name})
	if err != nil {
		return err
	}
	visits, err := p.first.visits(ctx)
	if err != nil {
		return err
	}
	p.promise(cancelled.Error != "" && p.tellsNothing(cancelled.Text()) && len(visits) == 1 && visits[0] == p.visit,
		"Nothing of it is cancelled", cancelled.Text(), visits)
	return nil
}

// tellsStranger is what somebody hears whose number nobody knows.
func (p *play) tellsStranger(ctx context.Context) (string, error) {
	number, err := p.newNumber(ctx, chicagoNumbers)
	if err != nil {
		return "", err
	}
	_, told, err := p.ring(p.lakeside, "A stranger", number).ask(ctx, "findMyAppointments", nil)
	return told.Text(), err
}

// tellsNothing says whether a sentence is silent about the first caller's visit.
func (p *play) tellsNothing(sentence string) bool {
	at := p.visit.ScheduledAt.In(p.lakeside.zone)
	for _, secret := range []string{firstName(p.first.name), "Quill", p.visit.Practitioner, at.Format("January"), at.Weekday().String(), at.Format("3:04")} {
		if strings.Contains(strings.ToLower(sentence), strings.ToLower(secret)) {
			return false
		}
	}
	return true
}
