package messenger_test

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	dashboardURL = "https://dashboard.patients.example"
	invited      = "nurse.quill@patients.example"
)

// remake is the messenger with other options.
func (b *testBundle) remake(t *testing.T, change func(*messenger.Options)) {
	t.Helper()
	change(&b.o)
	var err error
	b.m, err = messenger.New(b.o)
	require.NoError(t, err)
}

// invite asks an address to join, as the dashboard does; the e-mail waits for its job.
func (b *testBundle) invite(t *testing.T) (message uuid.UUID, token string) {
	t.Helper()
	b.remake(t, func(o *messenger.Options) { o.DashboardURL = dashboardURL })
	id := uuid.New()
	token = b.keys.Token(b.org, id)
	hash := sha256.Sum256([]byte(token))
	claims, err := json.Marshal(map[string]any{
		"sub":          one[uuid.UUID](t, b, "select user_id from public.profiles where org_id = $1", b.org),
		"app_metadata": map[string]any{"org_id": b.org},
	})
	require.NoError(t, err)
	platform := b.m.PlatformMail()
	require.NoError(t, b.db.AsUser(t.Context(), claims, func(tx db.Tx, _ db.Member) error {
		row, err := tx.InviteMember(t.Context(), db.InviteMemberParams{
			Email: invited, Role: "staff", TokenID: id, TokenHash: hash[:], Mail: true, PlatformMail: &platform})
		require.Equal(t, "queued", row.Mail)
		return err
	}))
	return one[uuid.UUID](t, b, "select message_id from public.invitations where email = $1", invited), token
}

func TestAnInvitationOfWhichNobodyKnowsIsTheSameEmailAgain(t *testing.T) {
	t.Parallel()
	for name, acts := range map[string]bool{"it was taken": true, "it never came": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			id, token := b.invite(t)
			b.resend.Fail(sandbox.Failure{Status: http.StatusInternalServerError, Acts: acts})
			require.NoError(t, b.m.SendQueued(t.Context(), b.org, id))
			require.Equal(t, row{Status: "unknown", Reason: "no_answer"}, b.row(t, id))
			again, err := b.m.Settle(t.Context(), b.org, id)
			require.NoError(t, err)
			require.Zero(t, again)
			require.Equal(t, "sent", b.row(t, id).Status)
			require.Len(t, b.resend.Emails(), 1)
			require.Contains(t, b.resend.Emails()[0].Text, token)
			require.NotContains(t, b.log.String(), token)
			require.NotContains(t, b.log.String(), invited)
		})
	}
}

func TestAnInvitationThatOpensNothingIsNotMailed(t *testing.T) {
	t.Parallel()
	other, err := vault.ParseKeyring("k2:" + strings.Repeat("6b", 32))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		spoil  func(t *testing.T, b *testBundle)
		reason string
	}{
		"withdrawn": {func(t *testing.T, b *testBundle) { b.data.Exec(t, "delete from public.invitations") }, "withdrawn"},
		"accepted":  {func(t *testing.T, b *testBundle) { b.data.Exec(t, "update public.invitations set accepted_at = now()") }, "withdrawn"},
		"expired":   {func(t *testing.T, b *testBundle) { b.data.Exec(t, "update public.invitations set expires_at = now()") }, "withdrawn"},
		"no dashboard": {func(t *testing.T, b *testBundle) {
			b.remake(t, func(o *messenger.Options) { o.DashboardURL = "" })
		}, "not_configured"},
		"its key is gone": {func(t *testing.T, b *testBundle) { b.remake(t, func(o *messenger.Options) { o.Keys = other }) }, "not_configured"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			id, _ := b.invite(t)
			c.spoil(t, b)
			require.NoError(t, b.m.SendQueued(t.Context(), b.org, id))
			require.Equal(t, row{Status: "failed", Reason: c.reason}, b.row(t, id))
			require.Empty(t, b.resend.Emails())
		})
	}
}

func TestAnInvitationSurvivesARotationOfTheKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id, token := b.invite(t)
	rotated, err := vault.ParseKeyring("k2:" + strings.Repeat("6b", 32) + "," + credentialsKey)
	require.NoError(t, err)
	b.remake(t, func(o *messenger.Options) { o.Keys = rotated })
	require.NoError(t, b.m.SendQueued(t.Context(), b.org, id))
	require.Contains(t, b.resend.Emails()[0].Text, token)
}

func TestAnInvitationLeavesByTheMailServer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	server, err := sandbox.NewSMTP()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	sender, err := email.NewSMTP("smtp://" + server.Addr())
	require.NoError(t, err)
	b.remake(t, func(o *messenger.Options) { o.PlatformEmail = sender })
	id, token := b.invite(t)
	require.NoError(t, b.m.SendQueued(t.Context(), b.org, id))
	require.Equal(t, "sent", b.row(t, id).Status)
	require.Len(t, server.Mails(), 1)
	require.Equal(t, []string{invited}, server.Mails()[0].To)

	server.Fail(sandbox.SMTPFailure{At: sandbox.StageTo, Code: 550})
	refused, _ := b.invite(t)
	require.NoError(t, b.m.SendQueued(t.Context(), b.org, refused))
	require.Equal(t, "failed", b.row(t, refused).Status)
	require.NotContains(t, b.log.String(), token)
}
