package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// readReport reads a call that a job fetched, with the reader of webhooks.
func readReport(call json.RawMessage) (db.RecordCallReportParams, error) {
	m, err := voice.ParseFetched(call)
	if err != nil {
		return db.RecordCallReportParams{}, err
	}
	if m.Status != voice.StatusEnded {
		return db.RecordCallReportParams{}, jobs.ErrNotEnded
	}
	r := m.Report
	turns, err := json.Marshal(storedTurns(r.Turns))
	if err != nil {
		return db.RecordCallReportParams{}, fmt.Errorf("write the turns: %w", err)
	}
	params := db.RecordCallReportParams{
		StartedAt: known(r.StartedAt), EndedAt: known(r.EndedAt), EndedReason: &m.EndedReason, Summary: &r.Summary,
		Turns: turns, HasRecording: r.Recording.Present(), ToolsUsed: r.ToolsUsed,
	}
	if r.HasDuration {
		seconds := int32(r.Duration.Round(time.Second) / time.Second)
		params.DurationSeconds = &seconds
	}
	if r.HasCost {
		params.CostMicros = &r.CostMicros
	}
	return params, nil
}

// turn is a turn as app.record_call_report takes it; at is in seconds.
type turn struct {
	Speaker string  `json:"speaker"`
	Text    string  `json:"text"`
	At      float64 `json:"at"`
}

func storedTurns(said []voice.Turn) []turn {
	turns := make([]turn, 0, len(said))
	for _, t := range said {
		turns = append(turns, turn{Speaker: t.Speaker, Text: t.Text, At: t.Seconds})
	}
	return turns
}

// known is NULL for the zero time.
func known(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}
