package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEveryBadAnswerOfAnOverloadIsSeen(t *testing.T) {
	t.Parallel()
	good := counts{served: 3, shed: 1}
	flooded := counts{served: 1, shed: 9}
	bad := counts{served: 3, shed: 1, broken: 1, lastBroken: "status 500"}
	for name, c := range map[string]struct {
		tools, arrivals, dashboards counts
		seen                        []string
	}{
		"as promised":     {good, good, flooded, nil},
		"no sentence":     {bad, good, flooded, []string{"tool calls without a sentence to say"}},
		"nobody took it":  {good, bad, flooded, []string{"calls that neither an assistant nor the clinic's own line took"}},
		"too late":        {good, counts{shed: 1, late: 2}, flooded, []string{"arriving calls of which Vapi heard nothing in time"}},
		"no Retry-After":  {good, good, counts{served: 1, shed: 9, broken: 1}, []string{"dashboards that were not told when to come again"}},
		"calls shed more": {flooded, good, good, []string{"dashboards are turned away before calls"}},
		"no overload":     {counts{served: 4}, counts{served: 4}, counts{served: 4}, []string{"dashboards are turned away before calls"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seen []string
			for _, f := range judgeFlood(c.tools, c.arrivals, c.dashboards) {
				if !f.kept {
					seen = append(seen, f.what)
				}
			}
			require.Equal(t, c.seen, seen)
		})
	}
}

func TestADashboardIsToldWhenToComeAgain(t *testing.T) {
	t.Parallel()
	require.Equal(t, served, dashboardOutcome(http.StatusOK, ""))
	require.Equal(t, shed, dashboardOutcome(http.StatusServiceUnavailable, "1"))
	require.Equal(t, shed, dashboardOutcome(http.StatusTooManyRequests, "1"))
	require.EqualValues(t, "status 503 without Retry-After", dashboardOutcome(http.StatusServiceUnavailable, ""))
	require.EqualValues(t, "status 500", dashboardOutcome(http.StatusInternalServerError, "1"))
}

func TestOutcomesAreCounted(t *testing.T) {
	t.Parallel()
	var a tally
	for _, o := range []outcome{served, served, shed, late, "status 500"} {
		a.add(o, time.Second)
	}
	a.add(served, 2*time.Second)
	require.Equal(t, counts{served: 3, shed: 1, late: 1, broken: 1, lastBroken: "status 500", slowest: 2 * time.Second}, a.count())
	require.Equal(t, "1; 3 served, 1 turned away, the slowest after 2000 ms, 1 too late (the last: status 500)", a.count().String())
}
