package twilio

import (
	"context"
	"net/http"
	"regexp"
	"slices"

	rest "github.com/twilio/twilio-go/rest/api/v2010"
)

var numberSID = regexp.MustCompile(`^PN[0-9a-fA-F]{32}$`)

// Number is a number that an account owns, and where its calls and texts go.
type Number struct {
	SID        string
	Voice, SMS bool // what it is capable of
	Webhooks   Webhooks
}

// Webhooks is where Twilio takes what comes to a number. An application or a trunk takes precedence over the addresses.
// They may hold passwords: formatting shows nothing, and they are kept where nobody lists them.
type Webhooks struct {
	Texts
	Calls
}

// Texts is the half of [Webhooks] about texts.
type Texts struct {
	SMSURL         string `json:"smsUrl"`
	SMSMethod      string `json:"smsMethod"`
	SMSApplication string `json:"smsApplication,omitempty"`
}

// Calls is the half of [Webhooks] about calls.
type Calls struct {
	VoiceURL         string `json:"voiceUrl"`
	VoiceMethod      string `json:"voiceMethod"`
	VoiceApplication string `json:"voiceApplication,omitempty"`
	Trunk            string `json:"trunk,omitempty"`
}

// String keeps addresses out of logs.
func (Webhooks) String() string { return "[webhooks]" }

// GoString keeps them out of %#v.
func (w Webhooks) GoString() string { return w.String() }

// VerifyLine is [Account.Verify] for a number that is to take calls as well, and returns it. It must have its sid.
//
// Errors: those of Verify, and [ErrNoVoice].
func (a *Account) VerifyLine(ctx context.Context, number string) (Number, error) {
	if err := a.active(ctx); err != nil {
		return Number{}, err
	}
	found, err := a.Number(ctx, number)
	switch {
	case err != nil:
		return Number{}, err
	case !found.Voice:
		return Number{}, ErrNoVoice
	case !found.SMS:
		return Number{}, ErrNoSMS
	}
	return found, nil
}

// Number looks a number (E.164) of the account up as it is now (Twilio: GET IncomingPhoneNumbers).
//
// Errors: [ErrUnauthorized], [ErrSuspended], [ErrNumberNotOwned], [*RateLimitedError], [*RefusedError], [*UnavailableError].
func (a *Account) Number(ctx context.Context, number string) (Number, error) {
	owned, err := a.owned(ctx, number)
	if err != nil {
		return Number{}, err
	}
	if !numberSID.MatchString(value(owned.Sid)) {
		return Number{}, &UnavailableError{Status: http.StatusOK, reason: "the number has no sid"}
	}
	found := Number{SID: *owned.Sid, Webhooks: Webhooks{
		Texts{SMSURL: value(owned.SmsUrl), SMSMethod: value(owned.SmsMethod), SMSApplication: value(owned.SmsApplicationSid)},
		Calls{VoiceURL: value(owned.VoiceUrl), VoiceMethod: value(owned.VoiceMethod), VoiceApplication: value(owned.VoiceApplicationSid),
			Trunk: value(owned.TrunkSid)},
	}}
	if owned.Capabilities != nil {
		found.Voice, found.SMS = owned.Capabilities.Voice, owned.Capabilities.Sms
	}
	return found, nil
}

// SetTexts says where texts to a number of the account go. The same again does no harm, so that it may be repeated after
// any error (Twilio: POST IncomingPhoneNumbers/{sid}).
//
// Errors: those of [Account.Number], and [*UncertainError]: it may have been set.
func (a *Account) SetTexts(ctx context.Context, sid string, to Texts) error {
	params := (&rest.UpdateIncomingPhoneNumberParams{}).SetSmsUrl(to.SMSURL).SetSmsApplicationSid(to.SMSApplication)
	if to.SMSMethod != "" {
		params.SetSmsMethod(to.SMSMethod)
	}
	return a.update(ctx, sid, params)
}

// SetCalls says where calls of a number of the account go; otherwise as [Account.SetTexts].
func (a *Account) SetCalls(ctx context.Context, sid string, to Calls) error {
	params := (&rest.UpdateIncomingPhoneNumberParams{}).SetVoiceUrl(to.VoiceURL).SetVoiceApplicationSid(to.VoiceApplication).SetTrunkSid(to.Trunk)
	if to.VoiceMethod != "" {
		params.SetVoiceMethod(to.VoiceMethod)
	}
	return a.update(ctx, sid, params)
}

func (a *Account) update(ctx context.Context, sid string, params *rest.UpdateIncomingPhoneNumberParams) error {
	switch {
	case !a.usable():
		return ErrUnauthorized
	case !numberSID.MatchString(sid):
		return ErrNumberNotOwned
	}
	service, req := a.service(ctx)
	_, err := service.UpdateIncomingPhoneNumber(sid, params)
	err = req.errorFrom(http.MethodPost, err)
	if isNotFound(err) {
		return ErrNumberNotOwned
	}
	return err
}

// owned finds the very number: Twilio's filter also finds numbers that merely contain it.
func (a *Account) owned(ctx context.Context, number string) (rest.ApiV2010IncomingPhoneNumber, error) {
	none := rest.ApiV2010IncomingPhoneNumber{}
	switch {
	case !a.usable():
		return none, ErrUnauthorized
	case !e164.MatchString(number):
		return none, ErrNumberNotOwned
	}
	service, req := a.service(ctx)
	params := (&rest.ListIncomingPhoneNumberParams{}).SetPhoneNumber(number).SetPageSize(20)
	page, err := service.PageIncomingPhoneNumber(params, "", "")
	if err = req.errorFrom(http.MethodGet, err); err != nil {
		return none, err
	}
	i := slices.IndexFunc(page.IncomingPhoneNumbers, func(n rest.ApiV2010IncomingPhoneNumber) bool { return value(n.PhoneNumber) == number })
	if i < 0 {
		return none, ErrNumberNotOwned
	}
	return page.IncomingPhoneNumbers[i], nil
}
