package messenger_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
)

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

func TestTwoChildrenBookedInOneCallGetOneTextWithBothCodes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	visits := b.book(t, "Ada Quillby", "Bob Quillby")
	for _, id := range b.scheduled(t, "confirmation") {
		require.NoError(t, b.m.SendScheduled(t.Context(), b.org, id))
	}
	texts := b.twilio.Texts()
	require.Len(t, texts, 1)
	codes := sixDigits.FindAllString(texts[0].Body, -1)
	require.Len(t, codes, 2, texts[0].Body)
	require.NotEqual(t, codes[0], codes[1])

	stored := one[string](t, b, "select content from public.messages where method = 'sms'")
	require.Equal(t, 2, strings.Count(stored, "[code]"), stored)
	require.Empty(t, sixDigits.FindAllString(stored, -1))
	require.Equal(t, stored, strings.NewReplacer(codes[0], "[code]", codes[1], "[code]").Replace(texts[0].Body))
	for i, visit := range visits {
		hash := one[[]byte](t, b, "select code_hash from public.identity_codes where appointment_id = $1", visit)
		require.Equal(t, b.keys.CodeHash(b.org, codes[i]), hash, "the code proves this visit's caller")
	}
	require.True(t, one[bool](t, b, "select bool_and(confirmation_sent) from public.appointments"))
	require.True(t, one[bool](t, b, "select bool_and(state = 'done' and message_id is not null) from public.scheduled_messages where kind = 'confirmation'"))
}

func TestTwentyWorkersSendOneText(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.book(t, "Ada Quillby", "Bob Quillby")
	ids := b.scheduled(t, "confirmation")
	require.Len(t, ids, 2)
	var group errgroup.Group
	for i := range 20 {
		group.Go(func() error { return b.m.SendScheduled(t.Context(), b.org, ids[i%2]) })
	}
	require.NoError(t, group.Wait())
	require.Len(t, b.twilio.Texts(), 1)
	require.Equal(t, 1, one[int](t, b, "select count(*) from public.messages where method = 'sms'"))
}

func TestVisitMovedTenTimesIsRemindedOfOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, "update public.organizations set reminder_offsets = '{24:00:00}'")
	visit := b.book(t, "Ada Quillby")[0]
	var last time.Time
	for i := range 10 {
		require.NoError(t, b.db.AsTenant(t.Context(), b.org, func(tx db.Tx) error {
			slots, err := tx.AvailableSlots(t.Context(), db.AvailableSlotsParams{
				Service: "Consultation", FromAt: time.Now().AddDate(0, 0, 6+i), ToAt: time.Now().AddDate(0, 0, 30), MaxRows: 1})
			if err != nil {
				return err
			}
			last = slots[0].StartsAt
			moved, err := tx.RescheduleAppointment(t.Context(), db.RescheduleAppointmentParams{CallID: &b.call, Appointment: new(visit.String()), StartsAt: last})
			require.Equal(t, "rescheduled", moved.Outcome)
			return err
		}))
	}
	require.True(t, last.Add(-24*time.Hour).Equal(
		one[time.Time](t, b, "select due_at from public.scheduled_messages where kind = 'reminder' and state = 'waiting'")))
	// Every job that was ever put in comes, and comes again.
	jobs := all[uuid.UUID](t, b, "select (args ->> 'scheduled_id')::uuid from river.river_job where kind = 'send_scheduled'")
	b.due(t, "reminder")
	for range 2 {
		for _, id := range jobs {
			require.NoError(t, b.m.SendScheduled(t.Context(), b.org, id))
		}
	}
	require.Equal(t, 1, one[int](t, b, "select count(*) from public.messages where category = 'reminder'"))
}

func TestNightPutsTheTextOffAndLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.book(t, "Ada Quillby")
	// The call is long over, and it is night until an hour from now.
	b.data.Exec(t, `update public.call_logs set created_at = now() - interval '2 hours';
		update public.organizations set quiet_from = ((now() - interval '1 hour') at time zone 'America/Chicago')::time,
			quiet_until = ((now() + interval '1 hour') at time zone 'America/Chicago')::time`)
	id := b.scheduled(t, "confirmation")[0]
	require.NoError(t, b.m.SendScheduled(t.Context(), b.org, id))
	require.Zero(t, one[int](t, b, "select count(*) from public.messages"))
	require.Zero(t, b.twilio.Requests())
	require.True(t, one[bool](t, b, `select state = 'waiting' and reason = 'quiet_hours' and due_at > now() + interval '50 minutes'
		from public.scheduled_messages where id = $1`, id))
	require.Zero(t, one[int](t, b, "select max(code_version) from public.appointments"), "no code was spent")
	require.True(t, one[bool](t, b, `select exists (select from river.river_job
		where kind = 'send_scheduled' and args ->> 'scheduled_id' = $1::uuid::text and scheduled_at > now() + interval '50 minutes')`, id))
}

func TestWithoutTwilioTheEmailStillGoes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, "delete from public.org_credentials")
	b.book(t, "Ada Quillby")
	b.data.Exec(t, "update public.contacts set email = 'ada.quillby@patients.example'")
	require.NoError(t, b.m.SendScheduled(t.Context(), b.org, b.scheduled(t, "confirmation")[0]))
	emails := b.resend.Emails()
	require.Len(t, emails, 1)
	require.Equal(t, []string{"ada.quillby@patients.example"}, emails[0].To)
	require.Equal(t, `"Quillstone Clinic" <`+platformFrom+`>`, emails[0].From)
	require.Contains(t, emails[0].HTML, "<h1")
	require.Contains(t, emails[0].HTML, "Quillstone Clinic")
	require.NotContains(t, emails[0].Text+emails[0].HTML, "[code]")
	require.Empty(t, sixDigits.FindAllString(emails[0].Text, -1))
	require.Len(t, emails[0].Attachments, 1)
	// No code tells a visit's versions apart here: when each e-mail was begun does.
	require.Contains(t, string(emails[0].Attachments[0].Content), "\r\n"+one[string](t, b, `
		select format(E'SEQUENCE:%s\r\n', floor(extract(epoch from created_at) / 60)::bigint) from public.messages`))
	require.Contains(t, string(emails[0].Attachments[0].Content), "\r\n"+one[string](t, b, `
		select to_char(created_at at time zone 'UTC', E'"DTSTAMP:"YYYYMMDD"T"HH24MISS"Z"') from public.messages`)+"\r\n")
	id := one[uuid.UUID](t, b, "select id from public.messages")
	require.Equal(t, id.String(), emails[0].Key)
	require.Equal(t, row{Status: "sent", External: emails[0].ID}, b.row(t, id))
	require.Equal(t, "platform_resend", one[string](t, b, "select service_provider from public.messages"))
	require.Equal(t, "done", one[string](t, b, "select state from public.scheduled_messages where kind = 'confirmation'"))
}

func TestAClinicsNameIsOneLineInHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, `update public.organizations set name = E'Quillstone\r\nBcc: spy@patients.example'`)
	b.confirmByEmail(t)
	emails := b.resend.Emails()
	require.Len(t, emails, 1)
	require.Equal(t, `"Quillstone Bcc: spy@patients.example" <`+platformFrom+`>`, emails[0].From)
	require.Equal(t, one[string](t, b, `select regexp_replace(subject, '\s+', ' ', 'g') from public.messages`), emails[0].Subject)
}

func TestALongSubjectIsCut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, `update public.organizations set name = repeat('Quillstone', 10)`)
	b.data.Exec(t, `insert into public.message_templates (org_id, kind, name, language, subject, body)
		select id, 'confirmation', 'Ours', 'en', '{clinic} ' || repeat('é', 140), '{clinic} {date} {time}' from public.organizations`)
	b.confirmByEmail(t)
	emails := b.resend.Emails()
	require.Len(t, emails, 1)
	require.Equal(t, 200, utf8.RuneCountInString(emails[0].Subject))
}

func TestWithoutAnyWayTheScheduledRowSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, "delete from public.org_credentials")
	b.o.PlatformEmail = nil
	var err error
	b.m, err = messenger.New(b.o)
	require.NoError(t, err)
	b.book(t, "Ada Quillby")
	require.NoError(t, b.m.SendScheduled(t.Context(), b.org, b.scheduled(t, "confirmation")[0]))
	require.Equal(t, "skipped not_configured", one[string](t, b, "select state || ' ' || reason from public.scheduled_messages where kind = 'confirmation'"))
	require.Zero(t, one[int](t, b, "select count(*) from public.messages"))
}

func TestTextAndEmailLeaveWithOneJob(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.connect(t, "resend", "hello@quillstone.patients.example", map[string]string{"apiKey": platformKey})
	b.book(t, "Ada Quillby")
	b.data.Exec(t, "update public.contacts set email = 'ada.quillby@patients.example'")
	id := b.scheduled(t, "confirmation")[0]
	for range 2 {
		require.NoError(t, b.m.SendScheduled(t.Context(), b.org, id))
	}
	require.Len(t, b.twilio.Texts(), 1)
	require.Len(t, b.resend.Emails(), 1)
	require.Equal(t, `"Quillstone Clinic" <hello@quillstone.patients.example>`, b.resend.Emails()[0].From)
	require.Equal(t, []string{"email resend sent", "sms twilio sent"},
		all[string](t, b, "select method || ' ' || service_provider || ' ' || status from public.messages order by 1"))
	require.Equal(t, "sms", one[string](t, b, "select m.method from public.scheduled_messages s join public.messages m on m.id = s.message_id where s.id = $1", id))
}

func TestOptedOutNumberIsNotTextedAndTheRowSaysWhy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.db.AsTenant(t.Context(), b.org, func(tx db.Tx) error {
		_, err := tx.OptOut(t.Context(), "sms", callerNumber, "reply")
		return err
	}))
	b.book(t, "Ada Quillby")
	require.NoError(t, b.m.SendScheduled(t.Context(), b.org, b.scheduled(t, "confirmation")[0]))
	require.Zero(t, b.twilio.Requests())
	require.Equal(t, "blocked opted_out", one[string](t, b, "select status || ' ' || reason from public.messages"))
	require.Equal(t, "skipped opted_out", one[string](t, b, "select state || ' ' || reason from public.scheduled_messages where kind = 'confirmation'"))
}

func TestQueuedMessageIsSentByOneWorker(t *testing.T) {
	t.Parallel()
	b := setup(t)
	contact := b.contact(t)
	id := one[uuid.UUID](t, b, `
		insert into public.messages (org_id, direction, method, category, recipient, recipient_hash, content, service_provider, contact_id)
		values ($1, 'outbound', 'sms', 'reply', $2, '\x00', 'Thank you.', 'twilio', $3) returning id`, b.org, callerNumber, contact)
	var group errgroup.Group
	for range 8 {
		group.Go(func() error { return b.m.SendQueued(t.Context(), b.org, id) })
	}
	require.NoError(t, group.Wait())
	require.Len(t, b.twilio.Texts(), 1)
	require.Equal(t, "sent", b.row(t, id).Status)
}
