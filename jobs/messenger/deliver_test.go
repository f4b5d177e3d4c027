package messenger_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

func TestTextLeavesOnceAndItsRowSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.followUp(t, "a")
	status, err := b.m.Deliver(t.Context(), b.org, id, "")
	require.NoError(t, err)
	require.Equal(t, "sent", status)

	texts := b.twilio.Texts()
	require.Len(t, texts, 1)
	require.Equal(t, clinicNumber, texts[0].From)
	require.Equal(t, callerNumber, texts[0].To)
	require.Equal(t, "We have a place for you, "+planted, texts[0].Body)
	require.Equal(t, backendURL+"/api/twilio/status?message="+id.String(), texts[0].StatusCallback)
	require.Equal(t, row{Status: "sent", External: texts[0].SID}, b.row(t, id))

	_, err = b.m.Deliver(t.Context(), b.org, id, "")
	require.ErrorIs(t, err, messenger.ErrNotWaiting, "a row tells what became of it: it is not delivered again")
	require.Len(t, b.twilio.Texts(), 1)
}

func TestEveryFailureLeavesTheTruthInTheRow(t *testing.T) {
	t.Parallel()
	hang := 3 * time.Second // longer than we wait
	for name, c := range map[string]struct {
		fail  []sandbox.Failure
		row   row // without the provider's id
		texts int
		// settled is what the job that asks later makes of it.
		settled row
	}{
		"refused key":        {fail: []sandbox.Failure{{Status: 401}}, row: row{Status: "failed", Reason: "unauthorized"}},
		"busy for long":      {fail: []sandbox.Failure{{Status: 429, RetryAfter: time.Minute}}, row: row{Status: "failed", Reason: "rate_limited"}},
		"busy three times":   {fail: []sandbox.Failure{{Status: 429}, {Status: 429}, {Status: 429}}, row: row{Status: "failed", Reason: "rate_limited"}},
		"busy once":          {fail: []sandbox.Failure{{Status: 429}}, row: row{Status: "sent"}, texts: 1},
		"broken, not acted":  {fail: []sandbox.Failure{{Status: 500}}, row: row{Status: "unknown", Reason: "no_answer"}, settled: row{Status: "failed", Reason: "never_accepted"}},
		"broken, but acted":  {fail: []sandbox.Failure{{Status: 500, Acts: true}}, row: row{Status: "unknown", Reason: "no_answer"}, texts: 1, settled: row{Status: "sent"}},
		"silent, not acted":  {fail: []sandbox.Failure{{Delay: hang}}, row: row{Status: "unknown", Reason: "no_answer"}, settled: row{Status: "failed", Reason: "never_accepted"}},
		"silent, but acted":  {fail: []sandbox.Failure{{Delay: hang, Acts: true}}, row: row{Status: "unknown", Reason: "no_answer"}, texts: 1, settled: row{Status: "sent"}},
		"refused as a whole": {fail: []sandbox.Failure{{Status: 400}}, row: row{Status: "failed", Reason: "refused", Error: "20500"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			id := b.followUp(t, "a")
			b.twilio.Fail(c.fail...)
			status, err := b.m.Deliver(t.Context(), b.org, id, "")
			require.NoError(t, err)
			require.Equal(t, c.row.Status, status)
			got := b.row(t, id)
			got.External = ""
			require.Equal(t, c.row, got)
			require.Len(t, b.twilio.Texts(), c.texts)
			require.NotContains(t, b.log.String(), planted)
			require.NotContains(t, b.log.String(), callerNumber)

			b.age(t, 11*time.Minute)
			again, err := b.m.Settle(t.Context(), b.org, id)
			require.NoError(t, err)
			require.Zero(t, again)
			if c.settled.Status == "" {
				c.settled = c.row
			}
			got = b.row(t, id)
			if c.settled.Status == "sent" {
				c.settled.External = b.twilio.Texts()[0].SID
			}
			require.Equal(t, c.settled, got)
			require.Len(t, b.twilio.Texts(), c.texts, "settling sends nothing")
		})
	}
}

func TestAProviderThatIsDownSurelySentNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.followUp(t, "a")
	b.reach(t, "http://127.0.0.1:1") // nobody listens
	status, err := b.m.Deliver(t.Context(), b.org, id, "")
	require.NoError(t, err)
	require.Equal(t, "failed", status)
	require.Equal(t, row{Status: "failed", Reason: "unavailable"}, b.row(t, id))
}

func TestNumberThatCarrierBlocksIsOptedOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	webhook := play(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	_, err := b.twilio.Receive(t.Context(), webhook, callerNumber, clinicNumber, "STOP") // we never hear of it
	require.NoError(t, err)
	id := b.followUp(t, "a")
	_, err = b.m.Deliver(t.Context(), b.org, id, "")
	require.NoError(t, err)
	require.Equal(t, row{Status: "failed", Reason: "opted_out", Error: "21610"}, b.row(t, id))
	require.True(t, one[bool](t, b, "select exists (select from public.opt_outs where source = 'carrier' and revoked_at is null)"))
}

func TestDeliveryReportsInAnyOrderLeaveTheTruth(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.followUp(t, "a")
	report := func(sid, status string) {
		require.NoError(t, b.db.AsTenant(t.Context(), b.org, func(tx db.Tx) error {
			_, err := tx.RecordDelivery(t.Context(), db.RecordDeliveryParams{MessageID: id, ExternalID: sid, Status: status})
			return err
		}))
	}
	// The provider acts, its report overtakes its answer, and the answer never comes.
	b.twilio.Fail(sandbox.Failure{Status: 500, Acts: true})
	_, err := b.m.Deliver(t.Context(), b.org, id, "")
	require.NoError(t, err)
	sid := b.twilio.Texts()[0].SID
	for _, status := range []string{"delivered", "delivered", "sent", "failed"} {
		report(sid, status)
		require.Equal(t, row{Status: "delivered", External: sid}, b.row(t, id), "after a report of %s", status)
	}
	requests := b.twilio.Requests()
	again, err := b.m.Settle(t.Context(), b.org, id)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Equal(t, requests, b.twilio.Requests(), "a settled message is not asked about")
}

// Who asked for the text is gone, or the worker is told to stop: what was handed over is tried all the same.
func TestTextLeavesThoughWhoeverAskedIsGone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.followUp(t, "a")
	gone, leave := context.WithCancel(t.Context())
	leave()
	status, err := b.m.Deliver(gone, b.org, id, "")
	require.NoError(t, err)
	require.Equal(t, "sent", status)
	require.Equal(t, "sent", b.row(t, id).Status)
}

func TestClinicWithoutTwilioCannotText(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.m.CanText(t.Context(), b.org), "control")
	account, err := b.m.TwilioAccount(t.Context(), b.org)
	require.NoError(t, err)
	require.Equal(t, twilio.Credentials{AccountSID: accountSID, AuthToken: authToken}, account)

	b.data.Exec(t, "delete from public.org_credentials")
	require.ErrorIs(t, b.m.CanText(t.Context(), b.org), messenger.ErrNotConfigured)
	_, err = b.m.TwilioAccount(t.Context(), b.org)
	require.ErrorIs(t, err, messenger.ErrNotConfigured)
	id := b.followUp(t, "a")
	_, err = b.m.Deliver(t.Context(), b.org, id, "")
	require.NoError(t, err)
	require.Equal(t, row{Status: "failed", Reason: "not_configured"}, b.row(t, id))
}

func TestNumberSaysWhereItIsAtHome(t *testing.T) {
	t.Parallel()
	m := &messenger.Messenger{}
	for _, c := range []struct {
		phone  string
		zones  []string
		region string
	}{
		{"+13125550142", []string{"America/Chicago"}, "US"},
		{"+442079460123", []string{"Europe/London"}, "GB"},
		{"+999", []string{}, ""},
		{"", []string{}, ""},
	} {
		zones, region := m.Number(c.phone)
		require.Equal(t, c.zones, zones, c.phone)
		require.Equal(t, c.region, region, c.phone)
	}
	for kind, phone := range map[string]string{"premium rate": "+19002345678", "personal": "+447012345678"} {
		_, region := m.Number(phone)
		require.Empty(t, region, "%s: who calls it pays somebody", kind)
	}
}
