package dialer

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// request is what Vapi is asked. The call's name is ours, so that it is found again when no answer comes.
func request(id uuid.UUID, to db.OutboundDial) vapi.OutboundCall {
	call := vapi.OutboundCall{
		Name: id.String(), AssistantID: text(to.VapiAssistantID), PhoneNumberID: text(to.VapiPhoneNumberID), CustomerNumber: text(to.ToNumber),
		Variables: variables(to), Metadata: map[string]string{"outboundCallId": id.String()}, VoicemailMessage: voicemail(to),
	}
	if to.EarliestAt != nil && to.LatestAt != nil {
		call.EarliestAt, call.LatestAt = *to.EarliestAt, *to.LatestAt
	}
	return call
}

// variables fill the placeholders of the assistant's prompt, by the names that incoming calls use too (server/reception).
// Who answers is not known yet, so nothing is in them but what a text to the same number would say. They are words that
// people wrote, also strangers: see [plain].
func variables(to db.OutboundDial) map[string]string {
	values := map[string]string{
		"clinicName":        text(to.ClinicName),
		"clinicAddress":     text(to.ClinicAddress),
		"clinicPhone":       text(to.ClinicPhone),
		"timeZone":          text(to.TimeZone),
		"openingHours":      text(to.Hours),
		"services":          text(to.Services),
		"practitioners":     text(to.Practitioners),
		"emergencySentence": text(to.EmergencySentence),
		"callerStatus":      "not verified",
		"callerNames":       "",
		"calleeName":        text(to.FirstName),
		"callPurpose":       purpose(to),
		"visit":             text(to.Visit),
		"message":           text(to.Words),
	}
	zone, err := time.LoadLocation(text(to.TimeZone))
	if to.Now != nil && err == nil {
		local := to.Now.In(zone)
		values["today"], values["timeNow"] = local.Format("Monday, January 2, 2006"), local.Format("3:04 PM")
	}
	for name, value := range values {
		values[name] = plain(value)
	}
	return values
}

// purpose tells the assistant why it calls. How it makes sure of whom it speaks with before it says so stands in the text,
// and not only in the rules of its prompt: the clinic's inbound agent calls where there is no other.
func purpose(to db.OutboundDial) string {
	switch text(to.Kind) {
	case "test":
		return "This is a test call: the clinic's own people try you out. Talk as you would with a caller."
	case "reminder":
		return fmt.Sprintf("You call to remind of a visit: %s. %s Then say the day and the time, and nothing else about it.", text(to.Visit), askFirst(to))
	case "campaign":
		return "You call on behalf of the clinic. " + askFirst(to) + " Then ask whether it is a good moment, tell what the clinic has to say," +
			" and offer an appointment. The clinic says: " + text(to.Words)
	default:
		return "You were asked to call this person back. " + askFirst(to) + " Then ask how you can help."
	}
}

// askFirst has the assistant make sure that it speaks with the right person. A text needs no such question: who reads it
// holds the telephone. A voice reaches whoever picks up.
func askFirst(to db.OutboundDial) string {
	name := text(to.FirstName)
	if name == "" {
		return "First say who calls, and ask whom you speak with; go on only with the person that the clinic called."
	}
	return fmt.Sprintf("First say who calls, and ask whether you speak with %s. To anybody else say only that the clinic called and will"+
		" try again, not why, and say goodbye.", name)
}

// longestValue bounds a value, in characters: a clinic's list of services may be long, an instruction smuggled into one is
// better cut.
const longestValue = 4000

// plain is a value that can neither be taken for a placeholder or code of the prompt nor begin a line, and with it a rule, of
// its own.
func plain(value string) string {
	kept := strings.Map(func(r rune) rune {
		if strings.ContainsRune("{}<>[]`|~^\\$%#*_", r) || unicode.In(r, unicode.Cf, unicode.Co) {
			return -1
		}
		return r
	}, value)
	line := []rune(strings.Join(strings.FieldsFunc(kept, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " "))
	return string(line[:min(len(line), longestValue)])
}

// voicemail is left on an answering machine, which others may listen to: who called, and nothing about why.
func voicemail(to db.OutboundDial) string {
	digits := strings.TrimPrefix(text(to.ClinicPhone), "+")
	return fmt.Sprintf("Hello, this is %s. Please call us back at %s. Thank you.", plain(text(to.ClinicName)), strings.Join(strings.Split(digits, ""), " "))
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
