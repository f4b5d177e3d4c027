package toolsync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// existing returns the agent's assistant as it is at Vapi, nil when there is none: one that vanished is forgotten, one that
// an earlier try left is found.
func (r *run) existing(ctx context.Context) (vapi.Object, error) {
	if r.assistantID != "" {
		current, err := r.vapi.GetAssistant(ctx, r.assistantID)
		if !isGone(r.assistantID, err) {
			return current, err
		}
		if err := r.record(ctx, ""); err != nil {
			return nil, err
		}
	}
	if !r.mayExist {
		return nil, nil
	}
	found, err := r.find(ctx)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	// Ours by its metadata, and nobody's by our rows: what a creation that was given up for lost became after all.
	for _, twin := range found[1:] {
		if err := r.vapi.DeleteAssistant(ctx, twin.Text("id")); err != nil && !errors.Is(err, vapi.ErrNotFound) {
			return nil, fmt.Errorf("delete a second assistant: %w", err)
		}
	}
	return found[0], r.record(ctx, found[0].Text("id"))
}

// isGone: Vapi knows no such assistant. An id that is no UUID, as the demo's clinics come with, it refuses as such.
func isGone(id string, err error) bool {
	var refused *vapi.InvalidError
	return errors.Is(err, vapi.ErrNotFound) || (errors.As(err, &refused) && uuid.Validate(id) != nil)
}

// find returns the assistants at Vapi that say they are this agent's, the oldest first.
func (r *run) find(ctx context.Context) ([]vapi.Object, error) {
	listed, err := r.vapi.ListAssistants(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for the assistant: %w", err)
	}
	listed = slices.DeleteFunc(listed, func(o vapi.Object) bool {
		metadata, err := vapi.ParseObject(o["metadata"])
		return err != nil || metadata.Text(metaAgent) != r.agent.String() || metadata.Text(metaOrg) != r.org.String()
	})
	slices.SortFunc(listed, byAge)
	return listed, nil
}

// create makes the assistant with all its tools. That it is about to is written down first: who finds the note looks for
// the assistant before making another.
func (r *run) create(ctx context.Context, wanted vapi.Object, links vapi.Tools) error {
	body, err := links.Link(wanted, nil)
	if err != nil {
		return err
	}
	var ours bool
	err = r.asTenant(ctx, func(tx db.Tx) (err error) {
		ours, err = tx.IntendAssistant(ctx, r.agent, r.lease)
		return err
	})
	if err != nil {
		return fmt.Errorf("note the creation: %w", err)
	}
	if !ours {
		return errLostLease
	}
	made, err := r.vapi.CreateAssistant(ctx, body)
	switch {
	case err == nil:
		r.metrics.links.Inc()
		if err := r.record(ctx, made.Text("id")); err != nil {
			return err
		}
		return taken(made, wanted, links)
	case surelyNot(err) && ctx.Err() == nil:
		return errors.Join(fmt.Errorf("create the assistant: %w", err), r.record(ctx, ""))
	default:
		r.mayExist = true
		return fmt.Errorf("create the assistant: %w", err)
	}
}

// record routes calls of the assistant to the agent; "" forgets it.
func (r *run) record(ctx context.Context, id string) error {
	var known *string
	if id != "" {
		known = &id
	}
	var kept bool
	err := r.asTenant(ctx, func(tx db.Tx) (err error) {
		kept, err = tx.RecordAssistant(ctx, r.agent, r.lease, known)
		return err
	})
	if err != nil {
		return fmt.Errorf("write the assistant down: %w", err)
	}
	if !kept {
		return errLostLease
	}
	r.assistantID, r.mayExist = id, false
	return nil
}

// remove takes a deleted agent's assistant away, also one whose id we never learned.
func (r *run) remove(ctx context.Context) error {
	var ids []string
	if r.assistantID != "" {
		ids = append(ids, r.assistantID)
	}
	if r.mayExist {
		found, err := r.find(ctx)
		if err != nil {
			return err
		}
		for _, o := range found {
			ids = append(ids, o.Text("id"))
		}
	}
	for _, id := range ids {
		if err := r.vapi.DeleteAssistant(ctx, id); err != nil && !isGone(id, err) {
			return fmt.Errorf("delete the assistant: %w", err)
		}
	}
	return nil
}

// finishRemoval takes the row away with the assistant, or says why it is still there.
func (r *run) finishRemoval(ctx context.Context, failure error) error {
	if failure != nil {
		return r.conclude(ctx, "failed", "The assistant could not be deleted: "+inWords(failure), failure)
	}
	var removed bool
	err := r.asTenant(ctx, func(tx db.Tx) (err error) {
		removed, err = tx.FinishAgentRemoval(ctx, r.agent, r.lease)
		return err
	})
	if err == nil && !removed {
		return errLostLease
	}
	return err
}
