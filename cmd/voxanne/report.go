package main

import (
	"encoding/json"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs"
	"github.com/voxanne-ai/voxanne/server/reception"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// readReport reads a call that a job fetched as the webhook reads the report
// itself. The job knows whose call it is.
func readReport(call json.RawMessage) (db.RecordCallReportParams, error) {
	m, err := voice.ParseFetched(call)
	if err != nil {
		return db.RecordCallReportParams{}, err
	}
	if m.Status != voice.StatusEnded {
		return db.RecordCallReportParams{}, jobs.ErrNotEnded
	}
	return reception.ReportParams(uuid.Nil, m)
}
