package toolsync

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestManyAtOnceRegisterEveryToolOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var everybody sync.WaitGroup
	all := make([][]Tool, 8)
	errs := make([]error, 8)
	for i := range all {
		s := b.syncer(t, nil, nil)
		everybody.Go(func() { all[i], errs[i] = s.EnsureTools(t.Context()) })
	}
	everybody.Wait()
	for i := range all {
		require.NoError(t, errs[i])
		require.Equal(t, all[0], all[i])
	}
	require.Len(t, b.played.Tools(), len(all[0]))
	require.Equal(t, len(all[0]), b.played.Counts()["POST /tool"])
}

// changed is an option that gives a build another definition of takeMessage.
func changed(t *testing.T, s *Syncer) *Syncer {
	t.Helper()
	for i, d := range s.functions {
		if d.Name == "takeMessage" {
			text := bytes.Replace(d.JSON, []byte("Leaves a message"), []byte("Writes a message down"), 1)
			require.NotEqual(t, string(d.JSON), string(text))
			var err error
			s.functions[i], err = vapi.ParseDefinition(text)
			require.NoError(t, err)
		}
	}
	return s
}

func TestAChangedDefinitionIsANewToolForEverybody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	other := b.found(t, "ben.quillfeather")
	for _, c := range []clinic{b.clinic, other} {
		require.NoError(t, s.SyncAgent(t.Context(), c.org, c.agent))
	}
	before := b.requireEndState(t, s, b.clinic.agent, other.agent)

	next := changed(t, b.syncer(t, nil, nil))
	b.data.Exec(t, "update public.agents set saved_at = saved_at - interval '1 minute'")
	var found []db.AgentRef
	_, err := next.Reconcile(t.Context(), refs(&found))
	require.NoError(t, err)
	require.Len(t, found, 2, "all of them, of every clinic")
	old := onlyIn(before, b.idsOf(t, next))
	require.Len(t, old, 1)

	require.NoError(t, next.CheckAgent(t.Context(), found[0].OrgID, found[0].AgentID))
	b.data.Exec(t, "update public.vapi_tools set registered_at = registered_at - interval '3 hours'")
	require.NoError(t, next.Retire(t.Context()))
	require.Contains(t, b.played.Tools(), old[0], "an agent still carries it")

	// A stranger's assistant that holds it keeps it as well.
	require.NoError(t, next.CheckAgent(t.Context(), found[1].OrgID, found[1].AgentID))
	holder, err := b.played.AddAssistant(json.RawMessage(`{"model":{"toolIds":["` + old[0] + `"]}}`))
	require.NoError(t, err)
	require.NoError(t, next.Retire(t.Context()))
	require.Contains(t, b.played.Tools(), old[0])
	require.NoError(t, next.vapi.DeleteAssistant(t.Context(), holder))
	require.NoError(t, next.Retire(t.Context()))
	require.NotContains(t, b.played.Tools(), old[0], "now nobody does")

	after := b.requireEndState(t, next, b.clinic.agent, other.agent)
	b.requireNoGap(t, before, after)
}

func TestTwoBuildsAtOnceDoNotRegisterToAndFro(t *testing.T) {
	t.Parallel()
	b := setup(t)
	earlier, next := b.syncer(t, nil, nil), changed(t, b.syncer(t, nil, nil))
	first, err := earlier.EnsureTools(t.Context())
	require.NoError(t, err)
	second, err := next.EnsureTools(t.Context())
	require.NoError(t, err)
	for range 3 {
		again, err := earlier.EnsureTools(t.Context())
		require.NoError(t, err)
		require.Equal(t, first, again)
		again, err = next.EnsureTools(t.Context())
		require.NoError(t, err)
		require.Equal(t, second, again)
	}
	require.Equal(t, len(first)+1, b.played.Counts()["POST /tool"])
}

func TestAnotherSecretIsAnotherToolAndHeader(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	before := b.idsOf(t, s)
	rotated := b.syncer(t, func(o *Options) { o.Secret = "test-secret-rotated-secret" }, nil)
	b.heal(t, rotated)
	after := b.idsOf(t, rotated)
	require.Len(t, onlyIn(after, before), len(before), "every tool is new")
	_, o := b.assistant(t, b.clinic.agent)
	require.ElementsMatch(t, after, vapi.ToolIDs(o["model"]))
	require.Equal(t, "test-secret-rotated-secret", inner(t, inner(t, o, "server"), "headers").Text("X-Vapi-Secret"))
	b.requireNoGap(t, before, after)
}

func TestAToolThatWasDeletedAtVapiComesBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	lost := b.idsOf(t, s)[0]
	require.NoError(t, s.vapi.DeleteTool(t.Context(), lost))
	b.heal(t, s)
	require.NotContains(t, b.requireEndState(t, s, b.clinic.agent), lost)
}

func TestDriftIsFoundAndPutRight(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.syncer(t, nil, nil)
	require.NoError(t, s.SyncAgent(t.Context(), b.clinic.org, b.clinic.agent))
	id, o := b.assistant(t, b.clinic.agent)
	_, err := s.vapi.PatchAssistant(t.Context(), id, vapi.Object{"firstMessage": json.RawMessage(`"zanzibar-lilac"`),
		"model": json.RawMessage(`{"provider":"openai","model":"gpt-4o"}`)})
	require.NoError(t, err)
	b.heal(t, s)
	_, now := b.assistant(t, b.clinic.agent)
	require.Contains(t, now.Text("firstMessage"), "zanzibar", "control: not looked at yet")
	b.data.Exec(t, "update public.agents set synced_at = synced_at - interval '7 hours'")
	b.heal(t, s)
	_, now = b.assistant(t, b.clinic.agent)
	require.Equal(t, o.Text("firstMessage"), now.Text("firstMessage"))
	b.requireEndState(t, s, b.clinic.agent)
}

// TestDeathAtAnyPoint kills fifty processes at seeded points, at one of Vapi's answers or at any moment, while agents are
// saved and assistants vanish; then one process that lives must find nothing doubled.
func TestDeathAtAnyPoint(t *testing.T) {
	t.Parallel()
	b := setup(t)
	other := b.found(t, "ben.quillfeather")
	chance := rand.New(rand.NewPCG(50, 4))
	for range 50 {
		c := []clinic{b.clinic, other}[chance.IntN(2)]
		if chance.IntN(5) == 0 {
			b.save(t, c, db.SaveAgentParams{AgentID: &c.agent, SystemPrompt: pointer(strings.Repeat("x", chance.IntN(50)))})
		}
		if chance.IntN(3) == 0 { // somebody deletes the assistant at Vapi
			var id string
			if b.owner.QueryRow(t.Context(), "select vapi_assistant_id from public.assistant_routes where agent_id = $1", c.agent).Scan(&id) == nil {
				_ = b.syncer(t, nil, nil).vapi.DeleteAssistant(t.Context(), id) // gone already, perhaps
			}
		}
		ctx, die := context.WithCancel(t.Context())
		left := chance.IntN(6)
		s := b.syncer(t, nil, func(*http.Request, *http.Response) error {
			left--
			if left < 0 {
				die()
				return context.Canceled
			}
			return nil
		})
		if chance.IntN(2) == 0 { // and not only at an answer
			time.AfterFunc(time.Duration(chance.IntN(30))*time.Millisecond, die)
		}
		_ = s.CheckAgent(ctx, c.org, c.agent)
		die()
		b.outlive(t)
	}
	s := b.syncer(t, nil, nil)
	for _, c := range []clinic{b.clinic, other} {
		require.NoError(t, s.CheckAgent(t.Context(), c.org, c.agent))
	}
	b.requireEndState(t, s, b.clinic.agent, other.agent)
}

func (b *testBundle) idsOf(t *testing.T, s *Syncer) []string {
	t.Helper()
	tools, err := s.EnsureTools(t.Context())
	require.NoError(t, err)
	return sortedIDs(tools)
}

func onlyIn(these, others []string) []string {
	var only []string
	for _, id := range these {
		if !strings.Contains(strings.Join(others, " "), id) {
			only = append(only, id)
		}
	}
	return only
}

// requireNoGap: every PATCH of a model carried, for each tool, its old id or its new one.
func (b *testBundle) requireNoGap(t *testing.T, before, after []string) {
	t.Helper()
	seen := 0
	for _, patch := range b.played.Patches() {
		body, err := vapi.ParseObject(patch.Body)
		require.NoError(t, err)
		require.NotEmpty(t, body["model"], "linking patches carry the model")
		ids := vapi.ToolIDs(body["model"])
		require.Len(t, ids, len(after))
		for _, id := range ids {
			require.Contains(t, append(before, after...), id)
			require.NoError(t, uuid.Validate(id))
		}
		seen++
	}
	require.NotZero(t, seen, "control: there were some")
}
