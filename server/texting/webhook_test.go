package texting_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const noReply = `<?xml version="1.0" encoding="UTF-8"?><Response></Response>`

// inboundForm is a text of Zoë's to Lakeside.
func inboundForm() url.Values {
	return url.Values{"MessageSid": {"SM00000000000000000000000000000001"}, "AccountSid": {lakesideSID},
		"From": {zoeNumber}, "To": {lakesideNumber}, "Body": {planted}, "NumMedia": {"0"}}
}

// post sends a form with a signature ("": none) and changes the request before.
func (b *bundle) post(t *testing.T, path string, form url.Values, signature string, change func(*http.Request)) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+path, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if signature != "" {
		r.Header.Set("X-Twilio-Signature", signature)
	}
	if change != nil {
		change(r)
	}
	return b.send(t, r)
}

func TestOnlyWhatTheClinicsAccountSignedIsBelieved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const path = "/api/twilio/inbound"
	good := func(form url.Values) string { return sandbox.TwilioSignature(lakesideToken, b.url+path, form) }
	with := func(key, value string) url.Values {
		form := inboundForm()
		form.Set(key, value)
		return form
	}
	var sentences []string
	for name, row := range map[string]struct {
		form      url.Values
		signature string
		change    func(*http.Request)
	}{
		"no signature":               {inboundForm(), "", nil},
		"nonsense":                   {inboundForm(), "nonsense", nil},
		"another clinic's token":     {inboundForm(), sandbox.TwilioSignature(harborToken, b.url+path, inboundForm()), nil},
		"the empty token":            {inboundForm(), sandbox.TwilioSignature("", b.url+path, inboundForm()), nil},
		"another address":            {inboundForm(), sandbox.TwilioSignature(lakesideToken, b.url+"/api/twilio/status", inboundForm()), nil},
		"a query more":               {inboundForm(), good(inboundForm()), func(r *http.Request) { r.URL.RawQuery = "x=1" }},
		"signed for the Host header": {inboundForm(), sandbox.TwilioSignature(lakesideToken, "http://evil.example"+path, inboundForm()), func(r *http.Request) { r.Host = "evil.example" }},
		"a text changed":             {with("Body", "STOP"), good(inboundForm()), nil},
		"another account":            {with("AccountSid", harborSID), good(with("AccountSid", harborSID)), nil},
		"a number that is nobody's":  {with("To", "+13125550198"), good(with("To", "+13125550198")), nil},
		"no number":                  {with("To", ""), good(with("To", "")), nil},
		"two signatures":             {inboundForm(), good(inboundForm()), func(r *http.Request) { r.Header.Add("X-Twilio-Signature", "x") }},
	} {
		got := b.post(t, path, row.form, row.signature, row.change)
		got.requireRefused(t, http.StatusForbidden, "forbidden", "not signed")
		sentences = append(sentences, got.json(t)["error"].(string))
		require.Zero(t, b.count(t, `select count(*) from messages`), name)
	}
	for _, sentence := range sentences {
		require.Equal(t, sentences[0], sentence, "nobody learns which it was")
	}
	require.Equal(t, 200, b.post(t, path, inboundForm(), good(inboundForm()), func(r *http.Request) { r.Host = "proxy.internal" }).status,
		"control: behind a proxy with another Host")

	json := b.post(t, path, inboundForm(), good(inboundForm()), func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
	json.requireRefused(t, http.StatusBadRequest, "bad_request", "must be a form")
	huge := with("Body", strings.Repeat("x", 70_000))
	b.post(t, path, huge, good(huge), nil).requireRefused(t, http.StatusRequestEntityTooLarge, "body_too_large", "")
}

func TestOnlyPostsAreTakenIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{"/api/twilio/inbound", "/api/twilio/status"} {
		for _, method := range []string{http.MethodGet, http.MethodPut} {
			r, err := http.NewRequestWithContext(t.Context(), method, b.url+path+"?"+inboundForm().Encode(), nil)
			require.NoError(t, err)
			got := b.send(t, r)
			got.requireRefused(t, http.StatusMethodNotAllowed, "method_not_allowed", "POST")
			require.Equal(t, http.MethodPost, got.header.Get("Allow"))
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/api/twilio/inbound/", nil)
	require.NoError(t, err)
	b.send(t, r).requireRefused(t, http.StatusNotFound, "not_found", "nothing here")
}

func TestATextIsTakenInOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 2 {
		got := b.post(t, "/api/twilio/inbound", inboundForm(), sandbox.TwilioSignature(lakesideToken, b.url+"/api/twilio/inbound", inboundForm()), nil)
		require.Equal(t, http.StatusOK, got.status, got.body)
		require.Equal(t, noReply, got.body)
		require.Equal(t, "text/xml; charset=utf-8", got.header.Get("Content-Type"))
	}
	require.Equal(t, 1, b.count(t, `select count(*) from messages where direction = 'inbound'`))
	require.Equal(t, planted, b.text(t, `select content from messages where direction = 'inbound' and contact_id = $1`, zoe))

	for name, change := range map[string]func(url.Values){
		"a short code": func(f url.Values) { f.Set("From", "22395") },
		"a name":       func(f url.Values) { f.Set("From", "PARCELS") },
		"no id":        func(f url.Values) { f.Del("MessageSid") },
	} {
		form := inboundForm()
		form.Set("MessageSid", "SM00000000000000000000000000000002")
		change(form)
		got := b.post(t, "/api/twilio/inbound", form, sandbox.TwilioSignature(lakesideToken, b.url+"/api/twilio/inbound", form), nil)
		require.Equal(t, http.StatusOK, got.status, name)
		require.Equal(t, 1, b.count(t, `select count(*) from messages`), name)
	}
	picture := inboundForm()
	picture["MessageSid"], picture["Body"], picture["NumMedia"] = []string{"SM00000000000000000000000000000003"}, []string{""}, []string{"1"}
	b.post(t, "/api/twilio/inbound", picture, sandbox.TwilioSignature(lakesideToken, b.url+"/api/twilio/inbound", picture), nil)
	require.Equal(t, 1, b.count(t, `select count(*) from messages where content = '[picture]'`))
}

func TestDeliveryReportsOfAnotherClinicChangeNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	sent := b.as(t, lakeside, "staff").do(t, http.MethodPost, zoeSMS, words("Hello"))
	require.Equal(t, 200, sent.status, sent.body)
	path := "/api/twilio/status?message=" + sent.json(t)["messageId"].(string)
	form := url.Values{"MessageSid": {b.twilio.Texts()[0].SID}, "AccountSid": {harborSID}, "From": {harborNumber}, "To": {zoeNumber}, "MessageStatus": {"failed"}, "ErrorCode": {"21610"}}
	got := b.post(t, path, form, sandbox.TwilioSignature(harborToken, b.url+path, form), nil)
	require.Equal(t, http.StatusNoContent, got.status, got.body)
	require.Equal(t, "sent", b.text(t, `select status from messages`))
	require.Zero(t, b.count(t, `select count(*) from opt_outs`))

	require.NoError(t, b.twilio.Report(t.Context(), b.twilio.Texts()[0].SID, "undelivered", 21610))
	require.Equal(t, "failed", b.text(t, `select status from messages`))
	require.Equal(t, 1, b.count(t, `select count(*) from opt_outs where source = 'carrier'`))
}

func TestStopOutlivesTheContact(t *testing.T) {
	t.Parallel()
	b := setup(t)
	staff, owner := b.as(t, lakeside, "staff"), b.as(t, lakeside, "owner")
	_, err := b.twilio.Receive(t.Context(), b.url+"/api/twilio/inbound", zoeNumber, lakesideNumber, "Stop")
	require.NoError(t, err)
	staff.do(t, http.MethodPost, zoeSMS, words("Hello")).requireRefused(t, http.StatusConflict, "opted_out", "not to be texted")

	erase := "/api/contacts/" + zoe.String() + "/erase"
	staff.do(t, http.MethodPost, erase, nil).requireRefused(t, http.StatusForbidden, "forbidden", "")
	require.Equal(t, 200, owner.do(t, http.MethodPost, erase, nil).status)
	staff.do(t, http.MethodPost, zoeSMS, words("Hello")).requireRefused(t, http.StatusNotFound, "not_found", "")
	require.Zero(t, b.count(t, `select count(*) from opt_outs where phone is not null`))

	b.database.Exec(t, `insert into contacts (org_id, id, name, phone, source) values
		('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d9', 'Zoë Quillfeather', '+13125550111', 'dashboard')`)
	anew := "/api/contacts/a0000000-0000-7000-8000-0000000000d9/sms"
	staff.do(t, http.MethodPost, anew, words("Hello")).requireRefused(t, http.StatusConflict, "opted_out", "not to be texted")
	require.Empty(t, b.twilio.Texts())

	_, err = b.twilio.Receive(t.Context(), b.url+"/api/twilio/inbound", zoeNumber, lakesideNumber, "START")
	require.NoError(t, err)
	require.Equal(t, 200, staff.do(t, http.MethodPost, anew, words("Hello")).status)
}

// A patient confirms by C, and cancels by X and X again; our answers leave as texts of their own.
func TestPatientsConfirmAndCancelByReply(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.database.Exec(t, `
insert into patients (org_id, id, contact_id, name, normalised_name, made_by_voice) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000e1', 'a0000000-0000-7000-8000-0000000000d1', 'Zoë Quillfeather', app.normalise_name('Zoë Quillfeather'), false);
insert into appointments (org_id, id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, source, booking_ref)
values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000f1', 'a0000000-0000-7000-8000-000000000010', 'a0000000-0000-7000-8000-000000000021',
  'a0000000-0000-7000-8000-000000000031', 'a0000000-0000-7000-8000-0000000000d1', 'a0000000-0000-7000-8000-0000000000e1', '2030-03-06 16:00Z', '30 minutes',
  '[2030-03-06 16:00Z, 2030-03-06 16:30Z)', '[2030-03-06 16:00Z, 2030-03-06 16:30Z)', 'confirmed', 'dashboard', 'KNWNZ2')`)
	reply := func(words string) string {
		_, err := b.twilio.Receive(t.Context(), b.url+"/api/twilio/inbound", zoeNumber, lakesideNumber, words)
		require.NoError(t, err)
		rows, err := b.owner.Query(t.Context(), `select id::text from messages where direction = 'outbound' and status = 'queued' and handed_over_at is null`)
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var id string
			require.NoError(t, rows.Scan(&id))
			require.NoError(t, b.texts.SendQueued(t.Context(), lakeside, uuidOf(t, id)))
		}
		texts := b.twilio.Texts()
		if len(texts) == 0 {
			return ""
		}
		return texts[len(texts)-1].Body
	}
	require.NotEmpty(t, reply("c"))
	require.Equal(t, 1, b.count(t, `select count(*) from appointments where confirmed_by_patient_at is not null`))
	require.Contains(t, reply("X"), "X", "asked back once")
	require.Equal(t, "confirmed", b.text(t, `select status from appointments`))
	reply("x")
	require.Equal(t, "confirmed", b.text(t, `select status from appointments`), "so soon after our question it is the network's repetition")
	b.database.Exec(t, `update reply_questions set asked_at = asked_at - interval '1 minute'`) // the question is read
	reply("x")
	require.Equal(t, "cancelled", b.text(t, `select status from appointments`))
	require.Len(t, b.twilio.Texts(), 3)
}

func TestADatabaseInTroubleAsksTwilioToComeAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.database.Exec(t, `alter table messages rename to messages_away`)
	form := inboundForm()
	got := b.post(t, "/api/twilio/inbound", form, sandbox.TwilioSignature(lakesideToken, b.url+"/api/twilio/inbound", form), nil)
	got.requireRefused(t, http.StatusServiceUnavailable, "busy", "send it again")
}
