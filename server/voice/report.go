package voice

import (
	"math"
	"slices"
	"time"
)

// Report is what Vapi tells after a call. Nearly all of it may be missing, most of it when the call never connected.
// Summary and Turns are raw speech: redact before storing, never log (Vapi: end-of-call-report).
type Report struct {
	StartedAt time.Time // zero: never connected
	EndedAt   time.Time
	// Duration is 0 when unknown, see HasDuration: a call may really last no time at all.
	Duration    time.Duration
	HasDuration bool
	// CostMicros is in millionths of a US dollar; 0 when unknown, see HasCost.
	CostMicros int64
	HasCost    bool

	Summary    string
	Analysis   Analysis
	Turns      []Turn // in spoken order
	Transcript string // only when there are no turns to be had from it
	ToolsUsed  []string
	// SaidNames are the names that the model wrote into tool calls: distinct, at most twenty. They were said in the call,
	// also where the transcript has another spelling.
	SaidNames []string
	Recording Recording
}

// Recording says where the recordings of a call are. Vapi's stable addresses are identifiers, and the files behind them
// mostly private; the presigned one is a secret that opens its file until it expires.
type Recording struct {
	MonoURL   string
	StereoURL string
	Presigned string
}

// Present reports whether the call was recorded.
func (r Recording) Present() bool { return r.Source() != "" }

// Source is the address that most likely gives the recording, one channel before two; empty without a recording.
func (r Recording) Source() string { return firstText(r.Presigned, r.MonoURL, r.StereoURL) }

func readReport(envelope object) *Report {
	artifact, call := envelope.object("artifact"), envelope.object("call")
	r := &Report{
		StartedAt: firstTime(envelope.instant("startedAt"), call.instant("startedAt")),
		EndedAt:   firstTime(envelope.instant("endedAt"), call.instant("endedAt")),
		Summary:   firstText(envelope.object("analysis").text("summary"), envelope.text("summary")),
		Analysis:  readAnalysis(envelope, artifact),
		ToolsUsed: readToolsUsed(envelope),
		SaidNames: readSaidNames(envelope),
		Recording: readRecording(envelope, artifact),
	}
	r.Turns, r.Transcript = readTurns(envelope)
	r.CostMicros, r.HasCost = readCost(envelope)
	r.readDuration(envelope)
	return r
}

// readDuration takes a duration that was sent, else the distance of the two times; a missing end follows from the
// start and the duration.
func (r *Report) readDuration(envelope object) {
	r.Duration, r.HasDuration = sentDuration(envelope)
	switch {
	case !r.HasDuration && !r.StartedAt.IsZero() && !r.EndedAt.Before(r.StartedAt):
		r.Duration, r.HasDuration = r.EndedAt.Sub(r.StartedAt), true
	case r.HasDuration && r.EndedAt.IsZero() && !r.StartedAt.IsZero():
		r.EndedAt = r.StartedAt.Add(r.Duration)
	}
}

// sentDuration reads the three duration fields, which are on the wire but in no schema.
func sentDuration(envelope object) (time.Duration, bool) {
	for _, field := range []struct {
		key  string
		unit time.Duration
	}{{"durationMs", time.Millisecond}, {"durationSeconds", time.Second}, {"durationMinutes", time.Minute}} {
		n, ok := envelope.number(field.key)
		// A week is longer than any call can be (Vapi's cap is twelve hours): such a number is a mistake.
		if ok && n >= 0 && n*float64(field.unit) <= float64(7*24*time.Hour) {
			return time.Duration(math.Round(n * float64(field.unit))), true
		}
	}
	return 0, false
}

// readCost takes the message's cost, else the total of the breakdown, else the sum of the items. `call.cost` is a
// snapshot from the call's creation and always 0.
func readCost(envelope object) (micros int64, ok bool) {
	if usd, ok := envelope.number("cost"); ok {
		return toMicros(usd)
	}
	if usd, ok := envelope.object("costBreakdown").number("total"); ok {
		return toMicros(usd)
	}
	sum, found := 0.0, false
	for _, item := range envelope.objects("costs") {
		if usd, ok := item.number("cost"); ok {
			sum, found = sum+usd, true
		}
	}
	if !found {
		return 0, false
	}
	return toMicros(sum)
}

// toMicros refuses amounts that no call can cost.
func toMicros(usd float64) (int64, bool) {
	if usd < 0 || usd > 1e6 {
		return 0, false
	}
	return int64(math.Round(usd * 1e6)), true
}

func readRecording(envelope, artifact object) Recording {
	recording := artifact.object("recording")
	return Recording{
		MonoURL: firstText(recording.object("mono").text("combinedUrl"), artifact.text("recordingUrl"),
			artifact.text("recording"), recording.text("url"), envelope.text("recordingUrl")),
		StereoURL: firstText(recording.text("stereoUrl"), artifact.text("stereoRecordingUrl"),
			envelope.text("stereoRecordingUrl")),
		Presigned: firstText(artifact.text("presignedMonoUrl"), artifact.text("presignedStereoUrl")),
	}
}

// readToolsUsed names every tool that was called or answered, once, in order of first use.
func readToolsUsed(envelope object) []string {
	var names []string
	add := func(name string) {
		if name = limited(name, maxWord); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, entry := range history(envelope) {
		for _, call := range entry.objects("toolCalls") {
			add(toolName(call))
		}
		if entry.text("role") == "tool_call_result" {
			add(entry.text("name"))
		}
	}
	return names
}

// maxSaidNames is more people than one call can be about.
const maxSaidNames = 20

// readSaidNames collects the names in the arguments of every tool call, in order of first use.
func readSaidNames(envelope object) []string {
	var names []string
	for _, entry := range history(envelope) {
		for _, item := range entry.objects("toolCalls") {
			args := readItem(item).Args
			for _, argument := range []string{ArgPatientName, ArgCallerName} {
				name := limited(args.Text(argument), maxWord)
				if name != "" && !slices.Contains(names, name) && len(names) < maxSaidNames {
					names = append(names, name)
				}
			}
		}
	}
	return names
}
