package voice

import (
	"strings"
	"unicode"
)

// Route is everything in an envelope that says which clinic was called. It comes from fields that Vapi writes; what a
// model or a caller can influence (arguments, metadata, variables) is not looked at, nor is call.orgId, which is
// Vapi's own organisation.
type Route struct {
	AssistantIDs   []string // distinct, in order of trust
	PhoneNumberIDs []string
	Numbers        []string // the clinic's numbers as sent, or SIP URIs
	// Conflict: the envelope names two different values for one kind of identifier. Such a message is refused.
	Conflict bool
}

// Empty reports whether nothing in the envelope can be mapped to a clinic.
func (r Route) Empty() bool {
	return len(r.AssistantIDs)+len(r.PhoneNumberIDs)+len(r.Numbers) == 0
}

// readRoute collects the identifiers of Vapi's common fields. `phoneNumber.assistantId` is left out on purpose: it is
// the assistant that answers that number, which on an outbound call is rightly another one than the assistant calling.
func readRoute(envelope object) Route {
	call, number := envelope.object("call"), envelope.object("phoneNumber")
	r := Route{
		AssistantIDs: distinct(strings.EqualFold,
			identifier(call, "assistantId"), identifier(envelope.object("assistant"), "id"),
			identifier(call.object("assistant"), "id"), identifier(envelope, "assistantId")),
		PhoneNumberIDs: distinct(strings.EqualFold,
			identifier(number, "id"), identifier(call, "phoneNumberId"),
			identifier(call.object("phoneNumber"), "id"), identifier(envelope, "phoneNumberId")),
		Numbers: distinct(sameNumber,
			identifier(number, "number"), identifier(call.object("phoneNumber"), "number")),
	}
	r.Conflict = len(r.AssistantIDs) > 1 || len(r.PhoneNumberIDs) > 1 || len(r.Numbers) > 1
	return r
}

// distinct drops empty values and those equal to an earlier one.
func distinct(equal func(a, b string) bool, values ...string) []string {
	var out []string
next:
	for _, v := range values {
		if v == "" {
			continue
		}
		for _, seen := range out {
			if equal(seen, v) {
				continue next
			}
		}
		out = append(out, v)
	}
	return out
}

// sameNumber compares two numbers by their digits, two SIP URIs by their letters.
func sameNumber(a, b string) bool {
	if isSIP(a) || isSIP(b) {
		return strings.EqualFold(a, b)
	}
	da, db := digits(a), digits(b)
	if da == "" && db == "" {
		return strings.EqualFold(a, b)
	}
	return da == db
}

func isSIP(s string) bool {
	s = strings.ToLower(s)
	return strings.HasPrefix(s, "sip:") || strings.HasPrefix(s, "sips:")
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}
