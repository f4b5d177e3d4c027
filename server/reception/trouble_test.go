package reception_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
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
	require.Equal(t, sayBusy, p.ask(t, "bookClinicAppointment", atTwo()).Error)

	begun := time.Now()
	_, err := b.vapi.RequestAssistant(t.Context(), sandbox.AssistantRequest(p.line))
	var trouble *sandbox.TroubleError
	require.ErrorAs(t, err, &trouble, "503: the clinic's own line rings")
	require.Less(t, time.Since(begun), 2*time.Second)
	require.Contains(t, p.ask(t, "bookClinicAppointment", map[string]any{"notes": "she can't breathe"}).Result, "This sounds like an emergency.")
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
