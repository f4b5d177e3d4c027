package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/stretchr/testify/require"
)

const (
	pathBehavior = "/api/founder-console/agent/behavior"
	pathConfig   = "/api/founder-console/agent/config"
	pathAgents   = "/api/founder-console/agents/"
)

// request is one of the owner; an empty body is none, headers are names and values in turn.
func (c *clinic) request(t *testing.T, method, path, body string, headers ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+sign(t, c.claims(nil), jwa.HS256(), []byte(testJWTSecret)))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// console asks as the owner, see request.
func (c *clinic) console(t *testing.T, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, c.request(t, method, path, body, headers...))
	return w
}

// ok asks and reads a good answer.
func (c *clinic) ok(t *testing.T, method, path, body string, headers ...string) map[string]any {
	t.Helper()
	w := c.console(t, method, path, body, headers...)
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	var answer map[string]any
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	return answer
}

// agents are the ones of the config, by name.
func (c *clinic) agents(t *testing.T) map[string]map[string]any {
	t.Helper()
	byName := map[string]map[string]any{}
	for _, a := range c.ok(t, http.MethodGet, pathConfig, "")["agents"].([]any) {
		agent := a.(map[string]any)
		byName[agent["name"].(string)] = agent
	}
	return byName
}

func (c *clinic) become(t *testing.T, role string) {
	t.Helper()
	c.data.Exec(t, "update public.profiles set role = $1 where user_id = $2", role, c.user)
}

func (c *clinic) jobs(t *testing.T) (n int) {
	t.Helper()
	require.NoError(t, c.data.Pool(t).QueryRow(t.Context(), `select count(*) from river.river_job where kind = 'sync_agent'`).Scan(&n))
	return n
}

func TestASaveOfBothRolesIsShownInBothSpellings(t *testing.T) {
	t.Parallel()
	c := found(t)
	answer := c.ok(t, http.MethodPost, pathBehavior, `{
		"inbound": {"systemPrompt": "Be kind.", "firstMessage": "Hello.", "voiceId": "Savannah", "language": "es-MX", "maxDurationSeconds": 3600},
		"outbound": {"system_prompt": "Be brief.", "first_message": "It is us.", "voice_id": "Elliot", "language": "fr-FR", "max_call_duration": 60}}`)
	require.Equal(t, true, answer["success"])
	require.Len(t, answer["syncedAgentIds"], 2)
	require.Equal(t, false, answer["voiceSynced"], "nothing is in step yet, and the answer does not pretend")
	require.Len(t, answer["agentDetails"], 2)
	require.NotEmpty(t, answer["requestId"])
	require.Equal(t, 2, c.jobs(t))

	agents := c.agents(t)
	require.Len(t, agents, 2)
	in, out := agents["Receptionist"], agents["Outbound caller"]
	for field, want := range map[string]any{
		"systemPrompt": "Be kind.", "system_prompt": "Be kind.", "firstMessage": "Hello.", "first_message": "Hello.",
		"voice": "Savannah", "voiceId": "Savannah", "voice_id": "Savannah", "language": "es-MX",
		"maxCallDuration": 3600.0, "max_call_duration": 3600.0, "isDefault": true, "is_default": true, "role": "inbound",
		"vapiAssistantId": nil, "vapi_assistant_id": nil, "syncStatus": "pending", "sync_status": "pending",
		"syncError": nil, "sync_error": nil, "desiredVersion": 2.0, "desired_version": 2.0, "syncedVersion": 0.0, "synced_version": 0.0,
	} {
		require.Contains(t, in, field)
		require.Equal(t, want, in[field], field)
	}
	require.Equal(t, []any{"Be brief.", "It is us.", "Elliot", "fr-FR", 60.0, "outbound", true, 1.0},
		[]any{out["systemPrompt"], out["firstMessage"], out["voice"], out["language"], out["maxCallDuration"], out["role"], out["isDefault"], out["desiredVersion"]})
}

func TestASecondSaveRaisesTheVersionAndKeepsWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.ok(t, http.MethodPost, pathBehavior, `{"inbound": {"systemPrompt": "Be kind.", "voiceId": "Elliot"}}`)
	c.data.Exec(t, "update public.agents set sync_status = 'failed', sync_error = 'The voice was refused.', synced_version = 1 where org_id = $1", c.org)
	failed := c.agents(t)["Receptionist"]
	require.Equal(t, []any{"failed", "The voice was refused.", 2.0, 1.0},
		[]any{failed["sync_status"], failed["sync_error"], failed["desired_version"], failed["synced_version"]}, "trouble is shown")

	detail := c.ok(t, http.MethodPost, pathBehavior,
		`{"inbound": {"firstMessage": "Hello.", "voiceId": "", "language": "", "systemPrompt": null}}`)["agentDetails"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"Be kind.", "Hello.", "Elliot", "en-US", 3.0, 1.0, "pending", nil},
		[]any{detail["systemPrompt"], detail["firstMessage"], detail["voice"], detail["language"], detail["desired_version"],
			detail["synced_version"], detail["sync_status"], detail["sync_error"]})
	require.Equal(t, 2, c.jobs(t), "one job a save")
}

func TestSeveralAgentsOfOneRole(t *testing.T) {
	t.Parallel()
	c := found(t)
	made := c.ok(t, http.MethodPost, pathBehavior, `{"agents": [{"role": "inbound", "name": "Evening", "firstMessage": "Good evening."}]}`)
	id := made["syncedAgentIds"].([]any)[0].(string)
	require.Equal(t, false, c.agents(t)["Evening"]["isDefault"], "the role has its default already")
	c.ok(t, http.MethodPost, pathBehavior, `{"inbound": {"id": "`+id+`", "isDefault": true}}`)
	agents := c.agents(t)
	require.Equal(t, []any{true, false}, []any{agents["Evening"]["isDefault"], agents["Receptionist"]["isDefault"]})
	c.ok(t, http.MethodPost, pathBehavior, `{"inbound": {"firstMessage": "For the default."}}`)
	require.Equal(t, "For the default.", c.agents(t)["Evening"]["firstMessage"])
	require.Equal(t, "For the default.", c.ok(t, http.MethodGet, pathConfig+"?role=inbound", "")["vapi"].(map[string]any)["firstMessage"])
	require.Empty(t, c.ok(t, http.MethodGet, pathConfig+"?role=outbound", "")["agents"])
	requireRefusal(t, c.console(t, http.MethodPost, pathBehavior, `{"agents": [{"role": "outbound", "name": "Evening"}]}`), http.StatusConflict, CodeConflict)
}

func TestASaveIsAllOrNothing(t *testing.T) {
	t.Parallel()
	c := found(t)
	for name, body := range map[string]string{
		"foreign id":      `{"inbound": {"firstMessage": "Half."}, "outbound": {"id": "` + uuid.NewString() + `"}}`,
		"name twice":      `{"inbound": {"firstMessage": "Half."}, "outbound": {"name": "Receptionist"}}`,
		"role of another": `{"inbound": {"firstMessage": "Half."}, "outbound": {"id": "` + c.agents(t)["Receptionist"]["id"].(string) + `"}}`,
	} {
		require.GreaterOrEqual(t, c.console(t, http.MethodPost, pathBehavior, body).Code, 400, name)
		agents := c.agents(t)
		require.Len(t, agents, 1, name)
		require.Equal(t, []any{"", 1.0}, []any{agents["Receptionist"]["firstMessage"], agents["Receptionist"]["desiredVersion"]}, name)
	}
	require.Zero(t, c.jobs(t))
}

func TestASaveIsRefusedWithTheDashboardsSentences(t *testing.T) {
	t.Parallel()
	c := found(t)
	for body, sentence := range map[string]string{
		`{}`:                                      "No agent configuration provided",
		`{"agents": []}`:                          "No agent configuration provided",
		`{"inbound": {"voiceId": "Paige"}}`:       "Invalid voice selection for inbound agent",
		`{"outbound": {"voice": "rohan"}}`:        "Invalid voice selection for outbound agent",
		`{"outbound": {"language": "tlh-KL"}}`:    "Invalid language selection for outbound agent",
		`{"inbound": {"maxDurationSeconds": 59}}`: "Max call duration for inbound agent must be from 60 to 3600 seconds",
		`{"inbound": {"max_call_duration":3601}}`: "Max call duration for inbound agent must be from 60 to 3600 seconds",
		`{"inbound": {"role": "outbound"}}`:       "The role within inbound must be absent or inbound",
		`{"agents": [{"name": "Nobody"}]}`:        "A new agent needs a role",
	} {
		refusal := requireRefusal(t, c.console(t, http.MethodPost, pathBehavior, body), http.StatusBadRequest, CodeBadRequest)
		require.Equal(t, sentence, refusal.Error, body)
	}
	requireRefusal(t, c.console(t, http.MethodPost, pathBehavior, `{"inbound": {"maxDurationSeconds": "long"}}`), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, c.console(t, http.MethodGet, pathConfig+"?role=sideways", ""), http.StatusBadRequest, CodeBadRequest)
	require.Zero(t, c.jobs(t))
}

func TestADeletedAgentIsGoneUnlessItAnswersTheNumber(t *testing.T) {
	t.Parallel()
	c := found(t)
	id := c.agents(t)["Receptionist"]["id"].(string)
	c.data.Exec(t, `insert into public.phone_numbers (org_id, number, location_id)
		select org_id, '+13125550100', id from public.locations where org_id = $1`, c.org)
	requireRefusal(t, c.console(t, http.MethodDelete, pathAgents+id, ""), http.StatusConflict, CodeConflict)
	c.ok(t, http.MethodPost, pathBehavior, `{"agents": [{"role": "inbound", "name": "Evening", "isDefault": true}]}`)
	require.Equal(t, map[string]any{"success": true, "id": id}, c.ok(t, http.MethodDelete, pathAgents+id, ""))
	require.NotContains(t, c.agents(t), "Receptionist")
	requireRefusal(t, c.console(t, http.MethodDelete, pathAgents+id, ""), http.StatusNotFound, CodeNotFound)
	requireRefusal(t, c.console(t, http.MethodPost, pathBehavior, `{"inbound": {"id": "`+id+`"}}`), http.StatusNotFound, CodeNotFound)
	require.Equal(t, 2, c.jobs(t), "the assistant is taken away by a job")
}

func TestTheTraceOfASaveGoesOnWhereItIsOne(t *testing.T) {
	t.Parallel()
	c := found(t)
	const good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	for header, want := range map[string]string{
		good:                  good,
		strings.ToUpper(good): "",
		"00-" + strings.Repeat("0", 32) + "-00f067aa0ba902b7-01":  "",
		"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01": "",
		"'; drop table agents": "",
		"":                     "",
	} {
		c.ok(t, http.MethodPost, pathBehavior, `{"inbound": {}}`, "traceparent", header)
		var stored string
		require.NoError(t, c.data.Pool(t).QueryRow(t.Context(), `select coalesce(trace_context, '') from public.agents where org_id = $1`, c.org).Scan(&stored))
		require.Equal(t, want, stored, header)
	}
}

func TestNoKeyIsShown(t *testing.T) {
	t.Parallel()
	c := found(t)
	c.handler = c.serving(t, VapiAccount{PublicKey: "public-1", Configured: true})
	c.data.Exec(t, `insert into public.org_credentials (org_id, provider, ciphertext, nonce, auth_tag, key_id, account_ref, sender, last_verified_at)
		values ($1, 'twilio', '\x01', decode(repeat('02', 12), 'hex'), decode(repeat('03', 16), 'hex'), 'k1', 'AC••••1234', '+13125550100', '2030-03-04 14:00Z')`, c.org)
	config := c.ok(t, http.MethodGet, pathConfig, "")
	require.Equal(t, true, config["vapiConfigured"])
	vapi := config["vapi"].(map[string]any)
	require.Equal(t, []any{"public-1", masked, nil}, []any{vapi["publicKey"], vapi["secretKey"], vapi["phoneNumberId"]})
	require.Equal(t, map[string]any{"accountSid": "AC••••1234", "authToken": masked, "fromNumber": "+13125550100"}, config["twilio"])
	require.Equal(t, map[string]any{"vapiConfigured": true, "twilioConfigured": true, "testDestination": nil, "lastVerified": "2030-03-04T14:00:00Z"},
		c.ok(t, http.MethodGet, "/api/founder-console/settings", ""))

	c.handler = c.serving(t, VapiAccount{})
	c.data.Exec(t, `delete from public.org_credentials`)
	config = c.ok(t, http.MethodGet, pathConfig, "")
	require.Equal(t, false, config["vapiConfigured"])
	require.Nil(t, config["vapi"].(map[string]any)["secretKey"])
	require.Equal(t, map[string]any{"accountSid": nil, "authToken": nil, "fromNumber": nil}, config["twilio"])
}

func TestVoicesAndLanguages(t *testing.T) {
	t.Parallel()
	c := found(t)
	var list []map[string]any
	require.NoError(t, json.Unmarshal(c.console(t, http.MethodGet, "/api/assistants/voices/available", "").Body.Bytes(), &list))
	require.Len(t, list, 3)
	require.Equal(t, []any{"Rohan", true, "vapi"}, []any{list[0]["id"], list[0]["isDefault"], list[0]["provider"]})
	console := c.ok(t, http.MethodGet, "/api/founder-console/voices", "")
	require.Equal(t, []any{"vapi", "Rohan"}, []any{console["provider"], console["default"]})
	require.Len(t, console["voices"], 3)
	require.Len(t, c.ok(t, http.MethodGet, "/api/founder-console/languages", "")["languages"], 18)
	agent := c.agents(t)["Receptionist"]
	require.Equal(t, []any{defaultVoice, defaultLanguage}, []any{agent["voice"], agent["language"]}, "the defaults are the table's")
}

func TestToolsHealthFollowsTheLinks(t *testing.T) {
	t.Parallel()
	c := found(t)
	require.Equal(t, false, c.ok(t, http.MethodGet, "/api/tools/health", "")["healthy"], "an agent that was never in step")
	c.data.Exec(t, `update public.agents set sync_status = 'synced', synced_version = 1, synced_at = '2030-03-04 14:00Z' where org_id = $1`, c.org)
	c.data.Exec(t, `insert into public.org_tools (org_id, tool_name, vapi_tool_id, definition_hash, linked) values ($1, 'takeMessage', 'tool-1', repeat('a', 64), true)`, c.org)
	c.data.Exec(t, `insert into public.agent_tools (org_id, agent_id, tool_name, vapi_tool_id, definition_hash, linked_at)
		select org_id, id, 'takeMessage', 'tool-1', repeat('a', 64), now() from public.agents where org_id = $1`, c.org)
	health := c.ok(t, http.MethodGet, "/api/tools/health", "")
	require.Equal(t, []any{false, 0.0}, []any{health["healthy"], health["toolsRegistered"]}, "linked, but there is no such tool at Vapi any more")
	c.data.Exec(t, `insert into public.vapi_tools (name, vapi_tool_id, definition_hash, registered_at) values ('takeMessage', 'tool-1', repeat('a', 64), now())`)
	health = c.ok(t, http.MethodGet, "/api/tools/health", "")
	require.Equal(t, []any{true, 1.0}, []any{health["healthy"], health["toolsRegistered"]})
	require.Equal(t, []any{map[string]any{"name": "takeMessage", "registered": true, "linked": true, "linkedAgents": 1.0, "agents": 1.0, "lastError": nil}}, health["tools"])

	c.data.Exec(t, `update public.agent_tools set linked_at = null, link_error = 'Vapi was not reachable.'`)
	health = c.ok(t, http.MethodGet, "/api/tools/health", "")
	require.Equal(t, false, health["healthy"])
	tool := health["tools"].([]any)[0].(map[string]any)
	require.Equal(t, []any{false, "Vapi was not reachable."}, []any{tool["linked"], tool["lastError"]})
}

func TestSimultaneousFirstSavesMakeOneDefault(t *testing.T) {
	t.Parallel()
	c := found(t)
	codes := make(chan int)
	for range 8 {
		go func() {
			codes <- c.console(t, http.MethodPost, pathBehavior, `{"outbound": {"firstMessage": "It is us."}}`).Code
		}()
	}
	for range 8 {
		require.Equal(t, http.StatusOK, <-codes)
	}
	require.Len(t, c.agents(t), 2)
	require.Equal(t, 8.0, c.agents(t)["Outbound caller"]["desiredVersion"])
}
