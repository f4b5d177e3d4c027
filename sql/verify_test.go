package sql_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// finding is the head of a check's branch: its name and level.
var finding = regexp.MustCompile(`(?m)^select (?:distinct )?'([a-z_]+)'(?: as name)?, '(error|warning)'`)

// Every check is silent on a healthy database, and each of its findings is
// seen when it is planted. verify/planted/<check>/<finding>.sql plants one.
func TestVerify(t *testing.T) {
	t.Parallel()
	for _, check := range []string{"appointments", "calendars", "dashboard", "knowledge", "messages", "outbound", "tools"} {
		names := findings(t, check)
		require.NotEmpty(t, names)
		t.Run(check, func(t *testing.T) {
			t.Parallel()
			d := dbtest.New(t, dbtest.WithClock())
			plant(t, d, filepath.Join("verify/planted", check, "healthy.sql"))
			out, err := verify(t, d.OwnerURL, check)
			require.NoError(t, err, out)
			require.Contains(t, out, "(0 rows)")
		})
		for _, name := range names {
			t.Run(check+"/"+name, func(t *testing.T) {
				t.Parallel()
				d := dbtest.New(t, dbtest.WithClock())
				plant(t, d, filepath.Join("verify/planted", check, "healthy.sql"))
				plant(t, d, filepath.Join("verify/planted", check, name+".sql"))
				out, err := verify(t, d.OwnerURL, check)
				require.Error(t, err, out)
				require.Regexp(t, `(?m)^ *`+name+` +\|`, out)
			})
		}
	}
}

// A role that row security binds would find nothing: the checks refuse it.
func TestVerifyRefusesABlindRole(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for _, check := range []string{"appointments", "calendars", "dashboard", "knowledge", "messages", "outbound", "tools"} {
		out, err := verify(t, d.LoginURL, check)
		require.Error(t, err, out)
		require.Contains(t, out, "voxanne_login cannot see every row of")
	}
}

func findings(t *testing.T, check string) []string {
	t.Helper()
	var names []string
	for _, match := range finding.FindAllStringSubmatch(read(t, filepath.Join("verify", check+".sql")), -1) {
		names = append(names, match[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
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
