package sql_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	checks "github.com/voxanne-ai/voxanne/sql/verify"
)

// finding is the head of a check's branch: its name and level.
var finding = regexp.MustCompile(`(?m)^ *select (?:distinct )?'([a-z_]+)', '(error|warning|info)'`)

// withFaults are the checks that have a folder of planted faults; those of rls
// are in verify_rls_test.go, those of logins in verify_logins_test.go.
func withFaults() []string {
	return slices.DeleteFunc(checks.Scripts(), func(name string) bool { return name == "rls" || name == "logins" })
}

// Every check is silent on a healthy database, and each of its findings is
// seen when it is planted. verify/planted/<check>/<finding>.sql plants one.
func TestVerify(t *testing.T) {
	t.Parallel()
	for _, check := range withFaults() {
		levels := findings(t, check)
		require.NotEmpty(t, levels)
		t.Run(check, func(t *testing.T) {
			t.Parallel()
			d := dbtest.New(t, dbtest.WithClock())
			plant(t, d, filepath.Join("verify/planted", check, "healthy.sql"))
			out, err := verify(t, d.OwnerURL, check)
			require.NoError(t, err, out)
			require.Contains(t, out, "(0 rows)")
		})
		for name, level := range levels {
			t.Run(check+"/"+name, func(t *testing.T) {
				t.Parallel()
				d := dbtest.New(t, dbtest.WithClock())
				plant(t, d, filepath.Join("verify/planted", check, "healthy.sql"))
				plant(t, d, filepath.Join("verify/planted", check, name+".sql"))
				if name == "transaction_open" {
					holdOpen(t, d)
				}
				out, err := verify(t, d.OwnerURL, check)
				require.Equal(t, level == checks.LevelError, err != nil, out)
				require.Regexp(t, `(?m)^ *`+name+` +\| `+level+` +\|`, out)
			})
		}
	}
}

// One finding, one name: it leads to one page.
func TestVerifyFindingsHaveTheirPlaceOnAPage(t *testing.T) {
	t.Parallel()
	index := read(t, "../docs/verify/README.md")
	from := map[string]string{}
	for _, check := range checks.Scripts() {
		require.Contains(t, index, "]("+check+".md)")
		require.Contains(t, read(t, "verify/all.sql"), "\\ir checks/"+check+".sql\n")
		page := read(t, "../docs/verify/"+check+".md")
		for name, level := range findings(t, check) {
			require.Empty(t, from[name], "%s is found by %s too", name, check)
			from[name] = check
			require.Contains(t, page, "| `"+name+"` | "+level+" |")
		}
	}
}

// twoClinics is what checks/isolation.sql needs to look at all.
const twoClinics = `insert into public.organizations (name, slug, country, time_zone)
	values ('Lakeside Dental', 'lakeside', 'US', 'America/Chicago'), ('Harbor Skin', 'harbor', 'GB', 'Europe/London')`

// all.sql and the program see what each of the scripts sees, worst first.
func TestVerifyAllFindsWhatEveryCheckFinds(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t) // without a clock of tests, whose table is open to everyone
	d.Exec(t, twoClinics)
	out, err := verify(t, d.OwnerURL, "all")
	require.NoError(t, err, out)
	require.Contains(t, out, "(0 rows)")
	found, err := checks.Run(t.Context(), connected(t, d.OwnerURL), nil, checks.Scripts()...)
	require.NoError(t, err)
	require.Empty(t, found)

	plant(t, d, "verify/planted/jobs/queue_paused.sql")
	plant(t, d, "verify/planted/keys/no_primary_key.sql")
	plant(t, d, "verify/planted/schema/extension_old.sql")
	out, err = verify(t, d.OwnerURL, "all")
	require.Error(t, err, out)
	require.Regexp(t, `(?s) no_primary_key .* queue_paused .* extension_old `, out)
	found, err = checks.Run(t.Context(), connected(t, d.OwnerURL), nil, checks.Scripts()...)
	require.NoError(t, err)
	require.Contains(t, found, checks.Finding{Check: "no_primary_key", Level: checks.LevelError, Object: "public.fresh",
		Detail: "the table has no primary key", Remedy: "alter table public.fresh add primary key (org_id, id)"})
	require.Equal(t, checks.LevelInfo, found[len(found)-1].Level)
	for _, one := range found {
		require.Contains(t, out, one.Check)
	}
}

// A role that row security binds would find nothing: the checks refuse it.
func TestVerifyRefusesABlindRole(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for _, check := range append(checks.Scripts(), "all") {
		out, err := verify(t, d.LoginURL, check)
		require.Error(t, err, out)
		require.Contains(t, out, "voxanne_login cannot see every row of")
	}
	_, err := checks.Run(t.Context(), connected(t, d.LoginURL), nil, checks.Scripts()...)
	require.ErrorContains(t, err, "voxanne_login cannot see every row of")
}

// The check about foreign keys without an index leaves out parents that nothing deletes: it must be true of them.
func TestVerifyKeysSpareOnlyParentsThatStay(t *testing.T) {
	t.Parallel()
	_, kept, _ := strings.Cut(read(t, "verify/checks/keys.sql"), "-- No function deletes them")
	kept, _, found := strings.Cut(kept, "-- A clinic's settings")
	require.True(t, found)
	parents := regexp.MustCompile(`'(public\.\w+)'`).FindAllStringSubmatch(kept, -1)
	require.NotEmpty(t, parents)
	var functions strings.Builder
	for _, file := range files(t, "[0-9]*.sql") {
		functions.WriteString(read(t, file))
	}
	for _, parent := range parents {
		require.False(t, strings.Contains(functions.String(), "delete from "+parent[1]+" "), "a function deletes rows of "+parent[1])
	}
}

// versions is where checks/schema.sql names the folder's migrations.
var versions = regexp.MustCompile(`unnest\(array\[[0-9, ]*\]\)`)

func TestGoldenVersionsOfTheSchemaCheck(t *testing.T) {
	t.Parallel()
	const file = "verify/checks/schema.sql"
	var numbers []string
	for _, migration := range files(t, "../migrations/*.sql") {
		number, err := strconv.Atoi(filepath.Base(migration)[:5])
		require.NoError(t, err)
		numbers = append(numbers, strconv.Itoa(number))
	}
	want := versions.ReplaceAllString(read(t, file), "unnest(array["+strings.Join(numbers, ", ")+"])")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
	}
	require.Equal(t, want, read(t, file), "a migration came or went: go test ./sql -run GoldenVersions -update")
}

// findings are the names of a check's findings, each with its level.
func findings(t *testing.T, check string) map[string]string {
	t.Helper()
	levels := map[string]string{}
	for _, match := range finding.FindAllStringSubmatch(read(t, filepath.Join("verify/checks", check+".sql")), -1) {
		levels[match[1]] = match[2]
	}
	return levels
}

// holdOpen begins a transaction that stays open until the test ends.
func holdOpen(t *testing.T, d *dbtest.Database) {
	t.Helper()
	_, err := connected(t, d.OwnerURL).Exec(t.Context(), "begin")
	require.NoError(t, err)
}

// plant runs a file as the owner, with triggers and foreign keys off: it shows
// what somebody did past them.
func plant(t *testing.T, d *dbtest.Database, file string) {
	t.Helper()
	out, err := psql(t, d.OwnerURL, "-c", "set session_replication_role = replica", "-f", file)
	require.NoError(t, err, out)
}

func verify(t *testing.T, address, check string) (string, error) {
	t.Helper()
	return psql(t, address, "-f", filepath.Join("verify", check+".sql"))
}

func psql(t *testing.T, address string, args ...string) (string, error) {
	t.Helper()
	args = append([]string{"-X", "-v", "ON_ERROR_STOP=1"}, args...)
	out, err := program(t, address, filepath.Join(binaries(t), "psql"), args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil {
		require.ErrorAs(t, err, &exit, "psql did not run")
	}
	return string(out), err
}

// As a DBA asks after a call: by psql's variables, in a script of its own and among all, and nothing personal in the answer.
func TestVerifyAppointmentAsksForNumberAndDate(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t, dbtest.WithClock())
	plant(t, d, "verify/planted/appointment/healthy.sql")
	ask := func(phone, date string) (string, error) {
		return psql(t, d.OwnerURL, "--tuples-only", "--no-align", "-v", "phone="+phone, "-v", "date="+date, "-f", "verify/appointment.sql")
	}
	out, err := ask("+13125550111", "2030-03-04")
	require.NoError(t, err, out)
	require.Regexp(t, `^visit_found\|info\|org [-0-9a-f]{36}: appointment [-0-9a-f]{36}\|2030-03-04 10:00 America/Chicago, confirmed, by voice: matches\|`, out)
	require.NotContains(t, out, "Quill")
	require.NotContains(t, out, "+1312")

	for _, other := range [][2]string{{"+13125550111", "2030-03-05"}, {"+13125550112", "2030-03-04"}, {"+13125550111", ""}} {
		out, err := ask(other[0], other[1])
		require.Error(t, err, out)
		require.Contains(t, out, "visit_not_found|error|")
		require.NotContains(t, out, "matches|")
	}
	all, err := psql(t, d.OwnerURL, "-v", "phone=+13125550111", "-v", "date=2030-03-04", "-f", "verify/all.sql")
	require.Error(t, err, "the clock of tests is open to everyone")
	require.Contains(t, all, "visit_found")
}

func TestVerifyToolsListsAnOrganisationsTools(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t, dbtest.WithClock())
	plant(t, d, "verify/planted/tools/healthy.sql")
	list := func(org string) string {
		out, err := psql(t, d.OwnerURL, "--tuples-only", "--no-align", "-v", "tools_of="+org, "-f", "verify/tools.sql")
		require.NoError(t, err, out)
		return out
	}
	lakeside := list("lakeside")
	require.Equal(t, 2, strings.Count(lakeside, "\n"))
	require.Regexp(t, `(?m)^tools_of\|info\|org a0\S+: bookClinicAppointment\|registered at \S+ \S+; 1 of 1 agents that are called carry it as it is now; the summary says linked\|`, lakeside)
	require.Contains(t, list("harbor"), "; 0 of 1 agents that are called carry it as it is now; the summary says nothing|")
	require.Equal(t, 4, strings.Count(list("all"), "\n"))
	require.Empty(t, list("nobody"))
}
