package server

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// ListCalendarChanges shows the visits that stand otherwise in their calendar. Errors: not_a_member, gone.
func (h handlers) ListCalendarChanges(ctx context.Context, req api.ListCalendarChangesRequestObject) (api.ListCalendarChangesResponseObject, error) {
	var list api.ListCalendarChanges200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		rows, at, err := listed(pageOf(req.Params.Page, req.Params.Limit), func(number, limit int32) ([]db.ListOutsideChangesRow, error) {
			return tx.ListOutsideChanges(ctx, org.ID, (number-firstPage)*limit, limit)
		})
		list.Changes, list.Pagination = each(rows, calendarChangeOf), at
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// ListCalendarConflicts shows the visits under which somebody entered something else. Errors: not_a_member, gone.
func (h handlers) ListCalendarConflicts(ctx context.Context, req api.ListCalendarConflictsRequestObject) (api.ListCalendarConflictsResponseObject, error) {
	var list api.ListCalendarConflicts200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		rows, at, err := listed(pageOf(req.Params.Page, req.Params.Limit), func(number, limit int32) ([]db.ListCalendarConflictsRow, error) {
			return tx.ListCalendarConflicts(ctx, org.ID, (number-firstPage)*limit, limit)
		})
		list.Conflicts, list.Pagination = each(rows, calendarConflictOf), at
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// SettleCalendarChange follows a change outside, or undoes it there. That it cannot be followed is an answer. Errors:
// not_found, forbidden.
func (h handlers) SettleCalendarChange(ctx context.Context, req api.SettleCalendarChangeRequestObject) (api.SettleCalendarChangeResponseObject, error) {
	var outcome string
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		outcome, err = tx.SettleCalendarChange(ctx, req.Id, req.Body.Follow)
		return err
	})
	if err != nil {
		return nil, err
	}
	settled := api.OutsideChangeSettled{Success: true, Outcome: api.OutsideChangeSettledOutcome(outcome)}
	switch settled.Outcome {
	case api.OutsideChangeSettledOutcomeFollowed:
		settled.Message = "The visit is now as the calendar has it."
	case api.OutsideChangeSettledOutcomeRestored:
		settled.Message = "The event will be written as the visit is."
	default:
		settled.Success = false
		settled.Message = "The visit cannot follow: another one is in the way, it would lie in the past, or its length was changed. " +
			"Move the visit here, or write the event as the visit is."
	}
	return api.SettleCalendarChange200JSONResponse(settled), nil
}

// visitCalendar is how a visit stands in its calendar, nil when none takes it.
func visitCalendar(ctx context.Context, tx db.Tx, org, visit uuid.UUID) (*api.VisitCalendar, error) {
	row, err := tx.CalendarOfVisit(ctx, org, visit)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // that there is none is a good answer
	} else if err != nil {
		return nil, err
	}
	return &api.VisitCalendar{State: api.VisitCalendarState(row.State), Outside: (*api.VisitCalendarOutside)(row.Outside), ErrorCode: row.ErrorCode}, nil
}

func calendarChangeOf(r db.ListOutsideChangesRow) api.OutsideChange {
	return api.OutsideChange{
		AppointmentId: r.AppointmentID, BookingRef: r.BookingRef, Status: api.AppointmentStatus(r.Status), StartsAt: r.StartsAt, EndsAt: r.EndsAt,
		TimeZone: r.TimeZone, ResourceId: r.ResourceID, ResourceName: r.ResourceName, ContactId: r.ContactID, ContactName: r.ContactName,
		PhoneNumber: r.PhoneNumber, PatientName: r.PatientName, CalendarId: r.CalendarLinkID, CalendarName: r.CalendarName,
		Provider: api.CalendarProvider(r.Provider), Change: api.OutsideChangeChange(r.Change), MovedToStartsAt: r.OutsideFrom,
		MovedToEndsAt: r.OutsideTo, NoticedAt: r.NoticedAt,
	}
}

func calendarConflictOf(r db.ListCalendarConflictsRow) api.CalendarConflict {
	return api.CalendarConflict{
		Id: r.ID, AppointmentId: r.AppointmentID, BookingRef: r.BookingRef, Status: api.AppointmentStatus(r.Status), StartsAt: r.StartsAt,
		EndsAt: r.EndsAt, TimeZone: r.TimeZone, ResourceId: r.ResourceID, ResourceName: r.ResourceName, ContactId: r.ContactID,
		ContactName: r.ContactName, PhoneNumber: r.PhoneNumber, PatientName: r.PatientName, CalendarId: r.CalendarLinkID,
		CalendarName: r.CalendarName, Provider: api.CalendarProvider(r.Provider), FoundAt: r.FoundAt,
	}
}
