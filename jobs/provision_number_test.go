package jobs

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/provisioner"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// oneAccount is every organisation's account.
type oneAccount twilio.Credentials

func (a oneAccount) TwilioAccount(context.Context, uuid.UUID) (twilio.Credentials, error) {
	return twilio.Credentials(a), nil
}

// setNumbersUp runs the real workers with a provisioner until the test ends.
func (b *testBundle) setNumbersUp(t *testing.T, carrier *sandbox.Twilio, account oneAccount) {
	t.Helper()
	played, phone := httptest.NewServer(b.vapi), httptest.NewServer(carrier)
	client, err := vapi.New(vapi.Options{BaseURL: played.URL, Key: testKey, HTTP: played.Client()})
	require.NoError(t, err)
	texts, err := twilio.New(twilio.Options{BaseURL: phone.URL, HTTP: phone.Client()})
	require.NoError(t, err)
	log := slog.New(slog.NewTextHandler(b.log, nil))
	numbers, err := provisioner.New(provisioner.Options{DB: b.db, Accounts: account, Twilio: texts, Vapi: client,
		BackendURL: "https://api.clinic.example", Secret: "test-secret-webhook-secret", Log: log})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, Options{DirectURL: b.data.LoginURL, DB: b.db, Calls: client, ReadReport: unread, Numbers: numbers, Log: log})
	}()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
		played.Close()
		phone.Close()
		carrier.Close()
	})
}

func TestARunThatNobodyWorksOnIsTakenUpAndOneUndoneByItsJob(t *testing.T) {
	t.Parallel()
	b, carrier := setup(t), sandbox.NewTwilio()
	account := oneAccount{AccountSID: "AC00000000000000000000000000000001", AuthToken: "test-secret-twilio-token"}
	carrier.AddAccount(account.AccountSID, account.AuthToken, "+13125550190")
	b.vapi.Telephony(carrier)
	before, _ := carrier.Number(account.AccountSID, "+13125550190")
	b.data.Exec(t, `insert into public.phone_numbers (org_id, number, location_id) select org_id, '+13125550190', id from public.locations`)
	b.data.Exec(t, `insert into public.provisioning (org_id, number, account_ref, updated_at) select id, '+13125550190', 'AC00…01', now() - interval '1 minute' from public.organizations`)
	b.data.Exec(t, `insert into public.provisioning_steps (org_id, provisioning_id, position, step)
		select p.org_id, p.id, s.position, s.step from public.provisioning p,
		unnest(array['check', 'credential', 'import', 'messaging', 'routing']) with ordinality s (step, position)`)
	b.setNumbersUp(t, carrier, account)
	b.eventually(t, "select state = 'active' from public.provisioning")
	require.Len(t, b.vapi.PhoneNumbers(), 1)
	b.eventually(t, "select bool_and(queue = 'vapi') from river.river_job where kind = 'provision_number' having count(*) = 1")

	var run uuid.UUID
	require.NoError(t, b.owner.QueryRow(t.Context(), "select id from public.provisioning").Scan(&run))
	require.NoError(t, b.asTenant(t, "select app.undo_provisioning($1)", run))
	b.eventually(t, "select state = 'undone' from public.provisioning")
	require.Empty(t, b.vapi.PhoneNumbers())
	require.Empty(t, b.vapi.Credentials())
	now, _ := carrier.Number(account.AccountSID, "+13125550190")
	require.Equal(t, before, now)
	b.eventually(t, "select bool_and(state = 'completed') from river.river_job where kind = 'provision_number'")
	require.NotContains(t, b.log.String(), "3125550190")
	require.NotContains(t, b.log.String(), "test-secret")
}
