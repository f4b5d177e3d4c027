package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs"
)

func TestFetchedCallBecomesTheReportThatWasMissed(t *testing.T) {
	t.Parallel()
	params, err := readReport([]byte(`{"id":"c","status":"ended","endedReason":"customer-ended-call","cost":0.25,
		"startedAt":"2026-05-04T15:00:00Z","endedAt":"2026-05-04T15:00:40Z",
		"artifact":{"messages":[{"role":"user","message":"zanzibar-lilac","secondsFromStart":3}]}}`))
	require.NoError(t, err)
	require.Equal(t, int32(40), *params.DurationSeconds)
	require.Equal(t, int64(250000), *params.CostMicros)
	require.Equal(t, "customer-ended-call", *params.EndedReason)
	require.JSONEq(t, `[{"speaker":"caller","text":"zanzibar-lilac","at":3}]`, string(params.Turns))
}

func TestCallThatGoesOnHasNoReportYet(t *testing.T) {
	t.Parallel()
	_, err := readReport([]byte(`{"id":"c","status":"in-progress"}`))
	require.ErrorIs(t, err, jobs.ErrNotEnded)
}
