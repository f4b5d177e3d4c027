package server

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

const pathAppointments = "/api/appointments"

// diary founds a clinic in Chicago with one service, whose clock stands at eight on Monday 2030-03-04.
func diary(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{data: dbtest.New(t, dbtest.WithClock())}
	c.data.SetClock(t, time.Date(2030, 3, 4, 14, 0, 0, 0, time.UTC))
	c.handler = c.serving(t, VapiAccount{})
	c.org, c.user = c.signUp(t, "ada.quillfeather@patients.example")
	c.data.Exec(t, "update public.organizations set time_zone = 'America/Chicago', country = 'US' where id = $1", c.org)
	c.data.Exec(t, "update public.locations set time_zone = 'America/Chicago' where org_id = $1", c.org)
	c.data.Exec(t, "update public.services set name = 'Checkup', duration = '30 minutes' where org_id = $1", c.org)
	return c
}

// booked books a visit at a local time and returns its id.
func (c *clinic) booked(t *testing.T, at, name string) string {
	t.Helper()
	w := c.console(t, http.MethodPost, pathAppointments,
		`{"serviceType": "Checkup", "scheduledAt": "`+at+`", "duration_minutes": 45, "contactPhone": "(312) 555-0123", "customerName": "`+name+`"}`)
	require.Equal(t, http.StatusCreated, w.Code, w.Body.String())
	return object(t, w.Body.Bytes())["id"].(string)
}

func object(t *testing.T, body []byte) (fields map[string]any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(body, &fields), string(body))
	return fields
}

// listed are the patients of a list in its order, and its pagination.
func (c *clinic) listed(t *testing.T, query string) (names []string, pagination map[string]any) {
	t.Helper()
	list := c.ok(t, http.MethodGet, pathAppointments+query, "")
	for _, a := range list["appointments"].([]any) {
		names = append(names, strings.Fields(a.(map[string]any)["patient_name"].(string))[0])
	}
	return names, list["pagination"].(map[string]any)
}

func TestAVisitIsShownUnderTheNamesThatOldDashboardsRead(t *testing.T) {
	t.Parallel()
	c := diary(t)
	id := c.booked(t, "2030-03-05 10:00", "Ann Quillby")
	visit := c.ok(t, http.MethodGet, pathAppointments+"/"+id, "")
	for field, want := range map[string]any{
		"id": id, "service_type": "Checkup", "scheduled_time": "2030-03-05T16:00:00Z", "scheduled_at": "2030-03-05T16:00:00Z",
		"ends_at": "2030-03-05T16:30:00Z", "duration_minutes": 30.0, "status": "confirmed", "confirmation_sent": false,
		"contact_name": "Ann Quillby", "phone_number": "+13125550123", "contact_email": nil, "patient_name": "Ann Quillby",
		"notes": nil, "deleted_at": nil, "call_id": nil, "source": "dashboard", "time_zone": "America/Chicago", "overridden": false,
	} {
		require.Contains(t, visit, field)
		require.Equal(t, want, visit[field], field)
	}
	for _, field := range []string{"contact_id", "patient_id", "service_id", "resource_id", "location", "created_at", "updated_at", "booking_ref"} {
		require.NotEmpty(t, visit[field], field)
	}
	require.Equal(t, "booked", visit["history"].([]any)[0].(map[string]any)["kind"])
	require.Equal(t, "booked", visit["attempts"].([]any)[0].(map[string]any)["outcome"])
	require.Empty(t, visit["messages"])
}

func TestVisitsAreFilteredSortedAndPaged(t *testing.T) {
	t.Parallel()
	c := diary(t)
	c.booked(t, "2030-03-05 10:00", "Ann Quillby")
	c.data.Exec(t, "update public.organizations set approval_required = true where id = $1", c.org)
	c.data.SetClock(t, time.Date(2030, 3, 4, 14, 1, 0, 0, time.UTC)) // ids are in the order of the clock
	waiting := c.booked(t, "2030-03-06T15:00:00Z", "Ben Quillfeather")
	c.data.SetClock(t, time.Date(2030, 3, 4, 14, 2, 0, 0, time.UTC))
	c.booked(t, "2030-03-12 10:00", "Cleo Quill")
	for query, want := range map[string][]string{
		"":                             {"Ann", "Ben", "Cleo"},
		"?status=pending":              {"Ben", "Cleo"},
		"?status=confirmed,cancelled":  {"Ann"},
		"?status=scheduled":            {"Ann", "Ben", "Cleo"},
		"?status=all&sort=-created_at": {"Cleo", "Ben", "Ann"},
		"?startDate=2030-03-06":        {"Ben", "Cleo"},
		"?endDate=2030-03-06":          {"Ann", "Ben"},
		"?startDate=2030-03-05T16:00:00.000Z&endDate=2030-03-05T16:00:01.000Z": {"Ann"},
		"?dateRange=week":                 {"Ann", "Ben"},
		"?search=cleo":                    {"Cleo"},
		"?search=555-0123&limit=1":        {"Ann"},
		"?page=2&limit=2":                 {"Cleo"},
		"?contact_id=" + uuid.NewString(): nil,
	} {
		names, _ := c.listed(t, query)
		require.Equal(t, want, names, query)
	}
	_, pagination := c.listed(t, "?page=2&limit=2")
	require.Equal(t, map[string]any{"page": 2.0, "limit": 2.0, "total": 3.0, "pages": 2.0}, pagination)
	_, pagination = c.listed(t, "?page=9&limit=2")
	require.Equal(t, map[string]any{"page": 9.0, "limit": 2.0, "total": 3.0, "pages": 2.0}, pagination, "past the end it still says how many there are")
	for _, query := range []string{"?status=held", "?startDate=soon", "?limit=101", "?page=0", "?dateRange=week&startDate=2030-03-05", "?contactId=7", "?sort=name"} {
		requireRefusal(t, c.console(t, http.MethodGet, pathAppointments+query, ""), http.StatusBadRequest, CodeBadRequest)
	}
	require.Equal(t, "confirmed", c.ok(t, http.MethodPost, pathAppointments+"/"+waiting+"/approve", "")["status"])
	require.Equal(t, "confirmed", c.ok(t, http.MethodPost, pathAppointments+"/"+waiting+"/approve", "")["status"], "a second time is no change")
}

func TestARefusedBookingSaysWhyAndWhatIsFree(t *testing.T) {
	t.Parallel()
	c := diary(t)
	c.booked(t, "2030-03-05 10:00", "Ann Quillby")
	body := `{"service_type": "checkup", "scheduled_time": "2030-03-05 10:00", "phone_number": "+13125550177", "patient_name": "Ben Quill"}`
	w := c.console(t, http.MethodPost, pathAppointments, body)
	refusal := requireRefusal(t, w, http.StatusConflict, CodeConflict)
	details := refusal.Details.(map[string]any)
	require.Equal(t, "That time is taken.", refusal.Error)
	require.Equal(t, "taken", details["reason"])
	require.Equal(t, "America/Chicago", details["time_zone"])
	require.NotEmpty(t, details["alternatives"])

	attempt := c.ok(t, http.MethodGet, "/api/booking-attempts?outcome=refused&startDate=2030-03-04", "")["attempts"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"book", "taken", "That time is taken.", "2030-03-05T16:00:00Z", c.user.String()},
		[]any{attempt["kind"], attempt["reason"], attempt["explanation"], attempt["starts_at"], attempt["actor_user_id"]}, "the refusal left its trace")

	free := details["alternatives"].([]any)[0].(string)
	w = c.console(t, http.MethodPost, pathAppointments, strings.Replace(body, "2030-03-05 10:00", free, 1))
	require.Equal(t, http.StatusCreated, w.Code, w.Body.String())

	past := requireRefusal(t, c.console(t, http.MethodPost, pathAppointments, strings.Replace(body, "2030-03-05 10:00", "2030-03-01 10:00", 1)), http.StatusConflict, CodeConflict)
	require.Equal(t, "Appointment time cannot be in the past", past.Error)
	require.Equal(t, "past", past.Details.(map[string]any)["reason"])
}

func TestABookingNeedsAServiceATimeAndAContact(t *testing.T) {
	t.Parallel()
	c := diary(t)
	for body, status := range map[string]int{
		`{"scheduledAt": "2030-03-05 10:00", "contactPhone": "+13125550123", "customerName": "Ann Quillby"}`:                                                 400,
		`{"serviceType": "Checkup", "contactPhone": "+13125550123", "customerName": "Ann Quillby"}`:                                                          400,
		`{"serviceType": "Checkup", "scheduledAt": "2030-03-05 10:00", "customerName": "Ann Quillby"}`:                                                       400,
		`{"serviceType": "Checkup", "scheduledAt": "2030-03-05 10:00", "contactPhone": "nonsense", "customerName": "Ann Quillby"}`:                           400,
		`{"serviceType": "Checkup", "scheduledAt": "2030-03-05 10:00", "contactPhone": "+13125550123"}`:                                                      400,
		`{"serviceType": "Checkup", "scheduledAt": "2030-03-10 02:30", "contactPhone": "+13125550123", "customerName": "Ann Quillby"}`:                       400,
		`{"serviceType": "Checkup", "scheduledAt": "2030-03-05 10:00", "contactPhone": "+13125550123", "customerName": "Ann Quillby", "held": true}`:         400,
		`{"serviceType": "Massage", "scheduledAt": "2030-03-05 10:00", "contactPhone": "+13125550123", "customerName": "Ann Quillby"}`:                       404,
		`{"serviceId": "` + uuid.NewString() + `", "scheduledAt": "2030-03-05 10:00", "contactPhone": "+13125550123", "customerName": "Ann Quillby"}`:        404,
		`{"serviceType": "Checkup", "scheduledAt": "2030-03-05 10:00", "contactId": "` + uuid.NewString() + `", "customerName": "Ann Quillby"}`:              404,
		`{"serviceType": "Checkup", "scheduledAt": "2030-03-05 10:00", "contactPhone": "+13125550123", "customerName": "Ann Quillby", "resource": "Nobody"}`: 404,
	} {
		require.Equal(t, status, c.console(t, http.MethodPost, pathAppointments, body).Code, body)
	}
	names, _ := c.listed(t, "")
	require.Empty(t, names)
	var contacts int
	require.NoError(t, c.data.Pool(t).QueryRow(t.Context(), "select count(*) from public.contacts").Scan(&contacts))
	require.Zero(t, contacts, "nobody is left behind")
}

func TestAVisitIsMovedInEverySpelling(t *testing.T) {
	t.Parallel()
	c := diary(t)
	path := pathAppointments + "/" + c.booked(t, "2030-03-05 10:00", "Ann Quillby")
	for body, want := range map[string]string{
		`{"scheduled_time": "2030-03-05 11:00"}`:                                  "2030-03-05T17:00:00Z",
		`{"scheduled_at": "2030-03-05T18:00:00.000Z", "notes": "zanzibar-lilac"}`: "2030-03-05T18:00:00Z",
		`{"scheduledAt": "2030-03-05T13:00:00-06:00"}`:                            "2030-03-05T19:00:00Z",
		`{"scheduledTime": "2030-03-05T14:00", "status": "confirmed"}`:            "2030-03-05T20:00:00Z",
		`{"scheduled_time": "2030-03-09 10:00", "override": true, "notes": ""}`:   "2030-03-09T16:00:00Z",
	} {
		require.Equal(t, want, c.ok(t, http.MethodPatch, path, body)["scheduled_at"], body)
	}
	outside := requireRefusal(t, c.console(t, http.MethodPatch, path, `{"scheduled_time": "2030-03-06 23:00", "notes": "lost"}`), http.StatusConflict, CodeConflict)
	require.Equal(t, "outside_hours", outside.Details.(map[string]any)["reason"])
	require.NotEqual(t, "lost", c.ok(t, http.MethodGet, path, "")["notes"], "all or nothing")
	for _, body := range []string{`{}`, `{"status": "pending"}`, `{"status": "held"}`, `{"scheduled_time": "2030-03-06 10:00", "status": "cancelled"}`, `{"scheduled_time": "tomorrow afternoon"}`, `{"org_id": "x"}`} {
		require.Equal(t, http.StatusBadRequest, c.console(t, http.MethodPatch, path, body).Code, body)
	}
	var overrides int
	require.NoError(t, c.data.Pool(t).QueryRow(t.Context(), "select count(*) from public.audit_log where action = 'reschedule_override'").Scan(&overrides))
	require.Equal(t, 1, overrides)
}

func TestAVisitEndsOnce(t *testing.T) {
	t.Parallel()
	c := diary(t)
	path := pathAppointments + "/" + c.booked(t, "2030-03-05 10:00", "Ann Quillby")
	early := requireRefusal(t, c.console(t, http.MethodPatch, path, `{"status": "no_show"}`), http.StatusConflict, CodeConflict)
	require.Equal(t, "not_started", early.Details.(map[string]any)["reason"])
	c.data.SetClock(t, time.Date(2030, 3, 5, 17, 0, 0, 0, time.UTC))
	require.Equal(t, "no_show", c.ok(t, http.MethodPatch, path, `{"status": "no_show"}`)["status"])
	require.Equal(t, "completed", c.ok(t, http.MethodPatch, path, `{"status": "completed", "notes": "fine"}`)["status"])
	requireRefusal(t, c.console(t, http.MethodDelete, path, ""), http.StatusConflict, CodeConflict)

	path = pathAppointments + "/" + c.booked(t, "2030-03-06 10:00", "Ben Quill")
	cancelled := c.ok(t, http.MethodPost, path+"/cancel", `{"reason": "ill"}`)
	require.Equal(t, []any{"cancelled", "ill"}, []any{cancelled["status"], cancelled["cancel_reason"]})
	require.Equal(t, true, c.ok(t, http.MethodDelete, path, "")["success"], "a second time is no change")
	require.Equal(t, "cancelled", c.ok(t, http.MethodPost, path+"/cancel", "")["status"], "without a body")
	requireRefusal(t, c.console(t, http.MethodPost, path+"/approve", ""), http.StatusConflict, CodeConflict)
	c.booked(t, "2030-03-06 10:00", "Cleo Quill")
}

func TestFreeSlotsAreShownInTheClinicsTime(t *testing.T) {
	t.Parallel()
	c := diary(t)
	c.booked(t, "2030-03-05 09:00", "Ann Quillby")
	slots := c.ok(t, http.MethodGet, pathAppointments+"/available-slots?date=2030-03-05", "")
	require.Equal(t, "2030-03-05", slots["date"])
	first := slots["availableSlots"].([]any)[0].(map[string]any)
	require.NotEqual(t, "09:00", first["time"], "taken")
	require.Equal(t, "America/Chicago", first["time_zone"])
	require.Len(t, c.ok(t, http.MethodGet, pathAppointments+"/available-slots?date=2030-03-05&endDate=2030-03-08&service=checkup&limit=3", "")["availableSlots"], 3)
	for query, status := range map[string]int{
		"": 400, "?date=soon": 400, "?date=2030-03-05&endDate=2030-03-01": 400, "?date=2030-03-05&endDate=2031-03-05": 400,
		"?date=2030-03-05&service=" + uuid.NewString(): 404, "?date=2030-03-05&resource=" + uuid.NewString(): 404,
	} {
		require.Equal(t, status, c.console(t, http.MethodGet, pathAppointments+"/available-slots"+query, "").Code, query)
	}
}
