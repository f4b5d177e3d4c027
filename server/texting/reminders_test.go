package texting_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const alreadyReminded = "A reminder has already been sent within the last 24 hours. Please try again later."

func TestAReminderSaysWhenAndMarksTheVisit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.withVisits(t)
	staff := b.as(t, lakeside, "staff")
	// As an old dashboard does: a content type, and nothing behind it.
	sent := staff.do(t, http.MethodPost, reminder(zoeVisit), nil, "Content-Type", "application/json", "X-Request-Id", "press-1")
	require.Equal(t, http.StatusOK, sent.status, sent.body)
	require.Equal(t, "Lakeside Dental: visit Wed Mar 6, 11:00 AM. Reply C to confirm, X to change, STOP to end.", b.twilio.Texts()[0].Body)
	require.Equal(t, zoeVisit, b.text(t, `select id::text from appointments where confirmation_sent`))
	again := staff.do(t, http.MethodPost, reminder(zoeVisit), nil, "X-Request-Id", "press-1")
	require.Equal(t, sent.body, again.body, "the same press")
	for _, wish := range []any{nil, map[string]any{"method": "sms"}, map[string]any{}, map[string]any{"method": "email"}} {
		if wish != nil && wish.(map[string]any)["method"] == "email" {
			b.connectEmail(t)
		}
		refused := staff.do(t, http.MethodPost, reminder(zoeVisit), wish)
		refused.requireRefused(t, http.StatusBadRequest, "bad_request", "")
		require.Equal(t, alreadyReminded, refused.json(t)["error"])
	}
	require.Len(t, b.twilio.Texts(), 1)
	require.Empty(t, b.resend.Emails())

	b.database.SetClock(t, now.Add(24*time.Hour))
	require.Equal(t, http.StatusOK, staff.do(t, http.MethodPost, reminder(zoeVisit), nil).status, "a day later")
}

func TestManyRemindersAtOnceAreOneText(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.withVisits(t)
	staff := b.as(t, lakeside, "staff")
	var sent, late atomic.Int64
	var together sync.WaitGroup
	for range 50 {
		together.Go(func() {
			switch a := staff.do(t, http.MethodPost, reminder(zoeVisit), nil); {
			case a.status == http.StatusOK:
				sent.Add(1)
			case a.status == http.StatusBadRequest && strings.Contains(a.body, alreadyReminded):
				late.Add(1)
			default:
				assert.Fail(t, "neither sent nor too soon", "%d %s", a.status, a.body)
			}
		})
	}
	together.Wait()
	require.EqualValues(t, 1, sent.Load())
	require.EqualValues(t, 49, late.Load())
	require.Len(t, b.twilio.Texts(), 1)
	require.Equal(t, 1, b.count(t, `select count(*) from messages`))
}

func TestAReminderIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.connectEmail(t)
	b.withVisits(t)
	staff := b.as(t, lakeside, "staff")
	byEmail := map[string]any{"method": "email"}
	exactly := func(a answer, status int, code, sentence string) {
		t.Helper()
		a.requireRefused(t, status, code, "")
		require.Equal(t, sentence, a.json(t)["error"])
	}
	exactly(staff.do(t, http.MethodPost, reminder(otherVisit), nil), 404, "not_found", "Appointment not found")
	exactly(staff.do(t, http.MethodPost, reminder(nellVisit), nil), 400, "bad_request", "Contact does not have a phone number")
	exactly(staff.do(t, http.MethodPost, reminder(nellVisit), byEmail), 400, "bad_request", "Contact does not have an email address")
	b.database.Exec(t, `update contacts set erased_at = $1 where name like 'Nell%'`, now)
	exactly(staff.do(t, http.MethodPost, reminder(nellVisit), nil), 400, "bad_request", "Appointment does not have associated contact information")
	require.Zero(t, b.count(t, `select count(*) from messages`))

	b.twilio.Fail(sandbox.Failure{Status: 400, Code: 21211})
	exactly(staff.do(t, http.MethodPost, reminder(zoeVisit), nil), 400, "bad_request", "Invalid phone number format")

	b.database.SetClock(t, time.Date(2030, 3, 5, 4, 0, 0, 0, time.UTC)) // 22:00 in Chicago
	staff.do(t, http.MethodPost, reminder(zoeVisit), nil).requireRefused(t, http.StatusConflict, "quiet_hours", "from 8:00 AM on Tuesday, March 5 CST")
	mailed := staff.do(t, http.MethodPost, reminder(zoeVisit), byEmail)
	require.Equal(t, http.StatusOK, mailed.status, "an e-mail wakes nobody: %s", mailed.body)
	require.Contains(t, b.resend.Emails()[0].Text, "this is a reminder of your visit at Lakeside Dental:\n\n- Wed Mar 6, 11:00 AM, Checkup, Dr. Avery Stone")
	require.Empty(t, b.resend.Emails()[0].Attachments)

	b.database.Exec(t, `update appointments set status = 'cancelled', cancelled_at = $1`, now)
	staff.do(t, http.MethodPost, reminder(zoeVisit), byEmail).requireRefused(t, http.StatusConflict, "conflict", "still ahead")
	b.database.Exec(t, `update appointments set status = 'pending', cancelled_at = null`)
	staff.do(t, http.MethodPost, reminder(zoeVisit), byEmail).requireRefused(t, http.StatusConflict, "conflict", "waits for approval")
}

// A reminder that may have left counts; the other visit of the day is told how long to wait.
func TestAReminderOfAnotherVisitWaits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.withVisits(t)
	b.database.Exec(t, `update appointments set contact_id = $1 where id = $2`, zoe, nellVisit)
	staff := b.as(t, lakeside, "staff")
	b.twilio.Fail(sandbox.Failure{Status: 500, Acts: true})
	staff.do(t, http.MethodPost, reminder(zoeVisit), nil).requireRefused(t, http.StatusBadGateway, "delivery_unknown", "Do not send it again")
	staff.do(t, http.MethodPost, reminder(zoeVisit), nil).requireRefused(t, http.StatusBadRequest, "bad_request", "last 24 hours")
	refused := staff.do(t, http.MethodPost, reminder(nellVisit), nil)
	refused.requireRefused(t, http.StatusTooManyRequests, "rate_limited", "one reminder a day")
	require.Equal(t, "50400", refused.header.Get("Retry-After"), "at the clinic's midnight")
	require.Len(t, b.twilio.Texts(), 1)
}
