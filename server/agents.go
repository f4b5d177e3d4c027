package server

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// GetAgentConfig shows the organization's agents with their sync state, and what is configured beside them. Errors:
// bad_request for another role, not_a_member, gone.
func (h handlers) GetAgentConfig(ctx context.Context, req api.GetAgentConfigRequestObject) (api.GetAgentConfigResponseObject, error) {
	var agents []db.ListAgentsRow
	var telephony db.DescribeTelephonyRow
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) (err error) {
		if agents, err = tx.ListAgents(ctx, org.ID); err != nil {
			return err
		}
		telephony, err = tx.DescribeTelephony(ctx, org.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	shown := api.Inbound
	if req.Params.Role != nil {
		shown = *req.Params.Role
		agents = slices.DeleteFunc(agents, func(a db.ListAgentsRow) bool { return a.Role != string(shown) })
	}
	answer := api.GetAgentConfig200JSONResponse{
		Success: true, Agents: shownAgents(agents), VapiConfigured: h.vapi.Configured,
		Vapi:   api.VapiShown{PublicKey: optional(h.vapi.PublicKey), PhoneNumberId: telephony.VapiPhoneNumberID},
		Twilio: api.TwilioShown{AccountSid: telephony.AccountRef, FromNumber: telephony.Sender},
	}
	if h.vapi.Configured {
		answer.Vapi.SecretKey = optional(masked)
	}
	if telephony.AccountRef != nil {
		answer.Twilio.AuthToken = optional(masked)
	}
	for _, a := range answer.Agents {
		if a.Role == shown && a.IsDefault {
			answer.Vapi.SystemPrompt, answer.Vapi.FirstMessage = &a.SystemPrompt, &a.FirstMessage
			answer.Vapi.Voice, answer.Vapi.Language, answer.Vapi.MaxCallDuration = &a.Voice, &a.Language, &a.MaxCallDuration
		}
	}
	return answer, nil
}

// GetConsoleSettings tells which services are set up. Errors: not_a_member, gone.
func (h handlers) GetConsoleSettings(ctx context.Context, _ api.GetConsoleSettingsRequestObject) (api.GetConsoleSettingsResponseObject, error) {
	answer := api.GetConsoleSettings200JSONResponse{VapiConfigured: h.vapi.Configured}
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		telephony, err := tx.DescribeTelephony(ctx, org.ID)
		answer.TwilioConfigured, answer.LastVerified = telephony.AccountRef != nil, telephony.LastVerifiedAt
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// SaveAgentBehavior saves all agents of the body in one transaction, which also puts the jobs in that bring their
// assistants in step; nothing outside is called. Errors: bad_request with the field's rule, forbidden, not_found for an
// id that is not the organization's, conflict for a name that is taken, not_a_member, gone.
func (h handlers) SaveAgentBehavior(ctx context.Context, req api.SaveAgentBehaviorRequestObject) (api.SaveAgentBehaviorResponseObject, error) {
	wishes, err := agentWishes(*req.Body)
	if err != nil {
		return nil, err
	}
	trace := traceparent(ctx, req.Params.Traceparent)
	var saved []db.ListAgentsRow
	err = h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		ids := make([]uuid.UUID, len(wishes))
		for i, wish := range wishes {
			if ids[i], err = saveAgent(ctx, tx, wish, trace); err != nil {
				return err
			}
		}
		if saved, err = tx.ListAgents(ctx, org.ID); err != nil {
			return err
		}
		saved = slices.DeleteFunc(saved, func(a db.ListAgentsRow) bool { return !slices.Contains(ids, a.ID) })
		return wrongRole(wishes, ids, saved)
	})
	if err != nil {
		return nil, err
	}
	answer := api.SaveAgentBehavior200JSONResponse{
		Success: true, AgentDetails: shownAgents(saved), RequestId: RequestID(ctx), VoiceSynced: !slices.ContainsFunc(saved, outOfStep),
		Message: "Saved. The assistants follow within seconds.",
	}
	for _, a := range saved {
		answer.SyncedAgentIds = append(answer.SyncedAgentIds, a.ID)
		answer.VapiAssistantIds = append(answer.VapiAssistantIds,
			api.AgentAssistant{AgentId: a.ID, Role: api.AgentRole(a.Role), VapiAssistantId: a.VapiAssistantID})
	}
	return answer, nil
}

// DeleteAgent deletes an agent; a job takes its assistant away. Errors: forbidden, not_found, conflict while it answers
// the clinic's number, not_a_member, gone.
func (h handlers) DeleteAgent(ctx context.Context, req api.DeleteAgentRequestObject) (api.DeleteAgentResponseObject, error) {
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		deleted, err := tx.DeleteAgent(ctx, req.Id)
		if err == nil && !deleted {
			return NewError(CodeNotFound, sentenceNotFound, nil)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.DeleteAgent200JSONResponse{Success: true, Id: req.Id}, nil
}

// shownAgents never returns nil: an empty list is written as one.
func shownAgents(rows []db.ListAgentsRow) []api.Agent {
	agents := make([]api.Agent, len(rows))
	for i, a := range rows {
		agents[i] = shownAgent(a)
	}
	return agents
}

// shownAgent writes every field in both spellings.
func shownAgent(a db.ListAgentsRow) api.Agent {
	seconds := int(time.Duration(a.MaxCallDuration.Microseconds) * time.Microsecond / time.Second)
	status, desired, synced := api.SyncStatus(a.SyncStatus), int(a.DesiredVersion), int(a.SyncedVersion)
	return api.Agent{
		Id: a.ID, Role: api.AgentRole(a.Role), Name: a.Name, Language: a.Language,
		Voice: a.Voice, VoiceId: a.Voice, VoiceIdOld: a.Voice,
		IsDefault: a.IsDefault, IsDefaultOld: a.IsDefault,
		SystemPrompt: a.SystemPrompt, SystemPromptOld: a.SystemPrompt,
		FirstMessage: a.FirstMessage, FirstMessageOld: a.FirstMessage,
		MaxCallDuration: seconds, MaxCallDurationOld: seconds,
		VapiAssistantId: a.VapiAssistantID, VapiAssistantIdOld: a.VapiAssistantID,
		SyncStatus: status, SyncStatusOld: status, SyncError: a.SyncError, SyncErrorOld: a.SyncError,
		DesiredVersion: desired, DesiredVersionOld: desired, SyncedVersion: synced, SyncedVersionOld: synced,
	}
}

func outOfStep(a db.ListAgentsRow) bool { return !inStep(a) }
