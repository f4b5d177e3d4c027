package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/audit"
	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/logtest"
)

// operated is an instance that operators' commands work on: a served database with two clinics, and a played Vapi.
type operated struct {
	data    *dbtest.Database
	vapi    *sandbox.Vapi
	handler http.Handler
	environ map[string]string
	log     *output
}

func operate(t *testing.T) *operated {
	t.Helper()
	const key = "test-secret-vapi"
	o := &operated{data: dbtest.New(t, dbtest.WithClock()), vapi: sandbox.NewVapi(key), log: &output{}}
	root, err := dbtest.Root()
	require.NoError(t, err)
	fixture, err := os.ReadFile(filepath.Join(root, "sql/tests/clinics.psql"))
	require.NoError(t, err)
	o.data.Exec(t, string(fixture))
	played := httptest.NewServer(o.vapi)
	t.Cleanup(played.Close)
	listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.handler.ServeHTTP(w, r) }))
	t.Cleanup(listening.Close)
	o.environ = map[string]string{
		"VOXANNE_ENV": "dev", "DATABASE_URL": o.data.LoginURL, "JWT_SECRET": "test-secret-jwt-0123456789abcdefghijkl",
		"VAPI_WEBHOOK_SECRET": "test-secret-webhook", "VAPI_PRIVATE_KEY": key, "VAPI_BASE_URL": played.URL, "BACKEND_URL": listening.URL,
		"VAPI_REQUESTS_PER_SECOND": "1000",
	}
	cfg, err := server.LoadConfig(o.environ)
	require.NoError(t, err)
	opened, err := db.Open(t.Context(), o.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	handler, _, err := newHandler(cfg, opened, observed{metrics: server.NewMetrics(), log: newLogger(process{err: logtest.Keep(t, o.log)}, cfg)})
	require.NoError(t, err)
	o.handler = logtest.KeepErrors(t, handler)
	return o
}

// command runs `voxanne` and returns its exit status and what it printed.
func (o *operated) command(t *testing.T, args ...string) (status int, out, complaints string) {
	t.Helper()
	var printed, said bytes.Buffer
	status = run(t.Context(), process{out: &printed, err: &said, environ: o.environ}, args)
	return status, printed.String(), said.String()
}

// report is the audit's as JSON.
func (o *operated) report(t *testing.T, args ...string) (status int, report audit.Report) {
	t.Helper()
	status, out, _ := o.command(t, append([]string{"tools", "audit", "--json"}, args...)...)
	require.NoError(t, json.Unmarshal([]byte(out), &report), out)
	return status, report
}

// interceptors are tools of every kind that must go, allowed are natives that stay.
func (o *operated) interceptors() []string {
	kinds := []string{
		`{"type":"ghl","metadata":{"workflowId":"w","locationId":"l"}}`, `{"type":"make","metadata":{"scenarioId":1,"triggerHookId":2}}`,
		`{"type":"mcp","server":{"url":"https://mcp.example"}}`, `{"type":"code","code":"return 1"}`,
		`{"type":"apiRequest","url":"https://other.example/book","method":"POST"}`,
		`{"type":"function","function":{"name":"bookClinicAppointment"},"server":{"url":"https://other.example/x"}}`,
		`{"type":"transferCall","destinations":[{"type":"number","number":"+13125550109"}]}`,
	}
	for _, kind := range []string{"google.calendar.availability.check", "google.calendar.event.create", "google.sheets.row.append",
		"gohighlevel.calendar.availability.check", "gohighlevel.calendar.event.create", "gohighlevel.contact.create",
		"gohighlevel.contact.get", "slack.message.send", "sms"} {
		kinds = append(kinds, fmt.Sprintf(`{"type":%q}`, kind))
	}
	return kinds
}

func (o *operated) allowed() []string {
	return []string{`{"type":"endCall"}`, `{"type":"transferCall","destinations":[]}`, `{"type":"dtmf"}`, `{"type":"voicemail"}`,
		`{"type":"handoff","destinations":[]}`,
		fmt.Sprintf(`{"type":"function","function":{"name":"takeMessage"},"server":{"url":%q}}`, o.environ["BACKEND_URL"]+"/api/vapi/webhook")}
}

// fill puts an assistant for every kind of tool and two squads into the account: inline, by id, by pinned reference, in hooks,
// and overridden by members. It returns how many tools hang in all.
func (o *operated) fill(t *testing.T, kinds []string) (hanging int) {
	t.Helper()
	var ids []string
	for i, tool := range kinds {
		id, err := o.vapi.AddTool(json.RawMessage(tool))
		require.NoError(t, err)
		ids = append(ids, id)
		_, err = o.vapi.AddAssistant(json.RawMessage(fmt.Sprintf(`{"name":"Desk %d","voice":{ "speed" : 1.20 },"firstMessage":"Hello <you>","model":{
			"provider":"openai","model":"gpt-4o","messages":[{"role":"system","content":"a  <b>"}],"temperature":0.30,
			"tools":[{"type":"endCall"},%[2]s],"toolIds":[%[3]q,%[4]q],"toolRefs":[{"toolId":%[3]q,"version":"v2"}]},
			"hooks":[{"on":"call.ending","do":[{"type":"say","exact":"Bye"},{"type":"tool","toolId":%[3]q}]},{"on":"x","do":[{"type":"tool","tool":%[2]s}]}]}`,
			i, tool, id, uuid.NewString())))
		require.NoError(t, err)
	}
	_, err := o.vapi.AddSquad(json.RawMessage(fmt.Sprintf(`{"name":"Team","members":[{"assistantId":"a"},{"assistantId":"b","assistantOverrides":
		{"tools:append":[%s],"model":{"provider":"openai","model":"gpt-4o","toolIds":[%q]}}}]}`, strings.Join(kinds, ","), ids[0])))
	require.NoError(t, err)
	_, err = o.vapi.AddSquad(json.RawMessage(fmt.Sprintf(`{"name":"Night","members":[{"assistantId":"a"}],"membersOverrides":{"tools:append":[%s]}}`, kinds[0])))
	require.NoError(t, err)
	return len(kinds)*5 + len(kinds) + 2
}

func (o *operated) account() []map[string]json.RawMessage {
	return []map[string]json.RawMessage{o.vapi.Assistants(), o.vapi.Squads(), o.vapi.Tools()}
}

func TestAuditFindsEveryKindEverywhereAndDetachesItOnRequest(t *testing.T) {
	t.Parallel()
	o := operate(t)
	hanging := o.fill(t, o.interceptors())
	before := o.account()

	status, report := o.report(t)
	require.Equal(t, 1, status)
	require.False(t, report.Clean)
	require.NotContains(t, report.Verdict, "SYSTEM IS CLEAN")
	require.Len(t, report.Findings, hanging)
	require.Len(t, report.Lying, len(o.interceptors()))
	require.Equal(t, []int{len(o.interceptors()), 2, len(o.interceptors())}, []int{report.Assistants, report.Squads, report.Tools})
	require.False(t, slices.ContainsFunc(report.Findings, func(f audit.Finding) bool { return f.Removed }))
	require.Equal(t, before, o.account(), "without --fix nothing is changed")
	require.Empty(t, o.vapi.Patches())

	status, report = o.report(t, "--fix")
	require.Equal(t, 0, status)
	require.Equal(t, audit.Clean, report.Verdict)
	require.Len(t, report.Findings, hanging)
	require.False(t, slices.ContainsFunc(report.Findings, func(f audit.Finding) bool { return !f.Removed || f.Problem != "" }))
	require.Equal(t, before[2], o.account()[2], "the tools themselves stay")
	for id, text := range o.vapi.Assistants() {
		requireOnlyDetached(t, before[0][id], text)
	}

	patches := len(o.vapi.Patches())
	require.Equal(t, len(o.interceptors())+2, patches, "one PATCH for each")
	status, out, _ := o.command(t, "tools", "audit", "--fix")
	require.Equal(t, 0, status)
	require.True(t, strings.HasSuffix(out, "\nSYSTEM IS CLEAN - LIVE CALLS WILL WORK!\n"), out)
	require.Len(t, o.vapi.Patches(), patches, "clean afterwards: nothing left to change")
}

// requireOnlyDetached: every other field of the assistant and of its model is the same, byte for byte.
func requireOnlyDetached(t *testing.T, before, after json.RawMessage) {
	t.Helper()
	var was, is map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(before, &was))
	require.NoError(t, json.Unmarshal(after, &is))
	var model map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(is["model"], &model))
	require.JSONEq(t, `[{"type":"endCall"}]`, string(model["tools"]), "allowed natives stay")
	require.JSONEq(t, `[{"on":"call.ending","do":[{"type":"say","exact":"Bye"}]}]`, string(is["hooks"]))
	var ids []string
	require.NoError(t, json.Unmarshal(model["toolIds"], &ids))
	require.Len(t, ids, 1, "an id that the account does not list stays")
	var wasModel map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(was["model"], &wasModel))
	for _, key := range []string{"tools", "toolIds", "toolRefs"} {
		delete(model, key)
		delete(wasModel, key)
	}
	require.Equal(t, wasModel, model)
	for _, key := range []string{"model", "hooks", "updatedAt"} {
		delete(was, key)
		delete(is, key)
	}
	require.Equal(t, was, is)
}

func TestAuditChangesNothingOnACleanAccount(t *testing.T) {
	t.Parallel()
	o := operate(t)
	o.fill(t, o.allowed())
	before := o.account()
	status, out, complaints := o.command(t, "tools", "audit", "--fix")
	require.Equal(t, 0, status, complaints)
	require.Contains(t, out, "Looked at 6 assistants, 2 squads and 6 tools")
	require.True(t, strings.HasSuffix(out, "\nSYSTEM IS CLEAN - LIVE CALLS WILL WORK!\n"), out)
	require.Empty(t, o.vapi.Patches())
	require.Equal(t, before, o.account())
	require.Equal(t, []string{"GET /assistant", "GET /squad", "GET /tool"}, slices.Sorted(maps.Keys(o.vapi.Counts())), "it only looked")
}

func TestAuditTakesTurnsWithTheWorkers(t *testing.T) {
	t.Parallel()
	o := operate(t)
	o.data.Exec(t, "update public.vapi_pace set next_at = '-infinity'")
	o.report(t)
	var turn bool
	require.NoError(t, o.data.Pool(t).QueryRow(t.Context(), "select next_at > '-infinity' from public.vapi_pace").Scan(&turn))
	require.True(t, turn)
}

func TestAuditSaysWhatItCouldNotDetach(t *testing.T) {
	t.Parallel()
	o := operate(t)
	o.fill(t, []string{`{"type":"make"}`})
	stubborn, err := o.vapi.AddAssistant(json.RawMessage(`{"name":"Old desk","model":{"provider":"openai","model":"gpt-4o","gone":1,"tools":[{"type":"ghl"}]}}`))
	require.NoError(t, err)
	status, out, _ := o.command(t, "tools", "audit", "--fix")
	require.Equal(t, 1, status)
	require.Contains(t, out, `assistant "Old desk" `+stubborn+`: model.tools[0] ghl: NOT DETACHED: vapi: refused with status 400`)
	require.Contains(t, out, "model.tools[1] make: detached", "the others are detached all the same")
	require.NotContains(t, out, "SYSTEM IS CLEAN")
}

func TestAuditNeedsOurOwnWebhookToAnswer(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(o *operated){
		"it takes unsigned messages": func(o *operated) {
			served := o.handler
			o.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-Vapi-Secret") == "" {
					r.Header.Set("X-Vapi-Secret", "test-secret-webhook")
				}
				served.ServeHTTP(w, r)
			})
		},
		"it takes any secret": func(o *operated) {
			served := o.handler
			o.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-Vapi-Secret") != "" {
					r.Header.Set("X-Vapi-Secret", "test-secret-webhook")
				}
				served.ServeHTTP(w, r)
			})
		},
		"it does not know our secret": func(o *operated) { o.environ["VAPI_WEBHOOK_SECRET"] = "test-secret-of-another" },
		"it answers without results": func(o *operated) {
			served := o.handler
			o.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-Vapi-Secret") == "test-secret-webhook" {
					w.Header().Set("Content-Type", "application/json")
					fmt.Fprint(w, `{"success":true}`)
					return
				}
				served.ServeHTTP(w, r)
			})
		},
		"nobody is there": func(o *operated) {
			closed := httptest.NewServer(http.NotFoundHandler())
			closed.Close()
			o.environ["BACKEND_URL"] = closed.URL
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := operate(t)
			o.fill(t, o.allowed()[:5])
			spoil(o)
			status, report := o.report(t, "--fix")
			require.Equal(t, 1, status)
			require.False(t, report.Clean)
			require.Contains(t, report.Verdict, "webhook")

			_, err := o.vapi.AddAssistant(json.RawMessage(`{"name":"Desk","model":{"provider":"openai","model":"gpt-4o","tools":[{"type":"make"}]}}`))
			require.NoError(t, err)
			status, report = o.report(t, "--fix")
			require.Equal(t, 1, status)
			require.Len(t, report.Findings, 1)
			require.Contains(t, report.Findings[0].Problem, "BACKEND_URL")
			require.Empty(t, o.vapi.Patches(), "what is ours cannot be told: hands off")
		})
	}
}

func TestAuditTellsTroubleFromDirt(t *testing.T) {
	t.Parallel()
	o := operate(t)
	for complaint, spoil := range map[string]func(environ map[string]string){
		"VAPI_PRIVATE_KEY is not set":      func(e map[string]string) { delete(e, "VAPI_PRIVATE_KEY") },
		"the private key was refused":      func(e map[string]string) { e["VAPI_PRIVATE_KEY"] = "test-secret-other" },
		"which the real Vapi cannot reach": func(e map[string]string) { e["VAPI_BASE_URL"] = "https://vapi.invalid" },
	} {
		environ := maps.Clone(o.environ)
		spoil(environ)
		var out, complaints bytes.Buffer
		status := run(t.Context(), process{out: &out, err: &complaints, environ: environ}, []string{"tools", "audit", "--fix"})
		require.Equal(t, 1, status, complaint)
		require.Empty(t, out.String(), complaint)
		require.Contains(t, complaints.String(), complaint)
		require.NotContains(t, complaints.String(), "test-secret")
	}
	for _, args := range [][]string{{"tools"}, {"tools", "polish"}, {"tools", "audit", "--quillby"}, {"tools", "audit", "now"},
		{"tools", "sync"}, {"tools", "sync", "--all", "--org", uuid.NewString()}, {"tools", "sync", "--org", "lakeside"}} {
		status, _, _ := o.command(t, args...)
		require.Equal(t, 2, status, args)
	}
	for _, args := range [][]string{{"tools", "-h"}, {"tools", "audit", "-h"}, {"tools", "sync", "-h"}} {
		status, _, _ := o.command(t, args...)
		require.Equal(t, 0, status, args)
	}
}

func TestASaveDoesNotWaitForVapi(t *testing.T) {
	t.Parallel()
	o := operate(t)
	o.vapi.SetLatency(time.Hour)
	var org, user uuid.UUID
	require.NoError(t, o.data.Pool(t).QueryRow(t.Context(), `
		insert into auth.users (id, email, raw_user_meta_data) values ($1, 'ada.quillfeather@patients.example', '{"business_name": "Hilltop"}')
		returning (raw_app_meta_data ->> 'org_id')::uuid, id`, uuid.New()).Scan(&org, &user))
	cfg, err := server.LoadConfig(o.environ)
	require.NoError(t, err)
	token, err := server.MintDevToken(cfg.JWTSecret, org, user, cfg.Issuer(), time.Hour)
	require.NoError(t, err)
	r := httptest.NewRequest(http.MethodPost, "/api/founder-console/agent/behavior", strings.NewReader(`{"inbound":{"firstMessage":"Hello."},"outbound":{}}`))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	o.handler.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	require.Zero(t, o.vapi.Requests(), "Vapi is not even asked")
	require.Contains(t, w.Body.String(), `"sync_status":"pending"`)
}
