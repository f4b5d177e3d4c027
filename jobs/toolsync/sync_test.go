package toolsync

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestFirstSyncMakesTheAssistantWithEveryTool(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	b.save(t, b.clinic, db.SaveAgentParams{AgentID: &b.clinic.agent, Voice: pointer("Elliot"), SystemPrompt: pointer("Be kind.")})
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	b.requireEndState(t, s, b.clinic.agent)
	require.Equal(t, 1, b.played.Counts()["POST /assistant"])
	require.Zero(t, b.played.Counts()["PATCH /assistant/{id}"], "made whole at once")

	_, o := b.assistant(t, b.clinic.agent)
	require.LessOrEqual(t, len([]rune(o.Text("name"))), 40)
	require.Equal(t, "Elliot", inner(t, o, "voice").Text("voiceId"))
	require.Equal(t, ourURL+"/api/vapi/webhook", inner(t, o, "server").Text("url"))
	require.Equal(t, testSecret, inner(t, inner(t, o, "server"), "headers").Text("X-Vapi-Secret"))
	require.JSONEq(t, `["tool-calls","status-update","end-of-call-report","transfer-destination-request"]`, string(o["serverMessages"]))
	require.JSONEq(t, `[{"type":"endCall"},{"type":"transferCall","destinations":[]}]`, string(inner(t, o, "model")["tools"]))
	require.Contains(t, string(inner(t, o, "model")["messages"]), "Be kind.")

	var linked int
	require.NoError(t, b.owner.QueryRow(t.Context(), "select count(*) from public.org_tools where linked").Scan(&linked))
	require.Len(t, s.functions, linked)
	before := b.played.Requests()
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	require.Equal(t, before, b.played.Requests(), "in step: nothing is asked")
	require.NoError(t, s.CheckAgent(t.Context(), b.clinic.org, b.clinic.agent))
	require.Equal(t, before+1, b.played.Requests(), "a check looks, and finds nothing to change")
}

func TestASaveDuringASyncIsNotLost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	saved := false
	s := b.syncer(t, nil, func(r *http.Request, _ *http.Response) error {
		if r.Method == http.MethodPost && r.URL.Path == "/assistant" && !saved {
			saved = true
			b.save(t, b.clinic, db.SaveAgentParams{AgentID: &b.clinic.agent, Voice: pointer("Savannah")})
			require.ErrorIs(t, b.syncer(t, nil, nil).SyncAgent(t.Context(), b.clinic.org, b.clinic.agent), ErrBusy)
		}
		return nil
	})
	b.data.Exec(t, "delete from river.river_job")
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	status, _ := b.state(t, b.clinic.agent)
	require.Equal(t, "pending", status)
	var jobs int
	require.NoError(t, b.owner.QueryRow(t.Context(), `select count(*) from river.river_job where kind = 'sync_agent' and queue = 'vapi'
		and args = jsonb_build_object('org_id', $1::uuid, 'agent_id', $2::uuid)`, b.clinic.org, b.clinic.agent).Scan(&jobs))
	require.Equal(t, 2, jobs, "the save's own, and the sync's that saw it; ids only")
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	b.requireEndState(t, s, b.clinic.agent)
	_, o := b.assistant(t, b.clinic.agent)
	require.Equal(t, "Savannah", inner(t, o, "voice").Text("voiceId"))
}

func TestAVanishedAssistantIsMadeAgainOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	old, _ := b.assistant(t, b.clinic.agent)
	require.NoError(t, s.vapi.DeleteAssistant(t.Context(), old))
	for range 3 {
		require.NoError(t, s.CheckAgent(t.Context(), b.clinic.org, b.clinic.agent))
	}
	now, _ := b.assistant(t, b.clinic.agent)
	require.NotEqual(t, old, now)
	b.requireEndState(t, s, b.clinic.agent)
	require.Equal(t, 2, b.played.Counts()["POST /assistant"])
}

func TestDeathBetweenVapisAnswerAndOurRowMakesNoTwin(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/tool", "/assistant"} {
		t.Run(strings.TrimPrefix(path, "/"), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			ctx, die := context.WithCancel(t.Context())
			dying := b.syncer(t, nil, func(r *http.Request, resp *http.Response) error {
				if r.Method == http.MethodPost && r.URL.Path == path && resp.StatusCode == http.StatusCreated {
					die()
					return context.Canceled
				}
				return nil
			})
			require.ErrorIs(t, dying.SyncAgent(ctx, b.clinic.org, b.clinic.agent), context.Canceled)
			require.Equal(t, 1, b.played.Counts()["POST "+path], "control: it was made")
			s := b.syncer(t, nil, nil)
			require.ErrorIs(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent), ErrBusy, "the dead one's lease holds")
			b.outlive(t)
			require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
			b.requireEndState(t, s, b.clinic.agent)
			require.Equal(t, 1, b.played.Counts()["POST /assistant"])
			require.Equal(t, len(s.functions), b.played.Counts()["POST /tool"])
		})
	}
}

func TestACreationThatIsAnsweredWithAnErrorIsLookedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	_, err := s.EnsureTools(t.Context())
	require.NoError(t, err)
	b.played.Fail(sandbox.Failure{Status: http.StatusBadGateway, Acts: true})
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	b.requireEndState(t, s, b.clinic.agent)
	require.Equal(t, 1, b.played.Counts()["POST /assistant"])
}

func TestACreationThatIsNotAnsweredIsLeftToTheReconciler(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	_, err := s.EnsureTools(t.Context())
	require.NoError(t, err)
	b.played.Fail(sandbox.Failure{Delay: time.Minute, Acts: true})
	var failed *FailedError
	require.ErrorAs(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent), &failed)
	require.Equal(t, "registered_not_linked", failed.Status)
	b.heal(t, s)
	b.requireEndState(t, s, b.clinic.agent)
	require.Equal(t, 1, b.played.Counts()["POST /assistant"])
}

func TestACreationThatAGatewayGaveUpOnIsLeftToTheReconciler(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	_, err := s.EnsureTools(t.Context())
	require.NoError(t, err)
	b.played.Fail(sandbox.Failure{Status: http.StatusGatewayTimeout})
	var failed *FailedError
	require.ErrorAs(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent), &failed)
	require.Equal(t, 1, b.played.Counts()["POST /assistant"], "it may still be made: a second one would be a twin")
	b.heal(t, s)
	b.requireEndState(t, s, b.clinic.agent)
}

func TestAnIDThatIsNoneOfVapisIsReplaced(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, "insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id) values ('assistant-lakeside', $1, $2)", b.clinic.org, b.clinic.agent)
	s := b.syncer(t, nil, func(r *http.Request, resp *http.Response) error {
		if strings.HasSuffix(r.URL.Path, "/assistant-lakeside") {
			resp.StatusCode = http.StatusBadRequest // "id must be a UUID"
		}
		return nil
	})
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	b.requireEndState(t, s, b.clinic.agent)
}

func TestAClinicThatLeftLosesItsAssistant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	b.data.Exec(t, "update public.organizations set deleted_at = now()")
	b.heal(t, s)
	require.Empty(t, b.played.Assistants())
	var found []db.AgentRef
	_, err := s.Reconcile(t.Context(), refs(&found))
	require.NoError(t, err)
	require.Empty(t, found, "and is left alone then")
}

func TestWhatVapiRefusesForGoodIsNotTriedEveryMinute(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	_, err := s.EnsureTools(t.Context())
	require.NoError(t, err)
	b.played.FailAtRandom(1, sandbox.Risk{Share: 1, Failure: sandbox.Failure{Status: http.StatusBadRequest}})
	var failed *FailedError
	require.ErrorAs(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent), &failed)
	b.played.FailAtRandom(1)
	b.data.Exec(t, "update public.agents set saved_at = saved_at - interval '1 minute'")
	for pause, agents := range map[string]int{"30 seconds": 0, "-1 second": 1} {
		b.data.Exec(t, "update public.agents set retry_at = now() + interval '"+pause+"'")
		var found []db.AgentRef
		_, err = s.Reconcile(t.Context(), refs(&found))
		require.NoError(t, err)
		require.Len(t, found, agents)
	}
}

func TestFailuresStandInTheRowAndAreHealed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		failure        sandbox.Failure
		tools          bool // registered before
		status, reason string
	}{
		"5xx while registering":  {sandbox.Failure{Status: 500}, false, "failed", "The tools are not registered: Vapi did not answer as it should"},
		"unauthorized":           {sandbox.Failure{Status: 401}, true, "registered_not_linked", "Vapi refused the platform's key"},
		"5xx while linking":      {sandbox.Failure{Status: 503}, true, "registered_not_linked", "Vapi did not answer as it should"},
		"too many requests":      {sandbox.Failure{Status: 429, RetryAfter: time.Hour}, true, "registered_not_linked", "Vapi asked for a pause"},
		"an answer that is late": {sandbox.Failure{Delay: time.Minute}, true, "registered_not_linked", "Vapi did not answer as it should"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			s := b.syncer(t, nil, nil)
			if c.tools {
				_, err := s.EnsureTools(t.Context())
				require.NoError(t, err)
			}
			b.played.FailAtRandom(1, sandbox.Risk{Share: 1, Failure: c.failure})
			var failed *FailedError
			require.ErrorAs(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent), &failed)
			b.played.FailAtRandom(1)
			status, reason := b.state(t, b.clinic.agent)
			require.Equal(t, []string{c.status, c.reason}, []string{status, reason})
			b.outlive(t)
			b.heal(t, s)
			b.requireEndState(t, s, b.clinic.agent)
		})
	}
}

func TestARefusedAssistantSaysWhichField(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	_, err := s.EnsureTools(t.Context())
	require.NoError(t, err)
	refusing := b.syncer(t, nil, func(r *http.Request, resp *http.Response) error {
		if r.URL.Path == "/assistant" {
			resp.StatusCode = http.StatusBadRequest
		}
		return nil
	})
	var failed *FailedError
	require.ErrorAs(t, refusing.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent), &failed)
	require.Equal(t, "failed", failed.Status)
	require.NotContains(t, failed.Error(), "zanzibar")
}

func TestDeletionTakesTheAssistantAway(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	second := b.save(t, b.clinic, db.SaveAgentParams{Name: pointer("Evening"), Role: pointer("inbound")})
	for _, agent := range []uuid.UUID{b.clinic.agent, second} {
		require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, agent))
	}
	id, _ := b.assistant(t, second)
	require.NoError(t, b.asOwner(t, b.clinic, func(tx db.Tx) error {
		_, err := tx.DeleteAgent(t.Context(), second)
		return err
	}))
	b.played.Pin(id)
	var failed *FailedError
	require.ErrorAs(t, s.SyncAgent(t.Context(), b.clinic.org, second), &failed)
	require.Contains(t, failed.Reason, "a version at Vapi still refers to it")

	b.played.Unpin(id)
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, second))
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, second), "gone is gone")
	b.requireEndState(t, s, b.clinic.agent)
	var rows int
	require.NoError(t, b.owner.QueryRow(t.Context(), "select count(*) from public.agents where id = $1", second).Scan(&rows))
	require.Zero(t, rows)
}

func TestDeletionAlsoFindsAnAssistantWhoseIDWasLost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	second := b.save(t, b.clinic, db.SaveAgentParams{Name: pointer("Evening"), Role: pointer("inbound")})
	ctx, die := context.WithCancel(t.Context())
	dying := b.syncer(t, nil, func(r *http.Request, _ *http.Response) error {
		if r.Method == http.MethodPost && r.URL.Path == "/assistant" {
			die()
			return context.Canceled
		}
		return nil
	})
	require.ErrorIs(t, dying.SyncAgent(ctx, b.clinic.org, second), context.Canceled)
	require.Len(t, b.played.Assistants(), 1, "control: it is there")
	b.outlive(t)
	require.NoError(t, b.asOwner(t, b.clinic, func(tx db.Tx) error {
		_, err := tx.DeleteAgent(t.Context(), second)
		return err
	}))
	require.NoError(t, b.syncer(t, nil, nil).SyncAgent(t.Context(), b.clinic.org, second))
	require.Empty(t, b.played.Assistants())
}

func TestTenantsNeverMix(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	other := b.found(t, "ben.quillfeather")
	b.save(t, b.clinic, db.SaveAgentParams{AgentID: &b.clinic.agent, SystemPrompt: pointer("zanzibar-lilac one")})
	b.save(t, other, db.SaveAgentParams{AgentID: &other.agent, SystemPrompt: pointer("zanzibar-lilac two")})
	require.NoError(t, s.SyncAgent(t.Context(), other.org, b.clinic.agent), "another clinic's agent is no agent")
	require.Empty(t, b.played.Assistants())
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	require.NoError(t, s.SyncAgent(t.Context(), other.org, other.agent))
	b.requireEndState(t, s, b.clinic.agent, other.agent)
	for c, prompts := range map[clinic][2]string{b.clinic: {"lilac one", "lilac two"}, other: {"lilac two", "lilac one"}} {
		_, o := b.assistant(t, c.agent)
		require.Contains(t, string(o["model"]), prompts[0])
		require.NotContains(t, string(o["model"]), prompts[1])
		require.Equal(t, c.org.String(), inner(t, o, "metadata").Text(metaOrg))
	}
}

func TestWhatIsNotOursStaysAsItIs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	add := func(tool string) string {
		id, err := b.played.AddTool(json.RawMessage(tool))
		require.NoError(t, err)
		return id
	}
	foreign := add(`{"type":"query","knowledgeBases":[]}`)
	unlisted := uuid.NewString()
	stranger := add(`{"type":"function","function":{"name":"takeMessage"},"server":{"url":"` + ourURL + `/else"}}`)
	calendar := add(`{"type":"google.calendar.event.create"}`)
	hangUp := add(`{"type":"endCall"}`)

	id, o := b.assistant(t, b.clinic.agent)
	model := inner(t, o, "model")
	ours := vapi.ToolIDs(model.Bytes())
	require.Empty(t, model["knowledgeBase"], "the tool is enough: with both a model would ask twice")
	model["knowledgeBase"] = json.RawMessage(`{"provider":"custom-knowledge-base", "server":{"url":"` + ourURL + `/api/vapi/webhook"}}`)
	model["maxTokens"], model["knowledgeBaseId"] = json.RawMessage(`250.0`), json.RawMessage(`"kb <1>"`)
	model["toolIds"] = mustJSON(t, append([]string{foreign, stranger, calendar, unlisted, hangUp}, ours...))
	model["tools"] = json.RawMessage(`[{"type":"make"},{"type":"dtmf", "messages" : [ ]},{"type":"function","function":{"name":"verifyCaller"}}]`)
	o["model"] = model.Bytes()
	o["hooks"] = json.RawMessage(`[{"on":"call.ending","do":[{"type":"say", "exact":"Bye"}]}]`)
	o["endCallMessage"], o["stopSpeakingPlan"] = json.RawMessage(`"Bye < >"`), json.RawMessage(`{"numWords" : 2.50}`)
	o["metadata"] = json.RawMessage(`{"crm":"x","` + metaAgent + `":"` + b.clinic.agent.String() + `"}`)
	_, err := b.played.AddAssistant(o.Bytes())
	require.NoError(t, err)

	b.save(t, b.clinic, db.SaveAgentParams{AgentID: &b.clinic.agent, Voice: pointer("Kylie")})
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	same, now := b.assistant(t, b.clinic.agent)
	require.Equal(t, id, same)
	for _, key := range []string{"hooks", "endCallMessage", "stopSpeakingPlan", "createdAt", "orgId"} {
		require.Equal(t, string(o[key]), string(now[key]), key)
	}
	after := inner(t, now, "model")
	for _, key := range []string{"maxTokens", "knowledgeBaseId", "knowledgeBase"} {
		require.Equal(t, string(model[key]), string(after[key]), key)
	}
	require.Equal(t, append([]string{foreign, unlisted}, ours...), vapi.ToolIDs(now["model"]), "strangers and interceptors are gone")
	require.Equal(t, `[{"type":"dtmf", "messages" : [ ]},{"type":"endCall"},{"destinations":[],"type":"transferCall"}]`, string(after["tools"]))
	require.Equal(t, "x", inner(t, now, "metadata").Text("crm"))
	require.Contains(t, b.played.Tools(), stranger, "detached, not deleted")
	require.Equal(t, "Kylie", inner(t, now, "voice").Text("voiceId"))
}

// What is remembered of callers goes out for one call at a time; an assistant is at Vapi for everybody's.
func TestNothingOfCallersReachesTheAssistant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, `update public.organizations set caller_memory = true, identity_factor = 'calling_number'`)
	b.data.Exec(t, `insert into public.contacts (org_id, name, phone, notes) select id, 'Nora Quillfeather', '+13125550142', 'zanzibar-lilac' from public.organizations`)
	b.data.Exec(t, `insert into public.call_logs (org_id, vapi_call_id, direction, status, from_number, contact_id, outcome, summary, transcript_state, started_at)
		select c.org_id, 'vapi-' || n, 'inbound', case n when 1 then 'ended' else 'in-progress' end, c.phone, c.id, 'booked', 'zanzibar-lilac', 'stored',
			app.now() - interval '1 day' / n from public.contacts c, generate_series(1, 2) n`)
	var memory string
	require.NoError(t, b.owner.QueryRow(t.Context(), `select set_config('request.jwt.claims', $1, false) || app.caller_memory(id)
		from public.call_logs where vapi_call_id = 'vapi-2'`, `{"app_metadata": {"org_id": "`+b.clinic.org.String()+`"}}`).Scan(&memory))
	require.Contains(t, memory, "Last call on", "control: there is something to remember")
	var sent strings.Builder
	s := b.syncer(t, nil, func(r *http.Request, _ *http.Response) error {
		if r.GetBody != nil {
			body, err := r.GetBody()
			require.NoError(t, err)
			_, err = io.Copy(&sent, body)
			require.NoError(t, err)
		}
		return nil
	})
	for _, prompt := range []string{"Be kind.", "Be brief."} { // made, then changed
		b.save(t, b.clinic, db.SaveAgentParams{AgentID: &b.clinic.agent, SystemPrompt: &prompt})
		require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	}
	require.Contains(t, sent.String(), "{{callerMemory}}")
	require.Equal(t, 1, b.played.Counts()["PATCH /assistant/{id}"])
	for _, theirs := range []string{"Last call on", "Quillfeather", "3125550142", "zanzibar-lilac"} {
		require.NotContains(t, sent.String(), theirs)
	}
}
