package transfer_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/transfer"
	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/migrate"
	"github.com/voxanne-ai/voxanne/db/seed"
	"github.com/voxanne-ai/voxanne/sql/verify"
)

// A demo clinic moves to a project of Supabase's shape, whose owner is no superuser: the checks find nothing there, and it books.
func TestAClinicGoesOnElsewhere(t *testing.T) {
	t.Parallel()
	from := dbtest.New(t)
	require.NoError(t, seed.Demo(t.Context(), from.OwnerURL))
	to, migrator := dbtest.Supabase(t)
	require.NoError(t, migrate.Up(t.Context(), migrator, nil))
	source, target := connected(t, from.OwnerURL), connected(t, migrator)
	org := uuid.MustParse(strs(t, source, "select id::text from public.organizations where slug = $1", seed.Lakeside)[0])
	waiting := strs(t, source, "select id::text from public.scheduled_messages where org_id = $1 and state = 'waiting' and due_at > now() order by id", org)

	// Somebody who works there has an account here, and no clinic.
	to.Exec(t, `insert into auth.users (id, email, email_confirmed_at) values (gen_random_uuid(), $1, now())`,
		strs(t, source, "select u.email from public.profiles p join auth.users u on u.id = p.user_id where p.org_id = $1 and p.role = 'owner'", org)[0])
	to.Exec(t, "delete from public.profiles")
	before := faults(t, to)
	var archive bytes.Buffer
	manifest, err := transfer.Export(t.Context(), source, org, nil, &archive)
	require.NoError(t, err)
	_, err = imported(t, target, archive.Bytes(), transfer.ImportOptions{DryRun: true, TakeOver: true})
	require.NoError(t, err)
	report, err := imported(t, target, archive.Bytes(), transfer.ImportOptions{TakeOver: true})
	require.NoError(t, err)
	require.Positive(t, manifest.Rows())
	require.EqualValues(t, 1, report.MembersJoined)
	require.NotEmpty(t, waiting)
	require.Equal(t, waiting, strs(t, target, "select id::text from public.scheduled_messages where state = 'waiting' order by id"), "taken over")
	require.Equal(t, waiting, strs(t, target, "select args ->> 'scheduled_id' from river.river_job where kind = 'send_scheduled' order by 1"), "and sent")

	require.Subset(t, before, faults(t, to), "the checks find nothing in the clinic")
	books(t, to, org)
}

// faults are the errors that the DBAs' checks find.
func faults(t *testing.T, d *dbtest.Database) []verify.Finding {
	t.Helper()
	found, err := verify.Run(t.Context(), connected(t, d.OwnerURL), nil, verify.Scripts()...)
	require.NoError(t, err)
	return slices.DeleteFunc(found, func(f verify.Finding) bool { return f.Level != verify.LevelError })
}

// books books as the service does.
func books(t *testing.T, d *dbtest.Database, org uuid.UUID) {
	t.Helper()
	owner := connected(t, d.OwnerURL)
	d.Exec(t, "alter role voxanne_login login password 'test-secret-login'")
	opened, err := db.Open(t.Context(), d.LoginURL)
	require.NoError(t, err)
	defer opened.Close()
	service := strs(t, owner, "select name from public.services where org_id = $1 order by duration limit 1", org)[0]
	call := uuid.MustParse(strs(t, owner, `insert into public.call_logs (org_id, vapi_call_id, location_id, direction, from_number)
		select org_id, 'call-after-import', id, 'inbound', '+13125550199' from public.locations where org_id = $1 limit 1 returning id::text`, org)[0])
	require.NoError(t, opened.AsTenant(t.Context(), org, func(tx db.Tx) error {
		slots, err := tx.AvailableSlots(t.Context(), db.AvailableSlotsParams{
			Service: service, FromAt: time.Now().AddDate(0, 0, 3), ToAt: time.Now().AddDate(0, 0, 20), MaxRows: 1})
		if err != nil {
			return err
		}
		require.NotEmpty(t, slots)
		booked, err := tx.BookAppointment(t.Context(), db.BookAppointmentParams{
			Service: service, StartsAt: slots[0].StartsAt, PatientName: "Ann Quillfeather", CallID: &call})
		require.Equal(t, "booked", booked.Outcome, booked.Reason)
		return err
	}))
}
