package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
)

// slowMembers is a database that takes its time over members, and counts how many it has at once.
type slowMembers struct {
	Database
	now, most atomic.Int32
	open      chan struct{}
}

func (d *slowMembers) Membership(ctx context.Context, _ []byte) (Membership, error) {
	n := d.now.Add(1)
	defer d.now.Add(-1)
	for most := d.most.Load(); n > most && !d.most.CompareAndSwap(most, n); most = d.most.Load() {
		continue
	}
	select {
	case <-d.open:
	case <-ctx.Done():
	}
	org, user := testIDs()
	return Membership{OrgID: org, UserID: user, Role: "owner"}, ctx.Err()
}

// dashboard is a server of which only its door is tried.
type dashboard struct {
	handler http.Handler
	metrics *Metrics
	org     uuid.UUID
	clock   atomic.Int64 // nanoseconds; it stands still
}

func behindDoor(t *testing.T, asked Database, change func(*Deps)) *dashboard {
	t.Helper()
	d := &dashboard{metrics: NewMetrics()}
	d.org, _ = testIDs()
	d.clock.Store(time.Now().UnixNano())
	deps := Deps{DB: asked, Auth: hs256Verifier(), Log: slog.New(slog.DiscardHandler), Metrics: d.metrics, Accounts: &Accounts{},
		Now: func() time.Time { return time.Unix(0, d.clock.Load()) }}
	change(&deps)
	var err error
	d.handler, err = New(deps)
	require.NoError(t, err)
	return d
}

// ask is a request of a user of an organization.
func (d *dashboard) ask(t *testing.T, org, user uuid.UUID) *httptest.ResponseRecorder {
	t.Helper()
	claims := goodClaims()
	claims["sub"], claims["app_metadata"] = user.String(), map[string]any{"org_id": org.String()}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/orgs/validate/"+d.org.String(), nil)
	r.Header.Set("Authorization", "Bearer "+sign(t, claims, jwa.HS256(), []byte(testJWTSecret)))
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

func (d *dashboard) refused(reason string) float64 {
	return testutil.ToFloat64(d.metrics.refused.WithLabelValues(reason))
}

// Of a flood, as many are at the database as have a turn, some wait, and the rest hear at once that they should come again.
func TestAFloodOfMembersTakesItsPartOfTheDatabase(t *testing.T) {
	t.Parallel()
	const places = 2
	slow := &slowMembers{open: make(chan struct{})}
	var turns *MemberTurns
	d := behindDoor(t, slow, func(deps *Deps) {
		turns = newMemberTurns(places, time.Minute, deps.Metrics)
		deps.Turns = turns
	})
	_, user := testIDs()
	answers := make(chan int)
	const good = places + places*waitersPerTurn
	for range good {
		go func() { answers <- d.ask(t, d.org, user).Code }()
	}
	require.Eventually(t, turns.crowded, 5*time.Second, time.Millisecond)
	for range 10 * places {
		w := d.ask(t, d.org, user)
		requireRefusal(t, w, http.StatusServiceUnavailable, CodeBusy)
		require.Equal(t, "1", w.Header().Get("Retry-After"))
	}
	require.EqualValues(t, 10*places, d.refused(refusedCrowd))
	require.Equal(t, http.StatusOK, d.visit("/healthz").Code)
	close(slow.open)
	for range good {
		require.Equal(t, http.StatusOK, <-answers)
	}
	require.EqualValues(t, places, slow.most.Load())
	require.Equal(t, http.StatusOK, d.ask(t, d.org, user).Code, "it is over")
}

func (d *dashboard) visit(target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w
}

func TestAMemberDoesNotWaitForever(t *testing.T) {
	t.Parallel()
	turns := newMemberTurns(1, time.Millisecond, NewMetrics())
	turns.turns <- struct{}{}
	requireCode(t, turns.Take(t.Context(), func() error { return errors.New("not reached") }), CodeBusy)
}

// A request whose first transaction was carried out is carried on, whatever the crowd.
func TestWhatWasBegunIsCarriedOn(t *testing.T) {
	t.Parallel()
	turns := newMemberTurns(1, time.Millisecond, NewMetrics())
	ctx := context.WithValue(t.Context(), scopeKey{}, &scope{log: slog.New(slog.DiscardHandler)})
	require.NoError(t, turns.Take(ctx, func() error { return nil }))
	turns.turns <- struct{}{}
	carried := make(chan error, 1)
	go func() { carried <- turns.Take(ctx, func() error { return nil }) }()
	require.Eventually(t, func() bool { return turns.waiting.Load() == 1 }, 5*time.Second, time.Millisecond)
	requireCode(t, turns.Take(t.Context(), func() error { return nil }), CodeBusy)
	<-turns.turns
	require.NoError(t, <-carried)
}

func TestMembersLeaveTheCallsTheirConnections(t *testing.T) {
	t.Parallel()
	for connections, members := range map[int]int{1: 1, 8: 1, 16: 6, 40: 24} {
		require.Equal(t, members, cap(NewMemberTurns(connections, NewMetrics()).turns), connections)
	}
}

func TestWhoAsksTooOftenIsToldHowLongToWait(t *testing.T) {
	t.Parallel()
	open := make(chan struct{})
	close(open)
	d := behindDoor(t, &slowMembers{open: open}, func(deps *Deps) { deps.Pace = NewMemberPace(Pace{User: 2, Org: 3}, deps.Metrics) })
	ann, bea, cal := uuid.New(), uuid.New(), uuid.New()
	for i := range 2 * burstSeconds {
		require.Equal(t, http.StatusOK, d.ask(t, d.org, ann).Code, i)
	}
	for range 3 { // who keeps asking waits no longer
		w := d.ask(t, d.org, ann)
		requireRefusal(t, w, http.StatusTooManyRequests, CodeRateLimited)
		require.Equal(t, "1", w.Header().Get("Retry-After"))
	}
	for i := range 3*burstSeconds - 2*burstSeconds {
		require.Equal(t, http.StatusOK, d.ask(t, d.org, bea).Code, "what Ann was refused is not missing: %d", i)
	}
	refused := requireRefusal(t, d.ask(t, d.org, bea), http.StatusTooManyRequests, CodeRateLimited)
	require.Equal(t, sentenceOrgPace, refused.Error)
	require.Equal(t, http.StatusOK, d.ask(t, uuid.New(), cal).Code, "others are not concerned")
	require.Equal(t, []float64{3, 1}, []float64{d.refused(refusedUser), d.refused(refusedOrg)})
	for _, target := range []string{"/healthz", "/metrics", "/openapi.yaml"} {
		require.Equal(t, http.StatusOK, d.visit(target).Code, target)
	}
	d.clock.Add(int64(time.Second))
	require.Equal(t, http.StatusOK, d.ask(t, d.org, ann).Code)
}

// An upload comes by the door twice and is one request.
func TestAnUploadCountsOnce(t *testing.T) {
	t.Parallel()
	d := behindDoor(t, &fakeDB{err: NewError(CodeForbidden, "Reached.", nil)}, func(deps *Deps) {
		deps.Pace = NewMemberPace(Pace{User: 1, Org: 1}, deps.Metrics)
	})
	form := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhours\r\n--b--\r\n"
	upload := func() int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/knowledge-base/upload", strings.NewReader(form))
		r.Header.Set("Authorization", "Bearer "+sign(t, goodClaims(), jwa.HS256(), []byte(testJWTSecret)))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		w := httptest.NewRecorder()
		d.handler.ServeHTTP(w, r)
		return w.Code
	}
	for i := range burstSeconds {
		require.NotEqual(t, http.StatusTooManyRequests, upload(), i)
	}
	require.Equal(t, http.StatusTooManyRequests, upload())
}

func TestIdleMembersAreForgotten(t *testing.T) {
	t.Parallel()
	pace, now := NewMemberPace(Pace{User: 20, Org: 60}, NewMetrics()), time.Now()
	for i := range 1000 {
		claims := Claims{UserID: uuid.MustParse(fmt.Sprintf("d0000000-0000-4000-8000-%012d", i)), OrgID: uuid.New()}
		require.NoError(t, pace.take(claims, now))
	}
	busy := Claims{UserID: uuid.New(), OrgID: uuid.New()}
	now = now.Add(paceSweep)
	for range 20 * burstSeconds {
		require.NoError(t, pace.take(busy, now))
	}
	require.Error(t, pace.take(busy, now))
	require.Equal(t, []int{1, 1}, []int{len(pace.users.buckets), len(pace.orgs.buckets)})
}
