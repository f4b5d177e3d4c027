package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
)

const (
	// provisionTimeout is for a whole run, whose steps end by themselves; a job that is stopped is taken up again.
	provisionTimeout = 5 * time.Minute
	resumeEvery      = time.Minute
	resumeAtMost     = 500 // runs at once; what is left comes a minute later
)

// ProvisionNumber gives a clinic its number or takes it back. The functions of the database put it in.
type ProvisionNumber struct {
	OrgID          uuid.UUID `json:"org_id"`
	ProvisioningID uuid.UUID `json:"provisioning_id"`
}

// Kind is the job's name in app.enqueue_job.
func (ProvisionNumber) Kind() string { return "provision_number" }

// InsertOpts are for what the reconciler puts in: one at a time for a run, also while the last one's worker is dead.
func (ProvisionNumber) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: vapiQueue, MaxAttempts: 3, UniqueOpts: river.UniqueOpts{
		ByArgs: true, ByPeriod: 2 * resumeEvery, ByState: []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending,
			rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled},
	}}
}

// ResumeProvisioning looks for runs that nobody works on.
type ResumeProvisioning struct{}

// Kind is the job's name.
func (ResumeProvisioning) Kind() string { return "resume_provisioning" }

func resumeMinutely() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(resumeEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return ResumeProvisioning{}, &river.InsertOpts{Queue: vapiQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: resumeEvery}}
		},
		&river.PeriodicJobOpts{ID: "resume_provisioning", RunOnStart: true})
}

type provisionNumber struct {
	river.WorkerDefaults[ProvisionNumber]
	numbers *provisioner.Provisioner
}

func (*provisionNumber) Timeout(*river.Job[ProvisionNumber]) time.Duration { return provisionTimeout }

// Work goes on with the run; one that has to wait is looked at again when its time has come.
func (w *provisionNumber) Work(ctx context.Context, job *river.Job[ProvisionNumber]) error {
	again, err := w.numbers.Work(ctx, job.Args.OrgID, job.Args.ProvisioningID)
	if err == nil && again > 0 {
		return river.JobSnooze(again)
	}
	return err
}

type resumeProvisioning struct {
	river.WorkerDefaults[ResumeProvisioning]
	numbers *provisioner.Provisioner
}

// Work asks for runs; the next minute's does what this one fails at.
func (w *resumeProvisioning) Work(ctx context.Context, _ *river.Job[ResumeProvisioning]) error {
	client, err := river.ClientFromContextSafely[pgx.Tx](ctx)
	if err != nil {
		return fmt.Errorf("find the queue's client: %w", err)
	}
	_, err = w.numbers.Due(ctx, resumeAtMost, func(ctx context.Context, due []db.ProvisioningRef) error {
		jobs := make([]river.InsertManyParams, len(due))
		for i, run := range due {
			jobs[i].Args = ProvisionNumber{OrgID: run.OrgID, ProvisioningID: run.ProvisioningID}
		}
		_, err := client.InsertMany(ctx, jobs)
		return err
	})
	return err
}
