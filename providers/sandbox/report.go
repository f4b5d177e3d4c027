package sandbox

import (
	"strings"
	"time"
)

// Variant is where an end-of-call-report puts things.
type Variant int

// The variants of a report that were seen.
const (
	ReportInArtifact Variant = iota // everything in artifact and analysis, as published
	ReportOnMessage                 // transcript, summary, messages, recording and durations beside it, as on the wire
	ReportBare                      // endedReason and empty objects: a call that never connected
)

// Said is one turn of the conversation in a report.
type Said struct {
	ByCaller bool
	Text     string
}

// Outcome is what a report tells about the call.
type Outcome struct {
	EndedReason string
	StartedAt   time.Time
	EndedAt     time.Time
	Summary     string
	CostUSD     float64
	Turns       []Said
	Tools       []ToolCall // used in the call, told after the turns
	Recorded    bool
}

// EndOfCallReport tells what became of the call. Inside it the call's own status is stale, as on the wire.
func EndOfCallReport(l Line, o Outcome, variant Variant) Message {
	m := l.message("end-of-call-report")
	m.fields["endedReason"] = o.EndedReason
	m.fields["artifact"], m.fields["analysis"] = map[string]any{}, map[string]any{}
	if variant == ReportBare {
		return m
	}
	m.fields["startedAt"], m.fields["endedAt"] = iso(o.StartedAt), iso(o.EndedAt)
	m.fields["cost"] = o.CostUSD
	target := m.fields
	if variant == ReportInArtifact {
		target = map[string]any{}
		m.fields["artifact"] = target
		m.fields["analysis"] = map[string]any{"summary": o.Summary, "structuredData": map[string]any{}, "successEvaluation": "true"}
	} else {
		seconds := o.EndedAt.Sub(o.StartedAt).Seconds()
		target["durationMs"], target["durationSeconds"], target["durationMinutes"] = seconds*1000, seconds, seconds/60
		target["costBreakdown"] = map[string]any{"total": o.CostUSD}
		target["summary"] = o.Summary
	}
	target["messages"], target["transcript"] = o.history(), o.transcript()
	if o.Recorded {
		target["recordingUrl"] = "https://recordings.example/" + l.CallID + "-mono.wav"
		target["stereoRecordingUrl"] = "https://recordings.example/" + l.CallID + "-stereo.wav"
	}
	return m
}

// history writes the turns two seconds apart, with the fractional times that Vapi sends.
func (o Outcome) history() []any {
	entries := []any{map[string]any{"role": "system", "message": "You are the receptionist.", "time": o.StartedAt.UnixMilli(), "secondsFromStart": 0}}
	for i, turn := range o.Turns {
		role, offset := "bot", 2*time.Duration(i+1)*time.Second
		if turn.ByCaller {
			role = "user"
		}
		at := float64(o.StartedAt.Add(offset).UnixMilli()) + 0.5
		entries = append(entries, map[string]any{"role": role, "message": turn.Text, "time": at, "endTime": at + 1000,
			"duration": 1000, "secondsFromStart": offset.Seconds(), "source": ""})
	}
	for _, call := range o.Tools {
		entries = append(entries,
			map[string]any{"role": "tool_calls", "message": "", "toolCalls": []any{call.item(NestedText)}},
			map[string]any{"role": "tool_call_result", "toolCallId": call.ID, "name": call.Name, "result": "Done."})
	}
	return entries
}

func (o Outcome) transcript() string {
	var b strings.Builder
	for _, turn := range o.Turns {
		who := "AI: "
		if turn.ByCaller {
			who = "User: "
		}
		b.WriteString(who + turn.Text + "\n")
	}
	return b.String()
}

func iso(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
