package reception_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// theirNumber is on file for a mother and her son, who both come on Wednesday at ten.
const theirNumber = "+13125550111"

// family plants that contact, as the clinic's staff would have made it.
func (b *bundle) family(t *testing.T) {
	t.Helper()
	b.database.Exec(t, `
insert into contacts (org_id, id, name, phone, email, source, created_at) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d1', 'Zoë Quillfeather', '+13125550111', 'zoe@patients.example', 'dashboard', '2029-01-01');
insert into patients (org_id, id, contact_id, name, normalised_name, date_of_birth, made_by_voice) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000e1', 'a0000000-0000-7000-8000-0000000000d1', 'Zoë Quillfeather', app.normalise_name('Zoë Quillfeather'), '1984-05-06', false),
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000e2', 'a0000000-0000-7000-8000-0000000000d1', 'Max Quillfeather', 'max quillfeather', '2015-02-03', false);
insert into appointments (org_id, id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, source, booking_ref)
select 'a0000000-0000-7000-8000-000000000001', v.id::uuid, 'a0000000-0000-7000-8000-000000000010', 'a0000000-0000-7000-8000-000000000021', v.resource::uuid,
  'a0000000-0000-7000-8000-0000000000d1', v.patient::uuid, '2030-03-06 16:00Z', '30 minutes',
  '[2030-03-06 16:00Z, 2030-03-06 16:30Z)', '[2030-03-06 16:00Z, 2030-03-06 16:30Z)', 'confirmed', 'dashboard', v.ref
from (values ('a0000000-0000-7000-8000-0000000000f1', 'a0000000-0000-7000-8000-000000000031', 'a0000000-0000-7000-8000-0000000000e1', 'KNWNZ2'),
             ('a0000000-0000-7000-8000-0000000000f2', 'a0000000-0000-7000-8000-000000000032', 'a0000000-0000-7000-8000-0000000000e2', 'KNWNM2')) v (id, resource, patient, ref)`)
}

// onFile is everything that staff wrote about the family, as one text.
func (b *bundle) onFile(t *testing.T) string {
	t.Helper()
	return b.text(t, `
select jsonb_build_object(
  'contact', (select array_agg((c.name, c.phone, c.email, c.spoken_phone, c.notes)) from contacts c where c.source = 'dashboard'),
  'patients', (select array_agg((p.id, p.name, p.date_of_birth) order by p.id) from patients p where not p.made_by_voice),
  'visits', (select array_agg((a.id, a.patient_id, a.status, a.during, a.resource_id, a.booking_ref) order by a.id)
    from appointments a where a.source = 'dashboard'))::text`)
}

// probe is a conversation of somebody who tries everything without proving anything. It ends as it began: what it books
// it cancels, so that the next caller finds the same calendar.
func probe(t *testing.T, p *phone) (answers []string) {
	t.Helper()
	hear := func(tool string, args map[string]any) string {
		answer := p.say(t, tool, args)
		answers = append(answers, regexp.MustCompile(`\b[A-HJ-NP-Z2-9]{6}\b`).ReplaceAllString(answer, "REF"))
		return answer
	}
	hear("findMyAppointments", nil)
	hear("findMyAppointments", map[string]any{"patientName": "Zoe Quillfeather"})
	hear("lookupCaller", nil)
	for _, which := range []map[string]any{
		{}, {"currentDate": "2030-03-06"}, {"currentDate": "2030-03-06", "currentTime": "10 am"}, {"bookingRef": "KNWNZ2"},
		{"patientName": "Zoe Quillfeather"}, {"bookingRef": "KNWNZ2", "patientName": "Zoe Quillfeather"},
	} {
		hear("cancelAppointment", which)
		which["newDate"], which["newTime"] = "2030-03-07", "11 am"
		hear("rescheduleAppointment", which)
	}
	hear("bookClinicAppointment", map[string]any{"bookingRef": "KNWNZ2", "appointmentDate": "2030-03-07", "appointmentTime": "11 am", "patientName": "Zoe Quillfeather"})
	hear("verifyCaller", map[string]any{"dateOfBirth": "1990-01-01", "patientName": "Zoe Quillfeather"})

	booked := hear("bookClinicAppointment", map[string]any{"appointmentDate": "2030-03-05", "appointmentTime": "2 pm",
		"patientName": "Zoe Quillfeather", "serviceType": "checkup", "dateOfBirth": "1991-02-03", "patientEmail": "thief@patients.example", "patientPhone": "312 555 0177"})
	require.Contains(t, booked, "Booked: Checkup for Zoe Quillfeather", "a new booking succeeds for everybody")
	hear("bookClinicAppointment", map[string]any{"appointmentDate": "2030-03-05", "appointmentTime": "2 pm",
		"patientName": "Zoe Quillfeathr", "serviceType": "checkup", "dateOfBirth": "1984-05-06"})
	hear("bookClinicAppointment", map[string]any{"appointmentDate": "2030-03-05", "appointmentTime": "2 pm",
		"patientName": "Zoe Quillfeathr", "serviceType": "checkup"})
	hear("findMyAppointments", map[string]any{"patientName": "Zoe Quillfeather"})
	hear("findMyAppointments", map[string]any{"patientName": "Zoe Quillfeathr"})
	hear("cancelAppointment", map[string]any{"bookingRef": refOf(t, booked)})
	hear("cancelAppointment", map[string]any{"currentDate": "2030-03-05", "patientName": "Zoe Quillfeathr"})
	hear("findMyAppointments", nil)
	return answers
}

// A calling number is a hint. Whoever shows the family's number hears word for word what a stranger hears, and nothing
// that is on file changes.
func TestNobodyHearsMoreThanAStranger(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.family(t)
	before := b.onFile(t)
	stranger := probe(t, b.call("+13125550199"))

	for name, change := range map[string]func(*sandbox.Line){
		"the family's number, forged": func(l *sandbox.Line) { l.Customer = theirNumber },
		"withheld":                    func(l *sandbox.Line) { l.Customer = "" },
		"blank":                       func(l *sandbox.Line) { l.Customer = "  " },
		"anonymous":                   func(l *sandbox.Line) { l.Customer = "anonymous" },
		"anonymous as digits":         func(l *sandbox.Line) { l.Customer = "+266696687" },
		"the family's number over SIP": func(l *sandbox.Line) {
			l.Customer, l.CustomerSIP = theirNumber, "sip:+13125550111@exchange.example"
		},
		"a SIP address for a number": func(l *sandbox.Line) { l.Customer = "sip:+13125550111@exchange.example" },
		"web":                        func(l *sandbox.Line) { l.Kind = "webCall" },
		"a test call":                func(l *sandbox.Line) { l.Kind = "vapi.websocketCall" },
	} {
		p := b.call("")
		change(&p.line)
		require.Equal(t, stranger, probe(t, p), name)
		require.Equal(t, before, b.onFile(t), name)
		from := b.text(t, `select coalesce(from_number, 'none') from call_logs where vapi_call_id = $1`, p.line.CallID)
		if name == "the family's number, forged" {
			require.Equal(t, theirNumber, from)
		} else {
			require.Equal(t, "none", from, "%s: over SIP and the web anybody writes any number", name)
		}
	}
	require.Equal(t, sayNotVerified, stranger[0])
	require.NotContains(t, b.text(t, `select string_agg(email, ' ') from contacts where phone = $1`, theirNumber), "thief")
}

const sayNotVerified = "Earlier visits can be talked about only after a check. Ask for the code from the clinic's text message, or for the patient's full name and date of birth, and use verifyCaller. A new visit can be booked without it."

func TestCallersWithoutANumberAreNotLumpedTogether(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.call("").book(t, "2 pm", "Ann Quillfeather")
	b.call("anonymous").book(t, "3 pm", "Ann Quillfeather")
	require.Equal(t, 2, b.count(t, `select count(distinct contact_id)::int from appointments`))
	require.Equal(t, 2, b.count(t, `select count(*)::int from contacts where phone is null`))
}

func TestADateOfBirthOpensThatPatientOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.family(t)
	p := b.call(theirNumber)
	require.Equal(t, "Verified. You may now talk about this patient's visits and change them.",
		p.say(t, "verifyCaller", map[string]any{"dateOfBirth": "February 3rd 2015", "patientName": "Max Quillfeather"}))
	require.Equal(t, "Checkup for Max Quillfeather with Blake Reed on Wednesday, March 6 at 10 AM.", p.say(t, "findMyAppointments", nil))
	require.Equal(t, "The caller is verified for Max Quillfeather, who has one visit to come.", p.say(t, "lookupCaller", nil))
	require.Equal(t, "There is no such booking to change. Ask for the day it is on, or offer a new visit.",
		p.say(t, "cancelAppointment", map[string]any{"bookingRef": "KNWNZ2"}), "the mother's visit stays shut")
	require.Equal(t, "Moved. It is now Checkup for Max Quillfeather with Blake Reed on Wednesday, March 6 at 3 PM. Booking reference KNWNM2.",
		p.say(t, "rescheduleAppointment", map[string]any{"currentDate": "March 6", "newDate": "2030-03-06", "newTime": "3 pm"}))
	require.Equal(t, 1, b.count(t, `select count(*)::int from appointments where booking_ref = 'KNWNZ2' and scheduled_at = '2030-03-06 16:00Z'`))
	require.Equal(t, sayNotVerified, b.call(theirNumber).say(t, "findMyAppointments", nil), "the next call starts anew")
}

func TestTheRightDateOfBirthOnAnotherNumberProvesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.family(t)
	for _, from := range []string{"+13125550199", ""} {
		p := b.call(from)
		require.Contains(t, p.say(t, "verifyCaller", map[string]any{"dateOfBirth": "1984-05-06", "patientName": "Zoe Quillfeather"}),
			"That does not match.")
		require.Equal(t, sayNotVerified, p.say(t, "findMyAppointments", nil))
	}
}

func TestThreeWrongTriesLockTheCall(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.family(t)
	const locked = "No more tries. Only the clinic's staff can help now: offer to take a message or to transfer the call."
	for _, from := range []string{theirNumber, "+13125550199", ""} {
		p := b.call(from)
		for range 3 {
			require.Equal(t, "That does not match. Ask once more for the code from the clinic's text message, or for the patient's name and date of birth. If the caller cannot give it, offer to take a message or to transfer the call; a new visit can be booked without it.",
				p.say(t, "verifyCaller", map[string]any{"dateOfBirth": "1984-06-05", "patientName": "Zoe Quillfeather"}))
		}
		right := map[string]any{"dateOfBirth": "1984-05-06", "patientName": "Zoe Quillfeather"}
		require.Equal(t, locked, p.say(t, "verifyCaller", right))
		require.Equal(t, locked, p.say(t, "verifyCaller", right), "and stays so")
		require.Equal(t, sayNotVerified, p.say(t, "findMyAppointments", nil))
		require.Contains(t, p.say(t, "takeMessage", map[string]any{"message": "Please call me back about my visit."}), "The message is noted")
	}

	// Two more from another call make five for the contact on this day.
	p := b.call(theirNumber)
	for range 2 {
		p.say(t, "verifyCaller", map[string]any{"dateOfBirth": "1984-06-05"})
	}
	require.Equal(t, locked, p.say(t, "verifyCaller", map[string]any{"dateOfBirth": "1984-05-06"}))
}

func TestAClinicMayTrustTheCallingNumber(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.family(t)
	b.database.Exec(t, `update organizations set identity_factor = 'calling_number' where slug = 'lakeside'`)
	p := b.call(theirNumber)
	require.Equal(t, "Checkup for Zoë Quillfeather with Dr. Avery Stone on Wednesday, March 6 at 10 AM; "+
		"Checkup for Max Quillfeather with Blake Reed on Wednesday, March 6 at 10 AM.", p.say(t, "findMyAppointments", nil))
	require.Equal(t, "More than one visit fits. Ask which day it is on, or read them out with findMyAppointments.",
		p.say(t, "cancelAppointment", map[string]any{"currentDate": "2030-03-06"}))
	require.Equal(t, "Cancelled: Checkup for Max Quillfeather with Blake Reed on Wednesday, March 6 at 10 AM. The time is free again.",
		p.say(t, "cancelAppointment", map[string]any{"currentDate": "2030-03-06", "patientName": "Max"}))
	require.Equal(t, "Moved. It is now Checkup for Zoë Quillfeather with Dr. Avery Stone on Wednesday, March 6 at 11 AM. Booking reference KNWNZ2.",
		p.say(t, "rescheduleAppointment", map[string]any{"newDate": "2030-03-06", "newTime": "11 am"}))
	for _, from := range []string{"", "+13125550199"} {
		require.Equal(t, sayNotVerified, b.call(from).say(t, "findMyAppointments", nil))
	}
}
