package contract_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// The roles from the least to the most that one may do.
const (
	viewer = "viewer"
	staff  = "staff"
	admin  = "admin"
	owner  = "owner"
)

// example is a good request of one operation. Things of the clinic stand in <angle brackets>, see clinics.named.
type example struct {
	operation string
	least     string // the role that it needs
	ask       string // method and target
	body      string
	status    int
}

// examples has one request of every operation at least, and every field that takes an id in one of them.
func examples() []example {
	return []example{
		{"validateOrg", viewer, "GET /api/orgs/validate/<org>", "", 200},
		{"getOrg", viewer, "GET /api/orgs", "", 200},
		{"getOrgById", viewer, "GET /api/orgs/<org>", "", 200},
		{"renameOrg", admin, "PUT /api/orgs/<org>", `{"name": "Quillfeather Dental"}`, 200},
		{"getCSRFToken", viewer, "GET /api/csrf-token", "", 200},
		{"changeOrg", admin, "PATCH /api/orgs", `{"name": "Quillfeather Dental", "approval_required": true}`, 200},

		{"integrationStatus", viewer, "GET /api/integrations/status", "", 200},
		{"verifyIntegration", admin, "POST /api/integrations/twilio/verify", "", 200},
		{"getTwilio", viewer, "GET /api/integrations/twilio", "", 200},
		{"connectTwilio", admin, "POST /api/integrations/twilio", `{"accountSid": "AC0000000000000000000000000000000c", "authToken": "test-secret-twilio-contract-000c", "phoneNumber": "+13125550192"}`, 200},
		{"disconnectTwilio", admin, "DELETE /api/integrations/twilio", "", 200},
		{"getResend", viewer, "GET /api/integrations/resend", "", 200},
		{"connectResend", admin, "POST /api/integrations/resend", `{"apiKey": "re_test-secret-contract", "fromAddress": "desk@clinic.example"}`, 200},
		{"disconnectResend", admin, "DELETE /api/integrations/resend", "", 200},

		{"verifyIntegration", admin, "POST /api/integrations/google_calendar/verify", "", 200},
		{"authorizeGoogle", admin, "GET /api/google-oauth/authorize?org_id=<org>", "", 200},
		{"authorizeGoogleOld", admin, "GET /api/auth/google-calendar/authorize?org_id=<org>", "", 200},
		{"getCalendarAuthUrl", admin, "GET /api/calendar/auth/url?org_id=<org>", "", 200},
		{"authorizeMicrosoft", admin, "GET /api/microsoft-oauth/authorize?org_id=<org>", "", 200},
		{"getGoogleStatus", viewer, "GET /api/google-oauth/status", "", 200},
		{"getGoogleStatusOf", viewer, "GET /api/google-oauth/status/<org>", "", 200},
		{"getCalendarStatusOf", viewer, "GET /api/calendar/status/<org>", "", 200},
		{"getMicrosoftStatus", viewer, "GET /api/microsoft-oauth/status", "", 200},
		{"getMicrosoftStatusOf", viewer, "GET /api/microsoft-oauth/status/<org>", "", 200},
		{"revokeGoogle", admin, "POST /api/google-oauth/revoke", `{"orgId": "<org>"}`, 200},
		{"revokeMicrosoft", admin, "POST /api/microsoft-oauth/revoke", `{"orgId": "<org>"}`, 200},
		{"disconnectCalendarOf", admin, "POST /api/calendar/disconnect/<org>", "", 200},
		{"deleteCalendarOf", admin, "DELETE /api/calendar/disconnect/<org>", "", 200},
		{"listCalendarAccounts", viewer, "GET /api/calendar-accounts", "", 200},
		{"listAccountCalendars", admin, "GET /api/calendar-accounts/google/calendars", "", 200},
		{"getCalendarConsent", admin, "GET /api/calendar-consents/<consent>", "", 200},
		{"confirmCalendarConsent", admin, "POST /api/calendar-consents/<consent>/confirm", "", 200},
		{"refuseCalendarConsent", admin, "DELETE /api/calendar-consents/<consent>", "", 200},

		{"setUpInbound", admin, "POST /api/inbound/setup", `{"twilioAccountSid": "AC0000000000000000000000000000000c", "twilioAuthToken": "test-secret-twilio-contract-000c", "twilioPhoneNumber": "+13125550192"}`, 200},
		{"testInbound", admin, "POST /api/inbound/test", "", 200},
		{"getInboundStatus", viewer, "GET /api/inbound/status", "", 200},
		{"listPhoneMappings", viewer, "GET /api/inbound/phone-mappings?page=1", "", 200},
		{"createPhoneMapping", admin, "POST /api/inbound/phone-mappings", `{"phoneNumber": "<dialled>", "locationId": "<location>", "agentId": "<agent>"}`, 201},
		{"changePhoneMapping", admin, "PATCH /api/inbound/phone-mappings/<number>", `{"locationId": "<location>", "agentId": "<agent>"}`, 200},
		{"deletePhoneMapping", admin, "DELETE /api/inbound/phone-mappings/<number>", "", 200},
		{"preFlight", admin, "POST /api/verification/pre-flight", "", 200},
		{"lookUpPhoneNumber", viewer, "GET /api/inbound/phone-lookup/+13125550190", "", 200},
		{"listPhoneNumbers", viewer, "GET /api/phone-numbers?limit=5", "", 200},
		{"getPhoneNumber", viewer, "GET /api/phone-numbers/<number>", "", 200},
		{"releasePhoneNumber", admin, "DELETE /api/phone-numbers/<number>", "", 200},
		{"listVapiNumbers", viewer, "GET /api/integrations/vapi/numbers", "", 200},

		{"listContacts", viewer, "GET /api/contacts?search=quill&sort=name&order=asc", "", 200},
		{"createContact", staff, "POST /api/contacts", `{"name": "Ada Quill", "phone": "+13125550141", "leadStatus": "hot"}`, 201},
		{"createContact", staff, "POST /api/contacts", `{"name": "Ada Quill", "source_call_id": "<ended call>"}`, 201},
		{"createContact", staff, "POST /api/contacts", `{"name": "Ada Quill", "sourceCallId": "<call>"}`, 201},
		{"contactStats", viewer, "GET /api/contacts/stats", "", 200},
		{"getContact", viewer, "GET /api/contacts/<contact>", "", 200},
		{"updateContact", staff, "PATCH /api/contacts/<contact>", `{"name": "Jo Quill", "marketing_consent": true}`, 200},
		{"deleteContact", admin, "DELETE /api/contacts/<spare contact>", "", 200},
		{"mergeContacts", staff, "POST /api/contacts/<contact>/merge", `{"contact_id": "<spare contact>"}`, 200},
		{"listPatients", viewer, "GET /api/contacts/<contact>/patients", "", 200},
		{"createPatient", staff, "POST /api/contacts/<contact>/patients", `{"name": "Mia Quillby", "date_of_birth": "2016-05-02"}`, 201},
		{"updatePatient", staff, "PATCH /api/contacts/<contact>/patients/<patient>", `{"name": "Joanna Quillby"}`, 200},
		{"textContact", staff, "POST /api/contacts/<spare contact>/sms", `{"message": "zanzibar-lilac"}`, 200},
		{"followUpCall", staff, "POST /api/calls-dashboard/<ended call>/followup", `{"message": "zanzibar-lilac", "method": "sms"}`, 200},
		{"optOutContact", staff, "POST /api/contacts/<contact>/opt-out", "", 200},
		{"optInContact", staff, "DELETE /api/contacts/<spare contact>/opt-out?channel=email", "", 200},
		{"eraseContact", admin, "POST /api/contacts/<spare contact>/erase", "", 200},

		{"callBackContact", staff, "POST /api/contacts/<spare contact>/call-back", `{"agentId": "<agent>"}`, 201},
		{"initiateContactCall", staff, "POST /api/contacts/<spare contact>/initiate-call", `{"agentId": "<agent>"}`, 201},
		{"testCallByAgent", admin, "POST /api/agents/<agent>/test-call", `{"phoneNumber": "+13125550177"}`, 201},
		{"testCallByDefaultAgent", admin, "POST /api/founder-console/agent/web-test-outbound", `{"phoneNumber": "+13125550177"}`, 201},
		{"listOutboundCalls", viewer, "GET /api/outbound-calls?state=waiting&kind=call_back&contact_id=<contact>", "", 200},
		{"getOutboundCall", viewer, "GET /api/outbound-calls/<outbound call>", "", 200},
		{"cancelOutboundCall", staff, "DELETE /api/outbound-calls/<outbound call>", "", 200},

		{"listTemplates", viewer, "GET /api/message-templates", "", 200},
		{"createTemplate", staff, "POST /api/message-templates", `{"kind": "follow_up", "name": "How are you?", "body": "{clinic} asks how you are."}`, 201},
		{"previewTemplate", viewer, "POST /api/message-templates/preview", `{"kind": "marketing", "body": "{clinic} misses you"}`, 200},
		{"updateTemplate", staff, "PUT /api/message-templates/<spare template>", `{"kind": "marketing", "name": "Spare", "body": "{clinic} misses you"}`, 200},
		{"deleteTemplate", staff, "DELETE /api/message-templates/<spare template>", "", 200},
		{"listCampaigns", viewer, "GET /api/campaigns", "", 200},
		{"createCampaign", staff, "POST /api/campaigns", `{"name": "Autumn", "steps": [{"templateId": "<template>", "afterMinutes": 0}, {"templateId": "<spare template>", "afterMinutes": 60}]}`, 201},
		{"updateCampaign", staff, "PUT /api/campaigns/<campaign>", `{"name": "Autumn", "segment": {"noVisitAhead": true}, "steps": [{"templateId": "<template>", "afterMinutes": 0}]}`, 200},
		{"startCampaign", admin, "POST /api/campaigns/<campaign>/start", "", 200},
		{"stopCampaign", staff, "POST /api/campaigns/<running campaign>/stop", "", 200},

		{"messageStats", viewer, "GET /api/messages/stats?from=2030-03-01&to=2030-03-31", "", 200},
		{"getMessageRules", viewer, "GET /api/messages/rules", "", 200},
		{"changeMessageRules", admin, "PATCH /api/messages/rules", `{"messagesPerDay": 7, "quietFrom": "20:30"}`, 200},
		{"listMessages", viewer, "GET /api/messages?contact_id=<contact>", "", 200},
		{"exportMessages", admin, "GET /api/messages.csv?startDate=2030-03-01", "", 200},

		{"getAgentConfig", viewer, "GET /api/founder-console/agent/config?role=inbound", "", 200},
		{"saveAgentBehavior", admin, "POST /api/founder-console/agent/behavior", `{"inbound": {"id": "<agent>", "firstMessage": "Hello."}, "outbound": {"id": "<outbound agent>", "firstMessage": "It is us."}}`, 200},
		{"saveAgentBehavior", admin, "POST /api/founder-console/agent/behavior", `{"agents": [{"id": "<spare agent>", "firstMessage": "Good evening."}, {"role": "outbound", "name": "Recall"}]}`, 200},
		{"startWebTest", admin, "POST /api/founder-console/agent/web-test", `{"agentId": "<tested agent>"}`, 200},
		{"startWebTest", admin, "POST /api/founder-console/agent/web-test", `{"agent_id": "<tested agent>", "role": "inbound"}`, 200},
		{"endWebTest", admin, "POST /api/founder-console/agent/web-test/end", `{"trackingId": "<tracking>"}`, 200},
		{"getWebTestState", admin, "GET /api/founder-console/calls/<tracking>/state", "", 200},
		{"deleteAgent", admin, "DELETE /api/founder-console/agents/<spare agent>", "", 200},
		{"getConsoleSettings", viewer, "GET /api/founder-console/settings", "", 200},
		{"getConsoleVoices", viewer, "GET /api/founder-console/voices", "", 200},
		{"getConsoleLanguages", viewer, "GET /api/founder-console/languages", "", 200},
		{"getAvailableVoices", viewer, "GET /api/assistants/voices/available", "", 200},
		{"getToolsHealth", viewer, "GET /api/tools/health", "", 200},
		{"getSystemStatus", viewer, "GET /api/system-status", "", 200},

		{"listAppointments", viewer, "GET /api/appointments?status=confirmed&contactId=<contact>&resourceId=<resource>&serviceId=<service>", "", 200},
		{"listAppointments", viewer, "GET /api/appointments?contact_id=<contact>", "", 200},
		{"createAppointment", staff, "POST /api/appointments", `{"serviceType": "Consultation", "scheduledAt": "2030-03-05 11:00", "contactPhone": "+13125550141", "customerName": "Ada Quill"}`, 201},
		{"createAppointment", staff, "POST /api/appointments", `{"serviceId": "<service>", "scheduled_at": "2030-03-05T11:00:00Z", "contactId": "<spare contact>", "resource": "<resource>", "customerName": "Nell Quillfeather"}`, 201},
		{"createAppointment", staff, "POST /api/appointments", `{"service_id": "<service>", "scheduled_time": "2030-03-05 11:00", "contact_id": "<contact>", "patient_name": "Jo Quillby"}`, 201},
		{"listAvailableSlots", viewer, "GET /api/appointments/available-slots?date=2030-03-05&service=<service>&resource=<resource>", "", 200},
		{"getAppointment", viewer, "GET /api/appointments/<visit>", "", 200},
		{"updateAppointment", staff, "PATCH /api/appointments/<visit>", `{"scheduled_at": "2030-03-05 13:00", "resource": "<resource>", "notes": "zanzibar-lilac"}`, 200},
		{"deleteAppointment", staff, "DELETE /api/appointments/<visit>", "", 200},
		{"cancelAppointment", staff, "POST /api/appointments/<visit>/cancel", `{"reason": "ill"}`, 200},
		{"approveAppointment", staff, "POST /api/appointments/<pending visit>/approve", "", 200},
		{"listBookingAttempts", viewer, "GET /api/booking-attempts?callId=<call>", "", 200},
		{"listBookingAttempts", viewer, "GET /api/booking-attempts?appointmentId=<visit>", "", 200},

		{"listCalls", viewer, "GET /api/calls-dashboard?contact_id=<contact>", "", 200},
		{"callStats", viewer, "GET /api/calls-dashboard/stats", "", 200},
		{"callSummary", viewer, "GET /api/calls-dashboard/analytics/summary", "", 200},
		{"getCall", viewer, "GET /api/calls-dashboard/<ended call>", "", 200},
		{"deleteCall", admin, "DELETE /api/calls-dashboard/<ended call>", "", 200},
		{"sendReminder", staff, "POST /api/appointments/<visit>/send-reminder", "", 200},
		{"sendReminder", staff, "POST /api/appointments/<visit>/send-reminder", `{"method": "voice"}`, 202},
		{"exportTranscript", viewer, "POST /api/calls-dashboard/<ended call>/transcript/export", "", 200},
		{"exportTranscript", viewer, "POST /api/calls-dashboard/<ended call>/transcript/export?format=txt", `{"format": "pdf"}`, 200},
		{"exportTranscript", viewer, "POST /api/calls-dashboard/<ended call>/transcript/export", `{"format": "pdf"}`, 200},
		{"recordingUrl", viewer, "GET /api/calls-dashboard/<call>/recording-url", "", 200},
		{"recordingOfCall", viewer, "GET /api/calls/<call>/recording", "", 200},
		{"shareRecording", staff, "POST /api/calls-dashboard/<call>/share", "", 200},
		{"shareRecording", staff, "POST /api/calls-dashboard/<call>/share", `{"email": "ear@patients.example"}`, 200},
		{"listShares", viewer, "GET /api/calls-dashboard/<call>/shares", "", 200},
		{"revokeShare", staff, "DELETE /api/shares/<share>", "", 200},
		{"createEventTicket", viewer, "POST /api/events/ticket", "", 201},
		{"listNotifications", viewer, "GET /api/notifications?status=unread", "", 200},
		{"unreadNotifications", viewer, "GET /api/notifications/unread", "", 200},
		{"readAllNotifications", staff, "POST /api/notifications/mark-all-read", "", 200},
		{"readNotification", staff, "PATCH /api/notifications/<notification>/read", "", 200},
		{"deleteNotification", staff, "DELETE /api/notifications/<notification>", "", 200},
		{"dashboardPulse", viewer, "GET /api/analytics/dashboard-pulse", "", 200},
		{"listLeads", viewer, "GET /api/analytics/leads?limit=5", "", 200},
		{"recentActivity", viewer, "GET /api/analytics/recent-activity", "", 200},
		{"listAuditLog", admin, "GET /api/audit-log?entity=contact&entity_id=<contact>", "", 200},
		{"listAuditLog", admin, "GET /api/audit-log?actor_user_id=<member>", "", 200},

		{"listLocations", viewer, "GET /api/locations?page=1&limit=1", "", 200},
		{"createLocation", admin, "POST /api/locations", `{"name": "South", "phone": "+13125550151"}`, 201},
		{"updateLocation", admin, "PATCH /api/locations/<location>", `{"phone": null, "time_zone": "America/Chicago"}`, 200},
		{"deleteLocation", admin, "DELETE /api/locations/<empty location>", "", 200},
		{"listServices", viewer, "GET /api/services?active=true", "", 200},
		{"createService", admin, "POST /api/services", `{"name": "Polish", "duration_minutes": 30, "price_minor": 9900, "currency": "USD"}`, 201},
		{"updateService", admin, "PATCH /api/services/<service>", `{"buffer_after_minutes": null, "aliases": ["talk"]}`, 200},
		{"deleteService", admin, "DELETE /api/services/<spare service>", "", 200},
		{"listKnowledge", viewer, "GET /api/knowledge-base?limit=5", "", 200},
		{"createKnowledge", admin, "POST /api/knowledge-base", `{"filename": "prices.md", "content": "# Prices\n\nWhitening costs 249 dollars.", "category": "products_services", "active": true}`, 201},
		{"searchKnowledge", viewer, "POST /api/knowledge-base/search", `{"query": "zanzibar-lilac", "limit": 3, "threshold": 0.2}`, 200},
		{"getKnowledge", viewer, "GET /api/knowledge-base/<document>", "", 200},
		{"updateKnowledge", admin, "PATCH /api/knowledge-base/<document>", `{"filename": "hours.txt", "active": false, "content": "We open at nine."}`, 200},
		{"deleteKnowledge", admin, "DELETE /api/knowledge-base/<document>", "", 200},
		{"listKnowledgeChunks", viewer, "GET /api/knowledge-base/<document>/chunks", "", 200},
		{"listKnowledgeGaps", viewer, "GET /api/knowledge-base/gaps?resolved=false", "", 200},
		{"resolveKnowledgeGap", staff, "POST /api/knowledge-base/gaps/<gap>/resolve", "", 200},
		{"listResources", viewer, "GET /api/resources?location_id=<location>", "", 200},
		{"createResource", admin, "POST /api/resources", `{"location_id": "<location>", "name": "Room 1", "kind": "room", "service_ids": ["<service>", "<spare service>"]}`, 201},
		{"updateResource", admin, "PATCH /api/resources/<spare resource>", `{"location_id": "<spare location>", "service_ids": ["<service>"]}`, 200},
		{"deleteResource", admin, "DELETE /api/resources/<spare resource>", "", 200},
		{"listCalendars", viewer, "GET /api/calendars", "", 200},
		{"linkCalendar", admin, "POST /api/calendars", `{"provider": "google", "resource_id": "<resource>", "external_calendar_id": "desk@patients.example", "name": "Desk", "time_zone": "America/Chicago", "writes": true}`, 201},
		{"changeCalendar", admin, "PATCH /api/calendars/<calendar link>", `{"name": "Desk", "writes": true}`, 200},
		{"unlinkCalendar", admin, "DELETE /api/calendars/<calendar link>", "", 200},
		{"pullCalendar", staff, "POST /api/calendars/<calendar link>/pull", "", 202},
		{"listCalendarChanges", viewer, "GET /api/calendars/changes?limit=5", "", 200},
		{"settleCalendarChange", staff, "POST /api/appointments/<visit>/calendar-change", `{"follow": false}`, 200},
		{"listCalendarConflicts", viewer, "GET /api/calendars/conflicts?page=1", "", 200},
		{"listCalendarFeeds", viewer, "GET /api/calendar-feeds", "", 200},
		{"createCalendarFeed", admin, "POST /api/calendar-feeds", `{"resource_id": "<resource>"}`, 201},
		{"revokeCalendarFeed", admin, "DELETE /api/calendar-feeds/<calendar feed>", "", 200},
		{"getBusinessHours", viewer, "GET /api/locations/<location>/business-hours", "", 200},
		{"setBusinessHours", staff, "PUT /api/locations/<location>/business-hours", `{"resource_id": "<resource>", "spans": [{"weekday": 1, "opens": "09:00", "closes": "12:30"}]}`, 200},
		{"listClosures", viewer, "GET /api/locations/<location>/closures", "", 200},
		{"createClosure", staff, "POST /api/locations/<location>/closures", `{"resource_id": "<resource>", "starts_at": "2030-12-25T00:00:00Z", "ends_at": "2030-12-26T00:00:00Z", "reason": "Christmas"}`, 201},
		{"deleteClosure", staff, "DELETE /api/closures/<closure>", "", 200},

		{"listMembers", viewer, "GET /api/team/members", "", 200},
		{"inviteMember", admin, "POST /api/team/members", `{"email": "next@patients.example", "role": "staff"}`, 201},
		{"removeMember", admin, "DELETE /api/team/members/<member>", "", 204},
		{"changeMemberRole", admin, "PATCH /api/team/members/<member>/role", `{"role": "viewer"}`, 200},
		{"listRoles", viewer, "GET /api/team/roles", "", 200},
		{"listInvitations", viewer, "GET /api/team/invitations", "", 200},
		{"renewInvitation", admin, "POST /api/team/invitations/<invitation>/resend", "", 200},
		{"withdrawInvitation", admin, "DELETE /api/team/invitations/<invitation>", "", 200},
	}
}

// placeholder finds the things that an example names.
func placeholder() *regexp.Regexp { return regexp.MustCompile(`<[a-z ]+>`) }

// wish is an example with ids in it.
type wish struct{ method, target, body string }

// with writes the ids of things into an example.
func (e example) with(ids map[string]string) wish {
	write := func(text string) string {
		return placeholder().ReplaceAllStringFunc(text, func(name string) string { return ids[strings.Trim(name, "<>")] })
	}
	method, target, _ := strings.Cut(e.ask, " ")
	return wish{method, write(target), write(e.body)}
}

// things are the names in an example.
func (e example) things() []string {
	names := map[string]bool{}
	for _, name := range placeholder().FindAllString(e.ask+e.body, -1) {
		names[strings.Trim(name, "<>")] = true
	}
	things := make([]string, 0, len(names))
	for name := range maps.Keys(names) {
		things = append(things, name)
	}
	return things
}

// send asks with a token ("" for none).
func (c *clinics) send(t testing.TB, token string, w wish) *httptest.ResponseRecorder {
	t.Helper()
	return c.ask(t, token, w.method, w.target, w.body)
}

// refused checks that a request was refused and nothing was written, for either clinic, but in the named tables.
func (c *clinics) refused(t testing.TB, w *httptest.ResponseRecorder, status int, code string, noted ...string) {
	t.Helper()
	require.Equal(t, status, w.Code, w.Body.String())
	var refusal struct{ Code string }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &refusal))
	require.Equal(t, code, refusal.Code, w.Body.String())
	require.Empty(t, c.books.changed(t, noted...), "nothing is written")
}

// noted are the tables that a refusal for want of a thing may write: a try to book, move, cancel or approve leaves its
// trace in the asking clinic, whatever becomes of it, because staff are shown why callers and colleagues went away empty.
func (e example) noted() []string {
	switch e.operation {
	case "createAppointment", "updateAppointment", "deleteAppointment", "cancelAppointment", "approveAppointment":
		return []string{"public.booking_attempts"}
	default:
		return nil
	}
}

// provedElsewhere are the operations that are not asked here, and where their answers, tenancy and members are proved.
func provedElsewhere() map[string]string {
	return map[string]string{
		"streamEvents":           "its answer does not end: server/live holds every message to the description",
		"uploadKnowledge":        "its body is no JSON: server TestAFileIsUploadedOnce, TestFilesThatCannotBeSearchedAreRefused",
		"uploadKnowledgeVersion": "its body is no JSON: server TestADocumentGetsAnotherFile",
		"downloadExport":         "its address is the key, whoever asks: server/texting TestAnAddressBelongsToOneOrganization",
	}
}

// operations are those of the description by their names, but for those that are proved elsewhere.
func operations(spec *openapi3.T) map[string]*openapi3.Operation {
	all := map[string]*openapi3.Operation{}
	for _, item := range spec.Paths.Map() {
		for _, op := range item.Operations() {
			if _, elsewhere := provedElsewhere()[op.OperationID]; !elsewhere {
				all[op.OperationID] = op
			}
		}
	}
	return all
}

// open says whether an operation needs no token.
func open(op *openapi3.Operation) bool { return op.Security != nil && len(*op.Security) == 0 }

func requestOf(w wish) *http.Request {
	return httptest.NewRequest(w.method, w.target, strings.NewReader(w.body))
}
