package messenger_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/messenger"
)

func TestMessagesAreCountedByWhatCameOfThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	registry := prometheus.NewRegistry()
	var err error
	_, err = messenger.NewMetrics(registry) // the server's, in the same process
	require.NoError(t, err)
	b.o.Metrics, err = messenger.NewMetrics(registry)
	require.NoError(t, err)
	b.reach(t, play(t, b.line))
	_, err = b.m.Deliver(t.Context(), b.org, b.followUp(t, "1"), "")
	require.NoError(t, err)
	shown, err := registry.Gather()
	require.NoError(t, err)
	counts := map[string]float64{}
	for _, one := range shown[0].Metric {
		counts[one.Label[0].GetValue()+" "+one.Label[1].GetValue()] = one.Counter.GetValue()
	}
	require.Equal(t, map[string]float64{"sent ": 1, "failed refused": 0, "unknown no_answer": 0}, counts)
	problems, err := testutil.GatherAndLint(registry)
	require.NoError(t, err)
	require.Empty(t, problems)
}
