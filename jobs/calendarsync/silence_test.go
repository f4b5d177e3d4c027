package calendarsync

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// said is what provider and account say when they are opened; asked counts.
type said struct {
	answer func(ctx context.Context, org uuid.UUID, provider string) error
	asked  int
}

func (s *said) With(ctx context.Context, org uuid.UUID, provider string, _ func(context.Context, calendar.Account) error) error {
	s.asked++
	return s.answer(ctx, org, provider)
}

func clinic(n int) uuid.UUID { return uuid.MustParse(fmt.Sprintf("a0000000-0000-7000-8000-%012d", n)) }

// open opens the account of a clinic, of which nothing is wanted.
func open(t *testing.T, a Accounts, n int, provider string) error {
	t.Helper()
	return a.With(t.Context(), clinic(n), provider, nil)
}

func TestAProviderThatSaysNothingIsAskedSeldom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		outside := &said{answer: func(_ context.Context, _ uuid.UUID, provider string) error {
			if provider != calendar.Google {
				return nil
			}
			time.Sleep(20 * time.Second)
			return fmt.Errorf("read: %w", context.DeadlineExceeded)
		}}
		accounts := newAttentive(outside)
		began, held := time.Now(), time.Duration(0)
		for n := range 200 {
			before := time.Now()
			require.Error(t, open(t, accounts, n, calendar.Google))
			held += time.Since(before)
			require.NoError(t, open(t, accounts, n, calendar.Microsoft), "the other one is well")
			time.Sleep(time.Second)
		}
		t.Logf("200 calendars held a worker for %s within %s", held, time.Since(began))
		require.LessOrEqual(t, held, 3*20*time.Second+(time.Since(began)/(50*time.Second)+1)*20*time.Second)
		var pause *calendar.UnavailableError
		require.ErrorAs(t, open(t, accounts, 1, calendar.Google), &pause)
		require.Positive(t, pause.After, "and when to come again is said")

		outside.answer = func(context.Context, uuid.UUID, string) error { return &calendar.UnavailableError{Status: 503} }
		time.Sleep(pause.After)
		require.ErrorAs(t, open(t, accounts, 1, calendar.Google), &pause)
		require.Equal(t, 503, pause.Status, "one tries")
		asked := outside.asked
		for n := range 20 {
			require.Error(t, open(t, accounts, n, calendar.Google))
		}
		require.Equal(t, asked+20, outside.asked, "and all do when it says anything at all")
	})
}

func TestAnAccountThatSaysNothingLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		outside := &said{answer: func(_ context.Context, org uuid.UUID, _ string) error {
			if org == clinic(1) {
				return context.DeadlineExceeded
			}
			return nil
		}}
		accounts := newAttentive(outside)
		for range 10 {
			require.Error(t, open(t, accounts, 1, calendar.Google))
			require.NoError(t, open(t, accounts, 2, calendar.Google))
		}
		require.Equal(t, 10+3, outside.asked)
	})
}

// After an answer to somebody, the clinics that were not answered before count again.
func TestAProviderThatFallsSilentAgainIsNoticed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		silent := errors.Join(context.DeadlineExceeded)
		outside := &said{answer: func(context.Context, uuid.UUID, string) error { return silent }}
		accounts := newAttentive(outside)
		_, _ = open(t, accounts, 1, calendar.Google), open(t, accounts, 2, calendar.Google)
		silent = nil
		require.NoError(t, open(t, accounts, 3, calendar.Google))
		silent = context.DeadlineExceeded
		for n := range 10 {
			require.Error(t, open(t, accounts, n, calendar.Google))
		}
		require.Equal(t, 3+3, outside.asked)
	})
}

func TestWhatEndsWithTheProcessIsNoSilence(t *testing.T) {
	t.Parallel()
	outside := &said{answer: func(context.Context, uuid.UUID, string) error { return context.Canceled }}
	accounts := newAttentive(outside)
	for n := range 10 {
		require.ErrorIs(t, open(t, accounts, n, calendar.Google), context.Canceled)
	}
	require.Equal(t, 10, outside.asked)
}
