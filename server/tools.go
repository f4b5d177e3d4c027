package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// GetToolsHealth tells whether the organization's assistants carry their tools, as far as the last syncs know. Errors:
// not_a_member, gone.
func (h handlers) GetToolsHealth(ctx context.Context, _ api.GetToolsHealthRequestObject) (api.GetToolsHealthResponseObject, error) {
	answer := api.GetToolsHealth200JSONResponse{Success: true, Healthy: true, Tools: []api.ToolHealth{}, Agents: []api.AgentHealth{}}
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		answer.OrgId = org.ID
		tools, err := tx.ToolHealth(ctx)
		if err != nil {
			return err
		}
		for _, t := range tools {
			answer.Tools = append(answer.Tools, shownTool(t))
			answer.Healthy = answer.Healthy && t.Registered && t.LinkedAgents == t.Agents
			if t.Registered {
				answer.ToolsRegistered++
			}
		}
		agents, err := tx.ListAgents(ctx, org.ID)
		if err != nil {
			return err
		}
		for _, a := range agents {
			answer.Agents = append(answer.Agents, agentHealth(a))
			answer.Healthy = answer.Healthy && inStep(a)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func shownTool(t db.ToolHealth) api.ToolHealth {
	return api.ToolHealth{
		Name: t.ToolName, Registered: t.Registered, Linked: t.LinkedAgents == t.Agents,
		LinkedAgents: int(t.LinkedAgents), Agents: int(t.Agents), LastError: t.LastError,
	}
}

func agentHealth(a db.ListAgentsRow) api.AgentHealth {
	return api.AgentHealth{
		Id: a.ID, Name: a.Name, Role: api.AgentRole(a.Role), SyncStatus: api.SyncStatus(a.SyncStatus), SyncError: a.SyncError,
		DesiredVersion: int(a.DesiredVersion), SyncedVersion: int(a.SyncedVersion), SyncedAt: a.SyncedAt,
	}
}

// inStep: the assistant has what was saved last.
func inStep(a db.ListAgentsRow) bool {
	return a.SyncStatus == "synced" && a.SyncedVersion >= a.DesiredVersion
}
