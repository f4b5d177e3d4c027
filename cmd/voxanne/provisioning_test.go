package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// listed are the runs that `voxanne provisioning list` prints.
func (m *managed) listed(t *testing.T, args ...string) (status int, runs []runShown) {
	t.Helper()
	var shown struct {
		Runs []runShown `json:"runs"`
	}
	status = m.reads(t, &shown, append([]string{"provisioning", "list"}, args...)...)
	require.NotNil(t, shown.Runs)
	return status, shown.Runs
}

func TestRunsAreListedWithTheirStepsAndErrors(t *testing.T) {
	t.Parallel()
	m := manage(t)
	status, runs := m.listed(t)
	require.Equal(t, 1, status, "nothing was found")
	require.Empty(t, runs)

	m.begin(t)
	m.twilio.AddAccount(managedSID, "test-secret-other", managedNumber)
	m.environ["VAPI_REQUESTS_PER_SECOND"] = "1000"
	_, err := m.numbers.Work(t.Context(), m.org, m.run)
	require.NoError(t, err)
	for _, args := range [][]string{{}, {"--org", m.slug}, {"--org", m.org.String(), "--state", "undone"}} {
		status, runs = m.listed(t, args...)
		require.Equal(t, 0, status)
		require.Len(t, runs, 1)
		require.Equal(t, []any{m.run, m.slug, managedNumber, "undone", "twilio_unauthorized", false},
			[]any{runs[0].ID, runs[0].Org, runs[0].Number, runs[0].State, runs[0].Error, runs[0].AtWork})
		require.Len(t, runs[0].Steps, 5)
		require.Equal(t, stepShown{Step: "check", State: "intended", Error: "twilio_unauthorized"}, runs[0].Steps[0])
	}
	for _, args := range [][]string{{"--state", "active"}, {"--org", "lakeside"}} {
		status, runs = m.listed(t, args...)
		require.Equal(t, 1, status)
		require.Empty(t, runs)
	}
	_, out, complaints := m.command(t, "provisioning", "list")
	require.Contains(t, out, "check intended (twilio_unauthorized, tries: 0), credential waiting")
	require.NotContains(t, out+complaints, "test-secret")

	status, _, complaints = m.command(t, "provisioning", "resume", m.run.String())
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "nothing is left of this run to do")
	status, _, complaints = m.command(t, "provisioning", "undo", m.run.String(), "--yes")
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "nothing is left of this run to undo")
	status, _, complaints = m.command(t, "provisioning", "resume", m.org.String())
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "there is no such run")
}

func TestARunThatWaitsIsResumedAtOnce(t *testing.T) {
	t.Parallel()
	m := manage(t)
	m.begin(t)
	m.data.Exec(t, `update public.provisioning set next_at = app.now() + interval '10 minutes', error = 'twilio_busy' where id = $1`, m.run)
	again, err := m.numbers.Work(t.Context(), m.org, m.run)
	require.NoError(t, err)
	require.NotZero(t, again, "it would wait")

	var change runChange
	require.Equal(t, 0, m.reads(t, &change, "provisioning", "resume", m.run.String(), "--dry-run"))
	require.Equal(t, []any{true, false, "twilio_busy"}, []any{change.DryRun, change.Begun, change.Run.Error})
	again, err = m.numbers.Work(t.Context(), m.org, m.run)
	require.NoError(t, err)
	require.NotZero(t, again, "a dry run changes nothing")

	require.Equal(t, 0, m.reads(t, &change, "provisioning", "resume", m.run.String()))
	require.Equal(t, []any{false, true, "running"}, []any{change.DryRun, change.Begun, change.Run.State})
	require.NoError(t, m.tools.SyncAgent(t.Context(), m.org, m.agent))
	again, err = m.numbers.Work(t.Context(), m.org, m.run)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Equal(t, "active", m.state(t))
	status, _, _ := m.command(t, "provisioning", "resume", m.run.String())
	require.Equal(t, 1, status, "it works, there is nothing to resume")
}

func TestARunIsUndoneOnceItIsConfirmed(t *testing.T) {
	t.Parallel()
	m := answering(t)
	before := m.outside()
	var change runChange
	require.Equal(t, 0, m.reads(t, &change, "provisioning", "undo", m.run.String(), "--dry-run"))
	require.Equal(t, []any{true, false, "active"}, []any{change.DryRun, change.Begun, change.Run.State})
	status, _, _ := m.command(t, "provisioning", "undo", m.run.String())
	require.Equal(t, 2, status, "no terminal, no --yes")
	status, _, complaints := m.answer(t, "yes", "provisioning", "undo", m.run.String())
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "nothing was changed")
	require.Equal(t, "active", m.state(t))
	require.Equal(t, before, m.outside())

	status, out, _ := m.answer(t, managedNumber, "provisioning", "undo", m.run.String())
	require.Equal(t, 0, status)
	require.Contains(t, out, "What the run made is taken back.")
	_, err := m.numbers.Work(t.Context(), m.org, m.run)
	require.NoError(t, err)
	require.Equal(t, []any{"undone", 1}, []any{m.state(t), m.owned(t)}, "the number stays, to text from")
	require.Empty(t, m.vapi.PhoneNumbers())
}
