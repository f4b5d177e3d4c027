package server

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// maxStatsDays bounds what one question about statistics reads.
const maxStatsDays = 366

// MessageStats counts what was sent and what became of it, by day, way and category. Errors: bad_request for days in
// the wrong order or more than a year.
func (h handlers) MessageStats(ctx context.Context, req api.MessageStatsRequestObject) (api.MessageStatsResponseObject, error) {
	from, to := req.Params.From, req.Params.To
	if days := int(to.Sub(from.Time)/(24*time.Hour)) + 1; days < 1 || days > maxStatsDays {
		return nil, NewError(CodeBadRequest, fmt.Sprintf("Ask for 1 to %d days, from the first to the last.", maxStatsDays), nil)
	}
	answer := api.MessageStats200JSONResponse{From: from, To: to, Stats: []api.MessageStat{}}
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, err := tx.MessageStats(ctx, from.Time, to.Time)
		for _, row := range rows {
			answer.Stats = append(answer.Stats, statOf(row))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func statOf(row db.MessageStat) api.MessageStat {
	return api.MessageStat{
		Day: openapi_types.Date{Time: row.Day}, Method: row.Method, Category: row.Category, Sent: row.Sent, Delivered: row.Delivered,
		Failed: row.Failed, Unknown: row.Unknown, Blocked: row.Blocked, Received: row.Received, Segments: row.Segments,
	}
}

// rules is what app.set_message_rules takes; what is nil stays as it is.
type rules struct {
	EmailConfirmations    *bool   `json:"email_confirmations,omitempty"`
	FollowUpWindowMinutes *int    `json:"follow_up_window_minutes,omitempty"`
	MessagesPerDay        *int    `json:"messages_per_day,omitempty"`
	MissedCallText        *bool   `json:"missed_call_text,omitempty"`
	QuietFrom             *string `json:"quiet_from,omitempty"`
	QuietUntil            *string `json:"quiet_until,omitempty"`
	ReminderMinutesBefore *[]int  `json:"reminder_offsets_minutes,omitempty"`
}

// GetMessageRules shows when messages may leave.
func (h handlers) GetMessageRules(ctx context.Context, _ api.GetMessageRulesRequestObject) (api.GetMessageRulesResponseObject, error) {
	var answer api.GetMessageRules200JSONResponse
	err := h.asMember(ctx, func(_ db.Tx, org db.Organization) error {
		answer = api.GetMessageRules200JSONResponse(rulesOf(org))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// ChangeMessageRules changes when messages may leave. Errors: forbidden for others than owners and admins, bad_request.
func (h handlers) ChangeMessageRules(ctx context.Context, req api.ChangeMessageRulesRequestObject) (api.ChangeMessageRulesResponseObject, error) {
	change, err := json.Marshal(rules(*req.Body))
	if err != nil {
		return nil, fmt.Errorf("write the rules: %w", err)
	}
	var answer api.ChangeMessageRules200JSONResponse
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		org, err := tx.SetMessageRules(ctx, change)
		answer = api.ChangeMessageRules200JSONResponse(rulesOf(org))
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func rulesOf(org db.Organization) api.MessageRules {
	r := api.MessageRules{
		FollowUpWindowMinutes: inWholeMinutes(org.FollowUpWindow), QuietFrom: clockTime(org.QuietFrom), QuietUntil: clockTime(org.QuietUntil),
		ReminderMinutesBefore: make([]int, 0, len(org.ReminderOffsets)), MessagesPerDay: int(org.MessagesPerDay),
		MissedCallText: org.MissedCallText, EmailConfirmations: org.EmailConfirmations,
	}
	for _, offset := range org.ReminderOffsets {
		r.ReminderMinutesBefore = append(r.ReminderMinutesBefore, inWholeMinutes(offset))
	}
	return r
}

// inWholeMinutes reads an interval; a day has 24 hours and a month 30 days, as PostgreSQL compares them.
func inWholeMinutes(i pgtype.Interval) int {
	const day = 24 * 60
	return int(i.Microseconds/time.Minute.Microseconds()) + int(i.Days)*day + int(i.Months)*30*day
}

// clockTime writes a time of day as HH:MM.
func clockTime(t pgtype.Time) string {
	return time.UnixMicro(t.Microseconds).UTC().Format("15:04")
}
