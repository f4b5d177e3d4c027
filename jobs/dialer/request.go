package dialer

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/brief"
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

// variables fill the placeholders of the assistant's prompt. Who answers is not known yet, so nothing is in them but what a text to
// the same number would say: no name that callers gave, and no memory.
func variables(to db.OutboundDial) map[string]string {
	clinic := brief.Clinic{
		Name: text(to.ClinicName), Address: text(to.ClinicAddress), Phone: text(to.ClinicPhone), TimeZone: text(to.TimeZone),
		Hours: text(to.Hours), Services: text(to.Services), Practitioners: text(to.Practitioners), Policies: text(to.Policies),
		EmergencySentence: text(to.EmergencySentence),
	}
	if to.Now != nil {
		clinic.Now = *to.Now
	}
	return brief.Values(clinic, map[string]string{
		"calleeName":  text(to.FirstName),
		"callPurpose": purpose(to),
		"visit":       text(to.Visit),
		"message":     text(to.Words),
	})
}

// purpose tells the assistant why it calls. How it makes sure of whom it speaks with before it says so stands in the text,
// and not only in the rules of its prompt: the clinic's inbound agent calls where there is no other.
func purpose(to db.OutboundDial) string {
	switch text(to.Kind) {
	case "test":
		return brief.TestPurpose
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

// voicemail is left on an answering machine, which others may listen to: who called, and nothing about why.
func voicemail(to db.OutboundDial) string {
	digits := strings.TrimPrefix(text(to.ClinicPhone), "+")
	return fmt.Sprintf("Hello, this is %s. Please call us back at %s. Thank you.", brief.Plain(text(to.ClinicName)), strings.Join(strings.Split(digits, ""), " "))
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
