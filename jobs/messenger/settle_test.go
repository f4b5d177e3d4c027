package messenger_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func TestTextIsBelievedLostOnlyAfterTheSecondLook(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.followUp(t, "a") // and whoever began it died
	b.age(t, 2*time.Minute)
	again, err := b.m.Settle(t.Context(), b.org, id)
	require.NoError(t, err)
	require.InDelta(t, 8*time.Minute, again, float64(10*time.Second))
	require.Equal(t, row{Status: "unknown"}, b.row(t, id), "nobody knows yet, and the row says so")
	b.age(t, 10*time.Minute+time.Second)
	again, err = b.m.Settle(t.Context(), b.org, id)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Equal(t, row{Status: "failed", Reason: "never_accepted"}, b.row(t, id))
	require.Empty(t, b.twilio.Texts())
	require.True(t, one[bool](t, b, "select exists (select from public.notifications where kind = 'message_failed')"))
}

func TestTextWithCodesIsFoundByItsExactWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.book(t, "Ada Quillby", "Bob Quillby")
	b.twilio.Fail(sandbox.Failure{Status: 500, Acts: true})
	require.NoError(t, b.m.SendScheduled(t.Context(), b.org, b.scheduled(t, "confirmation")[0]))
	id := one[uuid.UUID](t, b, "select id from public.messages")
	require.Equal(t, "unknown", b.row(t, id).Status, "control")
	again, err := b.m.Settle(t.Context(), b.org, id)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Equal(t, row{Status: "sent", External: b.twilio.Texts()[0].SID}, b.row(t, id))
}

// CREDENTIALS_KEY got a new first key between the sending and the question.
func TestTextWithCodesIsFoundAfterAChangeOfKeys(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.book(t, "Ada Quillby", "Bob Quillby")
	b.twilio.Fail(sandbox.Failure{Status: 500, Acts: true})
	require.NoError(t, b.m.SendScheduled(t.Context(), b.org, b.scheduled(t, "confirmation")[0]))
	id := one[uuid.UUID](t, b, "select id from public.messages")
	var err error
	b.o.Keys, err = vault.ParseKeyring("k2:" + strings.Repeat("6b", 32) + "," + credentialsKey)
	require.NoError(t, err)
	b.age(t, 11*time.Minute)
	_, err = b.m.Settle(t.Context(), b.org, id)
	require.NoError(t, err)
	require.Equal(t, row{Status: "sent", External: b.twilio.Texts()[0].SID}, b.row(t, id))
}

func TestTwoLostTextsWithTheSameWordsAreNotTakenForEachOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	contact := b.contact(t)
	wish := db.BeginMessageParams{Category: "confirmation", Method: "sms", Content: "The same words.", ContactID: contact,
		ServiceProvider: "twilio", NumberZones: []string{}}
	wish.SendKey = "first"
	first := b.begin(t, wish)
	wish.SendKey = "second"
	second := b.begin(t, wish)
	_, err := b.m.Deliver(t.Context(), b.org, first, "") // the second one's sender died
	require.NoError(t, err)
	b.age(t, 11*time.Minute)
	again, err := b.m.Settle(t.Context(), b.org, second)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Equal(t, row{Status: "failed", Reason: "never_accepted"}, b.row(t, second))
	require.Equal(t, "sent", b.row(t, first).Status)
}

func TestTwilioThatDoesNotAnswerIsAskedAgainAndThenStaffMustLook(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.followUp(t, "a")
	b.age(t, 2*time.Minute)
	b.twilio.Fail(sandbox.Failure{Status: 500})
	again, err := b.m.Settle(t.Context(), b.org, id)
	require.NoError(t, err)
	require.Equal(t, 5*time.Minute, again)
	require.Equal(t, "unknown", b.row(t, id).Status)

	b.age(t, 4*time.Hour)
	b.twilio.Fail(sandbox.Failure{Status: 500})
	again, err = b.m.Settle(t.Context(), b.org, id)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Equal(t, row{Status: "unknown", Reason: "cannot_ask"}, b.row(t, id))
	require.Equal(t, 1, one[int](t, b, "select count(*) from public.notifications where kind = 'message_unknown'"))
}

func TestAccountThatChangedSinceCannotBeAsked(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"replaced": "update public.org_credentials set updated_at = now() + interval '1 second'",
		"removed":  "delete from public.org_credentials",
		"erased":   "update public.messages set recipient = '[erased]'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			id := b.followUp(t, "a")
			b.data.Exec(t, change)
			b.age(t, 11*time.Minute)
			again, err := b.m.Settle(t.Context(), b.org, id)
			require.NoError(t, err)
			require.Zero(t, again)
			require.Equal(t, row{Status: "unknown", Reason: "cannot_ask"}, b.row(t, id))
			require.Zero(t, b.twilio.Requests())
		})
	}
}

// confirmByEmail lets a confirmation leave by e-mail only.
func (b *testBundle) confirmByEmail(t *testing.T) uuid.UUID {
	t.Helper()
	b.data.Exec(t, "delete from public.org_credentials")
	b.book(t, "Ada Quillby")
	b.data.Exec(t, "update public.contacts set email = 'ada.quillby@patients.example'")
	require.NoError(t, b.m.SendScheduled(t.Context(), b.org, b.scheduled(t, "confirmation")[0]))
	return one[uuid.UUID](t, b, "select id from public.messages")
}

func TestEmailIsSettledByItsKey(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first  sandbox.Failure
		change string
		row    row
	}{
		"it was taken":                      {first: sandbox.Failure{Status: 500, Acts: true}, row: row{Status: "sent"}},
		"it was taken, and the visit moved": {first: sandbox.Failure{Status: 500, Acts: true}, change: "update public.locations set address = 'Elsewhere 1'", row: row{Status: "sent"}},
		"it was not taken":                  {first: sandbox.Failure{Status: 500}, row: row{Status: "sent"}},
		"it was slow and not taken":         {first: sandbox.Failure{Delay: 3 * time.Second}, row: row{Status: "sent"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.resend.Fail(c.first)
			id := b.confirmByEmail(t)
			require.Equal(t, row{Status: "unknown", Reason: "no_answer"}, b.row(t, id))
			if c.change != "" {
				b.data.Exec(t, c.change)
			}
			b.age(t, 2*time.Minute)
			again, err := b.m.Settle(t.Context(), b.org, id)
			require.NoError(t, err)
			require.Zero(t, again)
			require.Len(t, b.resend.Emails(), 1, "one e-mail, whichever request it was")
			require.Len(t, b.resend.Emails()[0].Attachments, 1)
			got := b.row(t, id)
			got.External = ""
			require.Equal(t, c.row, got)
		})
	}
}

// To ask Resend is to send what never came: not when there is nothing to confirm any more.
func TestEmailAboutACancelledVisitIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.resend.Fail(sandbox.Failure{Status: 500})
	id := b.confirmByEmail(t)
	b.data.Exec(t, "update public.appointments set status = 'cancelled'")
	again, err := b.m.Settle(t.Context(), b.org, id)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Empty(t, b.resend.Emails())
	require.Equal(t, row{Status: "unknown", Reason: "cannot_ask"}, b.row(t, id))
}

func TestEmailThroughAMailServerCannotBeAskedAbout(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.remake(t, func(o *messenger.Options) { o.PlatformEmail = forgetful{o.PlatformEmail} })
	b.resend.Fail(sandbox.Failure{Status: 500, Acts: true})
	id := b.confirmByEmail(t)
	b.age(t, 2*time.Minute)
	for range 2 {
		again, err := b.m.Settle(t.Context(), b.org, id)
		require.NoError(t, err)
		require.Zero(t, again)
	}
	require.Equal(t, row{Status: "unknown", Reason: "cannot_ask"}, b.row(t, id))
	require.Equal(t, 1, one[int](t, b, "select count(*) from public.notifications where kind = 'message_unknown'"), "staff are told once")
	require.Equal(t, 1, b.resend.Requests(), "and nothing is sent again")
}

// forgetful is a sender that does not remember keys, as mail servers do not.
type forgetful struct{ email.Sender }

func (forgetful) Name() string     { return "smtp" }
func (forgetful) Repeatable() bool { return false }

func TestEmailOfAnotherAccountIsNotRepeated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.resend.Fail(sandbox.Failure{Status: 500, Acts: true})
	id := b.confirmByEmail(t) // by the platform's account
	b.connect(t, "resend", "hello@quillstone.patients.example", map[string]string{"apiKey": platformKey})
	again, err := b.m.Settle(t.Context(), b.org, id)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Equal(t, row{Status: "unknown", Reason: "cannot_ask"}, b.row(t, id))
	require.Equal(t, 1, b.resend.Requests())
}

func TestEmailRefusedLeavesTheProvidersCode(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.resend.Fail(sandbox.Failure{Status: http.StatusUnauthorized})
	id := b.confirmByEmail(t)
	require.Equal(t, row{Status: "failed", Reason: "unauthorized"}, b.row(t, id))
}
