package reception_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/reception"
	"github.com/voxanne-ai/voxanne/server/voice"
)

const (
	sayBusy    = "The calendar is busy at this moment. Ask the caller to wait a few seconds and try once more."
	sayTrouble = "Something went wrong on our side. Apologise and offer to take a message."
)

func TestALockThatIsHeldTooLongIsOneSentence(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	p.say(t, "lookupCaller", nil) // the call has its row
	other, err := b.owner.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = other.Rollback(t.Context()) }() // or a failure would wait for it for ever
	_, err = other.Exec(t.Context(), `select app.lock_call(id) from call_logs where vapi_call_id = $1`, p.line.CallID)
	require.NoError(t, err)

	begun := time.Now()
	require.Equal(t, sayBusy, p.askAs(t, "tc-again", "bookClinicAppointment", atTwo()).Error)
	require.Less(t, time.Since(begun), 10*time.Second, "far below the 20 s that Vapi waits")
	require.NoError(t, other.Rollback(t.Context()))
	require.Regexp(t, bookedAtTwo, p.askAs(t, "tc-again", "bookClinicAppointment", atTwo()).Result, "the same tool call succeeds later")
}

func TestNoConnectionLeftIsOneSentence(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.takeEveryConnection(t)
	p := b.call("+13125550111")
	calls := make([]sandbox.ToolCall, 3)
	for i := range calls {
		calls[i] = sandbox.ToolCall{ID: fmt.Sprint(i), Name: "bookClinicAppointment", Arguments: atTwo()}
	}
	begun := time.Now()
	results, err := b.vapi.CallTools(t.Context(), sandbox.ToolCalls(p.line, sandbox.NestedObject, calls...))
	require.NoError(t, err)
	require.Less(t, time.Since(begun), 15*time.Second, "all of them together, below the 20 s that Vapi waits")
	for _, result := range results {
		require.Equal(t, sayBusy, result.Error)
	}

	begun = time.Now()
	calls[1].Arguments = map[string]any{"notes": "she can't breathe"}
	results, err = b.vapi.CallTools(t.Context(), sandbox.ToolCalls(p.line, sandbox.NestedObject, calls...))
	require.NoError(t, err)
	require.Less(t, time.Since(begun), 2*time.Second, "the clinic's sentence is looked for once")
	for _, result := range results {
		require.Contains(t, result.Result, "This sounds like an emergency.")
	}

	begun = time.Now()
	_, err = b.vapi.RequestAssistant(t.Context(), sandbox.AssistantRequest(p.line))
	var trouble *sandbox.TroubleError
	require.ErrorAs(t, err, &trouble, "503: the clinic's own line rings")
	require.Less(t, time.Since(begun), 2*time.Second)
}

// Without a database at all every handler panics.
func TestAPanicIsOneSentencePerToolCall(t *testing.T) {
	t.Parallel()
	auth, err := voice.NewAuthenticator(voice.ModeEither, []string{webhookSecret}, time.Now)
	require.NoError(t, err)
	listening := httptest.NewServer(reception.New(nil, auth, nil, server.NewMetrics(), nil))
	defer listening.Close()
	defer listening.Client().CloseIdleConnections()
	vapi := &sandbox.Caller{BaseURL: listening.URL, Auth: sandbox.Secret(webhookSecret), HTTP: listening.Client()}
	line := sandbox.Line{CallID: "0190-call-1", AssistantID: "assistant-a", At: now}

	results, err := vapi.CallTools(t.Context(), sandbox.ToolCalls(line, sandbox.NestedObject,
		sandbox.ToolCall{ID: "1", Name: "bookClinicAppointment", Arguments: atTwo()},
		sandbox.ToolCall{ID: "2", Name: "takeMessage", Arguments: map[string]any{"message": strings.Repeat("x", 5000)}},
		sandbox.ToolCall{ID: "3", Name: "lookupCaller"}))
	require.NoError(t, err)
	require.Equal(t, sayTrouble, results[0].Error)
	require.Contains(t, results[1].Error, "is too long")
	require.Equal(t, sayTrouble, results[2].Error)
}

// takeEveryConnection keeps all 16 of the server's connections busy until the test ends.
func (b *bundle) takeEveryConnection(t *testing.T) {
	t.Helper()
	const conns = 16
	ended, taken := make(chan struct{}), make(chan struct{}, conns)
	var holders sync.WaitGroup
	for range conns {
		holders.Go(func() {
			err := b.served.AsTenant(context.WithoutCancel(t.Context()), uuid.MustParse(lakeside), func(db.Tx) error {
				taken <- struct{}{}
				<-ended
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() { close(ended); holders.Wait() })
	for range conns {
		<-taken
	}
}

func TestWithoutADatabase(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	p.say(t, "lookupCaller", nil)
	b.goOffline(t)

	begun := time.Now()
	_, err := b.vapi.RequestAssistant(t.Context(), sandbox.AssistantRequest(p.line))
	var trouble *sandbox.TroubleError
	require.ErrorAs(t, err, &trouble)
	require.Less(t, time.Since(begun), 2*time.Second)
	require.Contains(t, []string{sayBusy, sayTrouble}, p.ask(t, "bookClinicAppointment", atTwo()).Error)
	require.Equal(t, "This sounds like an emergency. Please hang up and call the emergency services right now.",
		p.ask(t, "bookClinicAppointment", map[string]any{"notes": "she can't breathe"}).Result)
	_, refusal, err := b.vapi.RequestTransfer(t.Context(), sandbox.TransferRequest(p.line, `{}`))
	require.NoError(t, err)
	require.Equal(t, sayTrouble, refusal)

	// Reports may be sent again, so these say that they were not taken in.
	answer, err := b.vapi.Post(t.Context(), sandbox.PathWebhook, sandbox.StatusUpdate(p.line, "ended", "customer-ended-call"))
	require.NoError(t, err)
	require.Equal(t, 503, answer.Status)
}

// goOffline closes the test's database to everybody.
func (b *bundle) goOffline(t *testing.T) {
	t.Helper()
	config, err := pgx.ParseConfig(b.database.OwnerURL)
	require.NoError(t, err)
	config.Database = "postgres"
	conn, err := pgx.ConnectConfig(t.Context(), config)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), `alter database `+pgx.Identifier{b.database.Name}.Sanitize()+` with allow_connections false`)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, b.database.Name)
	require.NoError(t, err)
}
