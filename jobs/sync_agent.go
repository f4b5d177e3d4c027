package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/toolsync"
)

const (
	// vapiQueue has workers of its own: syncs wait for Vapi, and must not keep holds and texts waiting when it is slow.
	vapiQueue      = "vapi"
	vapiWorkers    = 16                // they mostly wait for answers, without a connection of db's pool
	syncTimeout    = 110 * time.Second // a sync ends by itself after 100 s
	busyAgain      = time.Second
	reconcileEvery = time.Minute
	retireEvery    = time.Hour
	// checkOnce is how long one check of an agent keeps another from being asked for. It ends also when the worker died, whose
	// job stays running in the eyes of the queue.
	checkOnce = 5 * time.Minute
)

// SyncAgent brings a saved or deleted agent's assistant at Vapi in step. app.save_agent, app.delete_agent and
// app.finish_agent_sync put it in.
type SyncAgent struct {
	OrgID   uuid.UUID `json:"org_id"`
	AgentID uuid.UUID `json:"agent_id"`
}

// Kind is the job's name in app.enqueue_job.
func (SyncAgent) Kind() string { return "sync_agent" }

// CheckAgent is the reconciler's: it looks at Vapi also when the agent should be in step.
type CheckAgent struct {
	OrgID   uuid.UUID `json:"org_id"`
	AgentID uuid.UUID `json:"agent_id"`
}

// Kind is the job's name.
func (CheckAgent) Kind() string { return "check_agent" }

// InsertOpts: after the saves, and one at a time for each agent.
func (CheckAgent) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: vapiQueue, Priority: 2, MaxAttempts: 3, UniqueOpts: river.UniqueOpts{
		ByArgs: true, ByPeriod: checkOnce, ByState: []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending,
			rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled},
	}}
}

// ReconcileAgents looks for agents that are out of step and tools that are missing.
type ReconcileAgents struct{}

// Kind is the job's name.
func (ReconcileAgents) Kind() string { return "reconcile_agents" }

func reconcileMinutely() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(reconcileEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return ReconcileAgents{}, &river.InsertOpts{Queue: vapiQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: reconcileEvery}}
		},
		&river.PeriodicJobOpts{ID: "reconcile_agents", RunOnStart: true})
}

// RetireTools looks for earlier tools that nobody carries.
type RetireTools struct{}

// Kind is the job's name.
func (RetireTools) Kind() string { return "retire_tools" }

func retireHourly() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(retireEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return RetireTools{}, &river.InsertOpts{Queue: vapiQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: retireEvery}}
		},
		&river.PeriodicJobOpts{ID: "retire_tools", RunOnStart: true}) // a process may live for less than an hour
}

type syncAgent struct {
	river.WorkerDefaults[SyncAgent]
	tools *toolsync.Syncer
}

func (*syncAgent) Timeout(*river.Job[SyncAgent]) time.Duration { return syncTimeout }

func (w *syncAgent) Work(ctx context.Context, job *river.Job[SyncAgent]) error {
	return afterSync(w.tools.SyncAgent(ctx, job.Args.OrgID, job.Args.AgentID))
}

type checkAgent struct {
	river.WorkerDefaults[CheckAgent]
	tools *toolsync.Syncer
}

func (*checkAgent) Timeout(*river.Job[CheckAgent]) time.Duration { return syncTimeout }

func (w *checkAgent) Work(ctx context.Context, job *river.Job[CheckAgent]) error {
	return afterSync(w.tools.CheckAgent(ctx, job.Args.OrgID, job.Args.AgentID))
}

// afterSync: what another worker has in hand is looked at again soon; what was given up is the reconciler's, not the
// queue's, so that an agent is tried by one of them.
func afterSync(err error) error {
	var failed *toolsync.FailedError
	switch {
	case errors.Is(err, toolsync.ErrBusy):
		return river.JobSnooze(busyAgain)
	case errors.As(err, &failed):
		return river.JobCancel(err)
	default:
		return err
	}
}

type reconcileAgents struct {
	river.WorkerDefaults[ReconcileAgents]
	tools *toolsync.Syncer
}

func (*reconcileAgents) Timeout(*river.Job[ReconcileAgents]) time.Duration { return syncTimeout }

// Work asks for checks; the next minute's run does what this one fails at.
func (w *reconcileAgents) Work(ctx context.Context, _ *river.Job[ReconcileAgents]) error {
	client, err := river.ClientFromContextSafely[pgx.Tx](ctx)
	if err != nil {
		return fmt.Errorf("find the queue's client: %w", err)
	}
	_, err = w.tools.Reconcile(ctx, func(ctx context.Context, agents []db.AgentRef) error {
		checks := make([]river.InsertManyParams, len(agents))
		for i, agent := range agents {
			checks[i].Args = CheckAgent{OrgID: agent.OrgID, AgentID: agent.AgentID}
		}
		_, err := client.InsertMany(ctx, checks)
		return err
	})
	return err
}

type retireTools struct {
	river.WorkerDefaults[RetireTools]
	tools *toolsync.Syncer
}

func (*retireTools) Timeout(*river.Job[RetireTools]) time.Duration { return syncTimeout }

// Work looks once; the next hour's run does what this one fails at.
func (w *retireTools) Work(ctx context.Context, _ *river.Job[RetireTools]) error {
	return w.tools.Retire(ctx)
}
