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
		Page: int32(valueOr(wish.Page, 1)), MaxRows: int32(valueOr(wish.Limit, rowsOfPage)),
	}
	list := api.ListBookingAttempts200JSONResponse{Attempts: []api.BookingAttempt{}}
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, err := pageOf(params.Page, func(page, limit int32) ([]db.BookingAttemptRow, error) {
			params.Page, params.MaxRows = page, limit
			return tx.ListBookingAttempts(ctx, params)
		}, params.MaxRows, &list.Pagination, func(t db.BookingAttemptRow) (int64, bool) { return t.Total, t.TotalIsEstimate })
		for _, row := range rows {
			list.Attempts = append(list.Attempts, attemptOf(row))
		}
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
