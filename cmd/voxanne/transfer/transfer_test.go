package transfer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/transfer"
	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

// held are columns of what would be sent or called by itself, which an import takes back, and of calls, which it ends.
var held = map[string][]string{
	"scheduled_messages": {"state", "reason", "updated_at"},
	"outbound_calls":     {"state", "reason", "ended_at", "look_at", "updated_at"},
	"messages":           {"status", "reason", "updated_at"},
	"call_logs":          {"status", "ended_at", "ended_reason", "updated_at"},
}

// rowsOf are the clinic's rows in a table, as far as they travel.
func rowsOf(t *testing.T, conn *pgx.Conn, table db.TenantTable) []string {
	t.Helper()
	return strs(t, conn, fmt.Sprintf(`
		select ((select jsonb_object_agg(k, v) from jsonb_each(to_jsonb(r)) as e (k, v) where k = any ($2)) - $3::text[])::text
		from public.%s r where %s = $1 and to_jsonb(r) ->> 'action' is distinct from 'org_imported' order by %s`,
		table.Name, table.OrgColumn, strings.Join(table.Key, ", ")), clinicA, table.Columns, append([]string{}, held[table.Name]...))
}

func TestAClinicArrivesAsItLeft(t *testing.T) {
	t.Parallel()
	b := setup(t)
	// Rows that name each other, and later ones; values that a careless way of writing would change.
	b.from.Exec(t, `
		update public.contacts set origin_call_id = 'a0000000-0000-7000-8000-0000000000c1', former_phones = '{+13125550113}' where org_id = 'a0000000-0000-7000-8000-000000000001';
		insert into public.messages (org_id, id, direction, method, category, recipient, content)
		values ('a0000000-0000-7000-8000-000000000001', 'ffffffff-0000-7000-8000-000000000001', 'inbound', 'sms', 'reply', '+13125550111', E'\\ "zanzibar-lilac"\n\t\u2028');
		update public.messages set in_reply_to = 'ffffffff-0000-7000-8000-000000000001' where org_id = 'a0000000-0000-7000-8000-000000000001' and direction = 'outbound';
		update public.call_logs set sentiment = 'negative', sentiment_source = 'rules', sentiment_score = 0.1::float8 + 0.2::float8, transcript = '[{"speaker": "caller", "text": "\\n", "at": 1.50}, null]' where org_id = 'a0000000-0000-7000-8000-000000000001';
		update public.organizations set reminder_offsets = '{1 mon 2 days 03:04:05.000006}', quiet_from = '24:00' where id = 'a0000000-0000-7000-8000-000000000001';
		update public.knowledge_vectors set embedding = '[0.1, -65504, 6e-8]' where org_id = 'a0000000-0000-7000-8000-000000000001'`)
	manifest, archive := b.exported(t, b.store)
	store := directory(t)
	_, err := b.target.Exec(t.Context(), "set timezone = 'Asia/Kolkata'; set intervalstyle = 'iso_8601'; set datestyle = 'German'; set bytea_output = 'escape'")
	require.NoError(t, err)
	report, err := b.imported(t, archive, transfer.ImportOptions{Store: store})
	require.NoError(t, err)
	require.Equal(t, transfer.Report{FilesStored: 1, ImportOutcome: db.ImportOutcome{MembersInvited: 1, MessagesHeld: 2, CallsCancelled: 1}}, report)

	_, err = b.target.Exec(t.Context(), "reset all")
	require.NoError(t, err)
	tables, err := db.New(b.source).TenantTables(t.Context())
	require.NoError(t, err)
	require.Greater(t, len(tables), 55)
	for _, table := range tables {
		there := rowsOf(t, b.source, table)
		require.NotEmpty(t, there, table.Name)
		switch {
		case table.Excuse == nil:
			require.Equal(t, there, rowsOf(t, b.target, table), table.Name)
			require.Contains(t, parts(t, archive), "tables/"+table.Name+".jsonl")
		case table.Name != "invitations":
			require.Empty(t, rowsOf(t, b.target, table), table.Name)
		}
	}
	require.Equal(t, manifest.Files(), report.FilesStored)
	size, err := store.Stat(t.Context(), "recordings/"+clinicA.String()+"/a")
	require.NoError(t, err)
	require.EqualValues(t, len(sound), size)
	require.Equal(t, []string{"org_exported", "org_imported"}, strs(t, b.target, `select action from public.audit_log where action like 'org\_%' order by at`))
	require.Equal(t, []string{"cancelled imported", "cancelled imported"}, strs(t, b.target,
		`select state || ' ' || reason from public.scheduled_messages union all select state || ' ' || reason from public.outbound_calls`))
	require.Equal(t, []string{"a@patients.example admin"}, strs(t, b.target, `select email || ' ' || role from public.invitations`))
}

func TestAnArchiveHoldsNothingOfOthersAndNoSecret(t *testing.T) {
	t.Parallel()
	b := setup(t)
	manifest, archive := b.exported(t, b.store)
	for name, text := range parts(t, archive) {
		for _, foreign := range []string{"b0000000", "clinic-b", "Clinic b", "call-b", "b@patients", "test-secret"} {
			require.NotContains(t, text, foreign, name)
		}
	}
	require.True(t, manifest.FilesIncluded)
	require.NotEmpty(t, manifest.LeftOut)

	manifest, archive = b.exported(t, nil)
	require.EqualValues(t, 1, manifest.Files(), "listed all the same")
	require.NotContains(t, parts(t, archive), "files/recordings/"+clinicA.String()+"/a")
	report, err := b.imported(t, archive, transfer.ImportOptions{Store: directory(t)})
	require.NoError(t, err)
	require.EqualValues(t, 1, report.FilesToMove)
}

// Everything is as it was at one moment, whatever is written meanwhile, and the same clinic gives the same rows.
func TestAnArchiveIsTheSameTwice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, first := b.exported(t, nil)
	_, second := b.exported(t, nil)
	was, is := parts(t, first), parts(t, second)
	for _, changed := range []string{"manifest.json", "tables/audit_log.jsonl"} { // the second has the first's note
		delete(was, changed)
		delete(is, changed)
	}
	require.Equal(t, was, is)
}

func TestAFileThatIsGoneIsCounted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.store.Delete(t.Context(), "recordings/"+clinicA.String()+"/a"))
	manifest, archive := b.exported(t, b.store)
	require.Equal(t, 1, manifest.FilesMissing)
	report, err := b.imported(t, archive, transfer.ImportOptions{Store: directory(t), DryRun: true})
	require.NoError(t, err)
	require.EqualValues(t, 1, report.FilesToMove)
	require.Equal(t, []string{"0"}, strs(t, b.target, "select count(*)::text from public.organizations"))
}

// Two installations may share a bucket: what lies there when a clinic comes is somebody's, and stays when it cannot come.
func TestAFileThatIsThereIsNeitherReplacedNorLost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, archive := b.exported(t, b.store)
	key := "recordings/" + clinicA.String() + "/a"
	empty := directory(t)
	for _, store := range []storage.Store{b.store, empty} {
		_, err := imported(t, connected(t, b.to.OwnerURL), archive, transfer.ImportOptions{Store: unlucky{store, func() {
			b.to.Exec(t, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
		}}})
		require.Error(t, err)
	}
	_, err := b.store.Stat(t.Context(), key)
	require.NoError(t, err)
	_, err = empty.Stat(t.Context(), key)
	require.ErrorIs(t, err, storage.ErrNotFound, "control: a file that came with the clinic goes again")

	require.NoError(t, b.store.Put(t.Context(), key, strings.NewReader("another"), 7, "audio/wav"))
	_, err = imported(t, connected(t, b.to.OwnerURL), archive, transfer.ImportOptions{Store: b.store})
	require.ErrorContains(t, err, "another file lies in the storage")
}

// unlucky is a storage while whose files are looked at something happens.
type unlucky struct {
	storage.Store
	happens func()
}

func (u unlucky) Stat(ctx context.Context, key string) (int64, error) {
	u.happens()
	return u.Store.Stat(ctx, key)
}
