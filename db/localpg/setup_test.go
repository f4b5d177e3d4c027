package localpg_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// setUp runs setup.sh --tests as somebody who is not root and has no C compiler, with programs of the test's before
// the system's. It returns what was said and what sudo was asked to do.
func setUp(t *testing.T, env ...string) (said, sudone string) {
	t.Helper()
	bin := t.TempDir()
	log := filepath.Join(bin, "sudo.log")
	for name, script := range map[string]string{
		"id":   "echo 1000",
		"sudo": `echo "$@" >>` + log,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	cmd := exec.Command("bash", "setup.sh", "--tests")
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "CC=false")
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput() // without a terminal
	require.Error(t, err, "there is still no compiler")
	asked, err := os.ReadFile(log)
	if err != nil {
		require.ErrorIs(t, err, os.ErrNotExist)
	}
	return string(out), string(asked)
}

func TestSetupAsksBeforeItUsesSudo(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("apt-get"); err != nil {
		t.Skip("only apt is driven with sudo")
	}
	said, sudone := setUp(t, "VOXANNE_SETUP=")
	require.Contains(t, said, "Run: VOXANNE_SETUP=yes db/localpg/setup.sh --tests")
	require.Empty(t, sudone)

	_, sudone = setUp(t, "VOXANNE_SETUP=yes")
	require.Contains(t, sudone, "apt-get install")
	require.Contains(t, sudone, " gcc libc6-dev curl", "go test -race needs a compiler also where pgvector is packaged")
}
