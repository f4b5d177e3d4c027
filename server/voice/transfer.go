package voice

// TransferRequest asks where to put a caller through (Vapi: transfer-destination-request). Vapi sends the call and its
// history only; the wishes below were said by the model, if it said any, and are hints.
type TransferRequest struct {
	Department string
	// Texts is everything the model wrote into the tool call, for the emergency check. Never log.
	Texts []string
	// LastCallerText is the latest thing the caller said, for the emergency check. Raw speech: never log.
	LastCallerText string
}

// readTransfer looks for the model's wishes in the request itself, else in the newest transfer call of the history.
func readTransfer(envelope object, calls []ToolCall) *TransferRequest {
	wishes := ToolCall{Args: Args{}}
	for _, entry := range history(envelope) {
		for _, item := range entry.objects("toolCalls") {
			if isTransferTool(toolName(item)) {
				wishes = readItem(item)
			}
		}
	}
	if len(calls) > 0 {
		wishes = calls[0]
	} else if p := envelope.object("parameters"); p != nil { // handoff-destination-request
		wishes = readArguments(map[string]any(p))
	}
	t := &TransferRequest{
		Department: limited(wishes.Args.Text(ArgDepartment), maxWord),
		Texts:      wishes.AllText(),
	}
	turns, _ := readTurns(envelope)
	for _, turn := range turns {
		if turn.Speaker == SpeakerCaller {
			t.LastCallerText = turn.Text
		}
	}
	return t
}

// isTransferTool matches Vapi's own names for the native tool, which may carry a suffix.
func isTransferTool(name string) bool {
	return len(name) >= len("transferCall") && fold(name[:len("transferCall")]) == "transfercall"
}
