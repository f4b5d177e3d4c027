package reception

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/spoken"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// statusUpdate takes in where a call stands. An error asks Vapi to send it again.
func (r *Reception) statusUpdate(ctx context.Context, m voice.Message) error {
	err := r.inCall(ctx, m, func(tx db.Tx, call db.CallContext) error {
		at := m.Timestamp
		if at.IsZero() {
			at = call.Now
		}
		_, err := tx.RecordCallEvent(ctx, db.RecordCallEventParams{
			CallID: call.CallID, Status: m.Status, At: at, EndedReason: pointer(m.EndedReason)})
		return err
	})
	return r.unlessNobodys(ctx, m, err)
}

// endOfCallReport stores what a call was; redaction happens in the database, before anything is written.
func (r *Reception) endOfCallReport(ctx context.Context, m voice.Message) error {
	err := r.inCall(ctx, m, func(tx db.Tx, call db.CallContext) error {
		params, err := ReportParams(call.CallID, m)
		if err != nil {
			return err
		}
		_, err = tx.RecordCallReport(ctx, params)
		return err
	})
	return r.unlessNobodys(ctx, m, err)
}

// unlessNobodys drops the error of an envelope that belongs to no clinic: sending it again would not help. Any other
// becomes a 503, which asks for just that.
func (r *Reception) unlessNobodys(ctx context.Context, m voice.Message, err error) error {
	if r.noteRefusedTenant(ctx, m, err) {
		return nil
	}
	if err != nil {
		return server.NewError(server.CodeBusy, "The message was not taken in. Send it again.", err)
	}
	return nil
}

// transferRequest says where a caller is put through, or what to do instead (Vapi: transfer-destination-request).
func (r *Reception) transferRequest(ctx context.Context, m voice.Message) []byte {
	var wish voice.TransferRequest
	if m.Transfer != nil {
		wish = *m.Transfer
	}
	if spoken.Emergency(wish.LastCallerText) || slices.ContainsFunc(wish.Texts, spoken.Emergency) {
		return voice.RefuseTransfer(r.emergencySentence(ctx, m))
	}
	ctx, cancel := context.WithTimeout(ctx, toolBudget)
	defer cancel()
	var answer []byte
	err := r.inCall(ctx, m, func(tx db.Tx, call db.CallContext) error {
		var err error
		answer, err = transferOnce(ctx, tx, call, m, wish.Department)
		return err
	})
	switch {
	case err == nil:
		return answer
	case r.noteRefusedTenant(ctx, m, err):
		return voice.RefuseTransfer(sayNoTenant)
	default:
		server.LogCause(ctx, "a transfer failed", err)
		return voice.RefuseTransfer(voice.SentenceTrouble)
	}
}

// transferOnce decides where to; a request that Vapi delivers again, known by its timestamp, is answered as before. It
// would otherwise be taken for a second transfer, and the caller never put through.
func transferOnce(ctx context.Context, tx db.Tx, call db.CallContext, m voice.Message, department string) ([]byte, error) {
	key := m.Timestamp.UTC().Format(time.RFC3339Nano)
	if !m.Timestamp.IsZero() {
		before, err := tx.AcceptDelivery(ctx, db.AcceptDeliveryParams{
			VapiCallID: m.Call.ID, Kind: m.Type, Key: key, BodyHash: []byte{}})
		if err == nil && before.Answer != nil {
			return []byte(*before.Answer), nil
		} else if err != nil && !noRows(err) {
			return nil, err
		}
	}
	to, err := tx.TransferDestination(ctx, call.CallID, department)
	if err != nil {
		return nil, err
	}
	answer := transferAnswer(to)
	if !m.Timestamp.IsZero() {
		tx.AnswerDeliveryAtCommit(db.AnswerDeliveryParams{VapiCallID: m.Call.ID, Kind: m.Type, Key: key, Answer: string(answer)})
	}
	return answer, nil
}

func transferAnswer(to db.TransferAnswer) []byte {
	if to.Outcome == "transfer" {
		return voice.PutThrough(voice.Destination{Number: text(to.Phone), CallerID: text(to.CallerID), Message: "One moment, I am putting you through."})
	}
	if text(to.Reason) == "closed" {
		return voice.RefuseTransfer("Nobody can take the call: the clinic is closed. Offer to take a message.")
	}
	return voice.RefuseTransfer("Nobody can be reached by transfer right now. Offer to take a message.")
}

// ReportParams turns a report into what the database takes.
func ReportParams(callID [16]byte, m voice.Message) (db.RecordCallReportParams, error) {
	report := m.Report
	if report == nil {
		report = &voice.Report{}
	}
	turns, err := json.Marshal(turnsOf(*report))
	if err != nil {
		return db.RecordCallReportParams{}, fmt.Errorf("encode the turns: %w", err)
	}
	analysis, err := json.Marshal(analysisOf(report.Analysis))
	if err != nil {
		return db.RecordCallReportParams{}, fmt.Errorf("encode the analysis: %w", err)
	}
	params := db.RecordCallReportParams{
		CallID: callID, StartedAt: moment(report.StartedAt), EndedAt: moment(report.EndedAt),
		EndedReason: pointer(m.EndedReason), Summary: pointer(report.Summary), Turns: turns,
		HasRecording: report.Recording.Present(), RecordingURL: pointer(report.Recording.Source()), ToolsUsed: orEmpty(report.ToolsUsed), SaidNames: orEmpty(report.SaidNames),
		Analysis: analysis}
	if report.HasDuration {
		seconds := int32(math.Round(report.Duration.Seconds()))
		params.DurationSeconds = &seconds
	}
	if report.HasCost {
		params.CostMicros = &report.CostMicros
	}
	return params, nil
}

// analysis is what app.note_feeling takes; what the provider did not say is left out.
type analysis struct {
	Sentiment string   `json:"sentiment,omitempty"`
	Score     *float64 `json:"sentiment_score,omitempty"`
	Urgency   string   `json:"urgency,omitempty"`
}

func analysisOf(a voice.Analysis) analysis {
	found := analysis{Sentiment: a.Sentiment, Urgency: a.Urgency}
	if a.HasScore {
		found.Score = &a.Score
	}
	return found
}

// turn is a spoken turn as call_logs.transcript holds it; At in seconds from the start.
type turn struct {
	Speaker string  `json:"speaker"`
	Text    string  `json:"text"`
	At      float64 `json:"at"`
}

// turnsOf returns the turns; a transcript that names no speaker becomes one turn, lest it be lost.
func turnsOf(r voice.Report) []turn {
	turns := []turn{}
	for _, t := range r.Turns {
		turns = append(turns, turn{Speaker: t.Speaker, Text: t.Text, At: t.Seconds})
	}
	if len(turns) == 0 && r.Transcript != "" {
		turns = append(turns, turn{Speaker: voice.SpeakerCaller, Text: r.Transcript})
	}
	return turns
}

// orEmpty is the list itself, or an empty one instead of nil, which the database would take for NULL.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// moment is nil for the zero time.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
