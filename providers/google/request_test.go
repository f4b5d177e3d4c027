package google_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// answering is a Google that gives one answer to everything, and counts.
func answering(t *testing.T, status int, body string, header ...string) (*google.Account, *atomic.Int64) {
	t.Helper()
	count := new(atomic.Int64)
	b := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		count.Add(1)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	return b.client.Account("test-secret-access"), count
}

// saying is an error body as Google's.
func saying(domain, reason string) string {
	return `{"error":{"errors":[{"domain":"` + domain + `","reason":"` + reason + `","message":"provider-words dr.quill@patients.example"}],"code":1,"message":"provider-words"}}`
}

func TestEveryRefusalIsWhatItMeans(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status   int
		body     string
		want     error
		attempts int64
	}{
		"token":               {401, saying("global", "authError"), google.ErrUnauthorized, 1},
		"scope":               {403, saying("global", "insufficientPermissions"), google.ErrScopeMissing, 1},
		"user's quota":        {403, saying("usageLimits", "userRateLimitExceeded"), &google.RateLimitedError{Reason: "userRateLimitExceeded"}, 1},
		"project's quota":     {403, saying("usageLimits", "rateLimitExceeded"), &google.RateLimitedError{Reason: "rateLimitExceeded"}, 1},
		"usage":               {403, saying("usageLimits", "quotaExceeded"), &google.RateLimitedError{Reason: "quotaExceeded"}, 1},
		"too many":            {429, saying("usageLimits", "rateLimitExceeded"), &google.RateLimitedError{Reason: "rateLimitExceeded"}, 1},
		"too many, no JSON":   {429, "<html>provider-words", &google.RateLimitedError{}, 1},
		"forbidden":           {403, saying("calendar", "forbiddenForNonOrganizer"), &google.RefusedError{Status: 403, Reason: "forbiddenForNonOrganizer"}, 1},
		"forbidden, no JSON":  {403, "<html>provider-words", &google.RefusedError{Status: 403}, 1},
		"reason is a text":    {400, saying("global", "provider-words here"), &google.RefusedError{Status: 400}, 1},
		"not found":           {404, saying("global", "notFound"), google.ErrNotFound, 1},
		"deleted":             {410, saying("global", "deleted"), google.ErrNotFound, 1},
		"sync token":          {410, saying("calendar", "fullSyncRequired"), google.ErrGone, 1},
		"too long ago":        {410, saying("calendar", "updatedMinTooLongAgo"), google.ErrGone, 1},
		"exists":              {409, saying("global", "duplicate"), google.ErrExists, 1},
		"being changed":       {409, saying("global", "conflict"), google.ErrConflict, 1},
		"changed":             {412, saying("global", "conditionNotMet"), google.ErrConflict, 1},
		"its own failure":     {500, saying("global", "backendError"), nil, 3},
		"gateway":             {502, "<html>provider-words", nil, 3},
		"somewhere else":      {302, "", nil, 3},
		"no JSON":             {200, "<html>provider-words", nil, 3},
		"JSON of another use": {200, `{"id":7}`, nil, 1},
	} {
		a, count := answering(t, c.status, c.body)
		_, err := a.Event(t.Context(), owner, "e")
		discreet(t, err, "test-secret-access")
		require.Equal(t, c.attempts, count.Load(), name)
		if c.want == nil {
			var unavailable *google.UnavailableError
			require.ErrorAs(t, err, &unavailable, name)
			require.Equal(t, c.status, unavailable.Status, name)
			continue
		}
		require.Equal(t, c.want, err, name)
	}
}

func TestAPauseIsKeptWhenItIsShort(t *testing.T) {
	t.Parallel()
	a, count := answering(t, 429, "", "Retry-After", "60")
	_, err := a.Calendars(t.Context())
	require.Equal(t, &google.RateLimitedError{RetryAfter: time.Minute}, err)
	require.EqualValues(t, 1, count.Load(), "a minute is for the queue")

	b := setup(t)
	account := b.account(t)
	b.played.Fail(sandbox.Failure{Status: 429, RetryAfter: time.Second})
	began := time.Now()
	_, err = account.Calendars(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(began), time.Second)
}

func TestWhatAMomentCuresIsRepeated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	d := draft(t, uuid.New(), "2026-05-04T15:00:00Z")
	b.played.Fail(sandbox.Failure{Status: 503}, sandbox.Failure{Status: 500})
	_, err := a.Insert(t.Context(), owner, d)
	require.NoError(t, err)
	// The first attempt arrives, but its answer does not.
	lost := draft(t, uuid.New(), "2026-05-04T16:00:00Z")
	b.played.Fail(sandbox.Failure{Status: 503, Acts: true})
	_, err = a.Insert(t.Context(), owner, lost)
	require.ErrorIs(t, err, google.ErrExists)
	b.played.Fail(sandbox.Failure{Status: 503, Acts: true})
	require.NoError(t, a.Delete(t.Context(), owner, lost.ID))
	there, err := a.Event(t.Context(), owner, d.ID)
	require.NoError(t, err)
	b.played.Fail(sandbox.Failure{Status: 503, Acts: true})
	_, err = a.Patch(t.Context(), owner, d, there.ETag)
	require.ErrorIs(t, err, google.ErrConflict)
	// A channel is not: its id is used up.
	sent, _ := b.played.Requests()
	b.played.Fail(sandbox.Failure{Status: 503})
	_, err = a.Watch(t.Context(), owner, google.Channel{ID: "c", Address: b.url})
	var unavailable *google.UnavailableError
	require.ErrorAs(t, err, &unavailable)
	after, _ := b.played.Requests()
	require.Equal(t, sent+1, after)
}

func TestAGoogleThatOftenFailsIsGotThrough(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	b.played.FailAtRandom(7, sandbox.Risk{Share: 0.2, Failure: sandbox.Failure{Status: 503, Acts: true}}, sandbox.Risk{Share: 0.2, Failure: sandbox.Failure{Status: 500}})
	want := map[string]bool{}
	for range 40 {
		d := draft(t, uuid.New(), "2026-05-04T15:00:00Z")
		want[d.ID] = true
		require.Eventually(t, func() bool {
			_, err := a.Insert(t.Context(), owner, d)
			return err == nil || errors.Is(err, google.ErrExists)
		}, 5*time.Second, time.Millisecond)
	}
	b.played.FailAtRandom(0)
	sent, _ := b.played.Requests()
	require.Greater(t, sent, 45, "some failed")
	require.Len(t, b.played.Events(owner), len(want), "none is there twice")
	for _, e := range b.played.Events(owner) {
		require.True(t, want[e.ID])
	}
}

func TestAHangingGoogleCostsOneTimeLimit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	token := b.connect(t).AccessToken
	client, err := google.New(google.Options{ClientID: clientID, ClientSecret: secret, BaseURL: b.url, Timeout: 50 * time.Millisecond,
		HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}})
	require.NoError(t, err)
	b.played.Fail(sandbox.Failure{Delay: time.Hour})
	_, err = client.Account(token).Calendars(t.Context())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	sent, _ := b.played.Requests()
	require.Equal(t, 1, sent)
	discreet(t, err, token)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = b.client.Account(token).Calendars(ctx)
	require.ErrorIs(t, err, context.Canceled)
	b.played.SetLatency(10 * time.Millisecond)
	began := time.Now()
	_, err = b.client.Account(token).Calendars(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(began), 10*time.Millisecond)
}

func TestTheQuotaOfAMinute(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 429} {
		b := setup(t)
		b.played.AddPerson("other.quill@patients.example", "UTC")
		a := b.account(t)
		b.played.SetQuota(100, 3, status)
		b.played.Pass(time.Minute - time.Duration(time.Now().UnixNano())%time.Minute) // the beginning of a minute
		for range 3 {
			_, err := a.Calendars(t.Context())
			require.NoError(t, err)
		}
		_, err := a.Calendars(t.Context())
		var limited *google.RateLimitedError
		require.ErrorAs(t, err, &limited)
		b.played.Answer(sandbox.GoogleConsent{Email: "other.quill@patients.example"})
		other := b.account(t)
		_, err = other.Calendars(t.Context())
		require.NoError(t, err, "it is another person's quota")
		b.played.SetQuota(5, 3, status)
		_, err = other.Calendars(t.Context())
		require.ErrorAs(t, err, &limited, "but the project's is used up")
		project, person := b.played.PeakUse()
		require.Equal(t, []int{6, 4}, []int{project, person})
		b.played.Pass(time.Minute)
		_, err = a.Calendars(t.Context())
		require.NoError(t, err)
	}
}

func TestAnUnreachableGoogle(t *testing.T) {
	t.Parallel()
	client, err := google.New(google.Options{ClientID: clientID, ClientSecret: secret, BaseURL: "http://127.0.0.1:1", Waits: []time.Duration{}})
	require.NoError(t, err)
	_, err = client.Account("test-secret-access").Calendars(t.Context())
	var unavailable *google.UnavailableError
	require.ErrorAs(t, err, &unavailable)
	discreet(t, err, "test-secret-access")
	_, err = client.Exchange(t.Context(), "test-secret-code", google.NewVerifier(), redirect)
	require.ErrorAs(t, err, &unavailable)
	discreet(t, err, "test-secret-code")
	_, err = client.Account("").Calendars(t.Context())
	require.ErrorIs(t, err, google.ErrUnauthorized)
}
