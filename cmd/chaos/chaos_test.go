package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/server/logtest"
)

// quick are the faults that no other test plays, each for a moment: the others are for make chaos, see docs/faults.md.
const quick = "both,connections,postgres"

func TestPromisesAreKeptWhateverBreaks(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := run(t.Context(), settings{length: 2 * time.Second, rate: 15, only: quick, out: &out, log: logtest.Keep(t, t.Output())})
	t.Log(out.String())
	require.NoError(t, err)
	for _, name := range strings.Split(quick, ",") {
		require.Regexp(t, name+`: [1-9]\d* times; [1-9]\d* callers with \d+ tries: [1-9]\d* booked, [1-9]\d* taken, 0 without`, out.String())
	}
}

func TestFaultsAreChosenByTheirNames(t *testing.T) {
	t.Parallel()
	chosen, err := choose("postgres,serve")
	require.NoError(t, err)
	require.Equal(t, []string{"serve", "postgres"}, []string{chosen[0].name, chosen[1].name}, "in the order of the table")
	require.Len(t, chosen, 2)
	all, err := choose("")
	require.NoError(t, err)
	require.Len(t, all, len(faultNames()))
	require.ErrorContains(t, run(t.Context(), settings{only: "serve,earthquake"}), `"earthquake": -only takes serve, work, both`)
}
