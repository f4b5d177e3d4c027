package demo

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server/spoken"
)

// rushers is how many want one slot at once.
const rushers = 10

// rushed is what became of one of them.
type rushed struct {
	caller *phone
	result sandbox.ToolResult
	err    error
}

// rush lets ten callers want one start at the same moment.
func (p *play) rush(ctx context.Context) error {
	p.heading("%d callers want %s at the same moment", rushers, spoken.SayTime(p.plan.rush, p.lakeside.zone))
	all, err := p.rushAll(ctx)
	if err != nil {
		return err
	}
	booked, told := 0, 0
	var ids []string
	for _, one := range all {
		if one.err != nil {
			return one.err
		}
		ids = append(ids, one.caller.line.CallID)
		p.line(firstName(one.caller.name), one.result.Text())
		switch {
		case one.result.Error == "" && strings.HasPrefix(one.result.Result, "Booked:"):
			booked++
		case strings.HasPrefix(one.result.Error, "That time is taken. Free: "):
			told++
		}
	}
	seats := len(p.plan.practitioners)
	p.promise(booked == seats, fmt.Sprintf("Exactly %d hear that they are booked, one for each practitioner", seats), booked)
	p.promise(told == rushers-seats, "All others are told why, with other times", told)

	visits, err := p.owner.DemoAppointments(ctx, ids)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for _, visit := range visits {
		if isBooked(visit.Status) && visit.ScheduledAt.Equal(p.plan.rush) {
			taken[visit.Practitioner] = true
		}
	}
	p.promise(len(visits) == seats && len(taken) == seats, "The rows say the same: one visit for each practitioner", visits)
	return nil
}

// rushAll sends all wishes at once; every caller waits at the line until all are there.
func (p *play) rushAll(ctx context.Context) ([]rushed, error) {
	names := []string{"Cora", "Dov", "Esme", "Fay", "Gus", "Hal", "Ivy", "Jon", "Kim", "Lou"}
	all := make([]rushed, rushers)
	for i := range all {
		number, err := p.newNumber(ctx, chicagoNumbers)
		if err != nil {
			return nil, err
		}
		all[i].caller = p.ring(p.lakeside, names[i%len(names)]+" Quillington", number)
	}
	gun := make(chan struct{})
	var done sync.WaitGroup
	for i := range all {
		done.Go(func() {
			one := &all[i]
			call := sandbox.ToolCall{ID: "call_" + uuid.NewString(), Name: "bookClinicAppointment",
				Arguments: one.caller.booking(p.plan.service, "", p.plan.rush.In(p.lakeside.zone))}
			<-gun
			one.result, one.err = one.caller.send(ctx, call)
		})
	}
	close(gun)
	done.Wait()
	return all, nil
}
