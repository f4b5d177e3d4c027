package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// FetchCallReport fetches a call's report from Vapi, because it could not be
// redacted when it came and nothing raw was kept.
type FetchCallReport struct {
	OrgID  uuid.UUID `json:"org_id"`
	CallID uuid.UUID `json:"call_id"` // ours, not Vapi's
}

// Kind is the job's name in app.enqueue_job.
func (FetchCallReport) Kind() string { return "fetch_call_report" }

// pendingRedaction is the state of a transcript whose words could not be redacted.
const pendingRedaction = "pending_redaction"

var errStillRaw = errors.New("the report could not be redacted this time either")

type fetchCallReport struct {
	river.WorkerDefaults[FetchCallReport]
	db    *db.DB
	calls Calls
	read  ReadReport
}

// Work looks the call up, fetches it outside any transaction, and stores it. A
// call that Vapi has forgotten is given up; other errors are tried again.
func (w *fetchCallReport) Work(ctx context.Context, job *river.Job[FetchCallReport]) error {
	vapiCallID, wanted, err := w.lookUp(ctx, job.Args)
	if err != nil || !wanted {
		return err
	}
	raw, err := w.calls.GetCall(ctx, vapiCallID)
	if errors.Is(err, vapi.ErrNotFound) {
		return river.JobCancel(vapi.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("fetch the call: %w", err)
	}
	report, err := w.read(raw)
	if err != nil {
		return fmt.Errorf("read the report: %w", err)
	}
	report.CallID = job.Args.CallID
	return w.record(ctx, job.Args.OrgID, report)
}

// record stores the report. Words that cannot be redacted this time either are
// an error, after what else the report says has been kept.
func (w *fetchCallReport) record(ctx context.Context, org uuid.UUID, report db.RecordCallReportParams) error {
	var state string
	err := w.db.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		state, err = tx.RecordCallReport(ctx, report)
		return err
	})
	if err != nil {
		return fmt.Errorf("record the report: %w", err)
	}
	if state == pendingRedaction {
		return errStillRaw
	}
	return nil
}

// lookUp returns Vapi's id of the call, and whether its report is still missing.
func (w *fetchCallReport) lookUp(ctx context.Context, args FetchCallReport) (vapiCallID string, wanted bool, err error) {
	err = w.db.AsTenant(ctx, args.OrgID, func(tx db.Tx) error {
		call, err := tx.GetCall(ctx, args.OrgID, args.CallID)
		if err != nil {
			return fmt.Errorf("look the call up: %w", err)
		}
		vapiCallID = call.VapiCallID
		wanted = call.ReportedAt == nil || call.TranscriptState == pendingRedaction
		return nil
	})
	return vapiCallID, wanted, err
}
