package server

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Paths and fields that only older dashboards ask for.

func TestOlderDashboardsFindTheirOrganization(t *testing.T) {
	t.Parallel()
	c := found(t)
	other, _ := c.signUp(t, "bea.quillworth@patients.example")
	own, foreign := "/api/orgs/"+c.org.String(), "/api/orgs/"+other.String()
	org := c.ok(t, http.MethodGet, own, "")
	require.Equal(t, []any{c.org.String(), "Lakeside Dental", "active"}, []any{org["id"], org["name"], org["status"]})
	require.Equal(t, "Quill Dental", c.ok(t, http.MethodPut, own, `{"name": "Quill Dental"}`)["name"])
	require.Equal(t, "Quill Dental", c.ok(t, http.MethodGet, "/api/orgs", "")["name"])

	requireRefusal(t, c.console(t, http.MethodPut, own, `{"name": " "}`), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, c.console(t, http.MethodPut, own, `{"name": "Quill", "slug": "quill"}`), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, c.console(t, http.MethodGet, foreign, ""), http.StatusNotFound, CodeNotFound)
	requireRefusal(t, c.console(t, http.MethodPut, foreign, `{"name": "Quill"}`), http.StatusNotFound, CodeNotFound)
	c.become(t, "staff")
	require.Equal(t, "Quill Dental", c.ok(t, http.MethodGet, own, "")["name"])
	requireRefusal(t, c.console(t, http.MethodPut, own, `{"name": "Quill"}`), http.StatusForbidden, CodeForbidden)
}

func TestATokenAgainstForgeryIsHandedToWhoAsks(t *testing.T) {
	t.Parallel()
	w := setup(t, nil).do(http.MethodGet, "/api/csrf-token", "")
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	var answer map[string]any
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	require.NotEmpty(t, answer["csrfToken"])
	until, err := time.Parse(time.RFC3339, answer["expiresAt"].(string))
	require.NoError(t, err)
	require.True(t, until.After(time.Now()))
	require.Len(t, answer, 2)
}

func TestOlderDashboardsCountServicesByOffset(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.created(t, pathServices, whitening)
	require.Equal(t, map[string]any{"page": 2.0, "limit": 1.0, "total": 2.0, "pages": 2.0, "offset": 1.0},
		c.ok(t, http.MethodGet, pathServices+"?page=2&limit=1", "")["pagination"])
}

func TestOlderDashboardsSeeSinceWhenMembersBelong(t *testing.T) {
	t.Parallel()
	c := found(t)
	var members []map[string]any
	require.NoError(t, json.Unmarshal(c.console(t, http.MethodGet, pathMembers, "").Body.Bytes(), &members))
	require.Len(t, members, 1)
	for _, field := range []string{"invited_by", "invited_at"} {
		require.Contains(t, members[0], field)
		require.Nil(t, members[0][field])
	}
	require.Equal(t, members[0]["created_at"], members[0]["accepted_at"])
}

func TestAFilterWithoutAValueIsNone(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.contact(t, `{"name": "Nora Quill", "phone": "+13125550140"}`)
	require.Len(t, c.ok(t, http.MethodGet, "/api/contacts?leadStatus=&search=&page=&startDate=&source=dashboard", "")["contacts"], 1)
	require.Empty(t, c.ok(t, http.MethodGet, "/api/contacts?leadStatus=&source=import", "")["contacts"], "the others hold")
	for _, path := range []string{"/api/appointments?status=&contact_id=&dateRange=", "/api/calls-dashboard?status=&call_type=&date_filter=&sortBy="} {
		c.ok(t, http.MethodGet, path, "")
	}
	requireRefusal(t, c.console(t, http.MethodGet, "/api/messages/stats?from=&to=2030-01-01", ""), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, c.console(t, http.MethodGet, "/api/contacts?leadStatus=&leadStatus=tepid", ""), http.StatusBadRequest, CodeBadRequest)
}
