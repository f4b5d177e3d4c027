package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// turn is one turn of a stored transcript.
type turn struct {
	Speaker string `json:"speaker"`
	Text    string `json:"text"`
}

func turnsOf(transcript []byte) (turns []turn, err error) {
	if err := json.Unmarshal(transcript, &turns); err != nil {
		return nil, fmt.Errorf("read the stored transcript: %w", err)
	}
	return turns, nil
}

// rows prints what the calls left, seen by the owner, and counts it by clinic.
func (p *play) rows(ctx context.Context) error {
	perClinic := map[string]int{}
	if err := p.printVisits(ctx, perClinic); err != nil {
		return err
	}
	if err := p.printAttempts(ctx, perClinic); err != nil {
		return err
	}
	if err := p.printCalls(ctx, perClinic); err != nil {
		return err
	}
	p.heading("Counted")
	for _, c := range []clinic{p.lakeside, p.harbor} {
		for _, table := range []string{"appointments", "booking_attempts", "call_logs"} {
			p.line("", fmt.Sprintf("%-16s %-16s %d", c.Name, table, perClinic[c.Name+table]))
		}
	}
	// One visit each of the first two callers, and one for each practitioner in the rush; one at Harbor.
	p.promise(perClinic[p.lakeside.Name+"appointments"] == 2+len(p.plan.practitioners) && perClinic[p.harbor.Name+"appointments"] == 1,
		"Every visit is with the clinic that was called, and there is none too many", perClinic)
	forged, err := p.owner.DemoCalls(ctx, []string{p.forged.line.CallID})
	if err != nil {
		return err
	}
	p.promise(perClinic[p.lakeside.Name+"call_logs"]+perClinic[p.harbor.Name+"call_logs"] == len(p.callers) && len(forged) == 0,
		"Every call is one row; the forged one left none", perClinic, forged)
	pairs, err := p.owner.DemoDoubleBookings(ctx)
	if err != nil {
		return err
	}
	p.promise(pairs == 0, "Nobody in the whole database is booked twice at one time", pairs)
	return nil
}

func (p *play) printVisits(ctx context.Context, perClinic map[string]int) error {
	visits, err := p.owner.DemoAppointments(ctx, p.calls())
	if err != nil {
		return err
	}
	p.heading("appointments")
	for _, v := range visits {
		perClinic[v.Clinic+"appointments"]++
		p.line("", fmt.Sprintf("%-16s %s  %-18s %-16s %-18s %s", v.Clinic, p.localTime(v.ScheduledAt, v.Clinic), v.Service, v.Practitioner, v.Patient, v.Status))
	}
	return nil
}

func (p *play) printAttempts(ctx context.Context, perClinic map[string]int) error {
	attempts, err := p.owner.DemoAttempts(ctx, p.calls())
	if err != nil {
		return err
	}
	p.heading("booking_attempts")
	for _, a := range attempts {
		perClinic[a.Clinic+"booking_attempts"]++
		at := "-"
		if a.StartsAt != nil {
			at = p.localTime(*a.StartsAt, a.Clinic)
		}
		p.line("", fmt.Sprintf("%-16s %-16s call %.8s  %-8s %-10s %s", a.Clinic, at, a.VapiCallID, a.Kind, a.Outcome, a.Reason))
	}
	return nil
}

func (p *play) printCalls(ctx context.Context, perClinic map[string]int) error {
	calls, err := p.owner.DemoCalls(ctx, p.calls())
	if err != nil {
		return err
	}
	p.heading("call_logs")
	for _, c := range calls {
		perClinic[c.Clinic+"call_logs"]++
		p.line("", fmt.Sprintf("%-16s call %.8s  %-12s %-8s %s", c.Clinic, c.VapiCallID, c.Status, c.Outcome, c.TranscriptState))
		turns, err := turnsOf(c.Transcript)
		if err != nil {
			return err
		}
		for _, t := range turns {
			p.line("", fmt.Sprintf("    %-10s %s", t.Speaker, t.Text))
		}
	}
	return nil
}

// localTime is an instant on the wall clock of a clinic.
func (p *play) localTime(at time.Time, clinicName string) string {
	zone := p.lakeside.zone
	if clinicName == p.harbor.Name {
		zone = p.harbor.zone
	}
	return at.In(zone).Format("Jan _2 15:04")
}
