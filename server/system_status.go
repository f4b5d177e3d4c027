package server

import (
	"context"
	"slices"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// workStates are the states of an area from the best to the worst.
var workStates = []api.WorkState{api.WorkStateOk, api.WorkStateWorking, api.WorkStateDelayed, api.WorkStateFailing}

// GetSystemStatus tells how the work goes that is done for the organization by itself, as known by now: nobody is asked.
// Errors: not_a_member, gone.
func (h handlers) GetSystemStatus(ctx context.Context, _ api.GetSystemStatusRequestObject) (api.GetSystemStatusResponseObject, error) {
	var rows []db.AreaStatus
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		rows, err = tx.SystemStatus(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	answer := api.GetSystemStatus200JSONResponse{
		Success: true, State: workStates[0], CheckedAt: h.now().UTC(), Areas: make([]api.AreaStatus, len(rows)),
	}
	for i, row := range rows {
		area := areaOf(row)
		answer.Areas[i] = area
		if slices.Index(workStates, area.State) > slices.Index(workStates, answer.State) {
			answer.State = area.State
		}
	}
	return answer, nil
}

func areaOf(row db.AreaStatus) api.AreaStatus {
	area := api.AreaStatus{
		Area: api.WorkArea(row.Area), State: api.WorkState(row.State), Waiting: int(row.Waiting),
		OldestWaitingSince: row.OldestWaitingAt, LastSuccessAt: row.LastSuccessAt,
	}
	if row.Problem != nil {
		code := api.WorkProblemCode(*row.Problem)
		area.Problem = &api.WorkProblem{Code: code, Since: row.ProblemAt, WhatToDo: workAdvice(code)}
	}
	return area
}

// workAdvice says what to do about a problem of app.system_status, in a sentence for people.
func workAdvice(code api.WorkProblemCode) string {
	switch code {
	case api.Late:
		return "It takes longer than it should, and goes on by itself. If it lasts, tell the people who run this server."
	case api.SyncFailed:
		return "An assistant is not yet as it was saved. It is tried again by itself; Agents shows the reason. Saving the agent tries at once."
	case api.NumberFailed:
		return "A phone number could not be set up or changed. Numbers show at which step; an owner or admin can try again there."
	case api.CalendarReconnect:
		return "Google or Microsoft refuses the connected account. An owner or admin must connect it again."
	case api.CalendarUnreadable:
		return "A linked calendar cannot be read. Calendars show the reason; it is tried again by itself."
	case api.VisitsNotWritten:
		return "Visits cannot be written to a linked calendar. Calendars show the reason; it is tried again by itself."
	case api.CalendarStale:
		return "A linked calendar was not read for long, so its bookings wait for approval. Read it anew under Calendars."
	case api.AccountRefused:
		return "Twilio or Resend refuses the connected account. An owner or admin must correct it under Integrations."
	case api.MessageFailed:
		return "The last message did not go out. Messages show to whom and why."
	case api.OutcomeUnknown:
		return "Nobody knows whether the last message went out. Look it up with the provider; sending it again may send it twice."
	case api.CallsFailed:
		return "The last outbound call could not be made. Outbound calls show why."
	case api.RecordingFailed:
		return "The last recording could not be copied. The call shows why; it may still be played where the provider keeps it."
	case api.DocumentFailed:
		return "A document could not be read, so agents do not know it. The knowledge base shows why; upload another version or delete it."
	default:
		return "Tell the people who run this server."
	}
}
