package main

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

const (
	lakesideOrg = "a0000000-0000-7000-8000-000000000001"
	harborOrg   = "b0000000-0000-7000-8000-000000000001"
)

// queued counts the jobs for a clinic's agents.
func (o *operated) queued(t *testing.T, org string) (n int) {
	t.Helper()
	require.NoError(t, o.data.Pool(t).QueryRow(t.Context(),
		`select count(*) from river.river_job where kind = 'sync_agent' and args ->> 'org_id' = $1`, org).Scan(&n))
	return n
}

func (o *operated) summary(t *testing.T, args ...string) (status int, s syncSummary) {
	t.Helper()
	status, out, complaints := o.command(t, append([]string{"tools", "sync", "--json"}, args...)...)
	require.NoError(t, json.Unmarshal([]byte(out), &s), out+complaints)
	return status, s
}

// inStep plays the workers' success for a clinic.
func (o *operated) inStep(t *testing.T, org string) {
	t.Helper()
	o.data.Exec(t, `update public.agents set sync_status = 'synced', synced_version = desired_version, synced_at = now() where org_id = $1`, org)
}

func TestSyncAsksForWhatIsOutOfStepOnly(t *testing.T) {
	t.Parallel()
	o := operate(t)
	status, s := o.summary(t, "--all", "--dry-run")
	require.Equal(t, []int{0, 2, 2, 2, 0}, []int{status, s.Agents, s.OutOfStep, s.WouldRequest, s.Requested})
	require.Zero(t, o.queued(t, lakesideOrg)+o.queued(t, harborOrg), "a dry run asks for nothing")

	status, s = o.summary(t, "--org", lakesideOrg)
	require.Equal(t, []int{0, 1, 1}, []int{status, s.Agents, s.Requested})
	require.Equal(t, []int{1, 0}, []int{o.queued(t, lakesideOrg), o.queued(t, harborOrg)})

	o.inStep(t, lakesideOrg)
	status, s = o.summary(t, "--all")
	require.Equal(t, []int{0, 2, 1, 1}, []int{status, s.Agents, s.OutOfStep, s.Requested}, "started again it goes on with the rest")
	require.Equal(t, []int{1, 1}, []int{o.queued(t, lakesideOrg), o.queued(t, harborOrg)})

	o.inStep(t, harborOrg)
	status, out, _ := o.command(t, "tools", "sync", "--all")
	require.Equal(t, 0, status)
	require.Equal(t, "2 agents; 0 asked for.\n", out)
	status, s = o.summary(t, "--all", "--force")
	require.Equal(t, []int{0, 0, 2}, []int{status, s.OutOfStep, s.Requested})
	require.Equal(t, []int{2, 2}, []int{o.queued(t, lakesideOrg), o.queued(t, harborOrg)})
	require.Zero(t, o.vapi.Requests(), "Vapi is the workers' affair")
}

func TestSyncKnowsNoOrganisationThatThereIsNot(t *testing.T) {
	t.Parallel()
	o := operate(t)
	status, out, complaints := o.command(t, "tools", "sync", "--org", uuid.NewString())
	require.Equal(t, 1, status)
	require.Empty(t, out)
	require.Contains(t, complaints, "no such organisation")
}

func TestAnOrganisationWithoutAgentsIsInStep(t *testing.T) {
	t.Parallel()
	o := operate(t)
	o.data.Exec(t, "delete from public.agents where org_id = $1", harborOrg)
	status, s := o.summary(t, "--org", harborOrg, "--wait")
	require.Equal(t, []int{0, 0, 0}, []int{status, s.Agents, s.Requested})
	o.data.Exec(t, "update public.organizations set deleted_at = now() where id = $1", harborOrg)
	status, _, complaints := o.command(t, "tools", "sync", "--org", harborOrg)
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "has left")
}

func TestSyncWaitsUntilAllAreInStep(t *testing.T) {
	t.Parallel()
	o := operate(t)
	worker, stop := context.WithCancel(t.Context())
	defer stop()
	pool := o.data.Pool(t)
	worked := make(chan error, 1)
	go func() { // plays the workers: whatever was asked for gets in step
		for worker.Err() == nil {
			_, err := pool.Exec(worker, `update public.agents a set sync_status = 'synced', synced_version = desired_version
				where sync_status <> 'synced' and exists (select from river.river_job j where j.args ->> 'agent_id' = a.id::text)`)
			if err != nil && worker.Err() == nil {
				worked <- err
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		worked <- nil
	}()
	status, s := o.summary(t, "--all", "--wait")
	stop()
	require.NoError(t, <-worked)
	require.Equal(t, []int{0, 2, 2, 0}, []int{status, s.Requested, s.InStep, len(s.Left)})
}

func TestSyncSaysWhoIsLeftWhenTheTimeIsOver(t *testing.T) {
	t.Parallel()
	o := operate(t)
	o.inStep(t, harborOrg)
	o.data.Exec(t, `update public.agents set sync_status = 'failed', sync_error = 'Vapi refused the voice.' where org_id = $1`, lakesideOrg)
	status, s := o.summary(t, "--all", "--wait", "--timeout", "1ms")
	require.Equal(t, 1, status, "the exit status tells the truth")
	require.Equal(t, []agentLeft{{OrgID: uuid.MustParse(lakesideOrg), AgentID: uuid.MustParse("a0000000-0000-7000-8000-000000000041"),
		Status: "failed", Error: "Vapi refused the voice."}}, s.Left)
	_, out, complaints := o.command(t, "tools", "sync", "--all", "--wait", "--timeout", "1ms")
	require.Contains(t, out, "failed Vapi refused the voice.")
	require.Contains(t, complaints, "1 agents are not in step")
}
