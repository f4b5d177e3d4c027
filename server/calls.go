package server

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

const (
	recentCalls       = 5 // how many the statistics show
	microsPerCent     = 10_000
	transcriptStored  = "stored" // call_logs.transcript_state
	minorUnitsPerUnit = 100
)

// ListCalls shows a page of the calls, the newest first. Errors: bad_request for days in the wrong order.
func (h handlers) ListCalls(ctx context.Context, req api.ListCallsRequestObject) (api.ListCallsResponseObject, error) {
	q := req.Params
	from, to, err := daysOf(q.StartDate, q.EndDate)
	if err != nil {
		return nil, err
	}
	var answer api.ListCalls200JSONResponse
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, at, err := listed(pageOf(q.Page, q.Limit), func(number, limit int32) ([]db.CallListed, error) {
			return tx.ListCalls(ctx, db.ListCallsParams{
				Page: number, PageLimit: limit, FromDay: from, ToDay: to, Recent: text(q.DateFilter), State: text(q.Status),
				Direction: text(q.CallType), ContactID: q.ContactId, Search: q.Search,
				Sentiment: text(q.Sentiment), Urgency: text(q.Urgency), Outcome: text(q.Outcome),
			})
		})
		answer = api.ListCalls200JSONResponse{Calls: each(rows, callOf), Pagination: at}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// CallStats counts the clinic's calls and shows the latest.
func (h handlers) CallStats(ctx context.Context, _ api.CallStatsRequestObject) (api.CallStatsResponseObject, error) {
	var answer api.CallStats200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		n, err := tx.CallStats(ctx)
		if err != nil {
			return err
		}
		latest, err := tx.ListCalls(ctx, db.ListCallsParams{Page: firstPage, PageLimit: recentCalls})
		answer = api.CallStats200JSONResponse{
			TotalCalls: n.TotalCalls, InboundCalls: n.InboundCalls, OutboundCalls: n.OutboundCalls, CompletedCalls: n.CompletedCalls,
			MissedCalls: n.MissedCalls, TransferredCalls: n.TransferredCalls, FailedCalls: n.FailedCalls, CallsToday: n.CallsToday,
			AvgDuration: int(n.AverageSeconds), TotalCostCents: inCents(n.CostMicros), PipelineValue: inUnits(n.PipelineMinor), RecentCalls: each(latest, recentCallOf),
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// CallSummary counts the clinic's calls for the page of analytics.
func (h handlers) CallSummary(ctx context.Context, _ api.CallSummaryRequestObject) (api.CallSummaryResponseObject, error) {
	var answer api.CallSummary200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		n, err := tx.CallStats(ctx)
		answer = api.CallSummary200JSONResponse{
			TotalCalls: n.TotalCalls, CompletedCalls: n.CompletedCalls, MissedCalls: n.MissedCalls, AverageDuration: int(n.AverageSeconds),
			CallsToday: n.CallsToday, CallsThisWeek: n.CallsThisWeek, CallsThisMonth: n.CallsThisMonth,
			AverageSentiment: n.AverageSentiment, AnalysedCalls: n.Felt, TotalCostCents: inCents(n.CostMicros),
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// GetCall shows a call with its transcript, which the audit log remembers. Errors: not_found.
func (h handlers) GetCall(ctx context.Context, req api.GetCallRequestObject) (api.GetCallResponseObject, error) {
	var row db.CallDetail
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		row, err = tx.ReadCall(ctx, req.CallId, optional(RequestID(ctx)))
		return err
	})
	if err != nil {
		return nil, err
	}
	return callDetailOf(row)
}

// DeleteCall blanks a call and takes it out of the lists. Errors: forbidden for others than owners and admins, not_found,
// conflict while the call goes on.
func (h handlers) DeleteCall(ctx context.Context, req api.DeleteCallRequestObject) (api.DeleteCallResponseObject, error) {
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		return tx.DeleteCall(ctx, req.CallId, optional(RequestID(ctx)))
	})
	if err != nil {
		return nil, err
	}
	return api.DeleteCall200JSONResponse{Success: true}, nil
}

func callOf(row db.CallListed) api.Call {
	shown := api.Call{
		Id: row.ID, VapiCallId: row.VapiCallID, ContactId: row.ContactID, CallerName: row.CallerName, PhoneNumber: row.PhoneNumber,
		ToNumber: row.ToNumber, CallType: api.CallType(row.Direction), Status: api.CallStatus(row.State), CallDate: row.CallDate,
		StartedAt: row.StartedAt, EndedAt: row.EndedAt, DurationSeconds: whole(row.DurationSeconds), Outcome: row.Outcome,
		OutcomeSummary: row.Summary, EndedReason: row.EndedReason, HasTranscript: row.TranscriptState == transcriptStored,
		HasRecording: hasRecording(row.RecordingState), RecordingStatus: recordingStatus(row.RecordingState),
		RecordingState: api.CallRecordingState(row.RecordingState), RecordingError: recordingError(row.RecordingState, row.RecordingError),
		ToolsUsed: row.ToolsUsed, CreatedAt: row.CreatedAt, SummarySource: row.SummarySource,
		SentimentScore: row.SentimentScore, SentimentLabel: row.Sentiment, SentimentSummary: sentimentSummary(row.SentimentScore, row.Summary), SentimentUrgency: row.Urgency,
	}
	if row.CostMicros != nil {
		cents := inCents(*row.CostMicros)
		shown.CostCents = &cents
	}
	return shown
}

// sentimentSummary is a call's summary where its sentiment is known: old dashboards show both together or neither.
func sentimentSummary(score *float64, summary *string) *string {
	if score == nil {
		return nil
	}
	return summary
}

func recentCallOf(row db.CallListed) api.RecentCall {
	way := api.CallType(row.Direction)
	return api.RecentCall{
		Id: row.ID, PhoneNumber: row.PhoneNumber, CallerName: row.CallerName, CallDate: row.CallDate, CallType: way, ToNumber: row.ToNumber,
		StartedAt: row.StartedAt, DurationSeconds: whole(row.DurationSeconds), Status: api.CallStatus(row.State),
		Metadata: api.CallChannel{Channel: way},
	}
}

// turn is one entry of a call's transcript, as app.read_call tells it.
type turn struct {
	Speaker   string   `json:"speaker"`
	Text      string   `json:"text"`
	At        *float64 `json:"at"`        // seconds from the start
	Sentiment *string  `json:"sentiment"` // of the caller's turns
}

func callDetailOf(row db.CallDetail) (api.GetCall200JSONResponse, error) {
	var turns []turn
	if err := json.Unmarshal(row.Transcript, &turns); err != nil {
		return api.GetCall200JSONResponse{}, fmt.Errorf("read the transcript: %w", err)
	}
	c := callOf(db.CallListed{
		ID: row.ID, VapiCallID: row.VapiCallID, ContactID: row.ContactID, CallerName: row.CallerName, PhoneNumber: row.PhoneNumber,
		ToNumber: row.ToNumber, Direction: row.Direction, State: row.State, CallDate: row.CallDate, StartedAt: row.StartedAt,
		EndedAt: row.EndedAt, DurationSeconds: row.DurationSeconds, Outcome: row.Outcome, EndedReason: row.EndedReason,
		Summary: row.Summary, TranscriptState: row.TranscriptState, RecordingState: row.RecordingState, ToolsUsed: row.ToolsUsed,
		CostMicros: row.CostMicros, CreatedAt: row.CreatedAt, RecordingError: row.RecordingError, SummarySource: row.SummarySource,
		Sentiment: row.Sentiment, SentimentScore: row.SentimentScore, Urgency: row.Urgency,
	})
	return api.GetCall200JSONResponse{
		Id: c.Id, VapiCallId: c.VapiCallId, ContactId: c.ContactId, CallerName: c.CallerName, PhoneNumber: c.PhoneNumber,
		ToNumber: c.ToNumber, CallType: c.CallType, Status: c.Status, CallDate: c.CallDate, StartedAt: c.StartedAt, EndedAt: c.EndedAt,
		DurationSeconds: c.DurationSeconds, Outcome: c.Outcome, OutcomeSummary: c.OutcomeSummary, EndedReason: c.EndedReason,
		HasTranscript: c.HasTranscript, HasRecording: c.HasRecording, RecordingStatus: c.RecordingStatus,
		RecordingState: api.CallDetailRecordingState(c.RecordingState), RecordingError: c.RecordingError, ToolsUsed: c.ToolsUsed,
		SummarySource: c.SummarySource, SentimentScore: c.SentimentScore, SentimentLabel: c.SentimentLabel,
		SentimentSummary: c.SentimentSummary, SentimentUrgency: c.SentimentUrgency, CostCents: c.CostCents, CreatedAt: c.CreatedAt, ActionItems: []string{},
		LeadScore: whole(row.LeadScore), LeadReasons: row.LeadReasons,
		Transcript: each(turns, func(t turn) api.Turn {
			return api.Turn{Speaker: t.Speaker, Text: t.Text, Timestamp: t.At, Sentiment: t.Sentiment}
		}),
	}, nil
}

// whole is an integer of the database for JSON.
func whole[N ~int16 | ~int32](n *N) *int {
	if n == nil {
		return nil
	}
	i := int(*n)
	return &i
}

// inCents is a cost in whole US cents, half a cent rounded up.
func inCents(micros int64) int64 { return (micros + microsPerCent/2) / microsPerCent }

// inUnits is an amount of money, stored in minor units, as old dashboards read it.
func inUnits(minor int64) float64 { return float64(minor) / minorUnitsPerUnit }
