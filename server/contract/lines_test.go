package contract_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const vapiKey = "test-secret-vapi-contract"

// telephony is a played Vapi that knows the assistants of the books, and nothing else again whenever a test puts those back.
type telephony struct {
	carrier *sandbox.Twilio
	now     atomic.Pointer[sandbox.Vapi]
}

func newTelephony(t testing.TB, carrier *sandbox.Twilio) *telephony {
	t.Helper()
	played := &telephony{carrier: carrier}
	played.forget(t)
	t.Cleanup(func() { played.now.Load().Close() })
	return played
}

func (p *telephony) forget(t testing.TB) {
	t.Helper()
	fresh := sandbox.NewVapi(vapiKey)
	fresh.Telephony(p.carrier)
	for _, letter := range []string{"a", "b"} {
		_, err := fresh.AddAssistant(json.RawMessage(`{"id": "assistant-tested-` + letter + `"}`))
		require.NoError(t, err)
	}
	if before := p.now.Swap(fresh); before != nil {
		before.Close()
	}
}

func (p *telephony) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.now.Load().ServeHTTP(w, r) }

// numbers looks after the clinics' lines, with a worker beside it until the test ends. A request waits for its run, so
// that nothing is under way between two of them.
func (c *clinics) numbers(t testing.TB, opened *db.DB, accounts provisioner.Accounts, carrier *twilio.Gateway, account *vapi.Client) *provisioner.Provisioner {
	t.Helper()
	lines, err := provisioner.New(provisioner.Options{DB: opened, Accounts: accounts, Twilio: carrier, Vapi: account,
		BackendURL: backend, Secret: "test-secret-webhook", Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			c.workRun(ctx, lines)
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	t.Cleanup(func() { stop(); <-done })
	return lines
}

// workRun goes on with one run, if there is one; an error shows as a request that stays under way.
func (c *clinics) workRun(ctx context.Context, lines *provisioner.Provisioner) {
	var org, run uuid.UUID
	err := c.owner.QueryRow(ctx, `select org_id, id from public.provisioning
		where state in ('running', 'undoing', 'releasing') and lease_id is null limit 1`).Scan(&org, &run)
	if err == nil {
		_, _ = lines.Work(ctx, org, run)
	}
}

// ready does what must stand before an example is a good request: only a line that works can be tested.
func (c *clinics) ready(t testing.TB, e example) {
	t.Helper()
	if e.operation != "testInbound" {
		return
	}
	for _, first := range examples() {
		if first.operation == "setUpInbound" {
			w := c.send(t, c.token, first.with(c.ids))
			require.Equal(t, first.status, w.Code, w.Body.String())
		}
	}
}
