package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// DashboardPulse shows the clinic in a few numbers.
func (h handlers) DashboardPulse(ctx context.Context, _ api.DashboardPulseRequestObject) (api.DashboardPulseResponseObject, error) {
	var answer api.DashboardPulse200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		n, err := tx.CallStats(ctx)
		answer = api.DashboardPulse200JSONResponse{
			TotalCalls: n.TotalCalls, InboundCalls: n.InboundCalls, OutboundCalls: n.OutboundCalls, AvgDurationSeconds: int(n.AverageSeconds),
			SuccessRate: n.SuccessRate, PipelineValue: inUnits(n.PipelineMinor), HotLeadsCount: n.HotLeads,
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// ListLeads shows the contacts worth calling.
func (h handlers) ListLeads(ctx context.Context, req api.ListLeadsRequestObject) (api.ListLeadsResponseObject, error) {
	var answer api.ListLeads200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, err := tx.ListLeads(ctx, int32(valueOr(req.Params.Limit, defaultLimit))) //nolint:gosec // bounded by openapi.yaml
		answer.Leads = each(rows, leadOf)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// RecentActivity shows what happened lately.
func (h handlers) RecentActivity(ctx context.Context, _ api.RecentActivityRequestObject) (api.RecentActivityResponseObject, error) {
	var answer api.RecentActivity200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, err := tx.RecentActivity(ctx)
		answer.Events = each(rows, activityOf)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func leadOf(row db.LeadListed) api.Lead {
	return api.Lead{
		Id: row.ID, ContactName: row.Name, PhoneNumber: row.Phone, LeadTemp: row.LeadStatus, LeadScore: int(row.LeadScore),
		CreatedAt: row.CreatedAt, LastContactTime: row.LastContactedAt, LastCallSummary: row.LastCallSummary, LeadReasons: row.LeadReasons,
		Sentiment: api.LeadSentiment{
			Score: row.SentimentScore, Label: row.Sentiment, Summary: sentimentSummary(row.SentimentScore, row.LastCallSummary),
		},
	}
}

func activityOf(row db.Activity) api.Activity {
	return api.Activity{
		Id: row.ID, Type: row.Kind, Timestamp: row.At, Summary: row.Summary,
		Metadata: api.ActivityMetadata{Entity: row.Entity, EntityId: row.EntityID, ContactId: row.ContactID},
	}
}
