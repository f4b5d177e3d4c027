package texting_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// deskNumber is where Lakeside wants to be told of hot leads.
const deskNumber = "+13125550188"

// wantsHotLeads sets the number through the API.
func (b *bundle) wantsHotLeads(t *testing.T, number string) {
	t.Helper()
	set := b.as(t, lakeside, "owner").do(t, http.MethodPatch, "/api/orgs", map[string]any{"hot_lead_phone": number})
	require.Equal(t, http.StatusOK, set.status, set.body)
}

// report is the end of a call to Lakeside, as Vapi tells it.
func report(callID, from, said string) sandbox.Message {
	line := sandbox.Line{CallID: callID, PhoneNumberID: "vapi-number-a", Number: lakesideNumber, AssistantID: "assistant-a", Customer: from, At: now}
	return sandbox.EndOfCallReport(line, sandbox.Outcome{
		EndedReason: "customer-ended-call", StartedAt: now, EndedAt: now.Add(time.Minute), CostUSD: 0.0421,
		Summary: "Zoë Quillfeather is in pain, " + planted,
		Turns:   []sandbox.Said{{Text: "Lakeside Dental, how can I help?"}, {ByCaller: true, Text: said}},
	}, sandbox.ReportInArtifact)
}

const (
	saidHot  = "This is Zoë Quillfeather, zanzibar-lilac. My tooth broke, it hurts, I want to book whitening today."
	saidCold = "Are you open tomorrow?"
)

// tell sends a report with Vapi's secret, as many times at once.
func (b *bundle) tell(t *testing.T, m sandbox.Message, times int) {
	t.Helper()
	caller := sandbox.Caller{BaseURL: b.url, Auth: sandbox.Secret(webhookSecret), HTTP: b.client}
	var all sync.WaitGroup
	for range times {
		all.Go(func() { assert.NoError(t, caller.Tell(t.Context(), m)) })
	}
	all.Wait()
}

// workTexts does each job that sends a text, as workers do, and the same jobs once more: a queue delivers at least once.
func (b *bundle) workTexts(t *testing.T) {
	t.Helper()
	rows, err := b.owner.Query(t.Context(), `select args ->> 'message_id' from river.river_job where kind = 'send_message'`)
	require.NoError(t, err)
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		require.NoError(t, rows.Scan(&id))
		ids = append(ids, id, id)
	}
	require.NoError(t, rows.Err())
	for _, id := range ids {
		require.NoError(t, b.texts.SendQueued(t.Context(), lakeside, uuidOf(t, id)))
	}
}

// told counts the ways in which staff hear of hot leads.
func (b *bundle) told(t *testing.T) string {
	t.Helper()
	return b.text(t, `select (select count(*) from notifications where kind = 'hot_lead') || ' notifications, '
		|| (select count(*) from events where kind = 'hot_lead_alert') || ' events'`)
}

// A report through Vapi's door, a job, and a text at Twilio: one, however often and at once the report comes.
func TestAHotLeadIsTextedToTheDeskOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.wantsHotLeads(t, deskNumber)
	b.tell(t, report("call-cold", "+13125550121", saidCold), 1)
	b.workTexts(t)
	require.Empty(t, b.twilio.Texts(), "a question alarms nobody")

	hot := report("call-hot", zoeNumber, saidHot)
	b.tell(t, hot, 8)
	b.workTexts(t)
	b.tell(t, hot, 2)
	b.workTexts(t)
	require.Equal(t, "1 notifications, 1 events", b.told(t))
	require.Equal(t, 1, b.count(t, `select count(*) from call_logs where hot_lead_at is not null`))
	texts := b.twilio.Texts()
	require.Len(t, texts, 1)
	require.Equal(t, deskNumber, texts[0].To)
	require.Equal(t, lakesideNumber, texts[0].From)
	require.Contains(t, texts[0].Body, "Lakeside Dental: a caller looks like a hot lead")
	for _, private := range []string{"Zo", "Quill", "0111", planted, "tooth", "whitening"} {
		require.NotContains(t, texts[0].Body, private)
	}
	require.Equal(t, "sent", b.text(t, `select status from messages where category = 'alert'`))

	b.tell(t, report("call-hot-again", zoeNumber, saidHot), 1)
	b.workTexts(t)
	require.Len(t, b.twilio.Texts(), 2, "another call is told of for itself")
}

// Staff who asked to be told are, at any hour; a STOP from that number holds all the same, as the carrier would make it.
func TestAlertsKnowNoNightButHeedStop(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.wantsHotLeads(t, deskNumber)
	b.database.SetClock(t, now.Add(-7*time.Hour)) // three in the morning
	b.tell(t, report("call-night", zoeNumber, saidHot), 1)
	b.workTexts(t)
	require.Len(t, b.twilio.Texts(), 1)

	_, err := b.twilio.Receive(t.Context(), b.url+"/api/twilio/inbound", deskNumber, lakesideNumber, "STOP")
	require.NoError(t, err)
	b.tell(t, report("call-after-stop", zoeNumber, saidHot), 1)
	b.workTexts(t)
	require.Len(t, b.twilio.Texts(), 1)
	require.Equal(t, "opted_out", b.text(t, `select reason from messages where category = 'alert' and status = 'blocked'`))
	require.Equal(t, "2 notifications, 2 events", b.told(t), "the dashboard tells of it")
}

func TestWithoutAnAccountOrANumberHotLeadsStandOnTheDashboard(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.tell(t, report("call-no-number", zoeNumber, saidHot), 1)
	b.wantsHotLeads(t, deskNumber)
	b.database.Exec(t, `delete from org_credentials where org_id = $1 and provider = 'twilio'`, lakeside)
	b.tell(t, report("call-no-account", zoeNumber, saidHot), 1)
	b.workTexts(t)
	require.Empty(t, b.twilio.Texts())
	require.Zero(t, b.count(t, `select count(*) from messages`))
	require.Equal(t, "2 notifications, 2 events", b.told(t))
}

// Who calls from the very telephone that alerts go to has heard it all.
func TestTheDeskItselfIsNotTexted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.wantsHotLeads(t, zoeNumber)
	b.tell(t, report("call-desk", zoeNumber, saidHot), 1)
	b.workTexts(t)
	require.Empty(t, b.twilio.Texts())
}
