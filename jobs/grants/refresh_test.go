package grants_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func TestTwentyAtOnceRefreshOnce(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		b.connect(t, b.org)
		b.expire(t)
		before, _ := b.wire.counts()
		var working sync.WaitGroup
		failed := make([]error, 20)
		for i := range failed {
			working.Go(func() { failed[i] = b.k.With(t.Context(), b.org, b.p.Name(), use) })
		}
		working.Wait()
		for _, err := range failed {
			require.NoError(t, err)
		}
		after, _ := b.wire.counts()
		require.Equal(t, 1, after-before)
	})
}

func TestARefusedTokenIsRefreshedOnceForAll(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		b.connect(t, b.org)
		b.expireAccess()
		before, _ := b.wire.counts()
		var working sync.WaitGroup
		failed := make([]error, 20)
		for i := range failed {
			working.Go(func() { failed[i] = b.k.With(t.Context(), b.org, b.p.Credential(), use) })
		}
		working.Wait()
		for _, err := range failed {
			require.NoError(t, err)
		}
		after, _ := b.wire.counts()
		require.Equal(t, 1, after-before)
	})
}

func TestARotatedTokenIsStoredBeforeItIsUsed(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		b.rotate()
		b.connect(t, b.org)
		first, _ := b.stored(t)
		b.expireAccess()
		calls := 0
		err := b.k.With(t.Context(), b.org, b.p.Name(), func(ctx context.Context, account calendar.Account) error {
			if calls++; calls == 1 {
				return calendar.ErrUnauthorized
			}
			second, version := b.stored(t)
			require.NotEqual(t, first.Refresh, second.Refresh, "before the new access token was used")
			require.NotEqual(t, first.Access, second.Access)
			require.EqualValues(t, 2, version)
			return context.Canceled // the process dies here
		})
		require.ErrorIs(t, err, context.Canceled)
		b.expire(t)
		require.NoError(t, b.with(t), "the rotated one was not lost")
	})
}

func TestWhoIsStoppedWhileTheProviderAnswersKeepsTheAnswer(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		b.rotate()
		b.connect(t, b.org)
		first, _ := b.stored(t)
		b.expire(t)
		ctx, stop := context.WithCancel(t.Context())
		b.wire.onTokens(stop)
		_ = b.k.With(ctx, b.org, b.p.Name(), use)
		b.wire.onTokens(nil)
		second, version := b.stored(t)
		require.NotEqual(t, first.Refresh, second.Refresh)
		require.EqualValues(t, 2, version)
		require.NoError(t, b.with(t))
	})
}

func TestAnAnswerWithoutRefreshTokenKeepsTheOldOne(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		b.connect(t, b.org)
		first, _ := b.stored(t)
		b.expireAccess()
		if b.microsoft != nil {
			b.microsoft.OmitRefreshTokens(1) // Google repeats none anyway
		}
		require.NoError(t, b.with(t))
		second, _ := b.stored(t)
		require.Equal(t, first.Refresh, second.Refresh)
		require.NotEqual(t, first.Access, second.Access)
		require.Equal(t, first.AccountID, second.AccountID)
		require.Equal(t, person, second.Email)
	})
}

// forgetful is a provider whose answer to a refresh holds an access token and nothing else.
type forgetful struct{ calendar.Provider }

func (p forgetful) Refresh(ctx context.Context, g calendar.Grant) (calendar.Grant, error) {
	fresh, err := p.Provider.Refresh(ctx, g)
	return calendar.Grant{Access: fresh.Access, Expires: fresh.Expires}, err
}

func TestNothingIsOverwrittenByAnAnswerWithoutIt(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	b.connect(t, b.org)
	first, _ := b.stored(t)
	b.expire(t)
	o := b.k.Options
	o.Providers = []calendar.Provider{forgetful{b.p}}
	keeper, err := grants.New(o)
	require.NoError(t, err)
	require.NoError(t, keeper.With(t.Context(), b.org, b.p.Name(), use))
	second, _ := b.stored(t)
	require.Equal(t, first.Refresh, second.Refresh)
	require.Equal(t, first.AccountID, second.AccountID)
	require.Equal(t, first.Email, second.Email)
}

func TestARevokedGrantIsToldOnceAndNotTriedAgain(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		b.connect(t, b.org)
		b.endGrants()
		require.ErrorIs(t, b.with(t), grants.ErrNeedsReconnect)
		_, asked := b.wire.counts()
		for range 3 {
			require.ErrorIs(t, b.with(t), grants.ErrNeedsReconnect)
		}
		_, again := b.wire.counts()
		require.Equal(t, asked, again, "the provider is left alone")
		require.Equal(t, 1, b.count(t, `select count(*) from public.notifications where org_id = $1 and kind = 'calendar_reconnect'`, b.org))

		b.connect(t, b.org)
		require.NoError(t, b.with(t), "a new consent heals it")
	})
}

func TestClocksThatDifferCostARefreshAtMost(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"theirs is ahead": 90 * time.Minute, "theirs is behind": -90 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachProvider(t, func(t *testing.T, b *testBundle) {
				b.connect(t, b.org)
				if b.google != nil {
					b.google.Pass(ahead)
				} else {
					b.microsoft.Skew(ahead)
				}
				before, _ := b.wire.counts()
				for range 3 {
					require.NoError(t, b.with(t))
				}
				after, _ := b.wire.counts()
				require.LessOrEqual(t, after-before, 1)
			})
		})
	}
}

func TestOurClockAheadRefreshesAndWorks(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		b.connect(t, b.org)
		b.clock.pass(3 * time.Hour)
		before, _ := b.wire.counts()
		require.NoError(t, b.with(t))
		after, _ := b.wire.counts()
		require.Equal(t, 1, after-before, "a token that came just now is used whatever our clock says")
	})
}

func TestAFailureThatPassesLeavesTheTurn(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		b.connect(t, b.org)
		first, _ := b.stored(t)
		b.expire(t)
		if b.google != nil {
			b.google.FailTokens(sandbox.Failure{Status: http.StatusServiceUnavailable})
		} else {
			b.microsoft.Fail(sandbox.Failure{Status: http.StatusServiceUnavailable})
		}
		err := b.with(t)
		require.ErrorAs(t, err, new(*calendar.UnavailableError))
		b.isDiscreet(t, err.Error())
		kept, version := b.stored(t)
		require.Equal(t, first.Refresh, kept.Refresh)
		require.EqualValues(t, 1, version)
		began := time.Now()
		require.NoError(t, b.with(t))
		require.Less(t, time.Since(began), 10*time.Second, "nobody waits for the lease to end")
	})
}

func TestAnUnauthorizedThatARefreshDoesNotCureIsReturned(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		b.connect(t, b.org)
		calls := 0
		err := b.k.With(t.Context(), b.org, b.p.Name(), func(context.Context, calendar.Account) error {
			calls++
			return calendar.ErrUnauthorized
		})
		require.ErrorIs(t, err, calendar.ErrUnauthorized)
		require.NotErrorIs(t, err, grants.ErrNeedsReconnect)
		require.Equal(t, 2, calls)
		require.NoError(t, b.with(t), "the grant itself is as good as before")
	})
}

func TestWhoWaitsTooLongIsToldBusy(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	b.connect(t, b.org)
	require.NoError(t, b.db.AsTenant(t.Context(), b.org, func(tx db.Tx) error {
		turn, err := tx.BeginRefresh(t.Context(), b.p.Credential(), 1, uuid.New()) // by a process that hangs
		require.Equal(t, "refresh", turn.Outcome)
		return err
	}))
	b.expire(t)
	before, _ := b.wire.counts()
	require.ErrorIs(t, b.with(t), grants.ErrBusy)
	after, _ := b.wire.counts()
	require.Equal(t, before, after)

	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	require.ErrorIs(t, b.k.With(ctx, b.org, b.p.Name(), use), context.DeadlineExceeded, "who has less patience")

	b.data.SetClock(t, time.Now().Add(2*time.Minute))
	require.NoError(t, b.with(t), "the lease of a process that died ends")
}

func TestWhatIsNotThereIsSaid(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	require.ErrorIs(t, b.with(t), grants.ErrNotConnected)
	require.ErrorIs(t, b.k.With(t.Context(), b.org, calendar.Microsoft, use), grants.ErrNotOffered)
	b.connect(t, b.org)
	b.data.Exec(t, `update public.org_credentials set key_id = 'k0'`)
	require.ErrorIs(t, b.with(t), grants.ErrNotOpened)
}
