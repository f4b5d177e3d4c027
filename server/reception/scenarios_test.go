package reception_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestANewPatientAsksAndBooks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550121")
	require.Equal(t, "Ask which kind of visit it is. We offer: Checkup, Whitening.",
		p.say(t, "checkAvailability", map[string]any{"date": "tomorrow"}))
	require.Equal(t, "The next free times are Monday, March 4 at 9 AM, 9:15 AM, or 9:30 AM.",
		p.say(t, "checkAvailability", map[string]any{"service": "a cleaning"}))
	require.Equal(t, "Free: Tuesday, March 5 at noon, 2:15 PM, or 4:30 PM.",
		p.say(t, "checkAvailability", map[string]any{"service": "a cleaning", "date": "tomorrow", "partOfDay": "afternoon"}))
	require.Equal(t, "Ask for the patient's first and last name, then book.",
		p.say(t, "bookClinicAppointment", map[string]any{"appointmentDate": "tomorrow", "appointmentTime": "2:15 pm", "serviceType": "cleaning", "patientName": "unknown"}))
	answer := p.say(t, "bookClinicAppointment", map[string]any{"appointmentDate": "tomorrow", "appointmentTime": "2:15 pm", "weekday": "Tuesday",
		"serviceType": "cleaning", "patientName": "ann quillfeather", "practitioner": "Dr. Stone", "dateOfBirth": "May 6th 1984", "patientEmail": "ann@patients.example"})
	require.Equal(t, "Booked: Checkup for Ann Quillfeather with Dr. Avery Stone on Tuesday, March 5 at 2:15 PM. Booking reference "+refOf(t, answer)+".", answer)
	require.Equal(t, "Ann Quillfeather +13125550121 ann@patients.example 1984-05-06 14:15",
		b.text(t, `select concat_ws(' ', c.name, c.phone, c.email, p.date_of_birth, to_char(a.scheduled_at at time zone 'America/Chicago', 'HH24:MI'))
from appointments a join contacts c on c.id = a.contact_id join patients p on p.id = a.patient_id`))
	require.Contains(t, p.say(t, "findMyAppointments", nil), "Ann Quillfeather", "what this call booked it may hear")
}

func TestAKnownPatientBooksUnderTheirOwnFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.family(t)
	answer := b.call(theirNumber).book(t, "2 pm", "Zoe Quillfeather").Result
	require.Contains(t, answer, "Booked: Checkup for Zoe Quillfeather with ")
	require.Equal(t, 2, b.count(t, `select count(*)::int from appointments where patient_id = 'a0000000-0000-7000-8000-0000000000e1'`))
	require.Equal(t, 2, b.count(t, `select count(*)::int from patients`))
}

func TestAMotherBooksTwoChildren(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550121")
	first := p.book(t, "2 pm", "Anna Quillby").Result
	ref := refOf(t, first)
	require.Equal(t, "Ask: is this for the same person as Anna Quillby, who already has Tuesday, March 5 at 2 PM? If the same, call again with bookingRef "+ref+"; if not, with anotherPerson true.",
		p.book(t, "2 pm", "Anne Quillby").Result)
	require.Equal(t, 1, b.count(t, booked))
	second := p.book(t, "2 pm", "Anne Quillby", map[string]any{"anotherPerson": "true"}).Result
	require.Contains(t, second, "Booked: Checkup for Anne Quillby with ")
	require.Equal(t, 2, b.count(t, `select count(distinct resource_id)::int from appointments where scheduled_at = '2030-03-05 20:00Z'`))
	require.Equal(t, "This call has already booked a visit next to that time. Ask whether to change that one (use its bookingRef) or to take another time."+
		" Free: Tuesday, March 5 at 1:15 PM, 1:30 PM, or 2:30 PM.",
		p.book(t, "2 pm", "Bo Quillby").Result, "nobody is told that somebody else took what they took themselves")

	require.Contains(t, p.say(t, "cancelAppointment", map[string]any{"currentDate": "2030-03-05"}), "More than one visit fits.")
	require.Contains(t, p.say(t, "cancelAppointment", map[string]any{"patientName": "Anne Quillby"}), "Cancelled: Checkup for Anne Quillby")
	require.Equal(t, 1, b.count(t, booked))
}

func TestDifferentBirthDatesTellTwinsApart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("")
	p.book(t, "2 pm", "Mia Quillby", map[string]any{"dateOfBirth": "2020-01-01"})
	require.Contains(t, p.book(t, "2 pm", "Mila Quillby", map[string]any{"dateOfBirth": "2022-01-01"}).Result, "Booked: Checkup for Mila Quillby")
}

func TestAKnownPatientCancelsAfterProvingWhoTheyAre(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.family(t)
	p := b.call(theirNumber)
	cancel := map[string]any{"currentDate": "Wednesday", "reason": "travelling"}
	require.Equal(t, sayNotVerified, p.say(t, "cancelAppointment", cancel))
	require.Contains(t, p.say(t, "verifyCaller", nil), "Ask for the six-digit code from the clinic's text message or for the patient's full date of birth, then verify again.")
	require.Equal(t, "Is the date of birth May 6, 1984 or June 5, 1984?", p.say(t, "verifyCaller", map[string]any{"dateOfBirth": "5/6/1984"}))
	require.Contains(t, p.say(t, "verifyCaller", map[string]any{"dateOfBirth": "May 6th 1984", "patientName": "Zoe Quillfeather"}), "Verified.")
	const cancelled = "Cancelled: Checkup for Zoë Quillfeather with Dr. Avery Stone on Wednesday, March 6 at 10 AM. The time is free again."
	require.Equal(t, cancelled, p.say(t, "cancelAppointment", cancel))
	require.Equal(t, "cancelled travelling", b.text(t, `select status || ' ' || cancel_reason from appointments where booking_ref = 'KNWNZ2'`))
}

func TestAfterHoursAMessageIsTaken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.database.SetClock(t, now.Add(13*time.Hour))
	p := b.call("+13125550121")
	require.Equal(t, "Ask what the message is.", p.say(t, "takeMessage", nil))
	require.Equal(t, "The call-back number is not complete. Ask the caller to repeat it digit by digit.",
		p.say(t, "takeMessage", map[string]any{"message": "Please call.", "callbackNumber": "555"}))
	const noted = "The message is noted and the staff have been told. Say that the clinic will get back to them."
	args := map[string]any{"message": "I lost my retainer. My number is 312 555 0177.", "callerName": "Ann Quillfeather", "callbackNumber": "three one two, five five five, oh one seven eight", "urgent": "true"}
	require.Equal(t, noted, p.askAs(t, "tc-m", "takeMessage", args).Result)
	require.Equal(t, noted, p.askAs(t, "tc-m", "takeMessage", args).Result)
	require.Equal(t, "Ann Quillfeather +13125550178 true", b.text(t, `select concat_ws(' ', caller_name, callback_number, case when urgent then 'true' end) from caller_messages`))
	require.NotContains(t, b.text(t, `select body from caller_messages`), "0177")
	require.Equal(t, 1, b.count(t, `select count(*)::int from notifications where kind = 'caller_message'`))
	require.Contains(t, p.book(t, "2 pm", "Ann Quillfeather").Result, "Booked: ", "a visit can be booked at night")
}

func TestADayOnlyThenTheHeldTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550121")
	require.Equal(t, "Free: Tuesday, March 5 at 9 AM, 12:45 PM, or 4:30 PM. Tuesday, March 5 at 9 AM is held for this caller for a few minutes.",
		p.say(t, "checkAvailability", map[string]any{"date": "2030-03-05", "service": "checkup", "hold": "true"}))
	held := b.text(t, `select id::text from appointments where status = 'held'`)
	require.Equal(t, "What time? Free: Tuesday, March 5 at 9 AM, 12:45 PM, or 4:30 PM.",
		p.book(t, "", "Ann Quillfeather").Result)
	require.Contains(t, p.book(t, "9 am", "Ann Quillfeather").Result, "Booked: ")
	require.Equal(t, held+" confirmed", b.text(t, `select id::text || ' ' || status from appointments`), "the hold itself became the booking")
}

func TestAnotherCallersHoldIsNotFree(t *testing.T) {
	t.Parallel()
	b := setup(t)
	hold := map[string]any{"date": "2030-03-05", "time": "2 pm", "service": "whitening", "hold": "true"}
	require.Contains(t, b.call("+13125550121").say(t, "checkAvailability", hold), "is held for this caller")
	require.Contains(t, b.call("+13125550122").say(t, "checkAvailability", hold), "That time is taken. Free: ")
}

func TestCallersChangeTheirMindWithinTheCall(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550121")
	ref := refOf(t, p.book(t, "2 pm", "Ann Quillfeather", map[string]any{"practitioner": "Blake"}).Result)
	require.Equal(t, "Changed. It is now Checkup for Ann Quillfeather with Blake Reed on Tuesday, March 5 at 3 PM. Booking reference "+ref+".",
		p.book(t, "3 pm", "Ann Quillfeather", map[string]any{"bookingRef": ref}).Result)
	require.Equal(t, "Changed. It is now Checkup for Anna Quillfeather with Blake Reed on Tuesday, March 5 at 3 PM. Booking reference "+ref+".",
		p.say(t, "bookClinicAppointment", map[string]any{"bookingRef": ref, "patientName": "Anna Quillfeather"}))
	require.Equal(t, "Changed. It is now Whitening for Anna Quillfeather with Dr. Avery Stone on Tuesday, March 5 at 3 PM. Booking reference "+ref+".",
		p.say(t, "bookClinicAppointment", map[string]any{"bookingRef": ref, "serviceType": "whitening", "patientName": "Anna Quillfeather"}))
	require.Equal(t, 1, b.count(t, booked))
	require.Equal(t, "There is no such booking to change. Ask for the day it is on, or offer a new visit.",
		b.call("+13125550122").book(t, "4 pm", "Bo Quillby", map[string]any{"bookingRef": ref}).Error, "a reference opens nothing in another call")

	require.Contains(t, p.say(t, "cancelAppointment", map[string]any{"bookingRef": ref}), "Cancelled: Whitening")
	require.Contains(t, p.say(t, "cancelAppointment", map[string]any{"bookingRef": ref}), "Cancelled: Whitening", "asked again under a new id")
	require.Contains(t, p.book(t, "3 pm", "Anna Quillfeather", map[string]any{"serviceType": "whitening"}).Result, "Booked: ", "and booked again")
	require.Equal(t, 1, b.count(t, booked))
}

func TestReschedulingAsksAndOffersForThatVisit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550121")
	ref := refOf(t, p.book(t, "2 pm", "Ann Quillfeather", map[string]any{"serviceType": "whitening"}).Result)
	for _, which := range []map[string]any{{}, {"bookingRef": ref}, {"currentDate": "2030-03-05"}} {
		which["newDate"] = "2030-03-06"
		require.Equal(t, "What time? Free: Wednesday, March 6 at 9 AM, 12:30 PM, or 4 PM.", p.say(t, "rescheduleAppointment", which))
	}
	require.Equal(t, "Nobody by that name gives a Whitening. Ask whether one of these will do: Dr. Avery Stone.",
		p.say(t, "rescheduleAppointment", map[string]any{"newDate": "2030-03-06", "newTime": "2 pm", "practitioner": "Dr. Nobody"}))
	require.Equal(t, "We are not open at that time. Free: Wednesday, March 6 at 3:30 PM, 3:45 PM, or 4 PM.",
		p.say(t, "rescheduleAppointment", map[string]any{"newDate": "2030-03-06", "newTime": "7 pm"}))
	require.Equal(t, "Moved. It is now Whitening for Ann Quillfeather with Dr. Avery Stone on Wednesday, March 6 at 4 PM. Booking reference "+ref+".",
		p.say(t, "rescheduleAppointment", map[string]any{"newDate": "2030-03-06", "newTime": "4 pm", "weekday": "Wednesday"}))
	require.Equal(t, 1, b.count(t, booked))
}

func TestUnclearDatesAreAskedBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550121")
	for _, c := range []struct{ date, weekday, at, want string }{
		{"2030-03-05", "Monday", "2 pm", "March 5th is a Tuesday, not a Monday. Do you mean Tuesday, March 5, Monday, March 4, or Monday, March 11?"},
		{"2030-03-01", "", "2 pm", "Friday, March 1, 2030 is in the past. Today is Monday, March 4, 2030. Which day would you like?"},
		{"4/5", "", "2 pm", "Do you mean Friday, April 5 or Saturday, May 4?"},
		{"2030-03-05", "", "seven", "On Tuesday, March 5, do you mean 7 AM or 7 PM?"},
		{"someday", "", "2 pm", "I did not understand the day. Today is Monday, March 4, 2030. Which day and date would you like?"},
		{"2030-02-30", "", "2 pm", "February 2030 has only 28 days. Today is Monday, March 4, 2030. Which day and date would you like?"},
		{"2030-03-05", "", "half past maybe", "I did not understand the time. What time would you like?"},
		{"", "", "2 pm", "Which day would you like? Today is Monday, March 4, 2030."},
	} {
		require.Equal(t, c.want, p.book(t, c.at, "Ann Quillfeather", map[string]any{"appointmentDate": c.date, "weekday": c.weekday}).Result, c)
	}
	require.Zero(t, b.count(t, left))
}

func TestUnknownServiceAndPractitionerAreAskedBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550121")
	require.Equal(t, "Ask which kind of visit it is. We offer: Checkup, Whitening.",
		p.book(t, "2 pm", "Ann Quillfeather", map[string]any{"serviceType": "a haircut"}).Error)
	require.Equal(t, "Nobody by that name gives a Checkup. Ask whether one of these will do: Blake Reed, Dr. Avery Stone.",
		p.book(t, "2 pm", "Ann Quillfeather", map[string]any{"practitioner": "Dr. Nobody"}).Error)
	require.Equal(t, "Nobody by that name gives a Whitening. Ask whether one of these will do: Dr. Avery Stone.",
		p.book(t, "2 pm", "Ann Quillfeather", map[string]any{"practitioner": "Blake", "serviceType": "whitening"}).Error)
	require.Zero(t, b.count(t, `select count(*)::int from contacts`), "refused tries leave nobody behind")
}

func TestABookingThatWaitsForApprovalIsNotCalledConfirmed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.database.Exec(t, `update organizations set approval_required = true`)
	p := b.call("+13125550121")
	require.Regexp(t, `^Booked: Checkup for Ann Quillfeather with .* on Tuesday, March 5 at 2 PM\. The clinic still has to confirm it: do not call it confirmed\. Booking reference [A-Z2-9]{6}\.$`,
		p.book(t, "2 pm", "Ann Quillfeather").Result)
	require.Contains(t, p.book(t, "3 pm", "Ann Quillfeather").Result, "do not call it confirmed")
	require.Regexp(t, `^Checkup for .* at 2 PM, which the clinic still has to confirm; .* at 3 PM, which the clinic still has to confirm\.$`,
		p.say(t, "findMyAppointments", nil))
}

func TestACalendarNobodyCouldReadForLongMakesBookingsWait(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.database.Exec(t, `
		with link as (
			insert into calendar_links (org_id, resource_id, provider, external_calendar_id, last_synced_at)
			values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000031', 'google', 'avery', app.now())
			returning org_id, id, resource_id)
		insert into busy_blocks (org_id, resource_id, calendar_link_id, external_id, starts_at, ends_at)
		select org_id, resource_id, id, 'dentist', '2030-03-05 14:00 America/Chicago', '2030-03-05 15:00 America/Chicago' from link`)
	p := b.call("+13125550121")
	avery := map[string]any{"practitioner": "Avery"}
	require.NotContains(t, p.say(t, "checkAvailability", map[string]any{"serviceType": "Checkup", "date": "2030-03-05", "practitioner": "Avery", "partOfDay": "afternoon"}),
		"2 PM", "what is in the calendar is not offered")
	require.Contains(t, p.book(t, "2 pm", "Ann Quillfeather", avery).Error, "taken", "nor booked")
	fresh := p.book(t, "3 pm", "Ann Quillfeather", avery)
	require.Regexp(t, `^Booked: Checkup .* at 3 PM\. Booking reference`, fresh.Result)

	b.database.Exec(t, `update calendar_links set last_synced_at = app.now() - interval '16 minutes', health = 'failing', failing_since = app.now()`)
	p = b.call("+13125550122")
	require.Regexp(t, `^Booked: Checkup for Ben Quillon with Dr\. Avery Stone on Tuesday, March 5 at 4 PM\. The clinic still has to confirm it: do not call it confirmed\.`,
		p.book(t, "4 pm", "Ben Quillon", avery).Result)
	require.Contains(t, p.book(t, "2 pm", "Ben Quillon", avery).Error, "taken", "an old mirror is still heeded")
	require.NotContains(t, b.call("+13125550133").book(t, "4 pm", "Cleo Quillan", map[string]any{"practitioner": "Blake"}).Result, "confirm it",
		"a practitioner without a calendar is booked for sure")
}
