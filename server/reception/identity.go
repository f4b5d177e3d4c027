package reception

import (
	"context"
	"fmt"
	"strings"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// findMyAppointments reads out the visits that this caller may hear about, all or those of the patient who is named.
func findMyAppointments(ctx context.Context, q request) (reply, error) {
	visits, err := q.tx.FindMyAppointments(ctx, db.FindMyAppointmentsParams{
		CallID: q.call.CallID, PatientName: q.optional(voice.ArgPatientName)})
	if err != nil {
		return reply{}, err
	}
	if len(visits) == 0 {
		caller, err := q.tx.IdentifyCaller(ctx, q.call.CallID)
		if err != nil {
			return reply{}, err
		}
		if caller.Known {
			return said("found_none", "No visit to come for anybody this caller is verified for. Offer to book one; for somebody else, verify first."), nil
		}
		return refused("not_verified", sayNotVerified), nil
	}
	var lines []string
	for _, visit := range visits[:min(len(visits), 3)] {
		line := q.sayVisit(visit)
		if text(visit.Status) == "pending" {
			line += ", which the clinic still has to confirm"
		}
		lines = append(lines, line)
	}
	sentence := strings.Join(lines, "; ") + "."
	if more := len(visits) - len(lines); more > 0 {
		sentence += fmt.Sprintf(" And %d more later.", more)
	}
	return said("found", sentence), nil
}

// lookupCaller says who the caller is, as far as they proved it, and what the clinic remembers of their earlier calls.
func lookupCaller(ctx context.Context, q request) (reply, error) {
	caller, err := q.tx.IdentifyCaller(ctx, q.call.CallID)
	if err != nil {
		return reply{}, err
	}
	if !caller.Known {
		return refused("not_verified", sayNotVerified), nil
	}
	sentence := fmt.Sprintf("The caller is verified for %s, who has %s.",
		strings.Join(caller.PatientNames, " and "), countVisits(caller.VisitsToCome))
	memory, err := q.tx.CallerMemory(ctx, q.call.CallID)
	if err != nil {
		return reply{}, err
	}
	if memory != "" {
		sentence += " " + memory
	}
	return said("known", sentence), nil
}

func countVisits(n int64) string {
	switch n {
	case 0:
		return "no visit to come"
	case 1:
		return "one visit to come"
	default:
		return fmt.Sprintf("%d visits to come", n)
	}
}
