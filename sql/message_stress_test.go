package sql_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// eager is how many times the same is asked for at once.
const eager = 200

// stressContact is the one contact of openMessageClinic's clinic.
const stressContact = "a0000000-0000-7000-8000-0000000000d1"

func TestEagerStaffSendOneFollowUp(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	openMessageClinic(t, d)
	decisions := followUpAtOnce(t, d, func(i int) string { return fmt.Sprintf("key-%d", i) })
	require.Equal(t, map[string]int{"send": 1, "blocked too_soon": eager - 1}, decisions)
	require.Equal(t, 1, messages(t, d.Pool(t), "status = 'queued' and handed_over_at is not null"))
	// A row of the refused ones a minute, and the test may meet the minute's end.
	require.LessOrEqual(t, messages(t, d.Pool(t), "status = 'blocked' and reason = 'too_soon'"), 2)
	require.Zero(t, messages(t, d.Pool(t), "status not in ('queued', 'blocked')"))
}

func TestOneWishRepeatedAtOnceIsOneFollowUp(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	openMessageClinic(t, d)
	decisions := followUpAtOnce(t, d, func(int) string { return "key" })
	require.Equal(t, map[string]int{"send": 1, "replayed": eager - 1}, decisions)
	require.Equal(t, 1, messages(t, d.Pool(t), "true"))
}

// Each number has a lock of its own: what they share, the day's cap, must hold without it. From 40 the last 50 are
// counted one after the other from the first message on, from 80 only after 30 of them.
func TestDailyCapHoldsWhenManyAreTextedAtOnce(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{40, 80} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			t.Parallel()
			d := dbtest.New(t)
			openMessageClinic(t, d)
			d.Exec(t, fmt.Sprintf(`
				update public.organizations set messages_per_day = %d;
				insert into public.contacts (org_id, phone)
				select '%s', '+131255502' || lpad(n::text, 2, '0') from generate_series(0, 99) n;`, limit, orgID("a")))
			contacts := strs(t, d.OwnerURL, "select id::text from public.contacts order by id")
			decisions := atOnce(t, d, len(contacts), func(tx db.Tx, i int) (db.MessageDecision, error) {
				return tx.BeginMessage(t.Context(), db.BeginMessageParams{
					Category: "confirmation", Method: "sms", Content: "zanzibar-lilac", SendKey: fmt.Sprintf("key-%d", i),
					ContactID: uuid.MustParse(contacts[i]), ServiceProvider: "twilio", NumberZones: []string{},
				})
			})
			require.Equal(t, map[string]int{"send": limit, "blocked daily_cap": len(contacts) - limit}, decisions)
			require.Equal(t, limit, messages(t, d.Pool(t), "status = 'queued'"))
		})
	}
}

// openMessageClinic makes a clinic without quiet hours, with a member of the staff and one contact.
func openMessageClinic(t *testing.T, d *dbtest.Database) {
	t.Helper()
	d.Exec(t, fmt.Sprintf(`
		alter table auth.users disable trigger user;
		insert into public.organizations (id, name, slug, quiet_from, quiet_until)
		values ('%[1]s', 'Lakeside Dental', 'lakeside', '00:00', '00:00');
		insert into auth.users (id, email) values ('a0000000-0000-7000-8000-0000000000e1', 'a@patients.example');
		insert into public.profiles (org_id, user_id, role) values ('%[1]s', 'a0000000-0000-7000-8000-0000000000e1', 'staff');
		insert into public.contacts (org_id, id, phone) values ('%[1]s', '%[2]s', '+13125550199');`, orgID("a"), stressContact))
}

func followUpAtOnce(t *testing.T, d *dbtest.Database, key func(i int) string) map[string]int {
	t.Helper()
	store := stressStore(t, d)
	contact := uuid.MustParse(stressContact)
	return count(t, eager, func(i int) (decision db.MessageDecision, err error) {
		err = store.AsUser(t.Context(), []byte(claims("a")), func(tx db.Tx, _ db.Member) error {
			decision, err = tx.SendFollowUp(t.Context(), db.SendFollowUpParams{
				ContactID: &contact, Content: "zanzibar-lilac", SendKey: key(i), NumberZones: []string{},
			})
			return err
		})
		return decision, err
	})
}

// atOnce runs begin times n in transactions of the tenant's service and counts what was decided.
func atOnce(t *testing.T, d *dbtest.Database, n int, begin func(db.Tx, int) (db.MessageDecision, error)) map[string]int {
	t.Helper()
	store := stressStore(t, d)
	return count(t, n, func(i int) (decision db.MessageDecision, err error) {
		err = store.AsTenant(t.Context(), uuid.MustParse(orgID("a")), func(tx db.Tx) error {
			decision, err = begin(tx, i)
			return err
		})
		return decision, err
	})
}

func stressStore(t *testing.T, d *dbtest.Database) *db.DB {
	t.Helper()
	store, err := db.Open(t.Context(), d.LoginURL)
	require.NoError(t, err)
	t.Cleanup(store.Close)
	return store
}

// count asks n times at once and says how often each outcome with its reason was answered.
func count(t *testing.T, n int, ask func(i int) (db.MessageDecision, error)) map[string]int {
	t.Helper()
	decisions, errs := make([]db.MessageDecision, n), make([]error, n)
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			decisions[i], errs[i] = ask(i)
		})
	}
	start.Done()
	done.Wait()
	counted := map[string]int{}
	for i, decision := range decisions {
		require.NoError(t, errs[i])
		said := decision.Outcome
		if said == "blocked" {
			said += " " + *decision.Reason
		}
		counted[said]++
	}
	return counted
}

func messages(t *testing.T, pool *pgxpool.Pool, condition string) (n int) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), "select count(*) from public.messages where "+condition).Scan(&n))
	return n
}
