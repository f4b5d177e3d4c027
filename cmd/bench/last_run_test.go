package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// Figures are written once, by the run that found them: what readers see is what the next run is compared with.
func TestThePageShowsTheCommittedRun(t *testing.T) {
	t.Parallel()
	root, err := dbtest.Root()
	require.NoError(t, err)
	run, err := readLastRun(root)
	require.NoError(t, err)
	page, err := os.ReadFile(filepath.Join(root, lastRunPage))
	require.NoError(t, err)
	written, err := run.page()
	require.NoError(t, err)
	require.True(t, strings.Contains(string(page), written), "%s and %s differ: go run ./cmd/bench -save writes both", lastRunPage, lastRunFile)
	known := map[string]bool{}
	for _, m := range run.Figures {
		known[m.Name] = true
	}
	for _, p := range parts() {
		for _, r := range p.rows(leastScale) {
			require.True(t, known[r.Name], "the committed run has no %s", r.Name)
		}
	}
}

func TestARunIsSavedAndReadAgain(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	_, err := readLastRun(root)
	require.ErrorIs(t, err, errNoRun)
	require.NoError(t, os.Mkdir(filepath.Join(root, "docs"), 0o700))
	page := filepath.Join(root, lastRunPage)
	require.NoError(t, os.WriteFile(page, []byte("Above\n"+pageBegins+"| old | table |\n"+pageEnds+"Below\n"), 0o600))

	s := &sheet{}
	s.begin([]row{{"fast", "a call", ms, atMost(25)}, {"slow", "another", ms, atMost(25)}, {"cpu", "its CPU", ms, aim{}}})
	s.note("fast", 1.23456)
	s.note("slow", 1234.56)
	s.note("cpu", math.NaN())
	figures, err := s.complete()
	require.NoError(t, err)
	run := &lastRun{Date: "2026-11-23", Command: "go run ./cmd/bench -save", Machine: "2 cores", Versions: "Go", Load: "0", Filled: "all", Figures: figures}
	require.NoError(t, run.save(root))
	require.NoError(t, run.save(root), "a second time")

	again, err := readLastRun(root)
	require.NoError(t, err)
	require.Equal(t, run, again)
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	for _, line := range []string{"Above\n", "| a call | 1.23 ms | ≤ 25 |\n", "| another | 1235 ms | ≤ 25, **missed** |\n",
		"| its CPU | not measured there |  |\n", "Below\n"} {
		require.Contains(t, string(text), line)
	}
	require.NotContains(t, string(text), "old")
}
