package sql_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/db/seed"
)

const (
	ourRoles = `'voxanne_login', 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher', 'anon', 'authenticated', 'service_role'`

	// What a dump of one database does not hold: the cluster's roles, and who may become whom.
	roleShape = `
		select format('%s super=%s inherit=%s login=%s bypass=%s create=%s/%s', rolname, rolsuper, rolinherit, rolcanlogin, rolbypassrls, rolcreaterole, rolcreatedb)
		from pg_roles where rolname in (` + ourRoles + `)
		union all
		select format('%s in %s, admin=%s', m.member::regrole, m.roleid::regrole, m.admin_option)
		from pg_auth_members m where m.roleid::regrole::text in (` + ourRoles + `)
		order by 1`

	rowCounts = `
		select format('%s.%s: %s', schemaname, tablename,
			(xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I.%I', schemaname, tablename), false, true, '')))[1]::text)
		from pg_tables where schemaname in ('public', 'river', 'auth') order by 1`
)

// The commands of docs/dba.md install a database, back it up, and restore it on a server that has nothing yet: the schema, the
// roles, the rows and the rights are the same, the checks find nothing, and a clinic books.
func TestABackupRestoresOnAnEmptyServer(t *testing.T) {
	t.Parallel()
	page := newDBAPage(t)
	d := dbtest.Empty(t)
	page.run(t, "install", "ADMIN_DATABASE_URL="+d.OwnerURL, "DATABASE_URL="+d.LoginURL)
	require.NoError(t, seed.Demo(t.Context(), d.OwnerURL))
	page.run(t, "backup", "ADMIN_DATABASE_URL="+d.OwnerURL)

	server, err := localpg.Start(t.Context(), localpg.Options{Dir: filepath.Join(page.dir, "empty-server"), Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Remove(context.Background())) })
	admin := server.OwnerURL("voxanne")
	login := strings.Replace(admin, admin[:strings.Index(admin, "@")], "postgres://voxanne_login:test-secret-restored", 1)
	page.run(t, "restore", "SERVER_URL="+server.OwnerURL("postgres"), "ADMIN_DATABASE_URL="+admin, "DATABASE_URL="+login)

	require.Equal(t, unordered(dump(t, d.OwnerURL)), unordered(dump(t, admin)))
	require.Equal(t, strs(t, d.OwnerURL, roleShape), strs(t, admin, roleShape))
	require.Equal(t, strs(t, d.OwnerURL, rowCounts), strs(t, admin, rowCounts))
	booksAfterRestore(t, admin, login)
}

// policyRoles are the roles of a policy, which stand in the order of numbers that differ from server to server.
var policyRoles = regexp.MustCompile(`(?m)^CREATE POLICY .*? TO (\w+(?:, \w+)+)`)

// unordered are a dump's statements sorted: pg_dump orders policies of one name by when they were made.
func unordered(dump string) []string {
	dump = policyRoles.ReplaceAllStringFunc(dump, func(head string) string {
		at := strings.LastIndex(head, " TO ") + len(" TO ")
		roles := strings.Split(head[at:], ", ")
		slices.Sort(roles)
		return head[:at] + strings.Join(roles, ", ")
	})
	all := strings.Split(dump, "\n\n")
	for i, statement := range all {
		if strings.HasPrefix(statement, "CREATE TABLE ") { // "a and (b and c)" of a check is read back as "a and b and c"
			all[i] = strings.NewReplacer("(", "", ")", "").Replace(statement)
		}
	}
	slices.Sort(all)
	return all
}

// booksAfterRestore books as the service does, and looks from the other clinic, which must see its own rows and not that visit.
func booksAfterRestore(t *testing.T, admin, login string) {
	t.Helper()
	restored, err := db.Open(t.Context(), login)
	require.NoError(t, err)
	defer restored.Close()
	org := func(slug string) uuid.UUID {
		return uuid.MustParse(strs(t, admin, "select id::text from public.organizations where slug = $1", slug)[0])
	}
	service := strs(t, admin, "select name from public.services where org_id = $1 order by duration limit 1", org(seed.Lakeside))[0]
	call := uuid.MustParse(strs(t, admin, `insert into public.call_logs (org_id, vapi_call_id, location_id, direction, from_number)
		select org_id, 'call-after-restore', id, 'inbound', '+13125550199' from public.locations where org_id = $1 limit 1 returning id::text`,
		org(seed.Lakeside))[0])
	var visit uuid.UUID
	require.NoError(t, restored.AsTenant(t.Context(), org(seed.Lakeside), func(tx db.Tx) error {
		slots, err := tx.AvailableSlots(t.Context(), db.AvailableSlotsParams{
			Service: service, FromAt: time.Now().AddDate(0, 0, 3), ToAt: time.Now().AddDate(0, 0, 20), MaxRows: 1})
		if err != nil {
			return err
		}
		require.NotEmpty(t, slots)
		booked, err := tx.BookAppointment(t.Context(), db.BookAppointmentParams{
			Service: service, StartsAt: slots[0].StartsAt, PatientName: "Ann Quillfeather", CallID: &call})
		if err != nil {
			return err
		}
		require.Equal(t, "booked", booked.Outcome, booked.Reason)
		visit = *booked.AppointmentID
		return nil
	}))
	require.Equal(t, []string{"1"}, strs(t, admin, "select count(*)::text from public.appointments where id = $1", visit))
	for slug, sees := range map[string]bool{seed.Lakeside: true, seed.Harbor: false} {
		require.NoError(t, restored.AsTenant(t.Context(), org(slug), func(tx db.Tx) error {
			_, err := tx.GetOrganization(t.Context(), org(seed.Lakeside))
			require.Equal(t, sees, err == nil, "%s sees Lakeside", slug)
			return nil
		}))
	}
}

// dbaPage runs the commands of docs/dba.md.
type dbaPage struct {
	text, root, dir string
	path            string // PATH with PostgreSQL's programs and this checkout's voxanne
}

func newDBAPage(t *testing.T) dbaPage {
	t.Helper()
	root, err := dbtest.Root()
	require.NoError(t, err)
	p := dbaPage{text: read(t, "../docs/dba.md"), root: root, dir: t.TempDir()}
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(p.dir, "voxanne"), "../cmd/voxanne").CombinedOutput()
	require.NoError(t, err, string(out))
	p.path = strings.Join([]string{p.dir, binaries(t), os.Getenv("PATH")}, string(os.PathListSeparator))
	return p
}

// run runs the block of commands after <!-- run: name --> in the checkout, with files kept in BACKUP_DIR. Any that fails fails the test.
func (p dbaPage) run(t *testing.T, name string, environ ...string) string {
	t.Helper()
	block := regexp.MustCompile("(?s)<!-- run: " + name + " -->\n```sh\n(.*?)```").FindStringSubmatch(p.text)
	require.NotNil(t, block, "docs/dba.md has no commands called %s", name)
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", block[1])
	cmd.Dir = p.root
	cmd.Env = append([]string{"PATH=" + p.path, "HOME=" + p.dir, "BACKUP_DIR=" + p.dir}, environ...)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", name, out)
	t.Logf("%s: %s", name, time.Since(began).Round(time.Second))
	return string(out)
}
