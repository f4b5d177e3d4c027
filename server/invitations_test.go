package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const inviteNurse = `{"email": "nurse@patients.example", "role": "staff"}`

// work does what the job of every queued message does, and returns its arguments.
func (c *connectable) work(t *testing.T) (args []string) {
	t.Helper()
	rows, err := c.data.Pool(t).Query(t.Context(), "delete from river.river_job where kind = 'send_message' returning args::text, args ->> 'org_id', args ->> 'message_id'")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var all, org, message string
		require.NoError(t, rows.Scan(&all, &org, &message))
		args = append(args, all)
		require.NoError(t, c.messages.SendQueued(t.Context(), uuid.MustParse(org), uuid.MustParse(message)))
	}
	require.NoError(t, rows.Err())
	return args
}

// listed is the one open invitation as GET /api/team/invitations shows it.
func (c *connectable) listed(t *testing.T) map[string]any {
	t.Helper()
	list := answered(t, c.console(t, http.MethodGet, "/api/team/invitations", ""), http.StatusOK)["invitations"].([]any)
	require.Len(t, list, 1)
	return list[0].(map[string]any)
}

func TestAnInvitationIsMailedAndItsLinkOpensTheClinic(t *testing.T) {
	t.Parallel()
	c := setupConnectable(t)
	c.data.Exec(t, "update public.profiles set name = 'Ada Quillfeather'")
	made := answered(t, c.console(t, http.MethodPost, pathMembers, inviteNurse), http.StatusCreated)
	token := made["token"].(string)
	link := testDashboard + "/accept-invitation#token=" + token
	require.Equal(t, []any{"queued", link}, []any{made["mail"], made["link"]})
	jobs := c.work(t)
	require.Len(t, jobs, 1)
	require.Regexp(t, `^\{"org_id": "[0-9a-f-]{36}", "message_id": "[0-9a-f-]{36}"\}$`, jobs[0])

	mail := c.resend.Emails()
	require.Len(t, mail, 1)
	require.Equal(t, []string{"nurse@patients.example"}, mail[0].To)
	require.Equal(t, []string{"Join Lakeside Dental", `"Lakeside Dental" <team@clinic.example>`}, []string{mail[0].Subject, mail[0].From})
	require.Contains(t, mail[0].Text, "Ada Quillfeather invites you to join the team of Lakeside Dental as staff.")
	require.Contains(t, mail[0].Text, "\n"+link+"\n")
	require.Contains(t, mail[0].HTML, `<a href="`+link+`">`)
	require.Equal(t, []any{"sent", nil}, []any{c.listed(t)["mail"], c.listed(t)["mail_reason"]})
	require.NotEmpty(t, c.listed(t)["mailed_at"])
	require.Equal(t, 1, c.number(t, "select count(*) from public.messages where category = 'invitation' and status = 'sent' and recipient = 'nurse@patients.example' and content like '%[link]%'"))
	for _, table := range []string{"messages", "invitations", "idempotency_keys", "audit_log", "events"} {
		require.Zero(t, c.number(t, "select count(*) from public."+table+" x where position($1 in x::text) > 0", token), table)
	}
	require.NotContains(t, c.log.String(), token)

	c.data.Exec(t, `insert into auth.users (id, email, raw_user_meta_data) values (gen_random_uuid(), 'nurse@patients.example', jsonb_build_object('invitation_token', $1::text))`, token)
	require.Equal(t, 1, c.number(t, "select count(*) from public.profiles where org_id = $1 and email = 'nurse@patients.example' and role = 'staff'", c.org))
}

func TestWhoSignedUpBeforeJoinsBySigningIn(t *testing.T) {
	t.Parallel()
	c := setupConnectable(t)
	_, user := c.signUp(t, "nurse@patients.example")
	c.data.Exec(t, "delete from public.profiles where user_id = $1", user) // removed from where they were
	answered(t, c.console(t, http.MethodPost, pathMembers, inviteNurse), http.StatusCreated)
	c.data.Exec(t, "update auth.users set email_confirmed_at = now() where id = $1", user) // as Supabase Auth writes the row at a sign-in
	require.Equal(t, 1, c.number(t, "select count(*) from public.profiles where org_id = $1 and user_id = $2 and role = 'staff'", c.org, user))
	w := c.requestAs(t, c.org, user, http.MethodGet, pathMembers, nil)
	require.Equal(t, http.StatusOK, w.Code)
}

func TestAnInvitationIsMailedAgain(t *testing.T) {
	t.Parallel()
	c := setupConnectable(t)
	first := answered(t, c.console(t, http.MethodPost, pathMembers, inviteNurse), http.StatusCreated)
	again := "/api/team/invitations/" + first["id"].(string) + "/resend"
	c.data.Exec(t, "update public.invitations set expires_at = now() - interval '1 day'")
	require.Equal(t, true, c.listed(t)["expired"])
	second := answered(t, c.console(t, http.MethodPost, again, "", "Idempotency-Key", "again-1"), http.StatusOK)
	require.Equal(t, second, answered(t, c.console(t, http.MethodPost, again, "", "Idempotency-Key", "again-1"), http.StatusOK), "once for one key")
	require.Equal(t, []any{first["id"], false, "queued"}, []any{second["id"], second["expired"], second["mail"]})
	require.NotEqual(t, first["token"], second["token"])
	c.work(t)
	require.Len(t, c.resend.Emails(), 1, "the first e-mail's link opened nothing any more")
	require.Contains(t, c.resend.Emails()[0].Text, second["token"])
	require.Equal(t, 1, c.number(t, "select count(*) from public.messages where status = 'failed' and reason = 'withdrawn'"))

	for range 2 { // with the one that left, three
		answered(t, c.console(t, http.MethodPost, again, ""), http.StatusOK)
	}
	requireRefusal(t, c.console(t, http.MethodPost, again, ""), http.StatusConflict, CodeConflict)
	answered(t, c.console(t, http.MethodDelete, strings.TrimSuffix(again, "/resend"), ""), http.StatusOK)
	requireRefusal(t, c.console(t, http.MethodPost, again, ""), http.StatusNotFound, CodeNotFound)
	c.work(t)
	require.Len(t, c.resend.Emails(), 1, "nor is a withdrawn one mailed")
	_, foreign := c.signUp(t, "ben.quillby@patients.example")
	c.data.Exec(t, `insert into public.invitations (org_id, id, email, role, token_hash, expires_at)
		select org_id, $1, 'x@patients.example', 'staff', '\x01', now() + interval '1 day' from public.profiles where user_id = $1`, foreign)
	requireRefusal(t, c.console(t, http.MethodPost, "/api/team/invitations/"+foreign.String()+"/resend", ""), http.StatusNotFound, CodeNotFound)
}

func TestAFailedInvitationMailIsSeen(t *testing.T) {
	t.Parallel()
	c := setupConnectable(t)
	require.Equal(t, http.StatusOK, c.request(t, http.MethodPost, resendPath, resendAccount(testResendKey, "hello@clinic.example")).Code)
	c.resend.Fail(sandbox.Failure{Status: 401})
	answered(t, c.console(t, http.MethodPost, pathMembers, inviteNurse), http.StatusCreated)
	c.work(t)
	require.Equal(t, []any{"failed", "unauthorized"}, []any{c.listed(t)["mail"], c.listed(t)["mail_reason"]})
	require.Equal(t, 1, c.number(t, "select count(*) from public.messages where service_provider = 'resend' and status = 'failed'"))
	require.Empty(t, c.resend.Emails())

	answered(t, c.console(t, http.MethodPost, pathMembers, inviteNurse), http.StatusCreated)
	c.work(t)
	require.Equal(t, "sent", c.listed(t)["mail"])
	require.Contains(t, c.resend.Emails()[0].From, "hello@clinic.example", "by the clinic's own account")
	require.NotContains(t, c.log.String(), "nurse@")
}
