package dialer

import (
	"fmt"
	"strings"
	"time"

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
// Who answers is not known yet, so nothing is in them but what a text to the same number would say.
func variables(to db.OutboundDial) map[string]string {
	values := map[string]string{
		"clinicName":    text(to.ClinicName),
		"clinicAddress": text(to.ClinicAddress),
		"clinicPhone":   text(to.ClinicPhone),
		"timeZone":      text(to.TimeZone),
		"callerStatus":  "not verified",
		"callerNames":   "",
		"callPurpose":   purpose(to),
		"visit":         text(to.Visit),
		"message":       text(to.Words),
	}
	zone, err := time.LoadLocation(text(to.TimeZone))
	if to.Now != nil && err == nil {
		local := to.Now.In(zone)
		values["today"], values["timeNow"] = local.Format("Monday, January 2, 2006"), local.Format("3:04 PM")
	}
	return values
}

// purpose tells the assistant why it calls.
func purpose(to db.OutboundDial) string {
	switch text(to.Kind) {
	case "test":
		return "This is a test call: the clinic's own people try you out. Talk as you would with a caller."
	case "reminder":
		return fmt.Sprintf("You call to remind of a visit: %s. Say the day and the time, and nothing else about it.", text(to.Visit))
	case "campaign":
		return "You call on behalf of the clinic. Ask whether it is a good moment, tell what the clinic has to say, and offer an appointment. " +
			"The clinic says: " + text(to.Words)
	default:
		return "You call back for the clinic. Say who calls, ask whom you speak with and how you can help."
	}
}

// voicemail is left on an answering machine, which others may listen to: who called, and nothing about why.
func voicemail(to db.OutboundDial) string {
	digits := strings.TrimPrefix(text(to.ClinicPhone), "+")
	return fmt.Sprintf("Hello, this is %s. Please call us back at %s. Thank you.", text(to.ClinicName), strings.Join(strings.Split(digits, ""), " "))
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
