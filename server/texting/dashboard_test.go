package texting_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTemplatesAndCampaignsOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t)
	staff, viewer, other := b.as(t, lakeside, "staff"), b.as(t, lakeside, "viewer"), b.as(t, harbor, "owner")
	admin := b.as(t, lakeside, "admin")
	wish := map[string]any{"kind": "marketing", "name": "Recall", "body": "{clinic} misses you"}

	bad := staff.do(t, http.MethodPost, "/api/message-templates", map[string]any{"kind": "marketing", "name": "Recall", "body": "Dear {surname}"})
	bad.requireRefused(t, http.StatusBadRequest, "bad_request", "{clinic}") // the fields there are
	viewer.do(t, http.MethodPost, "/api/message-templates", wish).requireRefused(t, http.StatusForbidden, "forbidden", "staff")
	made := staff.do(t, http.MethodPost, "/api/message-templates", wish)
	require.Equal(t, http.StatusCreated, made.status, made.body)
	template := made.json(t)["id"].(string)
	staff.do(t, http.MethodPost, "/api/message-templates", wish).requireRefused(t, http.StatusConflict, "conflict", "")
	other.do(t, http.MethodPut, "/api/message-templates/"+template, wish).requireRefused(t, http.StatusNotFound, "not_found", "")
	other.do(t, http.MethodDelete, "/api/message-templates/"+template, nil).requireRefused(t, http.StatusNotFound, "not_found", "")
	require.Contains(t, viewer.do(t, http.MethodGet, "/api/message-templates", nil).body, template)
	require.JSONEq(t, `{"templates":[]}`, other.do(t, http.MethodGet, "/api/message-templates", nil).body)
	require.JSONEq(t, `{"text":"Example Clinic misses you"}`,
		viewer.do(t, http.MethodPost, "/api/message-templates/preview", map[string]any{"kind": "marketing", "body": "{clinic} misses you"}).body)

	plan := map[string]any{"name": "Spring", "segment": map[string]any{"noVisitAhead": true, "lastVisitBefore": "2029-09-01"},
		"steps": []any{map[string]any{"templateId": template, "afterMinutes": 0}}}
	viewer.do(t, http.MethodPost, "/api/campaigns", plan).requireRefused(t, http.StatusForbidden, "forbidden", "")
	other.do(t, http.MethodPost, "/api/campaigns", plan).requireRefused(t, http.StatusNotFound, "not_found", "template")
	made = staff.do(t, http.MethodPost, "/api/campaigns", plan)
	require.Equal(t, http.StatusCreated, made.status, made.body)
	require.Equal(t, plan["segment"], made.json(t)["segment"])
	require.Len(t, made.json(t)["steps"], 1)
	campaign := "/api/campaigns/" + made.json(t)["id"].(string)
	plan["name"] = "Summer"
	require.Equal(t, "Summer", staff.do(t, http.MethodPut, campaign, plan).json(t)["name"])
	staff.do(t, http.MethodDelete, "/api/message-templates/"+template, nil).requireRefused(t, http.StatusConflict, "conflict", "")
	other.do(t, http.MethodPost, campaign+"/start", nil).requireRefused(t, http.StatusNotFound, "not_found", "")
	staff.do(t, http.MethodPost, campaign+"/start", nil).requireRefused(t, http.StatusForbidden, "forbidden", "admin")
	started := admin.do(t, http.MethodPost, campaign+"/start", nil)
	require.Equal(t, http.StatusOK, started.status, started.body)
	require.Equal(t, http.StatusOK, admin.do(t, http.MethodPost, campaign+"/stop", nil).status)
	require.Contains(t, viewer.do(t, http.MethodGet, "/api/campaigns", nil).body, "Summer")
}

func TestRulesStatisticsAndOptOutsOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t)
	admin, staff, viewer := b.as(t, lakeside, "admin"), b.as(t, lakeside, "staff"), b.as(t, lakeside, "viewer")
	staff.do(t, http.MethodPatch, "/api/messages/rules", map[string]any{"messagesPerDay": 5}).requireRefused(t, http.StatusForbidden, "forbidden", "admin")
	want := `{"followUpWindowMinutes":90,"quietFrom":"20:30","quietUntil":"08:00","reminderMinutesBefore":[2880,120],"messagesPerDay":1000,"missedCallText":true,"emailConfirmations":true}`
	changed := admin.do(t, http.MethodPatch, "/api/messages/rules", map[string]any{"followUpWindowMinutes": 90, "quietFrom": "20:30",
		"reminderMinutesBefore": []int{120, 2880}, "missedCallText": true})
	require.JSONEq(t, want, changed.body)
	require.JSONEq(t, want, viewer.do(t, http.MethodGet, "/api/messages/rules", nil).body)

	const optOut = "/api/contacts/a0000000-0000-7000-8000-0000000000d1/opt-out"
	viewer.do(t, http.MethodPost, optOut, nil).requireRefused(t, http.StatusForbidden, "forbidden", "")
	require.JSONEq(t, `{"success":true,"channel":"sms","optedOut":true}`, staff.do(t, http.MethodPost, optOut, nil).body)
	staff.do(t, http.MethodPost, zoeSMS, words("Hello")).requireRefused(t, http.StatusConflict, "opted_out", "")
	require.JSONEq(t, `{"success":true,"channel":"sms","optedOut":false}`, staff.do(t, http.MethodDelete, optOut+"?channel=sms", nil).body)
	require.Equal(t, 200, staff.do(t, http.MethodPost, zoeSMS, words("Hello")).status)
	staff.do(t, http.MethodPost, foreign+"/opt-out", nil).requireRefused(t, http.StatusNotFound, "not_found", "")
	admin.do(t, http.MethodPost, foreign+"/erase", nil).requireRefused(t, http.StatusNotFound, "not_found", "")

	stats := viewer.do(t, http.MethodGet, "/api/messages/stats?from=2030-03-04&to=2030-03-04", nil)
	require.Contains(t, stats.body, `"blocked":1`)
	require.Contains(t, stats.body, `"sent":1`)
	viewer.do(t, http.MethodGet, "/api/messages/stats?from=2030-03-04&to=2030-03-01", nil).requireRefused(t, http.StatusBadRequest, "bad_request", "days")
}
