package main

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// book puts a visit at Lakeside in, of a contact with a phone number.
func (m *managed) book(t *testing.T, phone, at, status string) (id uuid.UUID) {
	t.Helper()
	require.NoError(t, m.data.Pool(t).QueryRow(t.Context(), `
		with contact as (
			insert into public.contacts (org_id, name, phone) values ($1, 'Cora Quillon', $2)
			on conflict (org_id, phone) do update set name = excluded.name returning id),
		patient as (
			insert into public.patients (org_id, contact_id, name, normalised_name) select $1, id, 'Cora Quillon ' || $3::text, 'cora ' || $3::text from contact returning id)
		insert into public.appointments (org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked,
			status, source, booking_ref)
		select $1, s.location_id, s.service_id, s.resource_id, contact.id, patient.id, $3::timestamptz, '30 minutes',
			tstzrange($3::timestamptz, $3::timestamptz + interval '30 minutes', '[)'), tstzrange($3::timestamptz, $3::timestamptz + interval '30 minutes', '[)'),
			$4, 'dashboard', 'AB' || upper(substr(translate(md5($3), '01io', '2345'), 1, 4))
		from contact, patient, (select 'a0000000-0000-7000-8000-000000000010'::uuid as location_id, 'a0000000-0000-7000-8000-000000000021'::uuid as service_id,
			'a0000000-0000-7000-8000-000000000031'::uuid as resource_id) s
		returning id`, lakesideOrg, phone, at, status).Scan(&id))
	return id
}

func TestABookingOfTheDayMatches(t *testing.T) {
	t.Parallel()
	m := manage(t)
	const phone = "+13125550144"
	// 23:30 in Chicago is the next day in UTC.
	late := m.book(t, phone, "2030-03-06 05:30:00+00", "confirmed")
	m.book(t, phone, "2030-03-08 15:00:00+00", "cancelled")
	m.book(t, "+13125550145", "2030-03-07 15:00:00+00", "confirmed")

	var found bookings
	require.Equal(t, 0, m.reads(t, &found, "appointment", "verify", "--phone", phone, "--date", "2030-03-05"))
	require.True(t, found.Matched)
	require.Len(t, found.Appointments, 2)
	got := found.Appointments[1]
	require.Equal(t, booking{ID: late, orgShown: orgShown{uuid.MustParse(lakesideOrg), "lakeside"}, Service: "Checkup", Practitioner: "Dr. Avery Stone",
		ScheduledAt: got.ScheduledAt, LocalTime: "2030-03-05 23:30", TimeZone: "America/Chicago", Status: "confirmed", Source: "dashboard", Matches: true}, got)
	status, out, complaints := m.command(t, "appointment", "verify", "--phone", phone, "--date", "2030-03-05", "--org", "lakeside")
	require.Equal(t, 0, status, complaints)
	require.Contains(t, out, "2030-03-05 23:30 America/Chicago  confirmed  Checkup with Dr. Avery Stone, lakeside  MATCHES TARGET DATE!\n")
	require.NotContains(t, out, "Quillon", "who is asked about is known")

	for name, args := range map[string]string{
		"the day in UTC": "2030-03-06 lakeside", "a cancelled visit": "2030-03-08 lakeside", "another caller's": "2030-03-07 lakeside",
		"another clinic": "2030-03-05 harbor",
	} {
		var date, org string
		_, err := fmt.Sscan(args, &date, &org)
		require.NoError(t, err)
		require.Equal(t, 1, m.reads(t, &found, "appointment", "verify", "--phone", phone, "--date", date, "--org", org), name)
		require.False(t, found.Matched)
	}
}
