package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// another is the environment of an installation that has no clinic.
func (m *managed) another(t *testing.T) map[string]string {
	t.Helper()
	d := dbtest.New(t)
	environ := maps.Clone(m.environ)
	environ["ADMIN_DATABASE_URL"], environ["DATABASE_URL"] = d.OwnerURL, d.LoginURL
	return environ
}

func TestAClinicIsExportedForNobodyElsesEyes(t *testing.T) {
	t.Parallel()
	m := answering(t)
	m.book(t, "+13125550144", "2030-03-06 05:30:00+00", "confirmed")
	file := filepath.Join(t.TempDir(), "lakeside.zip")
	var shown exportShown
	require.Zero(t, m.reads(t, &shown, "org", "export", "--org", "lakeside", "--out", file))
	require.Equal(t, "lakeside", shown.Org)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())

	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	status, _, complaints := m.command(t, "org", "export", "--org", "lakeside", "--out", file)
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "file exists")
	again, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, whole, again, "what is there is left alone")

	status, out, complaints := m.command(t, "org", "export", "--org", "nowhere", "--out", file+"2")
	require.Equal(t, 1, status, out+complaints)
	require.NoFileExists(t, file+"2")

	m.environ = m.another(t)
	var arrived importShown
	require.Zero(t, m.reads(t, &arrived, "org", "import", "--in", file))
	require.Equal(t, shown.Rows, arrived.Rows)
	status, found, _ := m.command(t, "appointment", "verify", "--phone", "+13125550144", "--date", "2030-03-05")
	require.Zero(t, status)
	require.Contains(t, found, "MATCHES TARGET DATE!")
	require.NotContains(t, m.log.String(), "Quill")
}

func TestAnExportThatFailsLeavesNoFile(t *testing.T) {
	t.Parallel()
	m := manage(t)
	m.data.Exec(t, "drop function app.fetch_export(integer)")
	file := filepath.Join(t.TempDir(), "lakeside.zip")
	status, out, complaints := m.command(t, "org", "export", "--org", "lakeside", "--out", file)
	require.Equal(t, 3, status, out+complaints)
	require.NoFileExists(t, file)
}

func TestTransfersAreCalledRightly(t *testing.T) {
	t.Parallel()
	m := manage(t)
	noArchive := filepath.Join(t.TempDir(), "quill.zip")
	require.NoError(t, os.WriteFile(noArchive, []byte("zanzibar-lilac"), 0o600))
	for args, status := range map[string]int{
		"org export":                       2,
		"org export --org lakeside":        2,
		"org import":                       2,
		"org import quill.zip":             2,
		"org import --in /nowhere/q.zip":   1,
		"org import --in " + noArchive:     1,
		"org export --org a --out /no/q/r": 1,
	} {
		got, out, complaints := m.command(t, strings.Fields(args)...)
		require.Equal(t, status, got, "%s\n%s%s", args, out, complaints)
		require.Empty(t, out)
		require.NotContains(t, complaints, "zanzibar")
	}
}
