package readiness

import (
	"slices"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
)

// findings is the code of each check that was asked, "" when all is well.
type findings map[string]string

func newFindings() findings { return findings{} }

func (f findings) add(check, code string) { f[check] = code }

// aboutLine is the check that a finding about a line belongs to. One look at Twilio ends at the first thing wrong.
func aboutLine(f provisioner.Finding) string {
	switch f.Code {
	case "twilio_not_owned":
		return "twilio_number"
	case "twilio_no_voice", "twilio_no_sms":
		return "twilio_capabilities"
	}
	switch f.About {
	case "texts", "calls", "account":
		return "twilio_" + f.About
	case "vapi":
		return "vapi_number"
	default:
		return "vapi_" + f.About
	}
}

func aboutAssistant(about string) string { return "vapi_" + about }

// implied is what a check that was asked says of those before it: a number that cannot take calls is owned, by an account
// that is active.
func (f findings) implied(check string) bool {
	following := map[string][]string{
		"twilio_account":      {"twilio_number", "twilio_capabilities", "twilio_texts"},
		"twilio_number":       {"twilio_capabilities", "twilio_texts"},
		"twilio_capabilities": {"twilio_texts"},
	}
	return slices.ContainsFunc(following[check], func(later string) bool {
		code, asked := f[later]
		return asked && code != "no_line"
	})
}

// checks are all checks in their order.
func (f findings) checks() []Check {
	all := make([]Check, 0, len(Names()))
	for _, name := range Names() {
		code, asked := f[name]
		switch {
		case asked && code != "":
			all = append(all, Check{Name: name, Status: Failed, Detail: sentence(code), Unreachable: unreachable(code)})
		case asked || f.implied(name):
			all = append(all, Check{Name: name, Status: OK, Detail: wellSentence(name)})
		default:
			all = append(all, Check{Name: name, Status: Skipped, Detail: skippedSentence(name)})
		}
	}
	return all
}

func unreachable(code string) bool {
	return slices.Contains([]string{"twilio_unavailable", "twilio_busy", "vapi_unavailable", "vapi_busy"}, code)
}

// aboutCalendars is the code of what is worst about the clinic's calendars, "" when bookings are confirmed and written.
func aboutCalendars(links []db.CalendarHealth) string {
	faults := []struct {
		code string
		has  func(db.CalendarHealth) bool
	}{
		{"calendar_reconnect", func(l db.CalendarHealth) bool { return l.Health == "needs_reconnect" }},
		{"calendar_unread", func(l db.CalendarHealth) bool { return l.Stale && l.LastSyncedAt == nil }},
		{"calendar_stale", func(l db.CalendarHealth) bool { return l.Stale }},
		{"calendar_failing", func(l db.CalendarHealth) bool { return l.Health == "failing" }},
		{"calendar_not_written", func(l db.CalendarHealth) bool { return l.EventsFailing > 0 }},
	}
	for _, f := range faults {
		if slices.ContainsFunc(links, f.has) {
			return f.code
		}
	}
	return ""
}
