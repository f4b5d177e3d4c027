package sandbox

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// webhook is a signed form, ready to be sent.
type webhook struct {
	url       string
	form      url.Values
	signature string
}

// WebhookError: the server answered a webhook with something other than 2xx.
type WebhookError struct{ Status int }

func (e *WebhookError) Error() string { return fmt.Sprintf("the webhook was answered %d", e.Status) }

// TwilioSignature returns what Twilio sends in X-Twilio-Signature: HMAC-SHA1 with the account's token over the URL and the
// form's keys and values in order, in base64 (Twilio: webhook security).
func TwilioSignature(token, address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(address))
	for _, key := range slices.Sorted(maps.Keys(form)) {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(form[key]))) {
			mac.Write([]byte(key + value))
		}
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Report calls the text's StatusCallback: status is queued, sent, delivered, undelivered or failed; errorCode 0 is none.
// Call-backs that are late or come twice are reports made late or twice: the text's own status never goes back.
//
// Errors: an unknown text, one without StatusCallback, no answer, [*WebhookError].
func (t *Twilio) Report(ctx context.Context, sid, status string, errorCode int) error {
	hook, err := t.report(sid, status, errorCode)
	if err != nil {
		return err
	}
	_, err = t.post(ctx, hook)
	return err
}

// report notes the status and makes the call-back.
func (t *Twilio) report(sid, status string, errorCode int) (webhook, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.texts, func(s *SentText) bool { return s.SID == sid })
	if i < 0 {
		return webhook{}, errors.New("no text has this id")
	}
	text := t.texts[i]
	account := t.accounts[text.AccountSID]
	if account == nil || text.StatusCallback == "" {
		return webhook{}, errors.New("the text has no status callback")
	}
	if rank(status) > rank(text.Status) {
		text.Status, text.ErrorCode = status, errorCode
	}
	if text.Sent.IsZero() && rank(status) >= rank("sent") {
		text.Sent = time.Now()
	}
	form := url.Values{"MessageSid": {sid}, "SmsSid": {sid}, "AccountSid": {text.AccountSID}, "From": {text.From}, "To": {text.To},
		"MessageStatus": {status}, "SmsStatus": {status}, "ApiVersion": {"2010-04-01"}}
	if errorCode != 0 {
		form.Set("ErrorCode", strconv.Itoa(errorCode))
	}
	return t.signed(account, text.StatusCallback, form), nil
}

// rank orders the statuses of a text; the final ones are equal.
func rank(status string) int {
	return slices.Index([]string{"queued", "sending", "sent"}, status) + map[string]int{"delivered": 10, "undelivered": 10, "failed": 10}[status]
}

// reportAll is automatic delivery. Twilio does not repeat call-backs that fail, so their errors end here.
func (t *Twilio) reportAll(sid string) {
	for _, status := range []string{"sent", "delivered"} {
		if t.life.Err() == nil {
			_ = t.Report(t.life, sid, status, 0)
		}
	}
}

// Receive plays a patient who texts one of our numbers: a signed form at webhookURL. STOP, START and HELP do what carriers
// do: the opt-out list is kept here, and the carrier's answer is in [Twilio.CarrierReplies].
//
// Errors: a number that no account owns, no answer, [*WebhookError] beside the answer.
func (t *Twilio) Receive(ctx context.Context, webhookURL, from, to, body string) (Answer, error) {
	hook, err := t.receive(webhookURL, from, to, body)
	if err != nil {
		return Answer{}, err
	}
	return t.post(ctx, hook)
}

func (t *Twilio) receive(webhookURL, from, to, body string) (webhook, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for accountSID, account := range t.accounts {
		if !slices.ContainsFunc(account.numbers, func(n TwilioNumber) bool { return n.Number == to }) {
			continue
		}
		sid := newID("SM")
		form := url.Values{"MessageSid": {sid}, "SmsSid": {sid}, "SmsMessageSid": {sid}, "AccountSid": {accountSID}, "From": {from},
			"To": {to}, "Body": {body}, "NumMedia": {"0"}, "NumSegments": {strconv.Itoa(segments(body))}, "SmsStatus": {"received"},
			"ApiVersion": {"2010-04-01"}}
		if kind := t.carrier(numberPair{ours: to, theirs: from}, accountSID, body); kind != "" && t.advanced {
			form.Set("OptOutType", kind)
		}
		return t.signed(account, webhookURL, form), nil
	}
	return webhook{}, errors.New("no account owns the number that was texted")
}

// AdvancedOptOut switches Twilio's OptOutType on or off: webhooks then say which of its words was recognised.
func (t *Twilio) AdvancedOptOut(on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advanced = on
}

// Again sends the last webhook once more, unchanged, as Twilio does when it is not sure. No webhook yet is an error.
func (t *Twilio) Again(ctx context.Context) (Answer, error) {
	t.mu.Lock()
	last := t.last
	t.mu.Unlock()
	if last == nil {
		return Answer{}, errors.New("there was no webhook yet")
	}
	return t.post(ctx, *last)
}

// carrier does what the carriers do with a text of one of their words, and returns which it was: STOP, START, HELP or
// nothing. The lock is held.
func (t *Twilio) carrier(pair numberPair, accountSID, body string) string {
	kind, reply := "", ""
	switch word := strings.ToUpper(strings.TrimSpace(body)); word {
	case "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT":
		kind, reply = "STOP", "You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe."
		if t.optedOut[pair] {
			reply = "" // they are told once
		}
		t.optedOut[pair] = true
	case "START", "UNSTOP", "YES":
		if !t.optedOut[pair] {
			return ""
		}
		kind, reply = "START", "You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe."
		delete(t.optedOut, pair)
	case "HELP", "INFO":
		kind, reply = "HELP", "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
	}
	if reply != "" {
		t.replies = append(t.replies, SentText{SID: newID("SM"), AccountSID: accountSID, From: pair.ours, To: pair.theirs, Body: reply,
			Status: "delivered", Segments: segments(reply), Created: time.Now(), Sent: time.Now()})
		t.replies = t.replies[max(0, len(t.replies)-maxKept):]
	}
	return kind
}

// OptedOut reports whether Twilio keeps the patient's number off our number's texts.
func (t *Twilio) OptedOut(ours, theirs string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.optedOut[numberPair{ours: ours, theirs: theirs}]
}

// signed makes a webhook and remembers it. The lock is held.
func (t *Twilio) signed(account *twilioAccount, address string, form url.Values) webhook {
	hook := webhook{url: address, form: form, signature: TwilioSignature(account.token, address, form)}
	t.last = &hook
	return hook
}

func (t *Twilio) post(ctx context.Context, hook webhook) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.url, strings.NewReader(hook.form.Encode()))
	if err != nil {
		return Answer{}, fmt.Errorf("make the webhook: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	req.Header.Set("User-Agent", "TwilioProxy/1.1")
	req.Header.Set("X-Twilio-Signature", hook.signature)
	begun := time.Now()
	resp, err := t.client.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("send the webhook: %w", err)
	}
	defer resp.Body.Close()
	answer := Answer{Status: resp.StatusCode, ContentType: resp.Header.Get("Content-Type"), Took: time.Since(begun)}
	if answer.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return answer, fmt.Errorf("read the answer to the webhook: %w", err)
	}
	if answer.Status < 200 || answer.Status > 299 {
		return answer, &WebhookError{Status: answer.Status}
	}
	return answer, nil
}
