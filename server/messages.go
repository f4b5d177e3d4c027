package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
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
	FollowUpWindow     *string   `json:"follow_up_window,omitempty"` // an interval
	QuietFrom          *string   `json:"quiet_from,omitempty"`
	QuietUntil         *string   `json:"quiet_until,omitempty"`
	ReminderOffsets    *[]string `json:"reminder_offsets,omitempty"` // intervals
	MessagesPerDay     *int      `json:"messages_per_day,omitempty"`
	MissedCallText     *bool     `json:"missed_call_text,omitempty"`
	EmailConfirmations *bool     `json:"email_confirmations,omitempty"`
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
	change, err := json.Marshal(rulesFrom(*req.Body))
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

func rulesFrom(wish api.MessageRulesChange) rules {
	r := rules{
		QuietFrom: wish.QuietFrom, QuietUntil: wish.QuietUntil, MessagesPerDay: wish.MessagesPerDay,
		MissedCallText: wish.MissedCallText, EmailConfirmations: wish.EmailConfirmations,
	}
	if wish.FollowUpWindowMinutes != nil {
		r.FollowUpWindow = optional(minutes(*wish.FollowUpWindowMinutes))
	}
	if wish.ReminderMinutesBefore != nil {
		offsets := make([]string, 0, len(*wish.ReminderMinutesBefore))
		for _, n := range *wish.ReminderMinutesBefore {
			offsets = append(offsets, minutes(n))
		}
		r.ReminderOffsets = &offsets
	}
	return r
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

// minutes writes an interval for PostgreSQL.
func minutes(n int) string { return strconv.Itoa(n) + " minutes" }

// inWholeMinutes reads an interval; a day has 24 hours and a month 30 days, as PostgreSQL compares them.
func inWholeMinutes(i pgtype.Interval) int {
	const day = 24 * 60
	return int(i.Microseconds/time.Minute.Microseconds()) + int(i.Days)*day + int(i.Months)*30*day
}

// clockTime writes a time of day as HH:MM.
func clockTime(t pgtype.Time) string {
	return time.UnixMicro(t.Microseconds).UTC().Format("15:04")
}
