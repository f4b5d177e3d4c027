package server

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// GetOrg shows the organization and its rules. Errors: not_a_member, gone.
func (h handlers) GetOrg(ctx context.Context, _ api.GetOrgRequestObject) (api.GetOrgResponseObject, error) {
	var shown api.Org
	err := h.asMember(ctx, func(_ db.Tx, org db.Organization) error {
		shown = orgOf(org)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return api.GetOrg200JSONResponse(shown), nil
}

// ChangeOrg changes name, zone and rules. Errors: forbidden for others than owners and admins, bad_request.
func (h handlers) ChangeOrg(ctx context.Context, req api.ChangeOrgRequestObject) (api.ChangeOrgResponseObject, error) {
	var shown api.Org
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		org, err := tx.SetOrgSettings(ctx, *req.Body)
		shown = orgOf(org)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.ChangeOrg200JSONResponse(shown), nil
}

// GetOrgById is GetOrg under the path of older dashboards. Error: not_found for another
// organization, whether it exists or not.
func (h handlers) GetOrgById(ctx context.Context, req api.GetOrgByIdRequestObject) (api.GetOrgByIdResponseObject, error) {
	var shown api.Org
	err := h.asMember(ctx, func(_ db.Tx, org db.Organization) error {
		shown = orgOf(org)
		return own(org, req.OrgId)
	})
	if err != nil {
		return nil, err
	}
	return api.GetOrgById200JSONResponse(shown), nil
}

// RenameOrg changes the name only, as older dashboards do. Errors: bad_request, forbidden.
func (h handlers) RenameOrg(ctx context.Context, req api.RenameOrgRequestObject) (api.RenameOrgResponseObject, error) {
	change, err := json.Marshal(req.Body)
	if err != nil {
		return nil, fmt.Errorf("write the new name: %w", err)
	}
	var shown api.Org
	err = h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		if err := own(org, req.OrgId); err != nil {
			return err
		}
		org, err := tx.SetOrgSettings(ctx, change)
		shown = orgOf(org)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.RenameOrg200JSONResponse(shown), nil
}

// own refuses an id that is not the member's organization. Error: not_found, whether or not there is another with it.
func own(org db.Organization, id uuid.UUID) error {
	if org.ID != id {
		return NewError(CodeNotFound, sentenceNotFound, nil)
	}
	return nil
}

func orgOf(o db.Organization) api.Org {
	return api.Org{
		Id: o.ID, Name: o.Name, Slug: o.Slug, Country: o.Country, TimeZone: o.TimeZone, Status: "active",
		BufferBeforeMinutes: inWholeMinutes(o.BufferBefore), BufferAfterMinutes: inWholeMinutes(o.BufferAfter),
		SlotStepMinutes: inWholeMinutes(o.SlotStep), MinNoticeMinutes: inWholeMinutes(o.MinNotice),
		MaxAdvanceDays: inWholeDays(o.MaxAdvance), HoldSeconds: int(o.HoldTtl.Microseconds / time.Second.Microseconds()),
		HoldsPerDay: int(o.HoldsPerDay), ApprovalRequired: o.ApprovalRequired,
		IdentityFactor: api.OrgIdentityFactor(o.IdentityFactor), EmergencySentence: o.EmergencySentence,
		RecordingConsent: api.OrgRecordingConsent(o.RecordingConsent), AiDisclosure: o.AiDisclosure, HipaaMode: o.HipaaMode,
		KeepRecordingsDays: inWholeDaysOrNil(o.KeepRecordingsFor), KeepTranscriptsDays: inWholeDaysOrNil(o.KeepTranscriptsFor),
		KeepMessagesDays: inWholeDaysOrNil(o.KeepMessagesFor), KeepMemoryDays: inWholeDays(o.KeepMemoryFor),
		CallerMemory: o.CallerMemory, Policies: o.Policies, HotLeadPhone: o.HotLeadPhone,
		RedactMedicalTerms: o.RedactMedicalTerms,
		CalendarContent:    api.OrgCalendarContent(o.CalendarContent), CalendarChanges: api.OrgCalendarChanges(o.CalendarChanges),
		ReminderChannel: api.OrgReminderChannel(o.ReminderChannel),
		CreatedAt:       o.CreatedAt, UpdatedAt: o.UpdatedAt,
	}
}

// inWholeDaysOrNil is inWholeDays of an interval that may be missing.
func inWholeDaysOrNil(i pgtype.Interval) *int {
	if !i.Valid {
		return nil
	}
	days := inWholeDays(i)
	return &days
}

// inWholeDays reads an interval in days of 24 hours.
func inWholeDays(i pgtype.Interval) int { return inWholeMinutes(i) / (24 * 60) }
