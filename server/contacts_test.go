package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

const pathContacts = "/api/contacts"

// created asks and reads the answer of a thing that was made.
func (c *clinic) created(t *testing.T, path, body string) map[string]any {
	t.Helper()
	w := c.console(t, http.MethodPost, path, body)
	require.Equal(t, http.StatusCreated, w.Code, w.Body.String())
	return decoded(t, w)
}

func decoded(t *testing.T, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var answer map[string]any
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	return answer
}

// contact makes one and returns its path.
func (c *clinic) contact(t *testing.T, body string) string {
	t.Helper()
	return pathContacts + "/" + c.created(t, pathContacts, body)["id"].(string)
}

// foreign is the path of another clinic's contact, and of its patient.
func (c *clinic) foreign(t *testing.T) (contact, patient string) {
	t.Helper()
	org, _ := c.signUp(t, "ben.quillby@patients.example")
	id, child := uuid.New(), uuid.New()
	c.data.Exec(t, "insert into public.contacts (org_id, id, name, phone) values ($1, $2, 'Hugo Quillby', '+13125550199')", org, id)
	c.data.Exec(t, "insert into public.patients (org_id, id, contact_id, name, normalised_name) values ($1, $2, $3, 'Pip Quillby', 'pip quillby')", org, child, id)
	return pathContacts + "/" + id.String(), child.String()
}

// call is a call of the clinic from a number, with a summary.
func (c *clinic) call(t *testing.T, number string) uuid.UUID {
	t.Helper()
	id := uuid.New()
	c.data.Exec(t, `insert into public.call_logs (org_id, id, vapi_call_id, direction, from_number, status, summary, duration_seconds)
		values ($1, $2, $3, 'inbound', $4, 'ended', 'zanzibar-lilac', 61)`, c.org, id, id.String(), number)
	return id
}

func TestAContactIsMadeShownAndChangedInAllSpellings(t *testing.T) {
	t.Parallel()
	c := found(t)
	made := c.created(t, pathContacts, `{"contact_name": "Nora Quill", "phone_number": "(312) 555-0140", "email": "nora@patients.example",
		"serviceInterests": ["Botox"], "leadStatus": "hot", "notes": "zanzibar-lilac", "marketingConsent": true, "language": "es", "timeZone": "Europe/Madrid"}`)
	for field, want := range map[string]any{
		"contact_name": "Nora Quill", "contactName": "Nora Quill", "name": "Nora Quill",
		"phone_number": "+13125550140", "phoneNumber": "+13125550140", "phone": "+13125550140", "email": "nora@patients.example",
		"services_interested": []any{"Botox"}, "servicesInterested": []any{"Botox"}, "serviceInterests": []any{"Botox"},
		"lead_status": "hot", "leadStatus": "hot", "lead_score": 80.0, "leadScore": 80.0, "lead_reasons": []any{},
		"booking_source": "dashboard", "bookingSource": "dashboard", "source": "dashboard", "notes": "zanzibar-lilac",
		"last_contact_time": nil, "lastContactTime": nil, "language": "es", "time_zone": "Europe/Madrid", "timeZone": "Europe/Madrid", "spoken_phone": nil,
	} {
		require.Contains(t, made, field)
		require.Equal(t, want, made[field], field)
	}
	require.NotNil(t, made["marketing_consent_at"])
	require.Equal(t, made["created_at"], made["createdAt"])

	path := pathContacts + "/" + made["id"].(string)
	changed := c.ok(t, http.MethodPatch, path, `{"lead_status": "booked", "phone": "312-555-0141", "email": "", "services_interested": [], "marketing_consent": false}`)
	require.Equal(t, []any{"booked", "+13125550141", nil, []any{}, nil, "Nora Quill"},
		[]any{changed["lead_status"], changed["phone_number"], changed["email"], changed["services_interested"], changed["marketing_consent_at"], changed["contact_name"]})
	require.Equal(t, changed["lead_status"], c.ok(t, http.MethodGet, path, "")["lead_status"])
	require.Nil(t, c.ok(t, http.MethodPatch, path, `{"phoneNumber": " "}`)["phone"], "taken away")
}

func TestWhatIsNoContactIsRefused(t *testing.T) {
	t.Parallel()
	c := found(t)
	path := c.contact(t, `{"name": "Nora Quill", "phone": "+13125550140"}`)
	taken := requireRefusal(t, c.console(t, http.MethodPost, pathContacts, `{"name": "Ada Quill", "phone": "3125550140"}`), http.StatusConflict, CodeConflict)
	require.Equal(t, "Contact with this phone number already exists in your organization.", taken.Error)
	for name, body := range map[string]string{
		"no number": `{"name": "Ada Quill", "phone": "call me"}`, "nothing": `{}`, "status": `{"name": "Ada Quill", "leadStatus": "tepid"}`,
		"address": `{"name": "Ada Quill", "email": "nowhere"}`, "zone": `{"name": "Ada Quill", "timeZone": "Mars/Base"}`, "type": `{"name": 7}`,
	} {
		require.Equal(t, http.StatusBadRequest, c.console(t, http.MethodPost, pathContacts, body).Code, name)
	}
	for name, body := range map[string]string{"number": `{"phone": "12"}`, "language": `{"language": "Spanish"}`, "zone": `{"time_zone": "Mars/Base"}`} {
		requireRefusal(t, c.console(t, http.MethodPatch, path, body), http.StatusBadRequest, CodeBadRequest)
		require.NotEmpty(t, name)
	}
	require.Equal(t, 1.0, c.ok(t, http.MethodGet, pathContacts, "")["pagination"].(map[string]any)["total"])
	refusal := requireRefusal(t, c.console(t, http.MethodPost, "/api/contacts", `{"phone": 1}`), http.StatusBadRequest, CodeBadRequest)
	require.Equal(t, `The request body is not valid at "phone": it has the wrong type.`, refusal.Error, "also in a composed schema")
}

func TestContactsAreListedAPageAtATime(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.foreign(t)
	empty := c.ok(t, http.MethodGet, pathContacts, "")
	require.Equal(t, map[string]any{"contacts": []any{}, "pagination": map[string]any{"page": 1.0, "limit": 20.0, "total": 0.0, "pages": 0.0}}, empty)

	for _, body := range []string{
		`{"name": "Ada Quill", "phone": "+13125550141", "leadStatus": "hot"}`, `{"name": "Ben Quill", "phone": "+13125550142"}`,
		`{"name": "Cleo Quillby", "email": "cleo@patients.example", "source": "import"}`,
	} {
		c.contact(t, body)
	}
	for query, want := range map[string][]any{
		"":                                    {"Cleo Quillby", "Ben Quill", "Ada Quill"},
		"?sort=name&order=asc":                {"Ada Quill", "Ben Quill", "Cleo Quillby"},
		"?sort=name&order=asc&limit=2":        {"Ada Quill", "Ben Quill"},
		"?sort=name&order=asc&limit=2&page=2": {"Cleo Quillby"},
		"?limit=2&page=9":                     {},
		"?leadStatus=hot":                     {"Ada Quill"},
		"?lead_status=hot":                    {"Ada Quill"},
		"?source=import":                      {"Cleo Quillby"},
		"?search=(312)%20555-0142":            {"Ben Quill"},
		"?search=cleo@":                       {"Cleo Quillby"},
		"?search=hugo":                        {},
		"?startDate=2020-01-01&endDate=2020-12-31": {},
	} {
		names := []any{}
		answer := c.ok(t, http.MethodGet, pathContacts+query, "")
		for _, row := range answer["contacts"].([]any) {
			names = append(names, row.(map[string]any)["contact_name"])
		}
		if query == "" {
			require.ElementsMatch(t, want, names, "nobody was spoken with: any order")
			continue
		}
		require.Equal(t, want, names, query)
	}
	require.Equal(t, map[string]any{"page": 9.0, "limit": 2.0, "total": 3.0, "pages": 2.0}, c.ok(t, http.MethodGet, pathContacts+"?limit=2&page=9", "")["pagination"])
	for _, query := range []string{"?page=0", "?limit=101", "?leadStatus=tepid", "?sort=phone", "?startDate=yesterday"} {
		requireRefusal(t, c.console(t, http.MethodGet, pathContacts+query, ""), http.StatusBadRequest, CodeBadRequest)
	}
	stats := c.ok(t, http.MethodGet, pathContacts+"/stats", "")
	require.Equal(t, []any{3.0, 1.0, 2.0, 0.0, 3.0, 3.0}, []any{stats["total_leads"], stats["hot_leads"], stats["warm_leads"], stats["cold_leads"], stats["new_today"], stats["totalLeads"]})
}

func TestAContactIsShownWithItsHistory(t *testing.T) {
	t.Parallel()
	c := found(t)
	call := c.call(t, "+13125550140")
	made := c.created(t, pathContacts, `{"contact_name": "Nora Quill", "phone_number": "+13125550140", "source": "call_recording", "source_call_id": "`+call.String()+`"}`)
	again := c.created(t, pathContacts, `{"contact_name": "Nora Quill", "phone_number": "+13125550140", "source_call_id": "`+call.String()+`"}`)
	require.Equal(t, []any{made["id"], "call"}, []any{again["id"], again["source"]}, "adding twice is adding once")
	path := pathContacts + "/" + made["id"].(string)
	patient := c.created(t, path+"/patients", `{"name": "Pip Quill", "dateOfBirth": "2020-02-29"}`)
	c.data.Exec(t, `insert into public.messages (org_id, direction, method, category, recipient, content, status, contact_id)
		values ($1, 'outbound', 'sms', 'follow_up', '+13125550140', 'zanzibar-lilac', 'sent', $2)`, c.org, made["id"])
	c.book(t, made["id"], patient["id"])

	shown := c.ok(t, http.MethodGet, path, "")
	require.Equal(t, []any{1.0, 1.0, 1.0}, []any{shown["total_calls"], shown["total_appointments"], shown["total_messages"]})
	require.Equal(t, "Nora Quill", shown["contact_name"])
	for list, want := range map[string]map[string]any{
		"call_history": {"phone_number": "+13125550140", "caller_name": "Nora Quill", "duration_seconds": 61.0, "status": "completed", "transcript_preview": "zanzibar-lilac", "call_type": "inbound",
			"sentiment_score": nil, "sentiment_label": nil},
		"appointment_history": {"status": "confirmed", "patient_name": "Pip Quill", "duration_minutes": 30.0, "scheduled_time": "2031-03-04T16:00:00Z", "scheduled_at": "2031-03-04T16:00:00Z"},
		"message_history":     {"content": "zanzibar-lilac", "status": "sent", "category": "follow_up"},
		"patients":            {"name": "Pip Quill", "date_of_birth": "2020-02-29", "dateOfBirth": "2020-02-29"},
	} {
		require.Len(t, shown[list], 1, list)
		row := shown[list].([]any)[0].(map[string]any)
		for field, value := range want {
			require.Contains(t, row, field, list)
			require.Equal(t, value, row[field], list+" "+field)
		}
	}
	require.Equal(t, shown["call_history"], shown["callHistory"])
	c.data.Exec(t, `update public.call_logs set deleted_at = now() where id = $1`, call)
	shown = c.ok(t, http.MethodGet, path, "")
	require.Equal(t, []any{[]any{}, 0.0}, []any{shown["call_history"], shown["total_calls"]}, "a deleted call is not shown")
	requireRefusal(t, c.console(t, http.MethodDelete, path, ""), http.StatusConflict, CodeConflict)
	require.Equal(t, 1.0, c.ok(t, http.MethodGet, pathContacts, "")["pagination"].(map[string]any)["total"], "visits are ahead: nothing is erased")
}

// book puts a visit in 2031 into the diary, without asking the rules.
func (c *clinic) book(t *testing.T, contact, patient any) {
	t.Helper()
	c.data.Exec(t, `insert into public.locations (org_id, id, name, time_zone) values ($1, $2, 'Second', 'America/Chicago')`, c.org, c.user)
	c.data.Exec(t, `insert into public.services (org_id, id, name, duration) values ($1, $2, 'Peel', '30 minutes')`, c.org, c.user)
	c.data.Exec(t, `insert into public.resources (org_id, id, location_id, name) values ($1, $2, $2, 'Dr. Avery Stone')`, c.org, c.user)
	c.data.Exec(t, `insert into public.appointments (org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, source, booking_ref)
		select $1, $2, $2, $2, $3, $4, s, '30 minutes', tstzrange(s, s + interval '30 minutes'), tstzrange(s, s + interval '30 minutes'), 'confirmed', 'dashboard', 'AAAAAA'
		from (select timestamptz '2031-03-04 16:00:00+00' as s) v`, c.org, c.user, contact, patient)
}

func TestPatientsOfAContact(t *testing.T) {
	t.Parallel()
	c := found(t)
	path := c.contact(t, `{"name": "Nora Quill"}`) + "/patients"
	require.Equal(t, []any{}, c.ok(t, http.MethodGet, path, "")["patients"])
	made := c.created(t, path, `{"name": "Pip Quill", "date_of_birth": "2020-02-29"}`)
	one := path + "/" + made["id"].(string)
	changed := c.ok(t, http.MethodPatch, one, `{"name": "Philip Quill", "dateOfBirth": ""}`)
	require.Equal(t, []any{"Philip Quill", nil, nil, false}, []any{changed["name"], changed["date_of_birth"], changed["dateOfBirth"], changed["made_by_voice"]})
	require.Len(t, c.ok(t, http.MethodGet, path, "")["patients"], 1)
	for _, body := range []string{`{"date_of_birth": "2021-02-29"}`, `{"date_of_birth": "soon"}`, `{"date_of_birth": "2999-01-01"}`, `{"name": ""}`, `{"name": " - "}`, `{"age": 3}`} {
		requireRefusal(t, c.console(t, http.MethodPatch, one, body), http.StatusBadRequest, CodeBadRequest)
	}
}

func TestContactsAreMerged(t *testing.T) {
	t.Parallel()
	c := found(t)
	into, from := c.contact(t, `{"name": "Nora Quill"}`), c.contact(t, `{"phone": "+13125550141"}`)
	body := `{"contact_id": "` + from[len(pathContacts)+1:] + `"}`
	requireRefusal(t, c.console(t, http.MethodPost, from+"/merge", body), http.StatusBadRequest, CodeBadRequest)
	merged := c.ok(t, http.MethodPost, into+"/merge", body)
	require.Equal(t, []any{"Nora Quill", "+13125550141"}, []any{merged["contact_name"], merged["phone_number"]})
	requireRefusal(t, c.console(t, http.MethodGet, from, ""), http.StatusNotFound, CodeNotFound)
	requireRefusal(t, c.console(t, http.MethodPost, into+"/merge", body), http.StatusNotFound, CodeNotFound)
}

func TestADeletedContactIsNotThere(t *testing.T) {
	t.Parallel()
	c := found(t)
	path := c.contact(t, `{"name": "Nora Quill"}`)
	require.Equal(t, true, c.ok(t, http.MethodDelete, path, "")["success"])
	for _, gone := range []string{path, path + "/patients"} {
		requireRefusal(t, c.console(t, http.MethodGet, gone, ""), http.StatusNotFound, CodeNotFound)
	}
	requireRefusal(t, c.console(t, http.MethodPatch, path, `{"name": "Back Quill"}`), http.StatusNotFound, CodeNotFound)
}

func TestANumberIsUniqueWithinAClinicOnly(t *testing.T) {
	t.Parallel()
	c := found(t)
	other, _ := c.signUp(t, "ben.quillby@patients.example")
	c.data.Exec(t, "insert into public.contacts (org_id, name, phone) values ($1, 'Hugo Quillby', '+13125550199')", other)
	c.created(t, pathContacts, `{"name": "Vi Quill", "phone": "+13125550199"}`)
}
