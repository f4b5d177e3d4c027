package voice

import (
	"slices"
	"strings"
	"unicode"
)

// Args are the arguments that the model gave to one tool call, cleaned, without any tenant id. Everything in them was
// said by a caller or made up by a model: they describe a wish and never identify a clinic or a call.
type Args map[string]any

// Names of the arguments that the tools take. [Args.Text] also finds what earlier definitions called them.
const (
	ArgAppointmentDate = "appointmentDate"
	ArgAppointmentTime = "appointmentTime"
	ArgCurrentDate     = "currentDate"
	ArgCurrentTime     = "currentTime"
	ArgNewDate         = "newDate"
	ArgNewTime         = "newTime"
	ArgWeekday         = "weekday"
	ArgPartOfDay       = "partOfDay"
	ArgServiceType     = "serviceType"
	ArgPractitioner    = "practitioner"
	ArgPatientName     = "patientName"
	ArgPatientPhone    = "patientPhone"
	ArgPatientEmail    = "patientEmail"
	ArgDateOfBirth     = "dateOfBirth"
	ArgCode            = "code"
	ArgSendCode        = "sendCode"
	ArgBookingRef      = "bookingRef"
	ArgAnotherPerson   = "anotherPerson"
	ArgNotes           = "notes"
	ArgHold            = "hold"
	ArgMessage         = "message"
	ArgCallerName      = "callerName"
	ArgCallbackNumber  = "callbackNumber"
	ArgUrgent          = "urgent"
	ArgQuery           = "query"
	ArgDepartment      = "department"
	ArgReason          = "reason"
)

// aliases returns the names under which an argument may arrive, the present one first. The rest are names that the
// predecessor's tools, scripts and assistants used. Spelling (snake_case, capitals) needs no entry of its own.
func aliases(name string) []string {
	switch name {
	case ArgAppointmentDate:
		return []string{name, "date", "day", "scheduledAt", "scheduledTime", "startTime", "start", "startDateTime", "dateTime"}
	case ArgAppointmentTime:
		return []string{name, "time", "startTime", "start", "scheduledTime"}
	case ArgCurrentDate:
		return []string{name, "oldDate", "originalDate"}
	case ArgCurrentTime:
		return []string{name, "oldTime", "originalTime"}
	case ArgNewDate:
		return []string{name, "newAppointmentDate", "newScheduledAt", "newStartTime", ArgAppointmentDate, "date", "scheduledAt"}
	case ArgNewTime:
		return []string{name, "newAppointmentTime", "newStartTime", ArgAppointmentTime, "time"}
	case ArgWeekday:
		return []string{name, "dayOfWeek"}
	case ArgPartOfDay:
		return []string{name, "timeOfDay"}
	case ArgServiceType:
		return []string{name, "service", "serviceName", "appointmentType", "treatment"}
	case ArgPractitioner:
		return []string{name, "practitionerName", "provider", "providerName", "doctor", "dentist", "clinician"}
	case ArgPatientName:
		return []string{name, "appointmentName", "customerName", "clientName", "fullName", "name"}
	case ArgPatientPhone:
		return []string{name, "appointmentPhone", "customerPhone", "clientPhone", "phoneNumber", "phone"}
	case ArgPatientEmail:
		return []string{name, "appointmentEmail", "customerEmail", "clientEmail", "emailAddress", "email"}
	case ArgDateOfBirth:
		return []string{name, "dob", "birthDate", "birthday", "patientDateOfBirth"}
	case ArgCode:
		return []string{name, "verificationCode", "securityCode", "oneTimeCode", "confirmationCode", "otp", "pin"}
	case ArgSendCode:
		return []string{name, "requestCode", "textCode"}
	case ArgBookingRef:
		return []string{name, "bookingReference", "reference", "ref", "confirmationCode", "confirmationNumber", "confirmation"}
	case ArgAnotherPerson:
		return []string{name, "forAnotherPerson", "otherPerson"}
	case ArgNotes:
		return []string{name, "note", "comments"}
	case ArgMessage:
		return []string{name, "messageText", "text", "content"}
	case ArgCallerName:
		return []string{name, ArgPatientName, "customerName", "clientName", "name"}
	case ArgCallbackNumber:
		return []string{name, "callback", "callbackPhone", ArgPatientPhone, "phoneNumber", "phone"}
	case ArgQuery:
		return []string{name, "question", "searchQuery"}
	case ArgUrgent:
		return []string{name, "isUrgent"}
	case ArgReason:
		return []string{name, "summary"}
	default:
		return []string{name}
	}
}

// Text returns the first of the named arguments that holds something, under any of its aliases; numbers and booleans
// are written out. Blank values and the words models use for "I don't know" count as absent; then it returns "".
func (a Args) Text(names ...string) string {
	for _, name := range names {
		for _, alias := range aliases(name) {
			if s := strings.TrimSpace(scalarText(a.lookup(alias))); !placeholder(s) {
				return s
			}
		}
	}
	return ""
}

// Flag reports whether the first of the named arguments that holds something means yes. Absent means no.
func (a Args) Flag(names ...string) bool {
	switch strings.ToLower(a.Text(names...)) {
	case "true", "yes", "y", "1":
		return true
	default:
		return false
	}
}

// AllText returns every text in the arguments, nested ones too, in a fixed order: whatever was said to any tool is
// looked at for an emergency.
func (a Args) AllText() []string {
	return collectText(map[string]any(a), nil)
}

func collectText(v any, into []string) []string {
	switch t := v.(type) {
	case string:
		if s := strings.TrimSpace(clean(t)); s != "" {
			into = append(into, s)
		}
	case []any:
		for _, entry := range t {
			into = collectText(entry, into)
		}
	case map[string]any:
		for _, key := range sortedKeys(t) {
			into = collectText(t[key], into)
		}
	}
	return into
}

// lookup finds a key exactly, else by its letters and digits alone (`patient_name`, `PatientName`).
func (a Args) lookup(name string) any {
	if v, ok := a[name]; ok {
		return v
	}
	want := fold(name)
	for _, key := range sortedKeys(a) {
		if fold(key) == want {
			return a[key]
		}
	}
	return nil
}

// placeholder reports whether a model wrote a word instead of leaving the argument out.
func placeholder(s string) bool {
	switch strings.ToLower(strings.Trim(s, ". ")) {
	case "", "null", "undefined", "none", "n/a", "unknown", "not provided", "not specified", "not given":
		return true
	default:
		return strings.HasPrefix(s, "{{") // a template that was never filled
	}
}

// tenantKey reports whether a key claims to name a tenant. Such claims come from prompts, old scripts and callers;
// the tenant is found from the envelope's identifiers and nothing else.
func tenantKey(key string) bool {
	switch fold(key) {
	case "org", "orgid", "orguuid", "orgslug", "tenant", "tenantid", "tenantuuid", "clinic", "clinicid",
		"organization", "organizationid", "organisation", "organisationid", "workspaceid", "accountid":
		return true
	default:
		return false
	}
}

// withoutTenants returns a copy of a decoded JSON value that has no tenant key at any depth and only clean text.
func withoutTenants(v any) any {
	switch t := v.(type) {
	case string:
		return clean(t)
	case []any:
		out := make([]any, len(t))
		for i, entry := range t {
			out[i] = withoutTenants(entry)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(t))
		for _, raw := range sortedKeys(t) {
			if key := clean(raw); !tenantKey(key) {
				out[key] = withoutTenants(t[raw])
			}
		}
		return out
	default:
		return v
	}
}

// sentencesForTenants collects what withoutTenants takes out and what yet is no id, because it has several words.
func sentencesForTenants(v any, taken bool, into []string) []string {
	switch t := v.(type) {
	case string:
		if s := strings.TrimSpace(clean(t)); taken && strings.ContainsRune(s, ' ') {
			into = append(into, s)
		}
	case []any:
		for _, entry := range t {
			into = sentencesForTenants(entry, taken, into)
		}
	case map[string]any:
		for _, key := range sortedKeys(t) {
			into = sentencesForTenants(t[key], taken || tenantKey(clean(key)), into)
		}
	}
	return into
}

// fold reduces a key to its lower-case letters and digits.
func fold(key string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, key)
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
