package server

const sentenceCallOptedOut = "This number asked not to be called. Allow it again under the contact only when they ask for it."

// callRefused puts into words why a call may not be asked for, by app.outbound_answer's refusal. Codes: bad_request,
// not_configured, not_found, conflict, opted_out, gone, rate_limited.
func callRefused(refusal string) error {
	switch refusal {
	case "opted_out":
		return NewError(CodeOptedOut, sentenceCallOptedOut, nil)
	case "no_phone":
		return NewError(CodeBadRequest, sentenceNoNumber, nil)
	case "erased":
		return NewError(CodeNotFound, sentenceNotFound, nil)
	case "our_number":
		return NewError(CodeBadRequest, "This is one of your organization's own numbers. Give another one.", nil)
	case "foreign_number":
		return NewError(CodeBadRequest, "Your organization calls numbers of its own country only. Write to us to have another one added.", nil)
	case "no_number":
		return NewError(CodeNotConfigured, "Your organization has no phone number to call from yet. Set one up first.", nil)
	case "no_assistant":
		return NewError(CodeNotConfigured, "This agent is not ready to call yet. Save it, and try again once it is in step with Vapi.", nil)
	case "already_open":
		return NewError(CodeConflict, "A call to this number waits or is under way already. Take it back, or wait until it is over.", nil)
	case "daily_cap":
		return NewError(CodeRateLimited, "Your organization's calls of today are used up. The next one can be asked for tomorrow.", nil).After(maxWait)
	case "too_late":
		return NewError(CodeConflict, "There is no time left in which this call may be made. Call yourself, or send a text.", nil)
	case "clinic_left":
		return NewError(CodeGone, "This organization was deleted.", nil)
	default:
		return NewError(CodeConflict, "A rule of your organization keeps this call back.", reasonError(refusal))
	}
}

// reminderCallRefused is callRefused of a reminder, which has refusals of its own: those of app.reminder_refusal.
func reminderCallRefused(refusal string) error {
	switch refusal {
	case "no_contact":
		return NewError(CodeBadRequest, sentenceNoContact, nil)
	case "approval_needed":
		return NewError(CodeConflict, sentenceApproveFirst, nil)
	case "not_active", "visit_over":
		return NewError(CodeConflict, sentenceNotAhead, nil)
	case "already_reminded":
		return NewError(CodeBadRequest, sentenceReminded, nil)
	case "too_soon":
		return NewError(CodeRateLimited, "A contact is called with one reminder a day, and three in seven days. Try again tomorrow.", nil).After(maxWait)
	default:
		return callRefused(refusal)
	}
}
