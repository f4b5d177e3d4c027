package texting_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	zoeVisit   = "a0000000-0000-7000-8000-0000000000a1"
	nellVisit  = "a0000000-0000-7000-8000-0000000000a2"
	otherVisit = "b0000000-0000-7000-8000-0000000000a1"

	transcriptOne  = "/api/calls-dashboard/a0000000-0000-7000-8000-0000000000c1/transcript/export"
	transcriptTwo  = "/api/calls-dashboard/a0000000-0000-7000-8000-0000000000c2/transcript/export"
	transcriptElse = "/api/calls-dashboard/b0000000-0000-7000-8000-0000000000c1/transcript/export"

	shareOne  = "/api/calls-dashboard/a0000000-0000-7000-8000-0000000000c1/share"
	shareElse = "/api/calls-dashboard/b0000000-0000-7000-8000-0000000000c1/share"
)

func reminder(visit string) string { return "/api/appointments/" + visit + "/send-reminder" }

// withVisits gives each clinic a visit in two days, and its first call a transcript and a recording.
func (b *bundle) withVisits(t *testing.T) {
	t.Helper()
	b.database.Exec(t, `
insert into patients (org_id, id, contact_id, name, normalised_name, made_by_voice)
select org_id, (left(id::text, 34) || 'f' || right(id::text, 1))::uuid, id, name, lower(name), false from contacts`)
	b.database.Exec(t, `
insert into appointments (org_id, id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, source, booking_ref)
select c.org_id, (left(c.id::text, 34) || 'a' || right(c.id::text, 1))::uuid, l.id, s.id, r.id, c.id, p.id, t.at, '30 minutes',
  tstzrange(t.at, t.at + interval '30 minutes'), tstzrange(t.at, t.at + interval '30 minutes'), 'confirmed', 'dashboard',
  translate(upper(substr(md5(c.id::text), 1, 6)), '01', '23')
from contacts c
join patients p on p.org_id = c.org_id and p.contact_id = c.id
join locations l on l.org_id = c.org_id
join services s on s.org_id = c.org_id and right(s.id::text, 2) = '21'
join resources r on r.org_id = c.org_id and right(r.id::text, 2) = '31'
cross join lateral (select timestamptz '2030-03-06 16:00:00+00' + right(c.id::text, 1)::integer * interval '1 hour' as at) t`)
	b.database.Exec(t, `
update call_logs set status = 'ended', outcome = 'answered', transcript_state = 'stored', started_at = '2030-03-04 15:00:00+00', duration_seconds = 65,
  contact_id = case when vapi_call_id = 'call-1' then 'a0000000-0000-7000-8000-0000000000d1'::uuid end,
  transcript = '[{"speaker": "assistant", "text": "Hello", "at": 0.5}, {"speaker": "caller", "text": "zanzibar-lilac", "at": 65}]'
where vapi_call_id in ('call-1', 'call-b')`)
	b.database.Exec(t, `
insert into recordings (org_id, call_id, storage_key, content_type, size_bytes, stored_at)
select org_id, id, 'recordings/' || vapi_call_id, 'audio/wav', 44, app.now() from call_logs where vapi_call_id in ('call-1', 'call-b')`)
}

// action is something that staff do about a call or a visit and that leaves a row in messages.
type action struct {
	path, foreign string // what it is done to, and the same of another clinic
	missing       string // of nobody's
	wish          any
	wrong         []any                          // wishes that make no sense
	disconnect    string                         // the integration it needs; empty: none
	fail          func(b *bundle)                // makes the provider refuse the next try
	unconfigured  string                         // the sentence without that integration
	notSent       string                         // the sentence when the provider refuses
	answer        map[string]any                 // what is told after success
	row           [4]string                      // recipient, method, status, service_provider of the row after success
	sent          func(b *bundle) (ids []string) // the provider's ids of what it took
}

func texted(b *bundle) (ids []string) {
	for _, text := range b.twilio.Texts() {
		ids = append(ids, text.SID)
	}
	return ids
}

func mailed(b *bundle) (ids []string) {
	for _, mail := range b.resend.Emails() {
		ids = append(ids, mail.ID)
	}
	return ids
}

func refuseText(b *bundle) { b.twilio.Fail(sandbox.Failure{Status: 400}) }

func refuseMail(b *bundle) { b.resend.Fail(sandbox.Failure{Status: 422}) }

func actions() map[string]action {
	nobody := func(path string) string { return "/api/" + path }
	return map[string]action{
		"follow-up": {
			path: callOne, foreign: callElse, missing: nobody("calls-dashboard/a0000000-0000-7000-8000-00000000ffff/followup"),
			wish: words("Hello"), wrong: []any{nil, words(" "), map[string]any{"message": 1}},
			disconnect: "twilio", fail: refuseText, sent: texted,
			unconfigured: "Twilio is not configured for your organization", notSent: "Failed to send follow-up SMS. Please try again later.",
			answer: map[string]any{"success": true, "phone": zoeNumber}, row: [4]string{zoeNumber, "sms", "sent", "twilio"},
		},
		"reminder without a body": {
			path: reminder(zoeVisit), foreign: reminder(otherVisit), missing: reminder("a0000000-0000-7000-8000-00000000ffff"),
			wrong:      []any{map[string]any{"method": "fax"}, map[string]any{"method": nil}, []any{}},
			disconnect: "twilio", fail: refuseText, sent: texted,
			unconfigured: "SMS is not configured for your organization", notSent: "Failed to send reminder. Please try again later.",
			answer: map[string]any{"success": true, "recipient": zoeNumber, "method": "sms", "message": "Reminder sent by SMS."},
			row:    [4]string{zoeNumber, "sms", "sent", "twilio"},
		},
		"reminder by e-mail": {
			path: reminder(zoeVisit), foreign: reminder(otherVisit), missing: reminder("a0000000-0000-7000-8000-00000000ffff"),
			wish: map[string]any{"method": "email"}, wrong: []any{map[string]any{"method": "email", "to": "zoe@patients.example"}},
			disconnect: "resend", fail: refuseMail, sent: mailed,
			unconfigured: "Email is not configured for your organization", notSent: "Failed to send reminder. Please try again later.",
			answer: map[string]any{"success": true, "recipient": "zoe@patients.example", "method": "email", "message": "Reminder sent by e-mail."},
			row:    [4]string{"zoe@patients.example", "email", "sent", "resend"},
		},
		"share": {
			path: shareOne, foreign: shareElse, missing: nobody("calls-dashboard/a0000000-0000-7000-8000-00000000ffff/share"),
			wish: map[string]any{"email": "ear@patients.example"}, wrong: []any{map[string]any{"email": "nobody"}, map[string]any{"email": 7}, map[string]any{"to": "x"}},
			disconnect: "resend", fail: refuseMail, sent: mailed,
			unconfigured: "E-mail is not configured for your organization", notSent: "Failed to share recording. Please try again later.",
			answer: map[string]any{"success": true, "email": "ear@patients.example"}, row: [4]string{"ear@patients.example", "email", "sent", "resend"},
		},
		"export": {
			path: transcriptOne + "?format=pdf", foreign: transcriptElse, missing: nobody("calls-dashboard/a0000000-0000-7000-8000-00000000ffff/transcript/export"),
			wrong:  []any{map[string]any{"format": "doc"}, map[string]any{"format": 7}},
			answer: map[string]any{"success": true}, row: [4]string{"", "export", "sent", "voxanne"},
		},
	}
}

// The contract of all actions: a row each, or a reason without the provider's words; nothing of another clinic's.
func TestEveryActionKeepsItsContract(t *testing.T) {
	t.Parallel()
	for name, a := range actions() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.connectEmail(t)
			b.withVisits(t)
			staff := b.as(t, lakeside, "staff")
			a.requireRefusals(t, b, staff)
			a.requireFailureKept(t, b, staff)

			done := staff.do(t, http.MethodPost, a.path, a.wish)
			require.Equal(t, http.StatusOK, done.status, done.body)
			require.Subset(t, done.json(t), a.answer)
			a.requireRow(t, b)
		})
	}
}

// requireRefusals tries what must leave no row.
func (a action) requireRefusals(t *testing.T, b *bundle, staff member) {
	t.Helper()
	staff.do(t, http.MethodPost, a.foreign, a.wish).requireRefused(t, http.StatusNotFound, "not_found", "ot found")
	staff.do(t, http.MethodPost, a.missing, a.wish).requireRefused(t, http.StatusNotFound, "not_found", "ot found")
	for _, wrong := range a.wrong {
		require.Equal(t, http.StatusBadRequest, staff.do(t, http.MethodPost, a.path, wrong).status, "%v", wrong)
	}
	if a.disconnect != "" {
		b.as(t, lakeside, "viewer").do(t, http.MethodPost, a.path, a.wish).requireRefused(t, http.StatusForbidden, "forbidden", "staff")
		owner := b.as(t, lakeside, "owner")
		require.Equal(t, http.StatusOK, owner.do(t, http.MethodDelete, "/api/integrations/"+a.disconnect, nil).status)
		staff.do(t, http.MethodPost, a.path, a.wish).requireRefused(t, http.StatusBadRequest, "not_configured", a.unconfigured)
		b.reconnect(t, a.disconnect)
	}
	require.Zero(t, b.count(t, `select count(*) from messages`))
}

// requireFailureKept makes the provider refuse: its words are not shown, the row stays.
func (a action) requireFailureKept(t *testing.T, b *bundle, staff member) {
	t.Helper()
	if a.fail == nil {
		return
	}
	a.fail(b)
	refused := staff.do(t, http.MethodPost, a.path, a.wish)
	refused.requireRefused(t, http.StatusInternalServerError, "internal", a.notSent)
	require.Equal(t, a.notSent, refused.json(t)["error"])
	require.Equal(t, a.row[0]+" failed refused", b.text(t, `select concat_ws(' ', recipient, status, reason) from messages`))
	require.Equal(t, 0, b.count(t, `select count(*) from appointments where confirmation_sent`))
}

// requireRow checks the columns that every action fills.
func (a action) requireRow(t *testing.T, b *bundle) {
	t.Helper()
	const latest = ` from messages where status <> 'failed'`
	if a.row[0] != "" {
		require.Equal(t, a.row[0], b.text(t, `select recipient`+latest))
	}
	require.Equal(t, a.row[1]+" "+a.row[2]+" "+a.row[3], b.text(t, `select concat_ws(' ', method, status, service_provider)`+latest))
	require.Equal(t, lakeside.String(), b.text(t, `select org_id::text`+latest))
	id := b.text(t, `select external_message_id`+latest)
	require.NotEmpty(t, id)
	if a.sent != nil {
		require.Equal(t, []string{id}, a.sent(b))
	}
	require.NotEmpty(t, b.text(t, `select actor_user_id::text`+latest))
}

// reconnect connects an account again.
func (b *bundle) reconnect(t *testing.T, integration string) {
	t.Helper()
	if integration == "resend" {
		b.connectEmail(t)
		return
	}
	connected := b.as(t, lakeside, "owner").do(t, http.MethodPost, "/api/integrations/twilio",
		map[string]any{"accountSid": lakesideSID, "authToken": lakesideToken, "phoneNumber": lakesideNumber})
	require.Equal(t, http.StatusOK, connected.status, connected.body)
}
