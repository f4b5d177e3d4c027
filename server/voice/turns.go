package voice

import (
	"strings"
	"time"
)

// Who speaks in a [Turn].
const (
	SpeakerAssistant = "assistant"
	SpeakerCaller    = "caller"
)

// Turn is one thing that was said.
type Turn struct {
	Speaker string // SpeakerAssistant or SpeakerCaller
	Text    string
	At      time.Time // zero when unknown
	Seconds float64   // from the start of the call; 0 when unknown
}

// history returns the entries of a call so far: of the artifact, else the copy at the message level.
func history(envelope object) []object {
	if entries := envelope.object("artifact").objects("messages"); len(entries) > 0 {
		return entries
	}
	return envelope.objects("messages")
}

// readTurns returns what was said: from the history, else from its OpenAI form (no times), else from the transcript's
// lines. A transcript whose lines name no speaker is returned as text.
func readTurns(envelope object) (turns []Turn, transcript string) {
	artifact := envelope.object("artifact")
	if turns = turnsOf(history(envelope)); len(turns) > 0 {
		return turns, ""
	}
	for _, level := range []object{artifact, envelope} {
		if turns = turnsOf(level.objects("messagesOpenAIFormatted")); len(turns) > 0 {
			return turns, ""
		}
	}
	transcript = firstText(artifact.text("transcript"), envelope.text("transcript"))
	if turns = turnsOfLines(transcript); len(turns) > 0 {
		return turns, ""
	}
	return nil, transcript
}

// turnsOf keeps what a person could hear: prompts, tool calls and their results are left out.
func turnsOf(entries []object) []Turn {
	var turns []Turn
	for _, entry := range entries {
		speaker, text := speakerOf(entry.text("role")), spokenText(entry)
		if speaker == "" || text == "" {
			continue
		}
		seconds, _ := entry.number("secondsFromStart")
		turns = append(turns, Turn{Speaker: speaker, Text: text, At: entry.instant("time"), Seconds: max(seconds, 0)})
	}
	return turns
}

func speakerOf(role string) string {
	switch strings.ToLower(role) {
	case "bot", "assistant", "ai", "agent":
		return SpeakerAssistant
	case "user", "caller", "customer":
		return SpeakerCaller
	default:
		return ""
	}
}

// spokenText reads `message`, else `content`, which may be text or a list of parts with a text each.
func spokenText(entry object) string {
	if text := firstText(entry.text("message"), entry.text("content")); text != "" {
		return text
	}
	var parts []string
	for _, part := range entry.objects("content") {
		if text := part.text("text"); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

// turnsOfLines reads `AI: …` and `User: …`; a line without a speaker continues the one before.
func turnsOfLines(transcript string) []Turn {
	var turns []Turn
	for line := range strings.Lines(transcript) {
		line = strings.TrimSpace(line)
		role, text, found := strings.Cut(line, ":")
		speaker := speakerOf(strings.TrimSpace(role))
		switch {
		case line == "":
		case found && speaker != "":
			turns = append(turns, Turn{Speaker: speaker, Text: strings.TrimSpace(text)})
		case len(turns) > 0:
			turns[len(turns)-1].Text += " " + line
		default:
			return nil
		}
	}
	return turns
}
