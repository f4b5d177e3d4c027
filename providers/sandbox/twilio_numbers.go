package sandbox

import (
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// TwilioNumber is a number that an account owns, with what Twilio does with what comes to it.
type TwilioNumber struct {
	SID            string
	Number         string
	NoSMS, NoVoice bool

	SMSURL, SMSMethod, SMSApplication                string
	VoiceURL, VoiceMethod, VoiceApplication, TrunkID string
}

// AddNumber gives an account a number as it is described, in place of one it had; the sid, when it is missing, is made up.
// Unknown accounts are left alone.
func (t *Twilio) AddNumber(account string, n TwilioNumber) {
	t.mu.Lock()
	defer t.mu.Unlock()
	owner := t.accounts[account]
	if owner == nil {
		return
	}
	if old := owner.number(n.Number); old != nil {
		*old = fresh(n)
		return
	}
	owner.numbers = append(owner.numbers, fresh(n))
}

// Number returns a number of an account as it is now; false when the account has none such.
func (t *Twilio) Number(account, number string) (TwilioNumber, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	owner := t.accounts[account]
	if owner == nil || owner.number(number) == nil {
		return TwilioNumber{}, false
	}
	return *owner.number(number), true
}

// takeOver is what Vapi does with a number that is given to it: calls, and texts unless told not to, go there from now on.
// False: the account's keys are wrong or the number is not the account's.
func (t *Twilio) takeOver(account, token, number, voiceURL, smsURL string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	owner := t.accounts[account]
	if owner == nil || owner.token != token || owner.status != "active" || owner.number(number) == nil {
		return false
	}
	n := owner.number(number)
	n.VoiceURL, n.VoiceMethod, n.VoiceApplication, n.TrunkID = voiceURL, http.MethodPost, "", ""
	if smsURL != "" {
		n.SMSURL, n.SMSMethod, n.SMSApplication = smsURL, http.MethodPost, ""
	}
	return true
}

func fresh(n TwilioNumber) TwilioNumber {
	if n.SID == "" {
		n.SID = newID("PN")
	}
	for _, method := range []*string{&n.SMSMethod, &n.VoiceMethod} {
		if *method == "" {
			*method = http.MethodPost
		}
	}
	return n
}

// number returns the account's number, nil for none.
func (a *twilioAccount) number(number string) *TwilioNumber {
	for i := range a.numbers {
		if a.numbers[i].Number == number || a.numbers[i].SID == number {
			return &a.numbers[i]
		}
	}
	return nil
}

// list answers with the account's numbers that contain the one asked for, as Twilio's filter does.
func (a *twilioAccount) list(w http.ResponseWriter, q url.Values, sid string) {
	numbers := []any{}
	for _, n := range a.numbers {
		if strings.Contains(n.Number, q.Get("PhoneNumber")) {
			numbers = append(numbers, n.json(sid))
		}
	}
	answerTwilio(w, http.StatusOK, map[string]any{"incoming_phone_numbers": numbers, "page_size": 50, "next_page_uri": nil})
}

// serveNumber answers about one number, and changes what a form names of it.
func (a *twilioAccount) serveNumber(w http.ResponseWriter, r *http.Request, account, sid string) {
	n := a.number(sid)
	if n == nil || n.SID != sid {
		refuseTwilio(w, http.StatusNotFound, 20404, "The requested resource "+r.URL.Path+" was not found")
		return
	}
	if r.Method == http.MethodGet {
		answerTwilio(w, http.StatusOK, n.json(account))
		return
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" || r.ParseForm() != nil {
		refuseTwilio(w, http.StatusBadRequest, 20001, "The body must be form encoded")
		return
	}
	for _, field := range []string{"SmsUrl", "VoiceUrl"} {
		if address := r.PostForm.Get(field); address != "" && !validCallback(address) {
			refuseTwilio(w, http.StatusBadRequest, 21502, field+" "+address+" is not a valid URL")
			return
		}
	}
	n.change(r.PostForm)
	answerTwilio(w, http.StatusOK, n.json(account))
}

// change sets the fields that the form has; an empty value clears.
func (n *TwilioNumber) change(form url.Values) {
	for key, field := range map[string]*string{
		"SmsUrl": &n.SMSURL, "SmsMethod": &n.SMSMethod, "SmsApplicationSid": &n.SMSApplication,
		"VoiceUrl": &n.VoiceURL, "VoiceMethod": &n.VoiceMethod, "VoiceApplicationSid": &n.VoiceApplication, "TrunkSid": &n.TrunkID,
	} {
		if form.Has(key) {
			*field = form.Get(key)
		}
	}
}

func (n *TwilioNumber) json(account string) map[string]any {
	orNull := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	return map[string]any{
		"sid": n.SID, "account_sid": account, "phone_number": n.Number, "friendly_name": n.Number, "status": "in-use",
		"capabilities": map[string]bool{"voice": !n.NoVoice, "sms": !n.NoSMS, "mms": !n.NoSMS, "fax": false},
		"sms_url":      n.SMSURL, "sms_method": n.SMSMethod, "sms_application_sid": orNull(n.SMSApplication),
		"voice_url": n.VoiceURL, "voice_method": n.VoiceMethod, "voice_application_sid": orNull(n.VoiceApplication),
		"trunk_sid": orNull(n.TrunkID),
	}
}
