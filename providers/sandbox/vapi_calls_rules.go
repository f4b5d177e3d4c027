package sandbox

import (
	"encoding/json"
	"time"
)

const (
	callFields = "customers customer customerId name schedulePlan transport assistantId assistant assistantOverrides squadId squad" +
		" squadOverrides phoneNumberId phoneNumber"
	customerFields = "numberE164CheckEnabled extension assistantOverrides number sipUri name email externalId"
	overrideFields = assistantFields + " variableValues tools:append"
)

// checkCall checks the body of POST /call. What the contract allows and is not played (several customers, an assistant or
// a squad made for one call) is refused too, in words of its own. It needs v.mu.
func (v *Vapi) checkCall(body vapiObject) []string {
	var p problems
	p.unknown("", body, callFields)
	p.text("", body, "name", 40)
	for _, key := range []string{"customers", "customerId", "assistant", "squadId", "squad", "squadOverrides", "phoneNumber", "transport"} {
		if body[key] != nil {
			p.add("%s is allowed by Vapi, and not played here", key)
		}
	}
	v.checkReference(&p, body, "assistantId", v.assistants, "Couldn't Get Assistant. Need Either `assistant` Or `assistantId`.")
	v.checkReference(&p, body, "phoneNumberId", v.numbers, "Couldn't Get Phone Number. Need Either `phoneNumberId` Or `phoneNumber`.")
	p.checkCustomer(p.object("", body, "customer"))
	p.checkOverrides(p.object("", body, "assistantOverrides"))
	p.checkPlan(p.object("", body, "schedulePlan"))
	return p
}

// checkReference wants the id of an object that the account has.
func (v *Vapi) checkReference(p *problems, body vapiObject, key string, objects map[string]vapiObject, missing string) {
	id := body.text(key)
	_, found := objects[id]
	switch {
	case found, id != "" && v.lines.strange != nil:
	case id != "" && !isUUID(id):
		p.add("%s must be a UUID", key)
	default:
		p.add("%s", missing)
	}
}

func (p *problems) checkCustomer(c vapiObject) {
	if c == nil {
		p.add("Need Either `customer`, `customers` Or `customerId`.")
		return
	}
	p.unknown("customer.", c, customerFields)
	for _, key := range []string{"name", "email", "externalId"} {
		p.text("customer.", c, key, 40)
	}
	if string(c["numberE164CheckEnabled"]) != "false" && !e164.MatchString(c.text("number")) {
		p.add("customer.number must be a valid phone number in the E.164 format. Hot tip, you may be missing the country code (Eg. US: +1).")
	}
}

func (p *problems) checkOverrides(o vapiObject) {
	if o == nil {
		return
	}
	p.unknown("assistantOverrides.", o, overrideFields)
	p.text("assistantOverrides.", o, "voicemailMessage", 1000)
	p.object("assistantOverrides.", o, "variableValues")
	p.object("assistantOverrides.", o, "metadata")
}

// checkPlan: latestAt may be missing.
func (p *problems) checkPlan(plan vapiObject) {
	if plan == nil {
		return
	}
	p.unknown("schedulePlan.", plan, "earliestAt latestAt")
	earliest, err := time.Parse(time.RFC3339, plan.text("earliestAt"))
	if err != nil {
		p.add("schedulePlan.earliestAt must be a valid ISO 8601 date string")
	}
	latest, err := time.Parse(time.RFC3339, plan.text("latestAt"))
	if sent := !isNull(plan["latestAt"]); sent && err != nil {
		p.add("schedulePlan.latestAt must be a valid ISO 8601 date string")
	} else if sent && latest.Before(earliest) {
		p.add("schedulePlan.latestAt must be after earliestAt")
	}
}

func isNull(value json.RawMessage) bool { return value == nil || string(value) == "null" }
