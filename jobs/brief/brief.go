// Package brief is what an agent is told when a call begins: the values that fill the placeholders of its prompt, by one list of names
// for calls that come, calls that are made and test calls. It knows nothing of how they reach Vapi.
package brief

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Clinic is what anybody may hear about a clinic, see app.clinic_facts; what it did not say is empty.
type Clinic struct {
	Name, Address, Phone           string
	Hours, Services, Practitioners string
	Policies                       string
	EmergencySentence              string
	TimeZone                       string    // IANA
	Now                            time.Time // zero: nobody knows when the call is answered
}

// TestPurpose is the callPurpose of a call by which a clinic's own people try their agent out.
const TestPurpose = "This is a test call: the clinic's own people try you out. Talk as you would with a caller."

// Values fills every placeholder that a prompt has (jobs/toolsync): those about the clinic from c, those about one call from call,
// which may lack any, and the others with nothing, because an unfilled placeholder would be read out. All values are words that
// people wrote, also strangers: see [Plain].
func Values(c Clinic, call map[string]string) map[string]string {
	values := map[string]string{
		"clinicName":        c.Name,
		"clinicAddress":     c.Address,
		"clinicPhone":       c.Phone,
		"today":             "",
		"timeNow":           "",
		"timeZone":          c.TimeZone,
		"openingHours":      c.Hours,
		"services":          c.Services,
		"practitioners":     c.Practitioners,
		"policies":          c.Policies,
		"emergencySentence": c.EmergencySentence,

		"callPurpose":  "",
		"callerStatus": "not verified",
		"callerNames":  "",
		"callerMemory": "",
		"calleeName":   "",
		"visit":        "",
		"message":      "",
	}
	if zone, err := time.LoadLocation(c.TimeZone); err == nil && !c.Now.IsZero() {
		local := c.Now.In(zone)
		values["today"], values["timeNow"] = local.Format("Monday, January 2, 2006"), local.Format("3:04 PM")
	}
	maps.Copy(values, call)
	for name, value := range values {
		values[name] = Plain(value)
	}
	return values
}

// Names are the placeholders that a prompt may have, sorted.
func Names() []string { return slices.Sorted(maps.Keys(Values(Clinic{}, nil))) }

// longestValue bounds a value, in characters: a clinic's list of services may be long, an instruction smuggled into one is
// better cut.
const longestValue = 4000

// Plain is a text that can neither be taken for a placeholder or code of a prompt nor begin a line, and with it a rule, of its own.
// Prices and shares keep their signs: without braces they are no template's.
func Plain(value string) string {
	kept := strings.Map(func(r rune) rune {
		if strings.ContainsRune("{}<>[]`|~^\\#*_", r) || unicode.In(r, unicode.Cf, unicode.Co) {
			return -1
		}
		return r
	}, value)
	line := []rune(strings.Join(strings.FieldsFunc(kept, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " "))
	return string(line[:min(len(line), longestValue)])
}
