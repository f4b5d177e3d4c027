package voice

// ParseFetched reads a call as Vapi's REST interface returns it, as if it were
// the end-of-call-report that it repeats: the report's fields stand at the top,
// and Status is the call's own, which is current there (Vapi: GET /call/{id}).
//
// Errors are [ErrNotJSON] and [ErrNotAnObject].
func ParseFetched(body []byte) (Message, error) {
	v, err := decode(body)
	if err != nil {
		return Message{}, ErrNotJSON
	}
	root := asObject(v)
	if root == nil {
		return Message{}, ErrNotAnObject
	}
	// The call's `type` says inbound or outbound; the message's says what it is about.
	return readMessage(object{
		"type": TypeEndOfCallReport, "call": map[string]any(root), "status": root["status"],
		"endedReason": root["endedReason"], "startedAt": root["startedAt"], "endedAt": root["endedAt"],
		"cost": root["cost"], "costBreakdown": root["costBreakdown"], "costs": root["costs"],
		"artifact": root["artifact"], "analysis": root["analysis"], "messages": root["messages"],
		"transcript": root["transcript"], "summary": root["summary"], "recordingUrl": root["recordingUrl"],
		"stereoRecordingUrl": root["stereoRecordingUrl"],
	}, nil)
}
