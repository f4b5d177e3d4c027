package provisioner

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// request is one that a run makes: which provider, method and path without ids.
type request string

func nameOf(r *http.Request) request {
	path := regexp.MustCompile(`[0-9a-f-]{36}|(AC|PN)[0-9a-f]{32}`).ReplaceAllString(r.URL.Path, "{id}")
	return request(r.Method + " " + strings.TrimPrefix(path, "/2010-04-01/Accounts/{id}"))
}

// The ways of a run, and how each ends when it goes well: towards a line, and back as the clinic wishes or after a failure.
const (
	setUp, release, undo = "set-up", "release", "undo"
)

func endOf(way string) string {
	return map[string]string{setUp: "active", release: "released", undo: "undone"}[way]
}

// recorded returns, in order, the requests of a run that goes well: what to break.
func (b *testBundle) recorded(t *testing.T, way string) (all []request) {
	t.Helper()
	p := b.provisioner(t, func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		all = append(all, nameOf(r))
		return next.RoundTrip(r)
	})
	run := b.toBreak(t, p, way)
	if way != setUp {
		all = nil
	}
	b.drive(t, p, b.clinic, run)
	require.Equal(t, endOf(way), b.requireWhole(t, b.clinic, run))
	return all
}

// fault is a way in which a request goes wrong.
type fault struct {
	name  string
	play  sandbox.Failure
	dies  string // "before" or "after" the provider acts, the process ends
	hangs string // "before" or "after" the provider acts, it answers no more; the time that is waited for it is not played
	times int    // how often, at most
}

// faults are those of a way. A set-up is given up in the end, a way back never is; undoing does what a release does, so
// that the telling ones are enough.
func faults(way string) (all []fault) {
	again := 12 // more often than any step is tried, with what the client repeats by itself
	if way != setUp {
		again = 5
	}
	all = []fault{
		{name: "dies before", dies: "before", times: 1},
		{name: "dies after", dies: "after", times: 1},
		{name: "refused again and again", play: sandbox.Failure{Status: 400}, times: again},
		{name: "hangs after acting again and again", hangs: "after", times: again},
	}
	if way == undo {
		return all
	}
	return append(all, []fault{
		{name: "refused", play: sandbox.Failure{Status: 400}, times: 1},
		{name: "5xx once", play: sandbox.Failure{Status: 500}, times: 1},
		{name: "5xx again and again", play: sandbox.Failure{Status: 500}, times: again},
		{name: "5xx after acting", play: sandbox.Failure{Status: 502, Acts: true}, times: 1},
		{name: "429", play: sandbox.Failure{Status: 429, RetryAfter: 3 * time.Second}, times: 1},
		{name: "429 again and again", play: sandbox.Failure{Status: 429, RetryAfter: 3 * time.Second}, times: again},
		{name: "401 once", play: sandbox.Failure{Status: 401}, times: 1},
		{name: "401 again and again", play: sandbox.Failure{Status: 401}, times: again},
		{name: "hangs", hangs: "before", times: 1},
		{name: "hangs again and again", hangs: "before", times: again},
		{name: "hangs after acting", hangs: "after", times: 1},
	}...)
}

// strike makes the at-th request of a run, and those like it, go wrong.
func (b *testBundle) strike(f fault, at int, name request, die func()) func(*http.Request, http.RoundTripper) (*http.Response, error) {
	seen, struck := 0, 0
	return func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		seen++
		if struck == f.times || (struck == 0 && seen <= at) || nameOf(r) != name {
			return next.RoundTrip(r)
		}
		struck++
		if f.dies != "" || f.hangs != "" {
			if f.dies == "after" || f.hangs == "after" {
				if resp, err := next.RoundTrip(r); err == nil {
					resp.Body.Close()
				}
			}
			if f.hangs != "" {
				return nil, context.DeadlineExceeded
			}
			die()
			return nil, context.Canceled
		}
		if strings.HasPrefix(r.URL.Path, "/2010-04-01/") {
			b.twilio.Fail(f.play)
		} else {
			b.vapi.Fail(f.play)
		}
		return next.RoundTrip(r)
	}
}

// Every request of a set-up, of a release and of an undoing, in every way that it can go wrong: the end is a line that works or nothing
// left, never something between, and the account is kept. The runs of a way share a database, each with a clinic of its own.
func TestEveryStepBrokenInEveryWay(t *testing.T) {
	t.Parallel()
	for _, way := range []string{setUp, release, undo} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			all := b.recorded(t, way)
			require.GreaterOrEqual(t, len(all), 7, "control: %v", all)
			for _, f := range faults(way) {
				t.Run(f.name, func(t *testing.T) {
					ends := map[string]int{}
					for at, name := range all {
						ends[b.broken(t, way, f, at, name)]++
						if t.Failed() {
							t.Fatalf("at request %d: %s", at, name)
						}
					}
					t.Log(ends)
					if way != setUp || f.dies != "" { // a death is not a failure: the run goes on
						require.Equal(t, map[string]int{endOf(way): len(all)}, ends)
					}
				})
			}
		})
	}
}

// broken is how a run of another clinic ends whose at-th request goes wrong.
func (b *testBundle) broken(t *testing.T, way string, f fault, at int, name request) (end string) {
	t.Helper()
	b.anew(t)
	healthy := b.provisioner(t, nil)
	run := b.toBreak(t, healthy, way)
	ctx, die := context.WithCancel(t.Context())
	defer die()
	broken := b.provisioner(t, b.strike(f, at, name, die))
	for range 40 {
		again, err := broken.Work(ctx, b.clinic.org, run)
		if ctx.Err() != nil {
			require.ErrorIs(t, err, context.Canceled)
			b.pass(t, 91*time.Second) // the dead one's lease runs out
			break
		}
		require.NoError(t, err)
		if again == 0 {
			break
		}
		b.pass(t, again)
	}
	b.drive(t, healthy, b.clinic, run)
	return b.requireWhole(t, b.clinic, run)
}
