package server

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// made inserts a row as the database's owner and returns its id.
func (c *clinic) made(t *testing.T, insert string, args ...any) (id uuid.UUID) {
	t.Helper()
	require.NoError(t, c.data.Pool(t).QueryRow(t.Context(), insert+" returning id", args...).Scan(&id))
	return id
}

const insertCall = `insert into public.call_logs (org_id, vapi_call_id, direction, from_number, status, outcome, duration_seconds, started_at,
	ended_at, transcript_state, transcript, summary, recording_state, cost_micros,
	summary_source, sentiment, sentiment_score, sentiment_source, urgency, urgency_source)
	values ($1, $2, 'inbound', '+13125550111', 'ended', 'answered', 90, app.now() - interval '2 minutes', app.now(), 'stored',
	'[{"speaker": "caller", "text": "zanzibar-lilac", "at": 1.5}]', 'zanzibar-lilac', 'at_provider', 123400, 'analysis', 'negative', 0.25, 'rules', 'high', 'analysis')`

func TestCallsAreListedReadAndDeleted(t *testing.T) {
	t.Parallel()
	c := found(t)
	other, _ := c.signUp(t, "bea.quillworth@patients.example")
	call := c.made(t, insertCall, c.org, "call-1")
	foreign := c.made(t, insertCall, other, "call-2")
	path := "/api/calls-dashboard/" + call.String()

	list := c.ok(t, http.MethodGet, "/api/calls-dashboard?page=1&limit=5&status=completed&call_type=inbound&search=0111&startDate=2020-01-01T00:00:00.000Z&sortBy=call_date", "")
	require.Equal(t, map[string]any{"page": 1.0, "limit": 5.0, "total": 1.0, "pages": 1.0}, list["pagination"])
	row := list["calls"].([]any)[0].(map[string]any)
	for field, want := range map[string]any{
		"id": call.String(), "phone_number": "+13125550111", "caller_name": nil, "duration_seconds": 90.0, "status": "completed",
		"has_recording": true, "recording_url": nil, "recording_status": "pending", "has_transcript": true, "sentiment_score": 0.25,
		"sentiment_label": "negative", "sentiment_summary": "zanzibar-lilac", "sentiment_urgency": "high", "summary_source": "analysis", "call_type": "inbound", "cost_cents": 12.0,
	} {
		require.Contains(t, row, field)
		require.Equal(t, want, row[field], field)
	}
	require.NotContains(t, row, "transcript")
	behind := c.ok(t, http.MethodGet, "/api/calls-dashboard?page=9", "")
	require.Equal(t, []any{[]any{}, 1.0}, []any{behind["calls"], behind["pagination"].(map[string]any)["total"]}, "also behind the last page the total is known")

	c.become(t, "viewer")
	detail := c.ok(t, http.MethodGet, path, "", "X-Request-Id", "req-read-1")
	require.Equal(t, []any{map[string]any{"speaker": "caller", "text": "zanzibar-lilac", "timestamp": 1.5, "sentiment": "neutral"}}, detail["transcript"])
	require.Equal(t, []any{"call-1", []any{}}, []any{detail["vapi_call_id"], detail["action_items"]})
	requireRefusal(t, c.console(t, http.MethodGet, "/api/calls-dashboard/"+foreign.String(), ""), http.StatusNotFound, CodeNotFound)
	requireRefusal(t, c.console(t, http.MethodDelete, path, ""), http.StatusForbidden, CodeForbidden)
	requireRefusal(t, c.console(t, http.MethodGet, "/api/audit-log", ""), http.StatusForbidden, CodeForbidden)

	c.become(t, "admin")
	requireRefusal(t, c.console(t, http.MethodDelete, "/api/calls-dashboard/"+foreign.String(), ""), http.StatusNotFound, CodeNotFound)
	require.Equal(t, map[string]any{"success": true}, c.ok(t, http.MethodDelete, path, ""))
	requireRefusal(t, c.console(t, http.MethodGet, path, ""), http.StatusNotFound, CodeNotFound)
	require.Empty(t, c.ok(t, http.MethodGet, "/api/calls-dashboard", "")["calls"])

	log := c.ok(t, http.MethodGet, "/api/audit-log?entity=call&entity_id="+call.String(), "")["entries"].([]any)
	require.Len(t, log, 2)
	read := log[1].(map[string]any)
	require.Equal(t, []any{"transcript_read", "req-read-1", c.user.String(), "ada.quillfeather@patients.example"},
		[]any{read["action"], read["request_id"], read["actor_user_id"], read["actor_email"]})
}

func TestNumbersOfTheStartPage(t *testing.T) {
	t.Parallel()
	c := found(t)
	for _, path := range []string{"/api/analytics/leads", "/api/analytics/recent-activity", "/api/calls-dashboard/stats"} {
		for _, field := range []string{"leads", "events", "recentCalls"} {
			if list, ok := c.ok(t, http.MethodGet, path, "")[field]; ok {
				require.Equal(t, []any{}, list, "an empty clinic has lists, not nulls")
			}
		}
	}
	call := c.made(t, insertCall, c.org, "call-1")
	lead := c.made(t, `insert into public.contacts (org_id, name, phone, lead_status, lead_score) values ($1, 'Zoë Quillby', '+13125550111', 'hot', 90)`, c.org)
	c.data.Exec(t, `update public.call_logs set contact_id = $1 where id = $2`, lead, call)
	c.become(t, "viewer")

	require.Equal(t, map[string]any{"total_calls": 1.0, "inbound_calls": 1.0, "outbound_calls": 0.0, "avg_duration_seconds": 90.0,
		"success_rate": 100.0, "pipeline_value": 0.0, "hot_leads_count": 1.0}, c.ok(t, http.MethodGet, "/api/analytics/dashboard-pulse", ""))
	stats := c.ok(t, http.MethodGet, "/api/calls-dashboard/stats", "")
	require.Equal(t, []any{1.0, 1.0, 90.0}, []any{stats["totalCalls"], stats["callsToday"], stats["avgDuration"]})
	recent := stats["recentCalls"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"Zoë Quillby", map[string]any{"channel": "inbound"}}, []any{recent["caller_name"], recent["metadata"]})
	require.Equal(t, map[string]any{"total_calls": 1.0, "completed_calls": 1.0, "missed_calls": 0.0, "average_duration": 90.0,
		"average_sentiment": 0.25, "analysed_calls": 1.0, "total_cost_cents": 12.0, "calls_today": 1.0, "calls_this_week": 1.0, "calls_this_month": 1.0},
		c.ok(t, http.MethodGet, "/api/calls-dashboard/analytics/summary", ""))
	leads := c.ok(t, http.MethodGet, "/api/analytics/leads?limit=1", "")["leads"].([]any)
	require.Equal(t, "zanzibar-lilac", leads[0].(map[string]any)["last_call_summary"])
	require.Equal(t, map[string]any{"score": 0.25, "label": "negative", "summary": "zanzibar-lilac"}, leads[0].(map[string]any)["sentiment"])
	require.Len(t, c.ok(t, http.MethodGet, "/api/analytics/recent-activity", "")["events"], 2)
}

func TestTheAuditLogNamesTheRequestThatActed(t *testing.T) {
	t.Parallel()
	c := found(t)
	requestOf := func(action string) any {
		entries := c.ok(t, http.MethodGet, "/api/audit-log?action="+action, "")["entries"].([]any)
		require.Len(t, entries, 1, action)
		return entries[0].(map[string]any)["request_id"]
	}
	c.ok(t, http.MethodPatch, "/api/orgs", `{"name": "Quill Dental"}`, "X-Request-Id", "req_quill.1")
	require.Equal(t, "req_quill.1", requestOf("settings_changed"))
	w := c.console(t, http.MethodPost, pathServices, `{"name": "Polish"}`)
	require.Equal(t, http.StatusCreated, w.Code, w.Body.String())
	require.Equal(t, w.Header().Get("X-Request-Id"), requestOf("service_saved"), "one that the server made, and no other's from the same connection")
}

const insertMessage = `insert into public.messages (org_id, direction, method, category, recipient, content, status, subject)
	values ($1, 'inbound', 'sms', 'reply', '+13125550111', $2, 'delivered', $3)`

func TestMessagesAreListedAndExported(t *testing.T) {
	t.Parallel()
	c := found(t)
	other, _ := c.signUp(t, "bea.quillworth@patients.example")
	c.made(t, insertMessage, c.org, "=cmd|' /C calc'!A1", nil)
	c.made(t, insertMessage, c.org, "zanzibar-lilac, \"two\"\nlines", " @SUM(1)")
	c.made(t, insertMessage, other, "zanzibar-lilac", nil)

	c.become(t, "viewer")
	list := c.ok(t, http.MethodGet, "/api/messages?direction=inbound&method=sms&category=reply&status=delivered&limit=1", "")
	require.Equal(t, map[string]any{"page": 1.0, "limit": 1.0, "total": 2.0, "pages": 2.0}, list["pagination"])
	row := list["messages"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"inbound", "sms", "+13125550111", "delivered", nil, nil, nil},
		[]any{row["direction"], row["method"], row["recipient"], row["status"], row["service_provider"], row["external_message_id"], row["sent_at"]})
	requireRefusal(t, c.console(t, http.MethodGet, "/api/messages.csv", ""), http.StatusForbidden, CodeForbidden)
	c.become(t, "staff")
	requireRefusal(t, c.console(t, http.MethodGet, "/api/messages.csv", ""), http.StatusForbidden, CodeForbidden)

	c.become(t, "admin")
	w := c.console(t, http.MethodGet, "/api/messages.csv?startDate=2020-01-01", "")
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	require.Equal(t, "text/csv; charset=utf-8", w.Header().Get("Content-Type"))
	require.True(t, strings.HasPrefix(w.Body.String(), "\ufeffcreated_at,"), "spreadsheets take it for UTF-8")
	require.NotRegexp(t, `[^\r]\n`, w.Body.String(), "every line ends as RFC 4180 says")
	lines, err := csv.NewReader(w.Body).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 3, "the names and this clinic's two")
	require.Equal(t, []string{"+13125550111", "", "", "'=cmd|' /C calc'!A1"}, lines[1][5:9])
	require.Equal(t, []string{"' @SUM(1)", "zanzibar-lilac, \"two\"\nlines"}, lines[2][7:9])
	require.Len(t, c.ok(t, http.MethodGet, "/api/audit-log?action=messages_exported", "")["entries"], 1)
}

func TestAnExportOfManyMessagesIsWhole(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.data.Exec(t, insertMessage[:strings.Index(insertMessage, "values")]+`
		select $1, 'outbound', 'sms', 'reminder', '+13125550111', 'zanzibar-lilac', 'sent', null from generate_series(1, 2345)`, c.org)
	lines, err := csv.NewReader(c.console(t, http.MethodGet, "/api/messages.csv", "").Body).ReadAll()
	require.NoError(t, err)
	ids := map[string]bool{}
	for _, line := range lines[1:] {
		ids[line[14]] = true
	}
	require.Len(t, ids, 2345)
	require.Len(t, c.ok(t, http.MethodGet, "/api/audit-log?action=messages_exported", "")["entries"], 1)
}

func TestFormulasAreDefused(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "zanzibar-lilac": "zanzibar-lilac", "=1": "'=1", "+13125550111": "+13125550111", "+1+cmd|x": "'+1+cmd|x", "-1": "'-1", "@x": "'@x",
		"\t=1": "'\t=1", "\r": "\r", "\tx": "'\tx", " =1": "' =1", "＝1": "'＝1", "++1": "'++1", "+": "+",
	} {
		require.Equal(t, want, noFormula(in), "%q", in)
	}
}

func TestNotificationsAreReadOnceForAll(t *testing.T) {
	t.Parallel()
	c := found(t)
	other, _ := c.signUp(t, "bea.quillworth@patients.example")
	const insert = `insert into public.notifications (org_id, kind, title, entity, entity_id) values ($1, 'missed_call', 'A call was missed', 'call', app.uuid_v7())`
	first, second, foreign := c.made(t, insert, c.org), c.made(t, insert, c.org), c.made(t, insert, other)
	path := "/api/notifications/"

	c.become(t, "viewer")
	list := c.ok(t, http.MethodGet, "/api/notifications?status=unread&type=missed_call", "")
	require.Equal(t, []any{2.0, 2.0}, []any{list["unread_count"], list["unreadCount"]})
	row := list["notifications"].([]any)[0].(map[string]any)
	require.Equal(t, []any{second.String(), "missed_call", "A call was missed", "", false, false, "call"},
		[]any{row["id"], row["type"], row["title"], row["message"], row["read"], row["is_read"], row["related_entity_type"]})
	requireRefusal(t, c.console(t, http.MethodPatch, path+first.String()+"/read", ""), http.StatusForbidden, CodeForbidden)
	requireRefusal(t, c.console(t, http.MethodPost, path+"mark-all-read", ""), http.StatusForbidden, CodeForbidden)
	requireRefusal(t, c.console(t, http.MethodDelete, path+first.String(), ""), http.StatusForbidden, CodeForbidden)

	c.become(t, "staff")
	requireRefusal(t, c.console(t, http.MethodPatch, path+foreign.String()+"/read", ""), http.StatusNotFound, CodeNotFound)
	requireRefusal(t, c.console(t, http.MethodDelete, path+foreign.String(), ""), http.StatusNotFound, CodeNotFound)
	require.Equal(t, true, c.ok(t, http.MethodPatch, path+first.String()+"/read", "")["read"])
	unread := c.ok(t, http.MethodGet, path+"unread", "")
	require.Equal(t, 1.0, unread["unreadCount"])
	require.Len(t, unread["recentUnread"], 1)
	require.Equal(t, map[string]any{"success": true, "updated": 1.0}, c.ok(t, http.MethodPost, path+"mark-all-read", ""))
	require.Len(t, c.ok(t, http.MethodGet, "/api/notifications?status=read", "")["notifications"], 2)
	c.ok(t, http.MethodDelete, path+first.String(), "")
	require.Len(t, c.ok(t, http.MethodGet, "/api/notifications?status=all", "")["notifications"], 1)
}

// The database's kinds are the contract's: one that the contract lacks would break the list.
func TestNotificationsOfCalendarsNameWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	c := found(t)
	for kind, entity := range map[string]string{
		"calendar_conflict": "appointment", "calendar_moved": "appointment", "calendar_reconnect": "credential", "calendar_stale": "calendar_link",
	} {
		c.made(t, `insert into public.notifications (org_id, kind, title, entity, entity_id) values ($1, $2, 'zanzibar-lilac', $3, app.uuid_v7())`, c.org, kind, entity)
		rows := c.ok(t, http.MethodGet, "/api/notifications?type="+kind, "")["notifications"].([]any)
		require.Len(t, rows, 1, kind)
		row := rows[0].(map[string]any)
		require.Equal(t, []any{kind, "zanzibar-lilac", entity}, []any{row["type"], row["title"], row["related_entity_type"]})
	}
}

func TestListsRefuseWhatTheyDoNotKnow(t *testing.T) {
	t.Parallel()
	c := found(t)
	for _, target := range []string{
		"/api/calls-dashboard?page=0", "/api/calls-dashboard?limit=101", "/api/calls-dashboard?status=pending", "/api/calls-dashboard?startDate=yesterday",
		"/api/calls-dashboard?startDate=2030-02-30", "/api/calls-dashboard?startDate=2030-03-05&endDate=2030-03-04", "/api/messages?contact_id=1",
		"/api/messages.csv?startDate=2030-13-01", "/api/audit-log?action=x%27", "/api/notifications?type=gossip",
		"/api/messages?search=%00", "/api/calls-dashboard?search=%ff",
	} {
		requireRefusal(t, c.console(t, http.MethodGet, target, ""), http.StatusBadRequest, CodeBadRequest)
	}
}
