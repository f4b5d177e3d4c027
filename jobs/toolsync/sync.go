package toolsync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// syncTime bounds a sync: less than its lease of two minutes, so that nobody else works on the agent meanwhile.
const syncTime = 100 * time.Second

// SyncAgent brings the assistant of a saved agent in step, or takes a deleted one's away. [ErrBusy]: another worker has it.
// [*FailedError]: given up, as the agent's row says. Any other error: of the database, or ctx has ended, which leaves the
// lease as the death of the process would.
func (s *Syncer) SyncAgent(ctx context.Context, org, agent uuid.UUID) error {
	_, err := s.sync(ctx, org, agent, false)
	return err
}

// CheckAgent is [Syncer.SyncAgent] also for an agent that should be in step: it looks whether it is.
func (s *Syncer) CheckAgent(ctx context.Context, org, agent uuid.UUID) error {
	outcome, err := s.sync(ctx, org, agent, false)
	if err == nil && outcome == "in_step" {
		_, err = s.sync(ctx, org, agent, true)
	}
	return err
}

func (s *Syncer) sync(ctx context.Context, org, agent uuid.UUID, evenInStep bool) (outcome string, err error) {
	started := time.Now()
	r := &run{Syncer: s, org: org, agent: agent, lease: uuid.New(), drift: evenInStep}
	err = r.asTenant(ctx, func(tx db.Tx) (err error) {
		r.facts, err = tx.BeginAgentSync(ctx, agent, r.lease, evenInStep)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("begin the sync: %w", err)
	}
	r.assistantID = text(r.facts.VapiAssistantID)
	r.mayExist = r.facts.MayExist != nil && *r.facts.MayExist
	switch r.facts.Outcome {
	case "busy":
		return r.facts.Outcome, ErrBusy
	case "sync":
		return r.facts.Outcome, r.traced(ctx, started, r.attempt, r.finish)
	case "remove":
		return r.facts.Outcome, r.traced(ctx, started, r.remove, r.finishRemoval)
	default:
		return r.facts.Outcome, nil
	}
}

// run is one sync of one agent under one lease.
type run struct {
	*Syncer
	org, agent, lease uuid.UUID
	facts             db.AgentSync
	drift             bool // the agent was taken for one in step

	assistantID string // "" while there is none
	mayExist    bool   // a creation may have happened that we did not hear of
	tools       []Tool // nil until they are known to be registered
}

// insist repeats a passing failure after 2, 4 and 8 s; then finish writes what came of it.
func (r *run) insist(ctx context.Context, try func(context.Context) error, finish func(context.Context, error) error) error {
	leased, cancel := context.WithTimeout(ctx, syncTime)
	defer cancel()
	for failed := 0; ; failed++ {
		err := try(leased)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var tools *toolsError
		if err == nil || failed == len(r.waits) || !passing(err) || errors.As(err, &tools) || sleep(leased, r.waits[failed]) != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if failed > 0 {
				r.metrics.retried(err)
			}
			return finish(ctx, err)
		}
	}
}

// attempt does what is left to do.
func (r *run) attempt(ctx context.Context) error {
	if r.tools == nil {
		tools, err := r.EnsureTools(ctx)
		if err != nil {
			return &toolsError{cause: err}
		}
		r.tools = tools
	}
	links, err := r.links(ctx)
	if err != nil {
		return err
	}
	wanted, err := r.desired(r.facts, r.org, r.agent)
	if err != nil {
		return err
	}
	current, err := r.existing(ctx)
	if err != nil {
		return err
	}
	if current == nil {
		return r.create(ctx, wanted, links)
	}
	return r.update(ctx, current, wanted, links)
}

// links says what the assistant shall carry, by the registry as it is now.
func (r *run) links(ctx context.Context) (vapi.Tools, error) {
	known, err := r.registry(ctx)
	if err != nil {
		return vapi.Tools{}, err
	}
	links := vapi.Tools{Names: r.names, Native: r.native, Own: r.backend}
	current := map[string]bool{}
	for _, tool := range r.tools {
		links.IDs = append(links.IDs, tool.ID)
		current[tool.ID] = true
	}
	for _, id := range known.ids() {
		if !current[id] {
			links.Earlier = append(links.Earlier, id)
		}
	}
	return links, nil
}

// update changes what differs, in one PATCH, and reads back whether it is so.
func (r *run) update(ctx context.Context, current, wanted vapi.Object, links vapi.Tools) error {
	var account []vapi.Object
	if links.References(current) {
		var err error
		if account, err = r.vapi.ListTools(ctx); err != nil {
			return fmt.Errorf("look up foreign tools: %w", err)
		}
	}
	patch, err := changes(current, wanted, links, account)
	if err != nil || len(patch) == 0 {
		return err
	}
	_, err = r.vapi.PatchAssistant(ctx, r.assistantID, patch)
	if errors.Is(err, vapi.ErrNotFound) {
		return fmt.Errorf("%w: it vanished meanwhile", errNotTaken)
	}
	if err != nil {
		return fmt.Errorf("change the assistant: %w", err)
	}
	r.metrics.links.Inc()
	now, err := r.vapi.GetAssistant(ctx, r.assistantID)
	if err != nil && !errors.Is(err, vapi.ErrNotFound) {
		return fmt.Errorf("read the assistant back: %w", err)
	}
	return taken(now, wanted, links)
}

// changes is the body of the PATCH that an assistant needs, empty for none.
func changes(current, wanted vapi.Object, links vapi.Tools, account []vapi.Object) (vapi.Object, error) {
	linked, err := links.Link(current, account)
	if err != nil {
		return nil, err
	}
	patch := difference(linked, wanted)
	for _, key := range []string{"model", "hooks"} { // what linking may have changed
		if patch[key] == nil && linked[key] != nil && !vapi.Equal(linked[key], current[key]) {
			patch[key] = linked[key]
		}
	}
	return patch, nil
}

// taken checks the part that calls depend on: the prompt and the tools. Of other fields Vapi may show another form than it
// was sent, such as a secret that it hides.
func taken(now, wanted vapi.Object, links vapi.Tools) error {
	if !links.Carries(now["model"]) || len(difference(now, vapi.Object{"model": wanted["model"]})) > 0 {
		return errNotTaken
	}
	return nil
}

// finish writes what came of the sync and gives the lease back.
func (r *run) finish(ctx context.Context, failure error) error {
	status, reason := "synced", ""
	var refused *vapi.InvalidError
	switch {
	case failure == nil:
	case r.tools == nil:
		status, reason = "failed", "The tools are not registered: "+inWords(failure)
	case errors.As(failure, &refused):
		status, reason = "failed", inWords(failure)
	default:
		status, reason = "registered_not_linked", inWords(failure)
	}
	return r.conclude(ctx, status, reason, failure)
}

func (r *run) conclude(ctx context.Context, status, reason string, failure error) error {
	params := db.FinishAgentSyncParams{AgentID: r.agent, LeaseID: r.lease, Version: *r.facts.Version, Status: status}
	if reason != "" {
		params.Error = &reason
	}
	if r.tools != nil {
		tools, err := json.Marshal(r.tools)
		if err != nil {
			return fmt.Errorf("write the links: %w", err)
		}
		params.Tools = tools
	}
	var kept bool
	err := r.asTenant(ctx, func(tx db.Tx) (err error) {
		kept, err = tx.FinishAgentSync(ctx, params)
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("finish the sync: %w", err)
	case !kept:
		return errLostLease
	case failure != nil:
		r.metrics.failures.WithLabelValues(status).Inc()
		r.log.Warn("could not bring an assistant in step", "org_id", r.org, "agent_id", r.agent, "status", status, "reason", reason)
		return &FailedError{Status: status, Reason: reason, cause: failure}
	}
	if !r.drift && r.facts.SavedAt != nil {
		r.metrics.savedToLinked(time.Since(*r.facts.SavedAt))
	}
	return nil
}

func (r *run) asTenant(ctx context.Context, fn func(db.Tx) error) error {
	return r.db.AsTenant(ctx, r.org, fn)
}
