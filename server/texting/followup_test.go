package texting_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	zoeSMS   = "/api/contacts/a0000000-0000-7000-8000-0000000000d1/sms"
	nellSMS  = "/api/contacts/a0000000-0000-7000-8000-0000000000d2/sms"
	foreign  = "/api/contacts/b0000000-0000-7000-8000-0000000000d1"
	unknown  = "/api/contacts/a0000000-0000-7000-8000-00000000ffff"
	callOne  = "/api/calls-dashboard/a0000000-0000-7000-8000-0000000000c1/followup"
	callTwo  = "/api/calls-dashboard/a0000000-0000-7000-8000-0000000000c2/followup"
	callNew  = "/api/calls-dashboard/a0000000-0000-7000-8000-0000000000c3/followup"
	callElse = "/api/calls-dashboard/b0000000-0000-7000-8000-0000000000c1/followup"
)

func words(message string) map[string]any { return map[string]any{"message": message} }

func TestAFollowUpIsSentAndTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	staff := b.as(t, lakeside, "staff")
	sent := staff.do(t, http.MethodPost, zoeSMS, words("  See you soon, "+planted+"  "))
	require.Equal(t, http.StatusOK, sent.status, sent.body)
	id := sent.json(t)["messageId"]
	require.Equal(t, map[string]any{"success": true, "messageId": id, "phone": zoeNumber, "message": "SMS sent."}, sent.json(t))
	require.Len(t, b.twilio.Texts(), 1)
	require.Equal(t, "See you soon, "+planted, b.twilio.Texts()[0].Body)
	require.Equal(t, "sent", b.text(t, `select status from messages where id = $1`, id))

	staff.do(t, http.MethodPost, zoeSMS, words("Again")).requireRefused(t, http.StatusTooManyRequests, "rate_limited", "60 minutes")
	require.Equal(t, "3600", staff.do(t, http.MethodPost, zoeSMS, words("Again")).header.Get("Retry-After"))
	require.NoError(t, b.twilio.Report(t.Context(), b.twilio.Texts()[0].SID, "delivered", 0))
	require.NoError(t, b.twilio.Report(t.Context(), b.twilio.Texts()[0].SID, "sent", 0), "late")
	require.Equal(t, "delivered", b.text(t, `select status from messages where id = $1`, id))
}

func TestTwoHundredFollowUpsAtOnceAreOneText(t *testing.T) {
	t.Parallel()
	b := setup(t)
	staff := b.as(t, lakeside, "staff")
	var sent, late atomic.Int64
	var together sync.WaitGroup
	for range 200 {
		together.Go(func() {
			switch a := staff.do(t, http.MethodPost, zoeSMS, words("See you soon")); a.status {
			case http.StatusOK:
				sent.Add(1)
			case http.StatusTooManyRequests:
				late.Add(1)
				assert.NotEmpty(t, a.header.Get("Retry-After"))
			default:
				assert.Fail(t, "neither sent nor too soon", "%d %s", a.status, a.body)
			}
		})
	}
	together.Wait()
	require.EqualValues(t, 1, sent.Load())
	require.EqualValues(t, 199, late.Load())
	require.Len(t, b.twilio.Texts(), 1)
	require.LessOrEqual(t, b.count(t, `select count(*) from messages`), 2, "one text, and one row that says what was kept back")
}

func TestTheSameWishIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"Idempotency-Key", "X-Request-Id"} {
		b := setup(t)
		staff := b.as(t, lakeside, "staff")
		first := staff.do(t, http.MethodPost, zoeSMS, words("See you soon"), header, "press-1")
		again := staff.do(t, http.MethodPost, zoeSMS, words("See you soon"), header, "press-1")
		require.Equal(t, http.StatusOK, again.status, again.body)
		require.Equal(t, first.body, again.body, header)
		require.Len(t, b.twilio.Texts(), 1)
		b.as(t, lakeside, "staff").do(t, http.MethodPost, zoeSMS, words("See you soon"), header, "press-1").
			requireRefused(t, http.StatusTooManyRequests, "rate_limited", "") // somebody else's wish
		staff.do(t, http.MethodPost, zoeSMS, words("Something else"), header, "press-1").
			requireRefused(t, http.StatusUnprocessableEntity, "unprocessable", "used for another request")
	}
}

func TestFiftyTriesOfOneTextAreOneTextAndOneAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	staff := b.as(t, lakeside, "staff")
	bodies := make([]string, 50)
	var together sync.WaitGroup
	for i := range bodies {
		together.Go(func() {
			sent := staff.do(t, http.MethodPost, zoeSMS, words("See you soon"), "Idempotency-Key", "press-1")
			assert.Equal(t, http.StatusOK, sent.status, sent.body)
			bodies[i] = string(sent.body)
		})
	}
	together.Wait()
	require.Len(t, b.twilio.Texts(), 1)
	for _, body := range bodies {
		require.Equal(t, bodies[0], body)
	}
}

// The try that began the text died before it was answered: the next one is told what became of it, and sends nothing.
func TestATryAfterADeathIsToldWhatBecameOfTheText(t *testing.T) {
	t.Parallel()
	b := setup(t)
	staff := b.as(t, lakeside, "staff")
	first := staff.do(t, http.MethodPost, zoeSMS, words("See you soon"), "Idempotency-Key", "press-1")
	b.database.Exec(t, `update public.idempotency_keys set state = 'running', status = null, headers = null, response = null, lease_until = app.now() - interval '1 second'`)
	again := staff.do(t, http.MethodPost, zoeSMS, words("See you soon"), "Idempotency-Key", "press-1")
	require.Equal(t, http.StatusOK, again.status, again.body)
	require.Equal(t, first.json(t)["messageId"], again.json(t)["messageId"])
	require.Len(t, b.twilio.Texts(), 1)
}

func TestAFollowUpToACallReachesTheCaller(t *testing.T) {
	t.Parallel()
	b := setup(t)
	staff := b.as(t, lakeside, "staff")
	sent := staff.do(t, http.MethodPost, callNew, map[string]any{"message": "We called back", "method": "sms"})
	require.Equal(t, http.StatusOK, sent.status, sent.body)
	require.Equal(t, "+13125550133", sent.json(t)["phone"])
	require.Equal(t, "+13125550133", b.text(t, `select c.phone from contacts c join call_logs l on l.contact_id = c.id where l.vapi_call_id = 'call-3'`))
	require.Equal(t, "call-3", b.text(t, `select l.vapi_call_id from messages m join call_logs l on l.id = m.call_id`))
	staff.do(t, http.MethodPost, callTwo, words("Hello")).requireRefused(t, http.StatusBadRequest, "bad_request", "does not have a phone number")
	require.Equal(t, http.StatusOK, staff.do(t, http.MethodPost, callOne, words("Hello")).status)
}

func TestAFollowUpIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	staff := b.as(t, lakeside, "staff")
	for name, row := range map[string]struct {
		path     string
		body     map[string]any
		status   int
		code     string
		sentence string
	}{
		"another clinic's contact": {foreign + "/sms", words("Hello"), 404, "not_found", "Not found."},
		"nobody":                   {unknown + "/sms", words("Hello"), 404, "not_found", "Not found."},
		"another clinic's call":    {callElse, words("Hello"), 404, "not_found", "Not found."},
		"no number":                {nellSMS, words("Hello"), 400, "bad_request", "Contact does not have a phone number"},
		"too long":                 {zoeSMS, words(strings.Repeat("é", 161)), 400, "bad_request", "1 to 160"},
		"blank":                    {zoeSMS, words(" \n "), 400, "bad_request", "1 to 160"},
		"no text":                  {zoeSMS, map[string]any{}, 400, "bad_request", "missing"},
		"another way":              {callOne, map[string]any{"message": "Hello", "method": "fax"}, 400, "bad_request", "allowed values"},
	} {
		t.Run(name, func(t *testing.T) {
			staff.do(t, http.MethodPost, row.path, row.body).requireRefused(t, row.status, row.code, row.sentence)
		})
	}
	b.as(t, lakeside, "viewer").do(t, http.MethodPost, zoeSMS, words("Hello")).requireRefused(t, 403, "forbidden", "staff")
	require.Empty(t, b.twilio.Texts())
	require.Zero(t, b.count(t, `select count(*) from messages`))

	fits := staff.do(t, http.MethodPost, zoeSMS, words(" "+strings.Repeat("😀", 160)+" "))
	require.Equal(t, http.StatusOK, fits.status, "160 code points, though twice as many UTF-16 units: %s", fits.body)
}

func TestANightIsNamedWithItsEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.database.SetClock(t, time.Date(2030, 3, 5, 4, 0, 0, 0, time.UTC)) // 22:00 in Chicago
	b.as(t, lakeside, "staff").do(t, http.MethodPost, zoeSMS, words("Hello")).
		requireRefused(t, http.StatusConflict, "quiet_hours", "from 8:00 AM on Tuesday, March 5 CST")
	require.Empty(t, b.twilio.Texts())
}

func TestAClinicWithoutAnAccountIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Equal(t, 200, b.as(t, lakeside, "owner").do(t, http.MethodDelete, "/api/integrations/twilio", nil).status)
	b.as(t, lakeside, "staff").do(t, http.MethodPost, zoeSMS, words("Hello")).
		requireRefused(t, http.StatusBadRequest, "not_configured", "Twilio is not configured for your organization")
	require.Zero(t, b.count(t, `select count(*) from messages`))
}

func TestTodaysMessagesAreUsedUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Equal(t, 200, b.as(t, lakeside, "admin").do(t, http.MethodPatch, "/api/messages/rules", map[string]any{"messagesPerDay": 0}).status)
	refused := b.as(t, lakeside, "staff").do(t, http.MethodPost, zoeSMS, words("Hello"))
	refused.requireRefused(t, http.StatusTooManyRequests, "rate_limited", "used up")
	wait, err := strconv.Atoi(refused.header.Get("Retry-After"))
	require.NoError(t, err)
	require.Positive(t, wait)
}

// However Twilio fails, the row tells the truth and the client hears nothing of Twilio's.
func TestAProviderInTrouble(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		failures []sandbox.Failure
		status   int
		code     string
		stands   string
		texts    int
	}{
		"refused for good":       {[]sandbox.Failure{{Status: 401}}, 500, "internal", "failed", 0},
		"too many, then none":    {[]sandbox.Failure{{Status: 429}}, 200, "", "sent", 1},
		"broken after acting":    {[]sandbox.Failure{{Status: 500, Acts: true}}, 502, "delivery_unknown", "unknown", 1},
		"silent before acting":   {[]sandbox.Failure{{Delay: 3 * time.Second}}, 502, "delivery_unknown", "unknown", 0},
		"silent after acting":    {[]sandbox.Failure{{Delay: 3 * time.Second, Acts: true}}, 502, "delivery_unknown", "unknown", 1},
		"broken without acting":  {[]sandbox.Failure{{Status: 500}}, 502, "delivery_unknown", "unknown", 0},
		"refused for no reason":  {[]sandbox.Failure{{Status: 400}}, 500, "internal", "failed", 0},
		"a number that is wrong": {[]sandbox.Failure{{Status: 400, Code: 21211}}, 400, "bad_request", "failed", 0},
		"a landline":             {[]sandbox.Failure{{Status: 400, Code: 21614}}, 400, "bad_request", "failed", 0},
		"STOP at the carrier":    {[]sandbox.Failure{{Status: 400, Code: 21610}}, 409, "opted_out", "failed", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.twilio.Fail(row.failures...)
			staff := b.as(t, lakeside, "staff")
			got := staff.do(t, http.MethodPost, zoeSMS, words(planted), "Idempotency-Key", "press-1")
			if row.code == "" {
				require.Equal(t, row.status, got.status, got.body)
			} else {
				sentence := map[string]string{"internal": "Failed to send follow-up SMS. Please try again later.", "delivery_unknown": "Do not send it again",
					"bad_request": "Invalid phone number format", "opted_out": "asked not to be texted"}[row.code]
				got.requireRefused(t, row.status, row.code, sentence)
				again := staff.do(t, http.MethodPost, zoeSMS, words(planted), "Idempotency-Key", "press-1")
				again.requireRefused(t, row.status, row.code, sentence) // a dashboard tries again by itself
			}
			require.Equal(t, row.stands, b.text(t, `select status from messages`))
			require.Len(t, b.twilio.Texts(), row.texts)
		})
	}
}
