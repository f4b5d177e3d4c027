package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// ListBookingAttempts shows a page of the tries to book or change a visit, the latest first. Errors: bad_request for a
// malformed date.
func (h handlers) ListBookingAttempts(ctx context.Context, req api.ListBookingAttemptsRequestObject) (api.ListBookingAttemptsResponseObject, error) {
	wish := req.Params
	params := db.ListBookingAttemptsParams{
		Kind: (*string)(wish.Kind), Outcome: (*string)(wish.Outcome), Reason: (*string)(wish.Reason), CallID: wish.CallId,
		AppointmentID: wish.AppointmentId, FromDay: wish.StartDate, ToDay: wish.EndDate,
	}
	var list api.ListBookingAttempts200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, at, err := listed(pageOf(wish.Page, wish.Limit), func(number, limit int32) ([]db.BookingAttemptRow, error) {
			params.Page, params.MaxRows = number, limit
			return tx.ListBookingAttempts(ctx, params)
		})
		list.Attempts, list.Pagination = each(rows, attemptOf), at
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func attemptOf(row db.BookingAttemptRow) api.BookingAttempt {
	attempt := api.BookingAttempt{
		Id: row.ID, At: row.At, Kind: api.BookingAttemptKind(row.Kind), Outcome: row.Outcome, Reason: row.Reason,
		StartsAt: row.StartsAt, TimeZone: row.TimeZone, SaidDate: row.SaidDate, SaidTime: row.SaidTime, ServiceId: row.ServiceID,
		ServiceName: row.ServiceName, ResourceId: row.ResourceID, ResourceName: row.ResourceName, CallId: row.CallID,
		AppointmentId: row.AppointmentID, ActorUserId: row.ActorUserID, ActorName: row.ActorName,
	}
	if row.Reason != nil {
		attempt.Explanation = optional(bookingSentence(api.BookingReason(*row.Reason)))
	}
	return attempt
}
