package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
	"github.com/voxanne-ai/voxanne/server/api"
)

const sentenceNoLines = "Numbers cannot be set up here: the telephone service is not configured."

// SetUpInbound gives the clinic its number. Errors: bad_request with Twilio's reason in our words, conflict for a number
// that is another organization's or the clinic's own line, forbidden, gone, busy and unprocessable when a step failed and
// what was begun is undone, not_configured.
func (h handlers) SetUpInbound(ctx context.Context, req api.SetUpInboundRequestObject) (api.SetUpInboundResponseObject, error) {
	if h.lines == nil {
		return nil, NewError(CodeNotConfigured, sentenceNoLines, nil)
	}
	run, err := h.setUp(ctx, api.TwilioAccount{AccountSid: req.Body.TwilioAccountSid, AuthToken: req.Body.TwilioAuthToken,
		PhoneNumber: req.Body.TwilioPhoneNumber, Routing: req.Body.Routing})
	if err != nil {
		return nil, err
	}
	line := api.InboundLine{Success: true, InboundNumber: run.Number, VapiPhoneNumberId: run.VapiPhoneNumberID, AgentId: run.AgentID,
		VapiAssistantId: run.VapiAssistantID, Status: api.ProvisioningState(run.State), RequestId: RequestID(ctx)}
	if run.State != stateActive {
		return api.SetUpInbound202JSONResponse(line), nil
	}
	return api.SetUpInbound200JSONResponse(line), nil
}

// GetInboundStatus shows how the clinic's line stands. Errors: not_a_member, gone.
func (h handlers) GetInboundStatus(ctx context.Context, _ api.GetInboundStatusRequestObject) (api.GetInboundStatusResponseObject, error) {
	var run db.ProvisioningStatus
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		run, err = tx.DescribeInbound(ctx)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return api.GetInboundStatus200JSONResponse{Status: "none", Steps: []api.ProvisioningStep{}}, nil
	} else if err != nil {
		return nil, err
	}
	shown, err := inboundStatus(run)
	return api.GetInboundStatus200JSONResponse(shown), err
}

func inboundStatus(run db.ProvisioningStatus) (api.InboundStatus, error) {
	shown := api.InboundStatus{
		Configured: run.ActivatedAt != nil && (run.State == "running" || run.State == stateActive), InboundNumber: &run.Number,
		VapiPhoneNumberId: run.VapiPhoneNumberID, ActivatedAt: run.ActivatedAt, LastErrorCode: run.Error, LastError: lineTrouble(run.Error),
		LastAttemptedAt: run.AttemptedAt, Status: api.ProvisioningState(run.State),
		WorkspaceMismatch: value(run.Error) == "number_gone" || value(run.Error) == "number_taken_at_vapi",
	}
	if err := json.Unmarshal(run.Steps, &shown.Steps); err != nil {
		return shown, fmt.Errorf("read the steps: %w", err)
	}
	return shown, nil
}

// lineTrouble is a word of provisioning.error as a sentence, nil for none.
func lineTrouble(code *string) *string {
	if code == nil {
		return nil
	}
	return optional(provisioner.Sentence(*code))
}

// TestInbound has Twilio and Vapi asked whether the line is as it was set up. Errors: not_found without a line, forbidden,
// not_configured, not_a_member, gone.
func (h handlers) TestInbound(ctx context.Context, _ api.TestInboundRequestObject) (api.TestInboundResponseObject, error) {
	claims, err := h.administrator(ctx)
	switch {
	case err != nil:
		return nil, err
	case h.lines == nil:
		return nil, NewError(CodeNotConfigured, sentenceNoLines, nil)
	}
	found, err := h.lines.Inspect(ctx, claims.OrgID)
	if errors.Is(err, provisioner.ErrNoLine) {
		return nil, NewError(CodeNotFound, "There is no line to test. Set a number up first.", err)
	} else if err != nil {
		return nil, err
	}
	answer := api.TestInbound200JSONResponse{Success: true, Message: "The line is as it should be."}
	for _, f := range found {
		finding := api.InboundFinding{About: api.InboundFindingAbout(f.About), Ok: f.Code == "", Code: optional(f.Code)}
		if f.Code != "" {
			finding.Message = optional(provisioner.Sentence(f.Code))
			if answer.Success {
				answer.Success, answer.Message = false, *finding.Message
			}
		}
		answer.Findings = append(answer.Findings, finding)
	}
	return answer, nil
}
