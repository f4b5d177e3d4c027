package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUsage(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args   []string
		status int
		out    string // printed where results go
		err    string // printed where complaints go
	}{
		"nothing":           {nil, 0, "usage: voxanne COMMAND", ""},
		"help":              {[]string{"help"}, 0, "start everything for development", ""},
		"unknown command":   {[]string{"quillby"}, 2, "", `there is no command "quillby"`},
		"help of one":       {[]string{"token", "-h"}, 0, "", "-role"},
		"unknown option":    {[]string{"migrate", "--quillby"}, 2, "", "flag provided but not defined"},
		"stray argument":    {[]string{"serve", "8080"}, 2, "", `takes no argument "8080"`},
		"nothing is set":    {[]string{"serve"}, 1, "", "DATABASE_URL is not set"},
		"no owner":          {[]string{"migrate"}, 1, "", "ADMIN_DATABASE_URL is not set"},
		"credentials what":  {[]string{"credentials"}, 2, "", "usage: voxanne credentials rotate-key"},
		"help of rotation":  {[]string{"credentials", "rotate-key", "-h"}, 0, "", "-dry-run"},
		"nothing to rotate": {[]string{"credentials", "rotate-key"}, 1, "", "CREDENTIALS_KEY, which seals"},
		"production token":  {[]string{"token"}, 1, "", "DATABASE_URL is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, complaints bytes.Buffer
			status := run(t.Context(), process{out: &out, err: &complaints, environ: map[string]string{"VOXANNE_HOME": t.TempDir()}}, tc.args)
			require.Equal(t, tc.status, status)
			require.Contains(t, out.String(), tc.out)
			require.Contains(t, complaints.String(), tc.err)
		})
	}
}

func TestTokensAreForDevelopmentOnly(t *testing.T) {
	t.Parallel()
	var out, complaints bytes.Buffer
	status := run(t.Context(), process{out: &out, err: &complaints, environ: map[string]string{
		"VOXANNE_ENV": "production", "DATABASE_URL": "postgres://u:test-secret-pg@localhost/v", "JWT_SECRET": "test-secret-jwt-0123456789abcdefghijkl",
		"VAPI_WEBHOOK_SECRET": "test-secret-webhook-1", "BACKEND_URL": "https://api.clinic.example",
		"CREDENTIALS_KEY": strings.Repeat("5ec4e7", 11)[:64],
	}}, []string{"token"})
	require.Equal(t, 1, status)
	require.Contains(t, complaints.String(), "in development only")
	require.Empty(t, out.String())
}

func TestEnvFileSurvivesEveryCharacter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "env")
	want := map[string]string{"A": `it's "$HOME" \ # = 'x'`, "B": "", "C": "plain"}
	for range 2 { // the second time over the first
		require.NoError(t, writeEnvFile(path, []variable{{"A", want["A"]}, {"B", ""}, {"C", "plain"}}))
	}
	got, err := readEnvFile(path)
	require.NoError(t, err)
	require.Equal(t, want, got)
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1, "no temporary file is left")
}
