package demo

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// reports ends the first call the way the network delivers it: the report before the last status, and twice.
func (p *play) reports(ctx context.Context) error {
	p.heading("The call of %s ends; Vapi reports it out of order, and twice", p.first.name)
	local := strings.TrimPrefix(p.first.line.Customer, "+1")
	spelled := local[:3] + "-" + local[3:6] + "-" + local[6:]
	p.first.says("If anything changes, my number is %s. A friend at the zanzibar-lilac café told me about you.", spelled)
	ended := time.Now()
	report := sandbox.EndOfCallReport(p.first.line, sandbox.Outcome{
		EndedReason: "customer-ended-call", StartedAt: p.first.line.At, EndedAt: ended, CostUSD: 0.0421, Recorded: true,
		Summary: p.first.name + " booked a visit and left the number " + spelled + ".", Turns: p.first.said, Tools: p.first.used,
	}, sandbox.ReportInArtifact)
	late := p.first.line
	late.At = ended
	for _, message := range []sandbox.Message{
		sandbox.StatusUpdate(p.first.line, "in-progress", ""), report,
		sandbox.StatusUpdate(late, "ended", "customer-ended-call"), report,
	} {
		p.line("Vapi", "→ "+message.Type)
		if err := p.vapi.Tell(ctx, message); err != nil {
			return err
		}
	}
	return errors.Join(p.reported(ctx, spelled), p.hangUp(ctx))
}

// hangUp ends all other calls, so that none rings for ever.
func (p *play) hangUp(ctx context.Context) error {
	for _, ph := range p.callers {
		if ph == p.first {
			continue
		}
		ph.line.At = time.Now()
		if err := p.vapi.Tell(ctx, sandbox.StatusUpdate(ph.line, "ended", "customer-ended-call")); err != nil {
			return err
		}
	}
	return nil
}

// reported checks what became of the first call; spelled is the number that was said in it.
func (p *play) reported(ctx context.Context, spelled string) error {
	calls, err := p.owner.DemoCalls(ctx, []string{p.first.line.CallID})
	if err != nil {
		return err
	}
	if len(calls) != 1 {
		p.promise(false, "The call is one row", calls)
		return nil
	}
	call := calls[0]
	p.promise(call.Status == "ended" && call.Outcome == "booked" && call.EndedReason == "customer-ended-call",
		"The call is one row: ended, and its outcome is a booking", call.Status, call.Outcome)
	turns, err := turnsOf(call.Transcript)
	if err != nil {
		return err
	}
	p.promise(call.TranscriptState == "stored" && len(turns) == len(p.first.said), "The transcript is stored once, turn by turn", call.TranscriptState, len(turns))
	stored, last := call.Summary+string(call.Transcript), spelled[len(spelled)-4:]
	p.promise(!strings.Contains(stored, "Quill") && !strings.Contains(stored, spelled) && !strings.Contains(stored, last),
		"Name and telephone number are not in it", stored)
	p.promise(strings.Contains(stored, "zanzibar-lilac"), "Everything else is", stored)
	return nil
}
