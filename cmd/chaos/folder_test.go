package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatADeadRunLeftIsRemoved(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	living, lock, err := makeFolder(t.Context(), parent)
	require.NoError(t, err)
	defer lock.Close()
	dead, lost, err := makeFolder(t.Context(), parent)
	require.NoError(t, err)
	require.NoError(t, lost.Close(), "as the system does with what the dead held")
	next, own, err := makeFolder(t.Context(), parent)
	require.NoError(t, err)
	defer own.Close()
	require.NoDirExists(t, dead)
	require.DirExists(t, living)
	require.DirExists(t, next)
}
