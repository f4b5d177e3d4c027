package server

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// segment is campaigns.segment: whom a campaign reaches.
type segment struct {
	LastVisitBefore  *openapi_types.Date `json:"last_visit_before,omitempty"`
	LeadStatus       *[]string           `json:"lead_status,omitempty"`
	NoVisitAhead     *bool               `json:"no_visit_ahead,omitempty"`
	ServiceInterests *[]string           `json:"service_interests,omitempty"`
}

// step is one entry of what app.save_campaign takes as steps; their order is the order of sending.
type step struct {
	AfterMinutes int       `json:"after_minutes"` // counted from the campaign's start
	TemplateID   uuid.UUID `json:"template_id"`
	Channel      string    `json:"channel"` // sms or voice
}

// ListCampaigns shows the organization's campaigns with their steps, the newest first.
func (h handlers) ListCampaigns(ctx context.Context, _ api.ListCampaignsRequestObject) (api.ListCampaignsResponseObject, error) {
	list := api.ListCampaigns200JSONResponse{Campaigns: []api.Campaign{}}
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		rows, err := tx.ListCampaigns(ctx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			campaign, err := campaignOf(ctx, tx, row)
			if err != nil {
				return err
			}
			list.Campaigns = append(list.Campaigns, campaign)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// CreateCampaign drafts a campaign. Errors: bad_request, not_found for a template, conflict when the name is taken, forbidden.
func (h handlers) CreateCampaign(ctx context.Context, req api.CreateCampaignRequestObject) (api.CreateCampaignResponseObject, error) {
	saved, err := h.saveCampaign(ctx, nil, *req.Body)
	if err != nil {
		return nil, err
	}
	return api.CreateCampaign201JSONResponse(saved), nil
}

// UpdateCampaign changes a draft. Errors: as CreateCampaign, not_found, conflict when it was started.
func (h handlers) UpdateCampaign(ctx context.Context, req api.UpdateCampaignRequestObject) (api.UpdateCampaignResponseObject, error) {
	saved, err := h.saveCampaign(ctx, &req.Id, *req.Body)
	if err != nil {
		return nil, err
	}
	return api.UpdateCampaign200JSONResponse(saved), nil
}

func (h handlers) saveCampaign(ctx context.Context, id *uuid.UUID, wish api.CampaignWish) (api.Campaign, error) {
	whom, err := json.Marshal(segment(valueOr(wish.Segment, api.CampaignSegment{})))
	if err != nil {
		return api.Campaign{}, fmt.Errorf("write the segment: %w", err)
	}
	steps := make([]step, 0, len(wish.Steps))
	for _, s := range wish.Steps {
		steps = append(steps, step{
			AfterMinutes: s.AfterMinutes, TemplateID: s.TemplateId, Channel: string(valueOr(s.Channel, api.CampaignStepChannelSms)),
		})
	}
	sequence, err := json.Marshal(steps)
	if err != nil {
		return api.Campaign{}, fmt.Errorf("write the steps: %w", err)
	}
	return h.campaign(ctx, func(tx db.Tx) (db.Campaign, error) {
		return tx.SaveCampaign(ctx, db.SaveCampaignParams{
			CampaignID: id, Name: wish.Name, Category: string(valueOr(wish.Category, api.CampaignCategoryMarketing)), Segment: whom, Steps: sequence,
			StopOnReply: valueOr(wish.StopOnReply, true), StopOnBooking: valueOr(wish.StopOnBooking, true),
		})
	})
}

// StartCampaign plans the texts of a campaign. Errors: not_found, conflict when it was started before, forbidden.
func (h handlers) StartCampaign(ctx context.Context, req api.StartCampaignRequestObject) (api.StartCampaignResponseObject, error) {
	started, err := h.campaign(ctx, func(tx db.Tx) (db.Campaign, error) { return tx.StartCampaign(ctx, req.Id) })
	if err != nil {
		return nil, err
	}
	return api.StartCampaign200JSONResponse(started), nil
}

// StopCampaign drops what a campaign has not sent yet. Errors: not_found, conflict when it does not run, forbidden.
func (h handlers) StopCampaign(ctx context.Context, req api.StopCampaignRequestObject) (api.StopCampaignResponseObject, error) {
	stopped, err := h.campaign(ctx, func(tx db.Tx) (db.Campaign, error) { return tx.StopCampaign(ctx, req.Id) })
	if err != nil {
		return nil, err
	}
	return api.StopCampaign200JSONResponse(stopped), nil
}

// campaign does something to a campaign and shows it as it is then.
func (h handlers) campaign(ctx context.Context, act func(db.Tx) (db.Campaign, error)) (shown api.Campaign, err error) {
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		row, err := act(tx)
		if err != nil {
			return err
		}
		shown, err = campaignOf(ctx, tx, row)
		return err
	})
	return shown, err
}

// campaignOf adds its steps to a campaign.
func campaignOf(ctx context.Context, tx db.Tx, row db.Campaign) (api.Campaign, error) {
	var whom segment
	if err := json.Unmarshal(row.Segment, &whom); err != nil {
		return api.Campaign{}, fmt.Errorf("read the segment: %w", err)
	}
	steps, err := tx.ListCampaignSteps(ctx, row.OrgID, row.ID)
	if err != nil {
		return api.Campaign{}, err
	}
	shown := api.Campaign{
		Id: row.ID, Name: row.Name, Category: api.CampaignCategory(row.Category), Segment: api.CampaignSegment(whom),
		Steps: make([]api.CampaignStep, 0, len(steps)), StopOnReply: row.StopOnReply, StopOnBooking: row.StopOnBooking,
		Status: api.CampaignStatus(row.Status), StartedAt: row.StartedAt, EndedAt: row.EndedAt, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
	for _, s := range steps {
		shown.Steps = append(shown.Steps, api.CampaignStep{TemplateId: s.TemplateID, AfterMinutes: inWholeMinutes(s.After), Channel: new(api.CampaignStepChannel(s.Channel))})
	}
	return shown, nil
}
