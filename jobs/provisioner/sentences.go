package provisioner

import "strings"

// Passes reports whether the same again may succeed without anybody's doing.
func Passes(code string) bool {
	return strings.HasSuffix(code, "_unavailable") || strings.HasSuffix(code, "_busy") || code == "account_unreadable"
}

// Sentence says for people what a [Finding]'s code, or a word of provisioning.error, means and what to do.
func Sentence(code string) string {
	switch code {
	case "twilio_unauthorized", "no_credential":
		return "Twilio does not accept the account any more: check the account SID and the auth token."
	case "twilio_suspended":
		return "This Twilio account is suspended or closed. Twilio's console says why."
	case "twilio_not_owned":
		return "This phone number does not belong to that Twilio account."
	case "twilio_no_voice":
		return "This phone number cannot take calls."
	case "twilio_no_sms":
		return "This phone number cannot send texts."
	case "twilio_refused":
		return "Twilio refused to change the number. Look for the reason in Twilio's console."
	case "twilio_unavailable", "twilio_busy":
		return "Twilio could not be reached."
	case "vapi_refused":
		return "The telephone service refused the number."
	case "vapi_unauthorized":
		return "The telephone service does not accept the platform's key. We have to put that right."
	case "vapi_unavailable", "vapi_busy", "vapi_not_taken":
		return "The telephone service could not be reached."
	case "number_taken_at_vapi":
		return "The telephone service has this number already, from elsewhere. Please write to us."
	case "number_gone":
		return "The telephone service does not have the number any more. Set it up again."
	case "no_assistant":
		return "The agent has no assistant yet. Save the agent, then try again."
	case "texts_go_elsewhere":
		return "Texts to the number go elsewhere at Twilio. Set the number up again."
	case "calls_go_elsewhere":
		return "Calls of the number go elsewhere at Twilio. Set the number up again."
	case "routed_elsewhere":
		return "The telephone service routes the number elsewhere. Set it up again."
	case "old_secret":
		return "The telephone service proves itself with an earlier secret for this number. The workers put that right within minutes."
	case "account_unreadable":
		return "The clinic's account cannot be read here. Connect it anew, or have us look for its key."
	case "unreadable":
		return "What is stored of the number cannot be read. We have to put that right."
	default:
		return "The number could not be set up."
	}
}
