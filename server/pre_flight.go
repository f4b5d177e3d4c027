package server

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/jobs/readiness"
	"github.com/voxanne-ai/voxanne/jobs/toolsync"
	"github.com/voxanne-ai/voxanne/server/api"
)

// Readiness asks the providers whether an agent can take calls; readiness.Checker does.
type Readiness interface {
	// Run checks an organization's agent by name, "" for the one that answers calls. toolsync.ErrNoAgent when there is none.
	Run(ctx context.Context, org uuid.UUID, agent string) (readiness.Report, error)
}

// PreFlight has the providers asked whether a call would work. Errors: not_found without an agent that answers calls,
// forbidden, not_configured, not_a_member, gone.
func (h handlers) PreFlight(ctx context.Context, _ api.PreFlightRequestObject) (api.PreFlightResponseObject, error) {
	claims, err := h.administrator(ctx)
	switch {
	case err != nil:
		return nil, err
	case h.readiness == nil:
		return nil, NewError(CodeNotConfigured, "Nobody can be asked here: the telephone service is not configured.", nil)
	}
	report, err := h.readiness.Run(ctx, claims.OrgID, "")
	if errors.Is(err, toolsync.ErrNoAgent) {
		return nil, NewError(CodeNotFound, "No agent answers calls. Save one first.", err)
	} else if err != nil {
		return nil, err
	}
	at := h.now().UTC()
	answer := api.PreFlight200JSONResponse{Success: report.Ready, OrgId: report.OrgID, OverallHealth: healthOf(report)}
	for _, c := range report.Checks {
		step, _, _ := strings.Cut(c.Name, "_")
		answer.Checks = append(answer.Checks, api.PreFlightCheck{
			Name: api.PreFlightCheckName(c.Name), Status: api.PreFlightCheckStatus(c.Status), Detail: c.Detail,
			Step: api.PreFlightCheckStep(step), Success: c.Status == readiness.OK, Message: c.Detail, Timestamp: at,
		})
	}
	return answer, nil
}

// healthOf is a report as older dashboards show it.
func healthOf(r readiness.Report) api.PreFlightOverallHealth {
	switch {
	case r.Ready:
		return api.Healthy
	case r.Unknown():
		return api.Degraded
	default:
		return api.Critical
	}
}
