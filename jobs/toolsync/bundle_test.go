package toolsync

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testKey    = "test-secret-vapi-key"
	testSecret = "test-secret-webhook-secret"
	ourURL     = "https://api.clinic.example"
)

// testBundle is a database with clinics of one agent each, and a played Vapi.
type testBundle struct {
	data   *dbtest.Database
	owner  *pgxpool.Pool
	db     *db.DB
	played *sandbox.Vapi
	server *httptest.Server
	clinic clinic
}

type clinic struct {
	org, user, agent uuid.UUID
}

func setup(t *testing.T) *testBundle {
	t.Helper()
	b := &testBundle{data: dbtest.New(t), played: sandbox.NewVapi(testKey)}
	b.owner = b.data.Pool(t)
	var err error
	b.db, err = db.Open(t.Context(), b.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(b.db.Close)
	b.server = httptest.NewServer(b.played)
	t.Cleanup(b.server.Close)
	b.clinic = b.found(t, "ada.quillby")
	return b
}

// found founds a clinic as signing up does.
func (b *testBundle) found(t *testing.T, name string) (c clinic) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), `
		with person as (insert into auth.users (id, email) values (gen_random_uuid(), $1) returning *)
		select id, (raw_app_meta_data ->> 'org_id')::uuid from person`, name+"@patients.example").Scan(&c.user, &c.org))
	require.NoError(t, b.owner.QueryRow(t.Context(), "select id from public.agents where org_id = $1", c.org).Scan(&c.agent))
	return c
}

// syncer is one process's; hook, when given, sees every answer of Vapi before the process does, and what it returns in place.
func (b *testBundle) syncer(t *testing.T, change func(*Options), hook func(*http.Request, *http.Response) error) *Syncer {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := vapi.New(vapi.Options{BaseURL: b.server.URL, Key: testKey, Timeout: 2 * time.Second,
		HTTP: &http.Client{Transport: hooked{transport, hook}}})
	require.NoError(t, err)
	o := Options{DB: b.db, Vapi: client, BackendURL: ourURL, Secret: testSecret,
		Waits: []time.Duration{5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond}}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	require.NoError(t, err)
	return s
}

type hooked struct {
	http.RoundTripper
	hook func(*http.Request, *http.Response) error
}

func (h hooked) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := h.RoundTripper.RoundTrip(r)
	if err == nil && h.hook != nil {
		if err := h.hook(r, resp); err != nil {
			resp.Body.Close()
			return nil, err
		}
	}
	return resp, err
}

// save changes the clinic's agent as its owner; nil makes another agent.
func (b *testBundle) save(t *testing.T, c clinic, p db.SaveAgentParams) (saved uuid.UUID) {
	t.Helper()
	require.NoError(t, b.asOwner(t, c, func(tx db.Tx) error {
		agent, err := tx.SaveAgent(t.Context(), p)
		saved = agent.ID
		return err
	}))
	return saved
}

func (b *testBundle) asOwner(t *testing.T, c clinic, fn func(db.Tx) error) error {
	claims := fmt.Sprintf(`{"sub":%q,"role":"authenticated","app_metadata":{"org_id":%q}}`, c.user, c.org)
	return b.db.AsUser(t.Context(), []byte(claims), func(tx db.Tx, _ db.Member) error { return fn(tx) })
}

// outlive lets every lease and claim of the dead run out.
func (b *testBundle) outlive(t *testing.T) {
	t.Helper()
	b.data.Exec(t, `update public.agents set lease_until = now() - interval '1 second' where lease_until is not null;
		update public.vapi_tools set claimed_until = now() - interval '1 second' where claimed_until is not null`)
}

// state is what an agent's row says of its sync.
func (b *testBundle) state(t *testing.T, agent uuid.UUID) (status, reason string) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), "select sync_status, coalesce(sync_error, '') from public.agents where id = $1", agent).
		Scan(&status, &reason))
	return status, reason
}

// assistant is the agent's, as Vapi has it.
func (b *testBundle) assistant(t *testing.T, agent uuid.UUID) (id string, o vapi.Object) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), "select vapi_assistant_id from public.assistant_routes where agent_id = $1", agent).Scan(&id))
	raw := b.played.Assistants()[id]
	require.NotEmpty(t, raw, "the assistant is at Vapi")
	o, err := vapi.ParseObject(raw)
	require.NoError(t, err)
	return id, o
}

// inner returns a nested object.
func inner(t *testing.T, o vapi.Object, key string) vapi.Object {
	t.Helper()
	nested, err := vapi.ParseObject(o[key])
	require.NoError(t, err, key)
	return nested
}

// requireEndState: one tool for each definition, one assistant for each agent, which carries all of them.
func (b *testBundle) requireEndState(t *testing.T, s *Syncer, agents ...uuid.UUID) []string {
	t.Helper()
	tools, err := s.EnsureTools(t.Context())
	require.NoError(t, err)
	ids := make([]string, len(tools))
	for i, tool := range tools {
		ids[i] = tool.ID
		require.Contains(t, b.played.Tools(), tool.ID)
	}
	require.Len(t, b.played.Tools(), len(s.functions), "no twin among the tools")
	require.Len(t, b.played.Assistants(), len(agents), "no twin among the assistants")
	for _, agent := range agents {
		status, reason := b.state(t, agent)
		require.Equal(t, "synced", status, reason)
		_, o := b.assistant(t, agent)
		require.ElementsMatch(t, ids, vapi.ToolIDs(o["model"]))
		require.Equal(t, agent.String(), inner(t, o, "metadata").Text(metaAgent))
	}
	return ids
}

// refs is an enqueue that keeps what it is given.
func refs(into *[]db.AgentRef) func(context.Context, []db.AgentRef) error {
	return func(_ context.Context, agents []db.AgentRef) error {
		*into = append(*into, agents...)
		return nil
	}
}

// heal reconciles and works what that asks for.
func (b *testBundle) heal(t *testing.T, s *Syncer) {
	t.Helper()
	b.data.Exec(t, "update public.agents set saved_at = saved_at - interval '1 minute', retry_at = null")
	var found []db.AgentRef
	_, err := s.Reconcile(t.Context(), refs(&found))
	require.NoError(t, err)
	for _, agent := range found {
		require.NoError(t, s.CheckAgent(t.Context(), agent.OrgID, agent.AgentID))
	}
}

func pointer[T any](v T) *T { return &v }

func mustJSON(t *testing.T, v any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return raw
}
