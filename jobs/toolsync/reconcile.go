package toolsync

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const (
	driftEvery = 6 * time.Hour // how often an assistant in step is looked at all the same
	batch      = 1000          // agents at once; what is left comes a minute later
)

// Reconcile registers what is missing of the tools and hands the agents that are out of step to enqueue. It returns how many
// agents there were. What fails does not keep the rest from being done; the errors are joined.
func (s *Syncer) Reconcile(ctx context.Context, enqueue func(context.Context, []db.AgentRef) error) (n int, err error) {
	lost := s.findLostTools(ctx)
	tools, unregistered := s.EnsureTools(ctx)
	agents, err := s.db.Platform().AgentsToReconcile(ctx, time.Now().Add(-driftEvery), batch, sortedIDs(tools))
	if err == nil && len(agents) > 0 {
		err = enqueue(ctx, agents)
	}
	if err != nil {
		err = fmt.Errorf("enqueue the agents that are out of step: %w", err)
	}
	return len(agents), errors.Join(lost, unregistered, err)
}

// sortedIDs is nil when the tools are not known: then nobody is out of step because of them.
func sortedIDs(tools []Tool) []string {
	if tools == nil {
		return nil
	}
	ids := make([]string, len(tools))
	for i, tool := range tools {
		ids[i] = tool.ID
	}
	slices.Sort(ids)
	return ids
}

// findLostTools notices registered tools that somebody deleted at Vapi, so that they are registered anew: calls of
// assistants that hold such an id fail.
func (s *Syncer) findLostTools(ctx context.Context) error {
	registry, err := s.registry(ctx) // before the list: what is registered meanwhile is in neither
	if err != nil {
		return err
	}
	listed, err := s.vapi.ListTools(ctx)
	if err != nil {
		return fmt.Errorf("list the tools: %w", err)
	}
	there := map[string]bool{}
	for _, tool := range listed {
		there[tool.Text("id")] = true
	}
	for _, row := range registry {
		if row.VapiToolID == nil || there[*row.VapiToolID] {
			continue
		}
		// A list that was read while somebody created or deleted may have holes.
		if _, err := s.vapi.GetTool(ctx, *row.VapiToolID); !errors.Is(err, vapi.ErrNotFound) {
			continue
		}
		s.log.Warn("a registered tool is gone at Vapi", "tool", row.Name)
		if _, err := s.db.Platform().LoseTool(ctx, row.Name, *row.VapiToolID); err != nil {
			return fmt.Errorf("note the loss of a tool: %w", err)
		}
	}
	return nil
}

// Retire deletes earlier tools that neither our rows nor any assistant or squad at Vapi refers to. While there are candidates
// it reads all assistants of the account, so it is for a rarer hour than [Syncer.Reconcile].
func (s *Syncer) Retire(ctx context.Context) error {
	retired, err := s.db.Platform().RetiredTools(ctx)
	if err != nil {
		return fmt.Errorf("read the retired tools: %w", err)
	}
	if len(retired) == 0 {
		return nil
	}
	carried, err := s.everything(ctx)
	if err != nil {
		return err
	}
	for _, id := range retired {
		if bytes.Contains(carried, []byte(id)) {
			continue
		}
		err := s.vapi.DeleteTool(ctx, id)
		if errors.Is(err, vapi.ErrPinned) {
			continue // a version of an assistant refers to it: its time may come
		}
		if err != nil && !errors.Is(err, vapi.ErrNotFound) {
			return fmt.Errorf("delete a retired tool: %w", err)
		}
		if _, err := s.db.Platform().ForgetRetiredTool(ctx, id); err != nil {
			return fmt.Errorf("forget a retired tool: %w", err)
		}
		s.log.Info("deleted a tool at Vapi that nobody carries")
	}
	return nil
}

// everything is all assistants and squads as text: an id may stand in places that we know nothing of.
func (s *Syncer) everything(ctx context.Context) ([]byte, error) {
	assistants, err := s.vapi.ListAssistants(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the assistants: %w", err)
	}
	squads, err := s.vapi.ListSquads(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the squads: %w", err)
	}
	var all bytes.Buffer
	for _, o := range append(assistants, squads...) {
		all.Write(o.Bytes())
		all.WriteByte('\n')
	}
	return all.Bytes(), nil
}
