package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// answered reads an answer that must have the status.
func answered(t *testing.T, w *httptest.ResponseRecorder, status int) map[string]any {
	t.Helper()
	require.Equal(t, status, w.Code, w.Body.String())
	var fields map[string]any
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &fields), w.Body.String())
	return fields
}

// thing is one row of a table that belongs to an organization.
func (c *clinic) thing(t *testing.T, table string, org uuid.UUID) (id string) {
	t.Helper()
	require.NoError(t, c.data.Pool(t).QueryRow(t.Context(), "select id::text from public."+table+" where org_id = $1 order by id limit 1", org).Scan(&id))
	return id
}

func TestAClinicIsSetUpOverTheAPI(t *testing.T) {
	t.Parallel()
	c := found(t)
	south := answered(t, c.console(t, http.MethodPost, "/api/locations", `{"name": " South ", "phone": "+13125550151"}`), http.StatusCreated)
	require.Equal(t, []any{"South", "+13125550151", "America/New_York", 15.0}, []any{south["name"], south["phone"], south["time_zone"], south["calendar_stale_after_minutes"]})
	id := south["id"].(string)
	south = answered(t, c.console(t, http.MethodPatch, "/api/locations/"+id, `{"time_zone": "America/Chicago", "phone": null, "phone_forwards_here": true}`), http.StatusOK)
	require.Equal(t, []any{"South", nil, "America/Chicago", true}, []any{south["name"], south["phone"], south["time_zone"], south["phone_forwards_here"]})
	list := answered(t, c.console(t, http.MethodGet, "/api/locations?limit=1&page=2", ""), http.StatusOK)
	require.Equal(t, map[string]any{"page": 2.0, "limit": 1.0, "total": 2.0, "pages": 2.0}, list["pagination"])
	require.Len(t, list["locations"], 1)
	require.Empty(t, answered(t, c.console(t, http.MethodGet, "/api/locations?page=9", ""), http.StatusOK)["locations"])

	service := answered(t, c.console(t, http.MethodPost, pathServices, `{"name": "Whitening", "duration_minutes": 60, "aliases": ["bleaching"], "price_minor": 24900, "buffer_after_minutes": 10}`), http.StatusCreated)
	require.Equal(t, []any{60.0, nil, 10.0, 24900.0, "USD", true, []any{"bleaching"}},
		[]any{service["duration_minutes"], service["buffer_before_minutes"], service["buffer_after_minutes"], service["price_minor"], service["currency"], service["active"], service["aliases"]})
	sid := service["id"].(string)
	service = answered(t, c.console(t, http.MethodPatch, pathServices+"/"+sid, `{"buffer_after_minutes": null, "active": false}`), http.StatusOK)
	require.Equal(t, []any{nil, false, 60.0}, []any{service["buffer_after_minutes"], service["active"], service["duration_minutes"]})
	require.Len(t, answered(t, c.console(t, http.MethodGet, pathServices+"?active=false", ""), http.StatusOK)["services"], 1)

	resource := answered(t, c.console(t, http.MethodPost, "/api/resources", `{"name": "Dr. Quillby", "location_id": "`+id+`", "service_ids": ["`+sid+`"]}`), http.StatusCreated)
	require.Equal(t, []any{[]any{sid}, "practitioner", true}, []any{resource["service_ids"], resource["kind"], resource["active"]})
	rid := resource["id"].(string)
	requireRefusal(t, c.console(t, http.MethodPatch, "/api/resources/"+rid, `{"location_id": "`+c.thing(t, "locations", c.org)+`"}`), http.StatusConflict, CodeConflict)
	require.Empty(t, answered(t, c.console(t, http.MethodPatch, "/api/resources/"+rid, `{"service_ids": []}`), http.StatusOK)["service_ids"])
	requireRefusal(t, c.console(t, http.MethodDelete, "/api/locations/"+id, ""), http.StatusConflict, CodeConflict)
	for _, path := range []string{"/api/resources/" + rid, pathServices + "/" + sid, "/api/locations/" + id} {
		answered(t, c.console(t, http.MethodDelete, path, ""), http.StatusOK)
		requireRefusal(t, c.console(t, http.MethodDelete, path, ""), http.StatusNotFound, CodeNotFound)
	}
	requireRefusal(t, c.console(t, http.MethodDelete, "/api/locations/"+c.thing(t, "locations", c.org), ""), http.StatusConflict, CodeConflict)
}

func TestHoursAndClosuresOverTheAPI(t *testing.T) {
	t.Parallel()
	c := found(t)
	location, resource := c.thing(t, "locations", c.org), c.thing(t, "resources", c.org)
	path := "/api/locations/" + location + "/business-hours"
	require.Len(t, answered(t, c.console(t, http.MethodGet, path, ""), http.StatusOK)["spans"], 5)
	hours := answered(t, c.console(t, http.MethodPut, path, `{"spans": [{"weekday": 6, "opens": "20:00", "closes": "24:00"}]}`), http.StatusOK)
	require.Equal(t, []any{map[string]any{"weekday": 6.0, "opens": "20:00", "closes": "24:00"}}, hours["spans"])
	hours = answered(t, c.console(t, http.MethodPut, path, `{"resource_id": "`+resource+`", "spans": [{"weekday": 0, "opens": "09:00", "closes": "12:30"}]}`), http.StatusOK)
	require.Len(t, hours["spans"], 1)
	require.Equal(t, []any{map[string]any{"resource_id": resource, "spans": []any{map[string]any{"weekday": 0.0, "opens": "09:00", "closes": "12:30"}}}}, hours["resources"])
	requireRefusal(t, c.console(t, http.MethodPut, path, `{"spans": [{"weekday": 1, "opens": "12:00", "closes": "09:00"}]}`), http.StatusBadRequest, CodeBadRequest)

	path = "/api/locations/" + location + "/closures"
	closure := answered(t, c.console(t, http.MethodPost, path, `{"starts_at": "2030-12-25T00:00:00-06:00", "ends_at": "2030-12-26T00:00:00-06:00", "reason": "Christmas"}`), http.StatusCreated)
	require.Equal(t, "2030-12-25T06:00:00Z", closure["starts_at"])
	require.Len(t, answered(t, c.console(t, http.MethodGet, path, ""), http.StatusOK)["closures"], 1)
	requireRefusal(t, c.console(t, http.MethodPost, path, `{"starts_at": "2030-12-25T00:00:00Z", "ends_at": "2030-12-24T00:00:00Z"}`), http.StatusBadRequest, CodeBadRequest)
	answered(t, c.console(t, http.MethodDelete, "/api/closures/"+closure["id"].(string), ""), http.StatusOK)
	requireRefusal(t, c.console(t, http.MethodDelete, "/api/closures/"+closure["id"].(string), ""), http.StatusNotFound, CodeNotFound)
}

func TestSettingsOverTheAPI(t *testing.T) {
	t.Parallel()
	c := found(t)
	before := answered(t, c.console(t, http.MethodGet, "/api/orgs", ""), http.StatusOK)
	require.Equal(t, []any{"Lakeside Dental", 180.0, 300.0, false}, []any{before["name"], before["max_advance_days"], before["hold_seconds"], before["approval_required"]})
	after := answered(t, c.console(t, http.MethodPatch, "/api/orgs", `{"time_zone": "Europe/London", "buffer_after_minutes": 15, "approval_required": true, "recording_consent": "ask"}`), http.StatusOK)
	require.Equal(t, []any{"Lakeside Dental", "Europe/London", 15.0, true, "ask"}, []any{after["name"], after["time_zone"], after["buffer_after_minutes"], after["approval_required"], after["recording_consent"]})
	require.Equal(t, 1, c.jobs(t), "what the assistant says has changed")
	for _, body := range []string{`{}`, `{"name": null}`, `{"name": " "}`, `{"time_zone": "Mars/Olympus"}`, `{"slot_step_minutes": 1}`, `{"deleted_at": null}`, `{"name": "a\u0000b"}`, `[]`} {
		requireRefusal(t, c.console(t, http.MethodPatch, "/api/orgs", body), http.StatusBadRequest, CodeBadRequest)
	}
	require.Equal(t, after, answered(t, c.console(t, http.MethodGet, "/api/orgs", ""), http.StatusOK))
}
