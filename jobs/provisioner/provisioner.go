// Package provisioner gives a clinic its number, and takes it back: at Twilio, which owns the number, and at Vapi, which
// answers it. What is next, what was done and what undoes it is decided and kept by functions of the database; here is
// what each step does outside. It keeps no state of its own; any number of processes may work at once, and any of them may
// die at any point.
package provisioner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const (
	webhookPath = "/api/vapi/webhook"   // where the server takes Vapi's messages
	textsPath   = "/api/twilio/inbound" // where it takes patients' texts
	// serverTimeout is how long Vapi waits for an answer, in seconds; an assistant-request never gets more than 7.5.
	serverTimeout = 20
	// stepTime bounds a step: less than its lease of ninety seconds, so that nobody else works on the run meanwhile.
	stepTime = 75 * time.Second
	// patience is the longest pause that is waited out here; a longer one is for the queue.
	patience = 5 * time.Second
)

// Accounts knows the organisations' accounts at Twilio; *messenger.Messenger is one.
type Accounts interface {
	TwilioAccount(ctx context.Context, org uuid.UUID) (twilio.Credentials, error)
}

// Options of a [Provisioner]; all but Log and Pause are required.
type Options struct {
	DB         *db.DB
	Accounts   Accounts
	Twilio     *twilio.Gateway
	Vapi       *vapi.Client
	BackendURL string // our public address
	Secret     string // what Vapi shall prove itself with: the first of VAPI_WEBHOOK_SECRET
	Log        *slog.Logger
	Pause      func(context.Context, time.Duration) error // between two tries; nil: it is waited out
}

// Provisioner works runs. Safe for concurrent use.
type Provisioner struct {
	Options
	webhook  string
	texts    twilio.Texts
	routedAs string // names the address and the secret that numbers are routed to, without telling it
}

// New returns a provisioner, or says that an option is missing.
func New(o Options) (*Provisioner, error) {
	if o.DB == nil || o.Accounts == nil || o.Twilio == nil || o.Vapi == nil || o.BackendURL == "" || o.Secret == "" {
		return nil, errors.New("database, accounts, Twilio, Vapi, backend URL and webhook secret are needed to set numbers up")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pause == nil {
		o.Pause = sleep
	}
	backend := strings.TrimRight(o.BackendURL, "/")
	return &Provisioner{
		Options: o, webhook: backend + webhookPath, texts: twilio.Texts{SMSURL: backend + textsPath, SMSMethod: "POST"},
		routedAs: fingerprint(backend+webhookPath, o.Secret),
	}, nil
}

// Work goes on with a run until it is over (0, nil) or has to wait: then again is how long. An error is of the database,
// or ctx has ended, which leaves the lease as the death of the process would; what a provider did wrong stands in the run.
func (p *Provisioner) Work(ctx context.Context, org, run uuid.UUID) (again time.Duration, err error) {
	r := &worker{Provisioner: p, org: org, id: run, lease: uuid.New()}
	if err := r.refresh(ctx); err != nil {
		return 0, err
	}
	for {
		task, err := r.take(ctx)
		if err != nil {
			return 0, err
		}
		pause := time.Duration(task.WaitSeconds) * time.Second
		switch task.Outcome {
		case "over":
			return 0, nil
		case "act", "undo", "release":
			if err := r.step(ctx, task); err != nil {
				return 0, err
			}
		default:
			if task.Outcome == "busy" || pause > patience {
				return pause, nil
			}
			if err := r.Pause(ctx, pause); err != nil {
				return 0, err
			}
		}
	}
}

// Due hands runs that were left lying to enqueue, see app.due_provisionings, and returns how many there were.
func (p *Provisioner) Due(ctx context.Context, atMost int32, enqueue func(context.Context, []db.ProvisioningRef) error) (n int, err error) {
	due, err := p.DB.Platform().DueProvisionings(ctx, atMost, p.routedAs)
	if err == nil && len(due) > 0 {
		err = enqueue(ctx, due)
	}
	if err != nil {
		return 0, fmt.Errorf("enqueue the runs that were left lying: %w", err)
	}
	return len(due), nil
}

// worker has a run in hand, one step after the other.
type worker struct {
	*Provisioner
	org, id, lease uuid.UUID
}

// refresh has a line that works routed anew when our address or secret changed.
func (r *worker) refresh(ctx context.Context) error {
	err := r.DB.AsTenant(ctx, r.org, func(tx db.Tx) error {
		_, err := tx.RefreshRouting(ctx, r.id, r.routedAs, r.texts.SMSURL)
		return err
	})
	if err != nil {
		return fmt.Errorf("compare how the number is routed: %w", err)
	}
	return nil
}

// fingerprint of what numbers are routed to.
func fingerprint(url, secret string) string {
	sum := sha256.Sum256([]byte("voxanne routing\n" + url + "\n" + secret))
	return hex.EncodeToString(sum[:16])
}

func (r *worker) take(ctx context.Context) (task db.ProvisioningTask, err error) {
	err = r.DB.AsTenant(ctx, r.org, func(tx db.Tx) error {
		task, err = tx.TakeProvisioningStep(ctx, r.id, r.lease)
		return err
	})
	if err != nil {
		return task, fmt.Errorf("take the next step: %w", err)
	}
	return task, nil
}

// step does or undoes one step and writes what came of it. A lost lease is no error: whoever has it goes on.
func (r *worker) step(ctx context.Context, task db.ProvisioningTask) error {
	leased, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	w := &work{worker: r, task: task, undoing: task.Outcome != "act"}
	made, failure := w.do(leased)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := r.DB.AsTenant(ctx, r.org, func(tx db.Tx) error {
		if failure != nil {
			return r.fail(ctx, tx, w, failure)
		}
		return r.finish(ctx, tx, *task.Step, made)
	})
	if err != nil {
		return fmt.Errorf("write what came of the step %s: %w", *task.Step, err)
	}
	return nil
}

func (r *worker) finish(ctx context.Context, tx db.Tx, step string, made made) error {
	params := db.FinishProvisioningStepParams{ProvisioningID: r.id, LeaseID: r.lease, Step: step, Skipped: made.skipped}
	if made.id != "" {
		params.ExternalID = &made.id
	}
	if made.undo != nil {
		undo, err := json.Marshal(made.undo)
		if err != nil {
			return fmt.Errorf("write what undoes it: %w", err)
		}
		params.Undo = undo
	}
	_, err := tx.FinishProvisioningStep(ctx, params)
	return err
}

func (r *worker) fail(ctx context.Context, tx db.Tx, w *work, failure error) error {
	v := judge(failure, w.undoing)
	r.Log.Warn("a step of a number's set-up failed", "org_id", r.org, "provisioning_id", r.id, "step", *w.task.Step,
		"undoing", w.undoing, "reason", v.code, "final", v.final)
	_, err := tx.FailProvisioningStep(ctx, db.FailProvisioningStepParams{
		ProvisioningID: r.id, LeaseID: r.lease, Step: *w.task.Step, Error: v.code, Final: v.final, MayStillAct: v.mayStillAct,
		PauseSeconds: int32(v.pause / time.Second), //nolint:gosec // bounded by judge
	})
	return err
}

// sleep waits, and says whether ctx lasted.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
