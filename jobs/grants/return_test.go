package grants_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// live is how many grants of the person live at Google.
func (b *testBundle) live() int { return b.google.Grants(person) }

func (b *testBundle) parked(t *testing.T) int {
	t.Helper()
	return b.count(t, `select count(*) from public.oauth_states`)
}

func (b *testBundle) disconnect(t *testing.T, org uuid.UUID) (left db.DisconnectedAccount) {
	t.Helper()
	b.asOwner(t, org, func(tx db.Tx) (err error) {
		left, err = tx.DisconnectCalendar(t.Context(), b.p.Credential())
		return err
	})
	return left
}

func TestALateConsentGivesItsTokensBack(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	taken, code := b.consent(t, b.org)
	b.data.SetClock(t, time.Now().Add(11*time.Minute))
	_, err := b.k.Park(t.Context(), taken, code)
	require.ErrorIs(t, err, grants.ErrTooLate)
	require.Zero(t, b.live())
	b.isDiscreet(t, err.Error()+b.log.String())
}

func TestALateConsentSparesAnAccountThatAnotherClinicUses(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	b.connect(t, b.found(t, "ben.quillfeather@patients.example"))
	taken, code := b.consent(t, b.org)
	b.data.SetClock(t, time.Now().Add(11*time.Minute))
	_, err := b.k.Park(t.Context(), taken, code)
	require.ErrorIs(t, err, grants.ErrTooLate)
	require.Equal(t, 2, b.live(), "revoking one would end the other clinic's, too")
}

func TestAConsentThatDoesNotSufficeIsGivenBack(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	b.google.WithholdRefreshTokens(1)
	taken, code := b.consent(t, b.org)
	_, err := b.k.Park(t.Context(), taken, code)
	require.ErrorIs(t, err, calendar.ErrNoRefreshToken)
	require.Zero(t, b.live())

	b.google.Answer(sandbox.GoogleConsent{Email: person, Untick: []string{"https://www.googleapis.com/auth/calendar"}})
	taken, code = b.consent(t, b.org)
	_, err = b.k.Park(t.Context(), taken, code)
	require.ErrorIs(t, err, calendar.ErrScopeMissing)
	require.Zero(t, b.live())
}

// failOnce has Google refuse the request for tokens that comes after the next one.
func (b *testBundle) failOnce() {
	b.wire.onTokens(func() {
		b.wire.onTokens(nil)
		b.google.FailTokens(sandbox.Failure{Status: http.StatusServiceUnavailable})
	})
}

func TestAUselessConsentThatGoogleDoesNotTakeBackIsNotForgotten(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	taken, code := b.consent(t, b.org)
	b.data.SetClock(t, time.Now().Add(11*time.Minute))
	b.failOnce()
	_, err := b.k.Park(t.Context(), taken, code)
	require.ErrorIs(t, err, grants.ErrTooLate)
	require.ErrorAs(t, err, new(*calendar.UnavailableError))
	require.Equal(t, 1, b.live())
	require.NoError(t, b.k.ReturnOld(t.Context()))
	require.Equal(t, 1, b.live(), "whoever kept it has two minutes")

	b.data.SetClock(t, time.Now().Add(14*time.Minute))
	require.NoError(t, b.k.ReturnOld(t.Context()))
	require.Zero(t, b.live())
	require.Zero(t, b.parked(t))
	b.isDiscreet(t, err.Error()+b.log.String())
}

func TestACodeIsExchangedOnceAndForItsOwnConsent(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		taken, code := b.consent(t, b.org)
		_, err := b.k.Park(t.Context(), taken, code)
		require.NoError(t, err)
		_, err = b.k.Park(t.Context(), taken, code)
		require.ErrorIs(t, err, calendar.ErrCodeRefused)

		elsewhere := taken
		elsewhere.OrgID = b.found(t, "ben.quillfeather@patients.example")
		_, err = b.k.Park(t.Context(), elsewhere, code)
		require.ErrorIs(t, err, grants.ErrNotOpened, "the verifier is of the clinic that began")
	})
}

func TestWhatIsSealedForOneUseDoesNotOpenForAnother(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	tokens, err := b.k.Seal(b.org, b.p.Credential(), calendar.Grant{Refresh: "test-secret-refresh"})
	require.NoError(t, err)
	_, err = b.k.OpenVerifier(b.org, b.p.Credential(), tokens)
	require.ErrorIs(t, err, grants.ErrNotOpened)
	_, err = b.k.Open(b.org, "outlook", tokens)
	require.ErrorIs(t, err, grants.ErrNotOpened)
	_, err = b.k.Open(uuid.New(), b.p.Credential(), tokens)
	require.ErrorIs(t, err, grants.ErrNotOpened)
	_, err = b.k.Open(b.org, b.p.Credential(), tokens)
	require.NoError(t, err)
}

func TestABrowserThatLeavesLosesNothing(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, b *testBundle) {
		taken, code := b.consent(t, b.org)
		ctx, stop := context.WithCancel(t.Context())
		b.wire.onTokens(stop)
		_, err := b.k.Park(ctx, taken, code)
		require.NoError(t, err)
		require.Equal(t, 1, b.count(t, `select count(*) from public.oauth_states where state = 'parked'`))
	})
}

func TestWhatNobodyConfirmedIsGivenBack(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	taken, code := b.consent(t, b.org)
	_, err := b.k.Park(t.Context(), taken, code)
	require.NoError(t, err)
	require.NoError(t, b.k.ReturnOld(t.Context()))
	require.Equal(t, 1, b.live(), "it is young")

	b.data.SetClock(t, time.Now().Add(11*time.Minute))
	b.google.FailTokens(sandbox.Failure{Status: http.StatusServiceUnavailable})
	require.NoError(t, b.k.ReturnOld(t.Context()))
	require.Equal(t, 1, b.parked(t), "Google did not take it")
	require.Contains(t, b.log.String(), `"reason":"unavailable"`)

	b.data.SetClock(t, time.Now().Add(14*time.Minute))
	require.NoError(t, b.k.ReturnOld(t.Context()))
	require.Zero(t, b.live())
	require.Zero(t, b.parked(t))
	b.isDiscreet(t, b.log.String())
}

func TestWhatNobodyConfirmedIsOnlyForgottenWhereTheAccountIsUsed(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	b.connect(t, b.org)
	other := b.found(t, "ben.quillfeather@patients.example")
	taken, code := b.consent(t, other)
	_, err := b.k.Park(t.Context(), taken, code)
	require.NoError(t, err)
	b.data.SetClock(t, time.Now().Add(11*time.Minute))
	require.NoError(t, b.k.ReturnOld(t.Context()))
	require.Zero(t, b.parked(t))
	require.Equal(t, 2, b.live())
	require.NoError(t, b.with(t))
}

func TestOutlookGrantsAreForgotten(t *testing.T) {
	t.Parallel()
	b := setup(t, playMicrosoft)
	taken, code := b.consent(t, b.org)
	_, err := b.k.Park(t.Context(), taken, code)
	require.NoError(t, err)
	b.data.SetClock(t, time.Now().Add(11*time.Minute))
	require.NoError(t, b.k.ReturnOld(t.Context()))
	require.Zero(t, b.parked(t), "there is nobody to give them back to")
	b.data.SetClock(t, time.Now())
	b.connect(t, b.org)
	require.NoError(t, b.k.GiveBack(t.Context(), b.org, b.p.Name(), b.disconnect(t, b.org)))
}

func TestDisconnectingEndsChannelsThenTokens(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	b.connect(t, b.org)
	var opened calendar.Channel
	require.NoError(t, b.k.With(t.Context(), b.org, b.p.Name(), func(ctx context.Context, a calendar.Account) (err error) {
		opened, err = a.Watch(ctx, person, calendar.Hook{URL: "https://voxanne.patients.example/push", Secret: "test-secret-" + uuid.NewString()})
		return err
	}))
	b.expire(t)
	left := b.disconnect(t, b.org)
	left.ChannelIds, left.ChannelResourceIds = []string{opened.ID}, []string{opened.ResourceID}
	require.Len(t, b.google.Channels(person), 1)
	require.NoError(t, b.k.GiveBack(t.Context(), b.org, b.p.Name(), left), "with new tokens")
	require.Empty(t, b.google.Channels(person))
	require.Zero(t, b.live())
	require.NoError(t, b.k.GiveBack(t.Context(), b.org, b.p.Name(), left), "again is done")
}

func TestDisconnectingKeepsTokensThatWereRefreshedOnTheWay(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	b.rotate()
	b.connect(t, b.org)
	b.expire(t)
	left := b.disconnect(t, b.org)
	left.ChannelIds, left.ChannelResourceIds = []string{"gone"}, []string{"gone"}
	b.failOnce()
	require.Error(t, b.k.GiveBack(t.Context(), b.org, b.p.Name(), left))
	require.Equal(t, 1, b.live(), "the refresh worked, the revocation did not")
	b.data.SetClock(t, time.Now().Add(3*time.Minute))
	require.NoError(t, b.k.ReturnOld(t.Context()))
	require.Zero(t, b.live(), "the job has the newer token")
	require.Zero(t, b.parked(t))
}

func TestTheJobStopsWhenItIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	for range 2 {
		taken, code := b.consent(t, b.org)
		_, err := b.k.Park(t.Context(), taken, code)
		require.NoError(t, err)
	}
	b.data.SetClock(t, time.Now().Add(11*time.Minute))
	_, before := b.wire.counts()
	ctx, stop := context.WithCancel(t.Context())
	b.wire.onRequest(stop)
	require.ErrorIs(t, b.k.ReturnOld(ctx), context.Canceled)
	_, after := b.wire.counts()
	require.Equal(t, 1, after-before, "it does not go on to the other")
}

func TestDisconnectingSparesWhoElseUsesTheAccount(t *testing.T) {
	t.Parallel()
	b := setup(t, playGoogle)
	b.connect(t, b.org)
	left := b.disconnect(t, b.org)
	require.False(t, left.Shared)
	b.connect(t, b.org) // they changed their mind, before the tokens were given back
	require.NoError(t, b.k.GiveBack(t.Context(), b.org, b.p.Name(), left))
	require.NoError(t, b.with(t))
}
