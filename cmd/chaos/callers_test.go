package main

import (
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/server/logtest"
)

func TestNoCallerRingsAClinicTwiceAndACrowdWantsOneTime(t *testing.T) {
	t.Parallel()
	type ends struct {
		clinic   int
		customer string
	}
	type slot struct {
		clinic int
		at     time.Time
	}
	began := time.Date(2030, 3, 5, 23, 0, 0, 0, time.UTC)
	rung, crowds, times := map[ends]bool{}, map[int][]slot{}, map[slot]int{}
	for n := range mostCallers {
		w := wishOf(n, began)
		require.False(t, rung[ends{w.clinic, w.customer}], "caller %d", n)
		rung[ends{w.clinic, w.customer}] = true
		require.Regexp(t, `^\+1312555[2-9]\d{3}$`, w.customer)
		require.Less(t, w.at.Sub(began), 160*24*time.Hour)
		require.True(t, w.at.Hour() >= 9 && w.at.Hour() < 17, w.at)
		require.Equal(t, w.crowd > 0, w.service == "Scan")
		if w.crowd > 0 {
			crowds[w.crowd] = append(crowds[w.crowd], slot{w.clinic, w.at})
		}
	}
	for _, slots := range crowds {
		require.Len(t, slots, crowd)
		for _, s := range slots {
			require.Equal(t, slots[0], s)
		}
		times[slots[0]]++
		require.Equal(t, 1, times[slots[0]], "another crowd wants the same")
	}
}

func TestARunIsNoLongerThanItHasNumbers(t *testing.T) {
	t.Parallel()
	long := settings{length: 2 * time.Minute, rate: 20}
	require.NoError(t, long.share(len(faults())), "make chaos")
	require.Equal(t, 2600, long.callers)
	require.ErrorContains(t, (&settings{length: time.Hour, rate: 20}).share(1), "need 72200 callers, and there are 40000")
	require.ErrorContains(t, (&settings{length: time.Minute}).share(1), "-rate")
	require.ErrorContains(t, (&settings{rate: 1}).share(1), "-time")
}

func TestAProcessThatEndsByItselfIsSeen(t *testing.T) {
	t.Parallel()
	p := started(t, "false", "work")
	<-p.exited
	require.True(t, p.died())
	require.NoError(t, p.kill())
	require.False(t, p.died(), "that was us")
}

func TestAProcessIsKilledAndEndsWithUs(t *testing.T) {
	t.Parallel()
	p := started(t, "sleep", "3600")
	require.False(t, p.died())
	require.NoError(t, p.hold.Close(), "as the system does when we go")
	<-p.exited
	p = started(t, "sleep", "3600")
	require.NoError(t, p.kill())
	require.False(t, p.died())
}

// started is a program of the system, started with one argument.
func started(t *testing.T, program, argument string) *process {
	t.Helper()
	path, err := exec.LookPath(program)
	require.NoError(t, err)
	p := &process{binary: path, command: argument, log: logtest.Keep(t, t.Output())}
	require.NoError(t, p.start(t.Context()))
	return p
}
