package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestEveryPlantedValueIsFound(t *testing.T) {
	t.Parallel()
	for _, leak := range []string{
		`{"msg":"x","from":"+13125550123"}`, "call from 13125550123", "(312) 555-0123", "312.555.01.23", "tel:+1-312-555-0123", `from=%2B13125550123`,
		"+442079460123", "020 7946 0123", "+44 (0)20 7946 0123", "442079460123.",
		"it is three one two, five five five", "Ann Quillfeather", "DETAIL: Key (name)=(ann QUILLBY)", "ann@patients.example", "ann%40patients.example",
		"the zanzibar-lilac door", "password=test-secret-login", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJz",
	} {
		path := write(t, t.TempDir(), "server-x.log", "{\"msg\":\"fine\"}\n"+leak+"\n")
		_, err := scan([]string{path})
		require.ErrorContains(t, err, "server-x.log:2: ", leak)
	}
}

func TestOrdinaryLinesPass(t *testing.T) {
	t.Parallel()
	path := write(t, t.TempDir(), "server-x.log", `{"time":"2030-03-04T14:00:00.312555012Z","level":"INFO","msg":"request","org_id":"a0000000-0000-7000-8000-312555012300","duration_ms":312.555}
LOG:  listening on IPv4 address "127.0.0.1", port 31255
`)
	looked, err := scan([]string{path})
	require.NoError(t, err)
	require.Positive(t, looked)
}

func TestLookingAtNothingIsAFailure(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	full := write(t, t.TempDir(), "a.log", "something\n")
	require.NoError(t, report(&out, map[string][]string{"server": {full}}))
	require.ErrorContains(t, report(&out, map[string][]string{"server": {full}, "jobs": {}}), "jobs: there is nothing to look at")
	empty := write(t, t.TempDir(), "b.log", "")
	require.ErrorContains(t, report(&out, map[string][]string{"server": {empty}}), "server: there is nothing to look at")
	require.ErrorContains(t, report(&out, map[string][]string{"server": {full, filepath.Join(t.TempDir(), "gone.log")}}), "gone.log")
}

func TestWithoutAFolderItFails(t *testing.T) {
	t.Setenv(dbtest.KeptEnv, "")
	require.ErrorContains(t, run(t.Context(), &bytes.Buffer{}), dbtest.KeptEnv+" is not set")
}
