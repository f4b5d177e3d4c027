package toolsync

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// ErrNoAgent: the organisation has no such agent.
var ErrNoAgent = errors.New("there is no such agent")

// Finding is one thing that was looked at. Code is empty when it is as it should be, else what is wrong, in a word of ours.
type Finding struct {
	About string // assistant, server or tools
	Code  string
}

// Inspect asks Vapi whether an agent's assistant is as calls need it: it exists, takes its messages to us with the secret
// that is ours, and carries our tools as they are now. It changes nothing. What cannot be looked at because of the finding
// before it is not among them. Errors: [ErrNoAgent], or of the database; a Vapi that cannot be asked is a finding.
func (s *Syncer) Inspect(ctx context.Context, org, agent uuid.UUID) ([]Finding, error) {
	id, err := s.assistantOf(ctx, org, agent)
	if err != nil {
		return nil, err
	}
	registry, err := s.registry(ctx) // before the account is asked: what is registered meanwhile is no fault
	if err != nil {
		return nil, err
	}
	if id == "" {
		return []Finding{{"assistant", "no_assistant"}}, nil
	}
	assistant, err := s.vapi.GetAssistant(ctx, id)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case isGone(id, err):
		return []Finding{{"assistant", "assistant_gone"}}, nil
	case err != nil:
		return []Finding{{"assistant", inAWord(err)}}, nil
	}
	tools, err := s.inspectTools(ctx, assistant, registry)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		tools = inAWord(err)
	}
	return []Finding{{"assistant", ""}, {"server", s.inspectServer(assistant)}, {"tools", tools}}, nil
}

func (s *Syncer) assistantOf(ctx context.Context, org, agent uuid.UUID) (id string, err error) {
	err = s.db.AsTenant(ctx, org, func(tx db.Tx) error {
		agents, err := tx.ListAgents(ctx, org)
		if err != nil {
			return fmt.Errorf("read the agents: %w", err)
		}
		i := slices.IndexFunc(agents, func(a db.ListAgentsRow) bool { return a.ID == agent })
		if i < 0 {
			return ErrNoAgent
		}
		id = text(agents[i].VapiAssistantID)
		return nil
	})
	return id, err
}

func (s *Syncer) inspectServer(assistant vapi.Object) (code string) {
	url, secret := vapi.ServerOf(assistant)
	switch {
	case url != s.webhook:
		return "server_elsewhere"
	case secret != "" && subtle.ConstantTimeCompare([]byte(secret), []byte(s.secret)) == 0:
		return "old_secret"
	}
	return ""
}

// inspectTools: each of our tools is registered as this build, address and secret make it, is there at Vapi, and hangs on
// the assistant, which carries none of its predecessors.
func (s *Syncer) inspectTools(ctx context.Context, assistant vapi.Object, known registry) (code string, err error) {
	links := vapi.Tools{Names: s.names, Native: s.native, Own: s.backend}
	for _, d := range s.functions {
		hash := d.Hash(s.webhook, s.secretKeyID)
		i := slices.IndexFunc(known, func(row db.ToolRegistryRow) bool {
			return row.Name == d.Name && row.VapiToolID != nil && text(row.DefinitionHash) == hash
		})
		if i < 0 {
			return "tools_outdated", nil
		}
		links.IDs = append(links.IDs, *known[i].VapiToolID)
	}
	for _, id := range known.ids() {
		if !slices.Contains(links.IDs, id) {
			links.Earlier = append(links.Earlier, id)
		}
	}
	for _, id := range links.IDs {
		_, err := s.vapi.GetTool(ctx, id)
		if errors.Is(err, vapi.ErrNotFound) {
			return "tool_gone", nil
		}
		if err != nil {
			return "", fmt.Errorf("read a tool: %w", err)
		}
	}
	if !links.Carries(assistant["model"]) {
		return "tools_unlinked", nil
	}
	return "", nil
}

// inAWord names what kept Vapi from answering.
func inAWord(err error) string {
	var limited *vapi.RateLimitedError
	var refused *vapi.InvalidError
	switch {
	case errors.Is(err, vapi.ErrUnauthorized):
		return "vapi_unauthorized"
	case errors.As(err, &limited):
		return "vapi_busy"
	case errors.As(err, &refused):
		return "assistant_refused"
	default:
		return "vapi_unavailable"
	}
}
