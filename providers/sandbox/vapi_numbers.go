package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
)

const (
	numberFields = "provider number twilioAccountSid twilioAuthToken twilioApiKey twilioApiSecret smsEnabled name assistantId" +
		" squadId workflowId server fallbackDestination hooks"
	credentialFields = "provider accountSid authToken apiKey apiSecret name"

	// vapiVoice and vapiTexts are where Vapi has Twilio send what comes to an imported number.
	vapiVoice = "https://api.vapi.example/twilio/inbound_call"
	vapiTexts = "https://api.vapi.example/twilio/sms"
)

// serveNumbers adds phone numbers and credentials. Their keys are never shown.
func (v *Vapi) serveNumbers() {
	v.serveKind(vapiKind{path: "/phone-number", name: "Phone number", pin: "phone_number_pinned", objects: v.numbers,
		check: v.checkNumber, keep: v.keepSecret("twilioAuthToken")})
	v.serveKind(vapiKind{path: "/credential", name: "Credential", pin: "credential_pinned", objects: v.keys,
		check: checkCredential, keep: v.keepSecret("authToken")})
}

// Telephony lets the imported numbers be those of a played Twilio: an import with wrong keys is refused, and a right one
// takes the number's calls, and its texts unless smsEnabled is false.
func (v *Vapi) Telephony(t *Twilio) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.telephony = t
}

// AbsentCredentials makes everything under /credential answer with a status, 404 or 405, as where the endpoint is not; 0
// brings it back.
func (v *Vapi) AbsentCredentials(status int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.noKeys = status
}

// PhoneNumbers returns all imported numbers by id, as GET serves them.
func (v *Vapi) PhoneNumbers() map[string]json.RawMessage { return v.written(v.numbers) }

// Credentials returns all credentials by id, as GET serves them.
func (v *Vapi) Credentials() map[string]json.RawMessage { return v.written(v.keys) }

// Secret returns what was sent with a number or a credential and is not shown, such as the account's token.
func (v *Vapi) Secret(id string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.secrets[id]
}

// AddPhoneNumber is [Vapi.AddAssistant] for a number.
func (v *Vapi) AddPhoneNumber(object json.RawMessage) (id string, err error) {
	return v.add(v.numbers, object)
}

// absent refuses a request for what was switched off, and says whether it did.
func (v *Vapi) absent(w http.ResponseWriter, r *http.Request) bool {
	v.mu.Lock()
	status := v.noKeys
	v.mu.Unlock()
	if status == 0 || !strings.HasPrefix(r.URL.Path, "/credential") {
		return false
	}
	refuse(w, status, "Cannot "+r.Method+" "+r.URL.Path)
	return true
}

// keepSecret takes a field out of an object that is about to be stored. It needs v.mu.
func (v *Vapi) keepSecret(field string) func(string, vapiObject) {
	return func(id string, o vapiObject) {
		if secret := o.text(field); secret != "" {
			v.secrets[id] = secret
		}
		delete(o, field)
	}
}

// checkNumber checks the body of a number and, where Twilio is played too, imports it. It needs v.mu.
func (v *Vapi) checkNumber(body, old vapiObject) []string {
	var p problems
	p.unknown("", body, numberFields)
	p.text("", body, "name", 40)
	if body.text("provider") != "twilio" {
		p.add("provider must be one of the following values: byo-phone-number, twilio, vonage, vapi, telnyx")
	}
	if id, sent := body["assistantId"]; sent && string(id) != "null" && !isUUID(body.text("assistantId")) {
		p.add("assistantId must be a UUID")
	}
	p.checkServer(p.object("", body, "server"))
	if to := p.object("", body, "fallbackDestination"); to != nil {
		p.unknown("fallbackDestination.", to, "type number extension callerId message description numberE164CheckEnabled transferPlan")
		if to.text("type") != "number" || !e164.MatchString(to.text("number")) {
			p.add("fallbackDestination.number must be a phone number in the E164 format")
		}
	}
	merged := vapiObject{}
	maps.Copy(merged, old)
	maps.Copy(merged, body)
	if old == nil {
		for _, key := range []string{"number", "twilioAccountSid", "twilioAuthToken"} {
			if body.text(key) == "" {
				p.add("%s must be a string", key)
			}
		}
	}
	if len(p) > 0 {
		return p
	}
	return v.importNumber(merged, old)
}

// importNumber refuses a number twice, and one that its account's keys do not open.
func (v *Vapi) importNumber(n, old vapiObject) []string {
	for id, other := range v.numbers {
		if other.text("number") == n.text("number") && (old == nil || old.text("id") != id) {
			return []string{"Existing Phone Number " + n.text("number") + " Already Exists."}
		}
	}
	if v.telephony == nil || n.text("twilioAuthToken") == "" { // nothing about the account is sent
		return nil
	}
	texts := vapiTexts
	if string(n["smsEnabled"]) == "false" {
		texts = ""
	}
	if !v.telephony.takeOver(n.text("twilioAccountSid"), n.text("twilioAuthToken"), n.text("number"), vapiVoice, texts) {
		return []string{"Number " + n.text("number") + " Not Found On Twilio. Is It On Your Account?"}
	}
	return nil
}

func checkCredential(body, old vapiObject) []string {
	var p problems
	p.unknown("", body, credentialFields)
	p.text("", body, "name", 40)
	if body.text("provider") != "twilio" && old == nil {
		p.add("provider must be one of the following values: twilio")
	}
	if old == nil && (body.text("accountSid") == "" || body.text("authToken") == "") {
		p.add("accountSid must be a string")
	}
	return p
}
