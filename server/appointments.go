package server

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
	"github.com/voxanne-ai/voxanne/server/spoken"
)

// ListAppointments shows a page of the visits that fit every filter. Errors: bad_request for a malformed date or two
// ways of saying the period.
func (h handlers) ListAppointments(ctx context.Context, req api.ListAppointmentsRequestObject) (api.ListAppointmentsResponseObject, error) {
	wish := req.Params
	params := db.ListAppointmentsParams{
		Statuses: statusesOf(value(wish.Status)), FromDay: wish.StartDate, ToDay: wish.EndDate, Range: (*string)(wish.DateRange),
		ContactID: first(wish.ContactId, wish.ContactIdOld), ResourceID: wish.ResourceId, ServiceID: wish.ServiceId,
		Search: wish.Search, Sort: string(valueOr(wish.Sort, api.EarliestVisitFirst)),
	}
	var list api.ListAppointments200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, at, err := listed(pageOf(wish.Page, wish.Limit), func(number, limit int32) ([]db.AppointmentRow, error) {
			params.Page, params.MaxRows = number, limit
			return tx.ListAppointments(ctx, params)
		})
		list.Appointments, list.Pagination = each(rows, appointmentOf), at
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// statusesOf are the stored states that a filter means; nil for all of them.
func statusesOf(wish []api.ListAppointmentsParamsStatus) []string {
	var statuses []string
	for _, status := range wish {
		switch status {
		case api.ListAppointmentsParamsStatusAll:
			return nil
		case api.ListAppointmentsParamsStatusScheduled:
			statuses = append(statuses, string(api.AppointmentStatusPending), string(api.AppointmentStatusConfirmed))
		default:
			statuses = append(statuses, string(status))
		}
	}
	return statuses
}

// GetAppointment shows a visit with what happened to it. Errors: not_found, also for a slot that is merely held.
func (h handlers) GetAppointment(ctx context.Context, req api.GetAppointmentRequestObject) (api.GetAppointmentResponseObject, error) {
	var row db.AppointmentRow
	var story db.AppointmentStory
	var outside *api.VisitCalendar
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) (err error) {
		if row, err = tx.GetAppointment(ctx, req.Id); err != nil {
			return err
		}
		if outside, err = visitCalendar(ctx, tx, org.ID, req.Id); err != nil {
			return err
		}
		story, err = tx.TellAppointment(ctx, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	detail, err := detailOf(row, story)
	if err != nil {
		return nil, err
	}
	detail.Calendar = outside
	return api.GetAppointment200JSONResponse(detail), nil
}

// detailOf puts a visit's fields and its story side by side, as JSON has them.
func detailOf(row db.AppointmentRow, story db.AppointmentStory) (detail api.AppointmentDetail, err error) {
	visit, err := json.Marshal(appointmentOf(row))
	if err != nil {
		return detail, fmt.Errorf("write the visit: %w", err)
	}
	for _, part := range []struct {
		text []byte
		into any
	}{{visit, &detail}, {story.History, &detail.History}, {story.Messages, &detail.Messages}, {story.Attempts, &detail.Attempts}} {
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return detail, fmt.Errorf("read the visit's story: %w", err)
		}
	}
	return detail, nil
}

// CreateAppointment books a visit as staff. Errors: bad_request when service, time or contact are missing, forbidden,
// not_found for a contact, service or resource that is not the organization's, conflict with reason and alternatives.
func (h handlers) CreateAppointment(ctx context.Context, req api.CreateAppointmentRequestObject) (api.CreateAppointmentResponseObject, error) {
	params, err := bookingOf(*req.Body)
	if err != nil {
		return nil, err
	}
	booked, err := h.changed(ctx, func(tx db.Tx, org db.Organization) (db.BookingResult, error) {
		if params.Phone != nil {
			number, ok := spoken.CallerNumber(*params.Phone, org.Country)
			if !ok {
				return db.BookingResult{}, NewError(CodeBadRequest, "The contact's number is no phone number.", nil)
			}
			params.Phone = &number
		}
		return tx.BookByStaff(ctx, params)
	})
	if err != nil {
		return nil, err
	}
	return api.CreateAppointment201JSONResponse(booked), nil
}

// bookingOf reads a wish in any of its spellings.
func bookingOf(wish api.AppointmentWish) (db.BookByStaffParams, error) {
	params := db.BookByStaffParams{
		Service:     value(first(asText(wish.ServiceId), asText(wish.ServiceIdOld), wish.ServiceType, wish.ServiceTypeOld)),
		At:          value(first(wish.ScheduledAt, wish.ScheduledAtOld, wish.ScheduledTime, wish.ScheduledTimeOld)),
		PatientName: first(wish.CustomerName, wish.PatientName, wish.ContactName),
		ContactID:   first(wish.ContactId, wish.ContactIdOld),
		Email:       first(wish.ContactEmail, wish.ContactEmailOld),
		Resource:    wish.Resource, Notes: wish.Notes, Override: value(wish.Override),
	}
	if params.ContactID == nil {
		params.Phone = first(wish.ContactPhone, wish.PhoneNumber)
	}
	if wish.DateOfBirth != nil {
		params.DateOfBirth = &wish.DateOfBirth.Time
	}
	switch {
	case params.Service == "":
		return params, NewError(CodeBadRequest, "Name the service to book.", nil)
	case params.At == "":
		return params, NewError(CodeBadRequest, "Name the time to book.", nil)
	}
	return params, nil
}

// UpdateAppointment moves a visit, says how it ended or writes a note: all of it or nothing. Errors: bad_request,
// forbidden, not_found, conflict with reason and alternatives.
func (h handlers) UpdateAppointment(ctx context.Context, req api.UpdateAppointmentRequestObject) (api.UpdateAppointmentResponseObject, error) {
	wish := *req.Body
	visit, err := h.changed(ctx, func(tx db.Tx, _ db.Organization) (db.BookingResult, error) {
		return tx.ChangeAppointment(ctx, db.ChangeAppointmentParams{
			AppointmentID:    req.Id,
			At:               first(wish.ScheduledAt, wish.ScheduledAtOld, wish.ScheduledTime, wish.ScheduledTimeOld),
			Resource:         wish.Resource,
			Override:         value(wish.Override),
			Status:           (*string)(wish.Status),
			Notes:            wish.Notes,
			ConfirmationSent: first(wish.ConfirmationSent, wish.ConfirmationSentOld),
			Reason:           wish.Reason,
		})
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateAppointment200JSONResponse(visit), nil
}

// CancelAppointment cancels a visit and keeps its history. Errors: forbidden, not_found, conflict when it is over.
func (h handlers) CancelAppointment(ctx context.Context, req api.CancelAppointmentRequestObject) (api.CancelAppointmentResponseObject, error) {
	visit, err := h.cancelled(ctx, req.Id, value(req.Body).Reason)
	if err != nil {
		return nil, err
	}
	return api.CancelAppointment200JSONResponse(visit), nil
}

// DeleteAppointment is CancelAppointment under the name that older dashboards use.
func (h handlers) DeleteAppointment(ctx context.Context, req api.DeleteAppointmentRequestObject) (api.DeleteAppointmentResponseObject, error) {
	if _, err := h.cancelled(ctx, req.Id, nil); err != nil {
		return nil, err
	}
	return api.DeleteAppointment200JSONResponse{Success: true}, nil
}

func (h handlers) cancelled(ctx context.Context, id uuid.UUID, reason *string) (api.Appointment, error) {
	return h.changed(ctx, func(tx db.Tx, _ db.Organization) (db.BookingResult, error) {
		named := id.String()
		return tx.CancelAppointment(ctx, db.CancelAppointmentParams{Appointment: &named, Reason: reason})
	})
}

// ApproveAppointment confirms what waits for approval. Errors: forbidden, not_found, conflict when it is cancelled or over.
func (h handlers) ApproveAppointment(ctx context.Context, req api.ApproveAppointmentRequestObject) (api.ApproveAppointmentResponseObject, error) {
	visit, err := h.changed(ctx, func(tx db.Tx, _ db.Organization) (db.BookingResult, error) {
		return tx.ApproveAppointment(ctx, req.Id)
	})
	if err != nil {
		return nil, err
	}
	return api.ApproveAppointment200JSONResponse(visit), nil
}

// changed does something to a visit and shows it as it is then. A refusal is committed too, because its trace in
// booking_attempts answers why; it becomes an error afterwards.
func (h handlers) changed(ctx context.Context, act func(db.Tx, db.Organization) (db.BookingResult, error)) (api.Appointment, error) {
	var result db.BookingResult
	var row db.AppointmentRow
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) (err error) {
		if result, err = act(tx, org); err != nil || refused(result) {
			return err
		}
		row, err = tx.GetAppointment(ctx, value(result.AppointmentID))
		return err
	})
	switch {
	case err != nil:
		return api.Appointment{}, err
	case refused(result):
		return api.Appointment{}, bookingRefused(result)
	}
	return appointmentOf(row), nil
}

// appointmentOf shows a visit, with its contact flattened into it.
func appointmentOf(row db.AppointmentRow) api.Appointment {
	return api.Appointment{
		Id: row.ID, BookingRef: row.BookingRef, Status: api.AppointmentStatus(row.Status), ScheduledTime: row.ScheduledAt,
		ScheduledAt: row.ScheduledAt, EndsAt: row.EndsAt, DurationMinutes: int(row.DurationMinutes), TimeZone: row.TimeZone,
		LocationId: row.LocationID, Location: row.LocationName, ServiceId: row.ServiceID, ServiceType: row.ServiceName,
		ResourceId: row.ResourceID, ResourceName: row.ResourceName, PatientId: row.PatientID, PatientName: row.PatientName,
		ContactId: row.ContactID, ContactName: row.ContactName, PhoneNumber: row.PhoneNumber, PhoneWasSpoken: row.PhoneWasSpoken,
		ContactEmail: row.ContactEmail, Source: api.AppointmentSource(row.Source), CallId: row.CallID,
		ConfirmationSent: row.ConfirmationSent, ConfirmedByPatientAt: row.ConfirmedByPatientAt, Notes: row.Notes,
		CancelledAt: row.CancelledAt, CancelReason: row.CancelReason, Overridden: row.Overridden, CreatedAt: row.CreatedAt,
		UpdatedAt: row.UpdatedAt,
	}
}
