package reception_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const (
	lineNumber  = "+13125550190"
	ownLine     = "+13125550150"
	lineSID     = "AC00000000000000000000000000000001"
	lineToken   = "test-secret-twilio-token-0000001"
	lineVapiKey = "test-secret-vapi-key"
)

// setUpLine founds a clinic in a database and sets its number up, at a played Twilio and Vapi, with the product's own run.
// The service answers it; closing that is the end of the process for Vapi.
func setUpLine(t *testing.T, ownerURL, loginURL string) (*sandbox.Vapi, *httptest.Server) {
	t.Helper()
	b := &bundle{log: &lockedBuffer{}}
	service := b.serve(t, loginURL)
	playedTwilio, playedVapi := sandbox.NewTwilio(), sandbox.NewVapi(lineVapiKey)
	t.Cleanup(playedTwilio.Close)
	t.Cleanup(playedVapi.Close)
	playedVapi.Telephony(playedTwilio)
	playedTwilio.AddAccount(lineSID, lineToken)
	playedTwilio.AddNumber(lineSID, sandbox.TwilioNumber{Number: lineNumber})
	assistant, err := playedVapi.AddAssistant(json.RawMessage(`{"name":"Front desk"}`))
	require.NoError(t, err)
	org, user := foundClinic(t, ownerURL, assistant)

	var run db.ProvisioningStatus
	sealed, err := b.keys.Seal(org, "twilio", []byte(fmt.Sprintf(`{"accountSid":%q,"authToken":%q}`, lineSID, lineToken)))
	require.NoError(t, err)
	claims := fmt.Sprintf(`{"sub":%q,"role":"authenticated","app_metadata":{"org_id":%q}}`, user, org)
	require.NoError(t, b.served.AsUser(t.Context(), []byte(claims), func(tx db.Tx, _ db.Member) (err error) {
		run, err = tx.BeginProvisioning(t.Context(), db.BeginProvisioningParams{Number: lineNumber, Ciphertext: sealed.Ciphertext,
			Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID, AccountRef: "AC00…01"})
		return err
	}))
	again, err := b.provisioner(t, playedTwilio, playedVapi).Work(t.Context(), org, run.ProvisioningID)
	require.NoError(t, err)
	require.Zero(t, again, "the line is set up in one go")
	require.Len(t, playedVapi.PhoneNumbers(), 1)
	return playedVapi, service
}

// foundClinic founds a clinic as signing up does, with a line of its own and an agent that is an assistant at Vapi.
func foundClinic(t *testing.T, ownerURL, assistant string) (org, user uuid.UUID) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), ownerURL)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	require.NoError(t, conn.QueryRow(t.Context(), `
		with person as (insert into auth.users (id, email) values (gen_random_uuid(), 'ada.quillby@patients.example') returning *)
		select id, (raw_app_meta_data ->> 'org_id')::uuid from person`).Scan(&user, &org))
	_, err = conn.Exec(t.Context(), `update public.locations set phone = $2 where org_id = $1`, org, ownLine)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id)
		select $2, org_id, id from public.agents where org_id = $1 and role = 'inbound' and is_default`, org, assistant)
	require.NoError(t, err)
	return org, user
}

func (b *bundle) provisioner(t *testing.T, playedTwilio *sandbox.Twilio, playedVapi *sandbox.Vapi) *provisioner.Provisioner {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	serve := func(played http.Handler) string {
		server := httptest.NewServer(played)
		t.Cleanup(server.Close)
		return server.URL
	}
	texts, err := twilio.New(twilio.Options{BaseURL: serve(playedTwilio), HTTP: client})
	require.NoError(t, err)
	account, err := vapi.New(vapi.Options{BaseURL: serve(playedVapi), Key: lineVapiKey, HTTP: client})
	require.NoError(t, err)
	mail, err := email.NewResend(email.ResendOptions{BaseURL: "http://127.0.0.1:1"}) // nothing is mailed here
	require.NoError(t, err)
	messages, err := messenger.New(messenger.Options{DB: b.served, Keys: b.keys, Twilio: texts, Resend: mail,
		BackendURL: b.vapi.BaseURL, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	p, err := provisioner.New(provisioner.Options{DB: b.served, Accounts: messages, Twilio: texts, Vapi: account,
		BackendURL: b.vapi.BaseURL, Secret: webhookSecret})
	require.NoError(t, err)
	return p
}
