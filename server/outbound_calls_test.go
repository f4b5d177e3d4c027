package server

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/messenger"
)

const pathOutbound = "/api/outbound-calls"

// reachable gives the clinic what a call is made with, and a contact to call; by day, wherever the test runs.
func (c *clinic) reachable(t *testing.T) (contact string) {
	t.Helper()
	c.texts = new(messenger.Messenger) // it knows where numbers are, and is asked nothing else
	c.handler = c.serving(t, VapiAccount{})
	contact = c.created(t, "/api/contacts", `{"name": "Ada Quillby", "phone": "+13125550141"}`)["id"].(string)
	c.data.Exec(t, `update public.organizations set quiet_from = '00:00', quiet_until = '00:00';
		insert into public.agents (org_id, name, role, is_default)
			select id, 'Caller', 'outbound', true from public.organizations on conflict do nothing;
		insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id) select 'assistant-' || id, org_id, id from public.agents;
		insert into public.phone_numbers (org_id, number, vapi_phone_number_id, location_id)
			select org_id, '+13125550190', 'line-1', id from public.locations limit 1`)
	return contact
}

func TestACallBackWaitsAndCanBeTakenBack(t *testing.T) {
	t.Parallel()
	c := found(t)
	contact := c.reachable(t)
	path := "/api/contacts/" + contact + "/call-back"
	queued := c.created(t, path, `{}`)
	require.Equal(t, []any{true, contact, "+13125550141", "initiated", "waiting", nil, nil, "The call is made as soon as a line is free."},
		[]any{queued["success"], queued["contactId"], queued["phone"], queued["status"], queued["state"], queued["vapiCallId"], queued["reason"], queued["message"]})
	require.Equal(t, queued["callId"], queued["trackingId"])

	requireRefusal(t, c.console(t, http.MethodPost, path, `{}`), http.StatusConflict, CodeConflict)
	requireRefusal(t, c.console(t, http.MethodPost, "/api/contacts/"+contact+"/initiate-call", `{}`), http.StatusConflict, CodeConflict)
	list := c.ok(t, http.MethodGet, pathOutbound+"?state=waiting&kind=call_back&contact_id="+contact, "")
	require.Len(t, list["calls"], 1)
	require.Empty(t, c.ok(t, http.MethodGet, pathOutbound+"?kind=test", "")["calls"])
	one := pathOutbound + "/" + queued["callId"].(string)
	require.Equal(t, "Ada Quillby", c.ok(t, http.MethodGet, one, "")["contactName"])
	require.Equal(t, "cancelled", c.ok(t, http.MethodDelete, one, "")["state"])
	require.Equal(t, "by_staff", c.ok(t, http.MethodDelete, one, "")["reason"], "repeating it changes nothing")
	c.data.Exec(t, "update public.outbound_calls set state = 'ended'")
	requireRefusal(t, c.console(t, http.MethodDelete, one, ""), http.StatusConflict, CodeConflict)

	c.become(t, "viewer")
	requireRefusal(t, c.console(t, http.MethodPost, path, `{}`), http.StatusForbidden, CodeForbidden)
	requireRefusal(t, c.console(t, http.MethodDelete, one, ""), http.StatusForbidden, CodeForbidden)
}

func TestACallThatMustWaitSaysWhy(t *testing.T) {
	t.Parallel()
	c := found(t)
	path := "/api/contacts/" + c.reachable(t) + "/call-back"
	c.data.Exec(t, `update public.organizations set quiet_from = ((now() - interval '2 hours') at time zone time_zone)::time,
		quiet_until = ((now() + interval '2 hours') at time zone time_zone)::time`)
	queued := c.created(t, path, `{}`)
	require.Equal(t, "quiet_hours", queued["reason"])
	require.Contains(t, queued["message"], "It is night where this contact lives. They will be called from ")
	c.data.Exec(t, "delete from public.outbound_calls; update public.organizations set quiet_from = '00:00', quiet_until = '00:00'")
	queued = c.created(t, path, `{"notBefore": "`+time.Now().AddDate(0, 0, 2).UTC().Format(time.RFC3339)+`"}`)
	require.Equal(t, "not_before", queued["reason"])
	require.Contains(t, queued["message"], "The call will be made from ")
}

func TestARefusedCallSaysWhatToDo(t *testing.T) {
	t.Parallel()
	c := found(t)
	contact := c.reachable(t)
	path, test := "/api/contacts/"+contact+"/call-back", "/api/founder-console/agent/web-test-outbound"
	c.ok(t, http.MethodPost, "/api/contacts/"+contact+"/opt-out?channel=voice", "")
	requireRefusal(t, c.console(t, http.MethodPost, path, `{}`), http.StatusConflict, CodeOptedOut)
	require.Equal(t, []any{"voice"}, c.ok(t, http.MethodGet, "/api/contacts/"+contact, "")["opted_out"])
	c.ok(t, http.MethodDelete, "/api/contacts/"+contact+"/opt-out?channel=voice", "")
	require.Empty(t, c.ok(t, http.MethodGet, "/api/contacts/"+contact, "")["optedOut"])

	requireRefusal(t, c.console(t, http.MethodPost, test, `{"phoneNumber": "+13125550190"}`), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, c.console(t, http.MethodPost, test, `{"phoneNumber": "5550190"}`), http.StatusBadRequest, CodeBadRequest)
	w := c.console(t, http.MethodPost, test, `{"phoneNumber": "+442079460177"}`)
	requireRefusal(t, w, http.StatusBadRequest, CodeBadRequest)
	require.Contains(t, w.Body.String(), "of its own country only")
	c.data.Exec(t, "insert into public.outbound_shares (org_id, per_day) select id, 0 from public.organizations")
	requireRefusal(t, c.console(t, http.MethodPost, path, `{}`), http.StatusTooManyRequests, CodeRateLimited)
	c.data.Exec(t, "update public.outbound_shares set per_day = 9; update public.phone_numbers set vapi_phone_number_id = null")
	requireRefusal(t, c.console(t, http.MethodPost, path, `{}`), http.StatusBadRequest, CodeNotConfigured)
	c.data.Exec(t, "update public.phone_numbers set vapi_phone_number_id = 'line-1'; delete from public.assistant_routes")
	requireRefusal(t, c.console(t, http.MethodPost, test, `{"phoneNumber": "+13125550177"}`), http.StatusBadRequest, CodeNotConfigured)
	c.data.Exec(t, "update public.contacts set phone = null")
	requireRefusal(t, c.console(t, http.MethodPost, path, `{}`), http.StatusBadRequest, CodeBadRequest)
}

func TestATestCallIsForOwnersAndAdmins(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.reachable(t)
	queued := c.created(t, "/api/founder-console/agent/web-test-outbound", `{"phoneNumber": "+13125550177"}`)
	require.Equal(t, []any{nil, "+13125550177", "waiting"}, []any{queued["contactId"], queued["phone"], queued["state"]})
	require.Equal(t, "test", c.ok(t, http.MethodGet, pathOutbound+"/"+queued["trackingId"].(string), "")["kind"])
	c.become(t, "staff")
	requireRefusal(t, c.console(t, http.MethodPost, "/api/founder-console/agent/web-test-outbound", `{"phoneNumber": "+13125550178"}`),
		http.StatusForbidden, CodeForbidden)
}

func TestAnOrganizationChoosesHowItReminds(t *testing.T) {
	t.Parallel()
	c := found(t)
	require.Equal(t, "sms", c.ok(t, http.MethodGet, "/api/orgs", "")["reminder_channel"])
	require.Equal(t, "both", c.ok(t, http.MethodPatch, "/api/orgs", `{"reminder_channel": "both"}`)["reminder_channel"])
	requireRefusal(t, c.console(t, http.MethodPatch, "/api/orgs", `{"reminder_channel": "fax"}`), http.StatusBadRequest, CodeBadRequest)
}
