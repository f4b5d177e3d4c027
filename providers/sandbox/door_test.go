package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// knock asks the door for something and reads JSON.
func knock(t *testing.T, at http.Handler, path string, form url.Values, into any) int {
	t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if into != nil {
		r.Header.Set("Accept", "application/json")
	}
	w := httptest.NewRecorder()
	at.ServeHTTP(w, r)
	if into != nil && w.Code == http.StatusOK {
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), into))
	}
	return w.Code
}

func TestStaffEditTheirCalendarsThroughTheDoor(t *testing.T) {
	t.Parallel()
	g := NewGoogle("client", "test-secret-client")
	t.Cleanup(g.Close)
	g.AddPerson("quill@patients.example", "America/Chicago")
	m := NewMicrosoft(MicrosoftApp{ClientID: "client"})
	t.Cleanup(m.Close)
	outlook := m.AddMailbox("quill@patients.example", "America/Chicago", "Central Standard Time")
	start := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Minute)
	for id, played := range map[string]http.Handler{"quill@patients.example": g, outlook: m} {
		var list struct{ Calendars []deskCalendar }
		var added struct{ ID string }
		span := url.Values{"calendar": {id}, "title": {"<zanzibar-lilac>"}, "start": {start.Format(doorMinute)}, "end": {start.Add(time.Hour).Format(doorMinute)}}
		require.Equal(t, http.StatusOK, knock(t, played, "/staff/add", span, &added))
		require.Equal(t, http.StatusOK, knock(t, played, "/", nil, &list))
		require.Len(t, list.Calendars, 1)
		require.Equal(t, []deskEvent{{ID: added.ID, Title: "<zanzibar-lilac>", Start: span.Get("start"), End: span.Get("end")}}, list.Calendars[0].Events)

		page := httptest.NewRecorder()
		played.ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
		require.Contains(t, page.Body.String(), "&lt;zanzibar-lilac&gt;")

		span.Set("event", added.ID)
		span.Set("start", start.Add(30*time.Minute).Format(doorMinute))
		require.Equal(t, http.StatusSeeOther, knock(t, played, "/staff/move", span, nil), "a browser goes back to the page")
		require.Equal(t, http.StatusOK, knock(t, played, "/", nil, &list))
		require.Equal(t, span.Get("start"), list.Calendars[0].Events[0].Start)

		span.Set("end", span.Get("start"))
		require.Equal(t, http.StatusBadRequest, knock(t, played, "/staff/move", span, nil))
		require.Equal(t, http.StatusSeeOther, knock(t, played, "/staff/delete", span, nil))
		require.Equal(t, http.StatusNotFound, knock(t, played, "/staff/delete", span, nil))
		require.Equal(t, http.StatusOK, knock(t, played, "/", nil, &list))
		require.Empty(t, list.Calendars[0].Events)
	}
}
