package readiness

import "github.com/voxanne-ai/voxanne/jobs/provisioner"

// sentence says what is wrong and what to do.
func sentence(code string) string {
	switch code {
	case "no_line":
		return "The clinic has no working number. Set one up, or look where its set-up stands."
	case "no_assistant":
		return "The agent has no assistant yet. Save the agent; the workers make the assistant within a minute."
	case "assistant_gone":
		return "The telephone service does not have the assistant any more. Save the agent, and a new one is made."
	case "assistant_refused":
		return "The telephone service refused to show the assistant. Look for the reason in its log."
	case "server_elsewhere":
		return "The assistant takes its messages elsewhere. Save the agent, and it is brought back."
	case "old_secret":
		return "What proves that messages are the telephone service's is an earlier secret. The workers bring ours there; see that they run."
	case "tools_outdated":
		return "The tools are registered as an earlier version of them. The workers register them anew; see that they run."
	case "tool_gone":
		return "The telephone service does not have a tool any more. The workers register it anew; see that they run."
	case "tools_unlinked":
		return "The assistant does not carry all of our tools, or earlier ones. Save the agent, and they are linked."
	case "twilio_unavailable", "twilio_busy":
		return "Twilio could not be reached, so nothing is known. Ask again in a minute."
	case "vapi_unavailable", "vapi_busy":
		return "The telephone service could not be reached, so nothing is known. Ask again in a minute."
	case "no_credential":
		return "No Twilio account is connected. Connect one, and set the number up."
	case "calendar_reconnect":
		return "A calendar's provider does not let us in any more, so bookings wait for the clinic. Connect the account again."
	case "calendar_unread":
		return "A calendar was linked and not read yet, so bookings wait for the clinic. It takes a minute; if it lasts, see that the workers run."
	case "calendar_stale":
		return "A calendar was not read for so long that bookings wait for the clinic. See that the workers run and what their log says of it."
	case "calendar_failing":
		return "A calendar cannot be read just now; what it said before still counts. If it lasts, bookings wait for the clinic: see that it still exists."
	case "calendar_not_written":
		return "Visits cannot be written into a calendar; they stand here. See that the account may change it."
	default:
		return provisioner.Sentence(code)
	}
}

// wellSentence says what is so.
func wellSentence(check string) string {
	return map[string]string{
		"twilio_account":      "The account is active.",
		"twilio_number":       "The account owns the number.",
		"twilio_capabilities": "The number takes calls and sends texts.",
		"twilio_texts":        "Texts to the number come to us.",
		"twilio_calls":        "Calls of the number go to the telephone service.",
		"vapi_assistant":      "The assistant is there.",
		"vapi_server":         "The assistant takes its messages to us.",
		"vapi_tools":          "The assistant carries our tools as they are now.",
		"vapi_number":         "The telephone service has the number.",
		"vapi_routing":        "Calls of the number come to us.",
		"calendar":            "The calendars are read, and what they say counts.",
	}[check]
}

// skippedSentence says why a check was not asked.
func skippedSentence(check string) string {
	if check == "calendar" {
		return "No calendar is connected."
	}
	return "Not asked: something before it is missing, see the checks that failed."
}
