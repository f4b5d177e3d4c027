package server

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server/api"
)

// The reasons for which a test ends before a bridge was open; app.finish_web_test keeps them.
const (
	testRefused   = "refused_by_vapi"
	testAbandoned = "abandoned"
)

// StartWebTest has an agent's assistant take a call whose sound a browser bridges. The organization's one place is taken
// before Vapi is asked, and given back when it refuses. Errors: forbidden, not_found, conflict, rate_limited, not_a_member,
// gone, and those of webCallRefusal.
func (h handlers) StartWebTest(ctx context.Context, req api.StartWebTestRequestObject) (api.StartWebTestResponseObject, error) {
	claims, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if h.webCalls == nil {
		return nil, NewError(CodeNotConfigured, "Test calls need a key to Vapi.", nil)
	}
	tracking := randomToken()
	start, facts, err := h.beginWebTest(ctx, tracking, value(req.Body))
	if err != nil {
		return nil, err
	}
	test := *start.WebTestID
	call, err := h.webCalls.place(ctx, *start.VapiAssistantID, facts)
	if err != nil {
		// A call that may have been made keeps the place, for the minute after which the test lapses.
		if uncertain := new(vapi.UncertainError); !errors.As(err, &uncertain) {
			h.finishWebTest(ctx, claims.OrgID, test, testRefused)
		}
		return nil, webCallRefusal(err)
	}
	if err := h.keepWebCall(ctx, claims.OrgID, test, call); err != nil {
		h.webCalls.hangUp(ctx, func(ctx context.Context) (*vapi.WebLine, error) {
			return h.webCalls.vapi.JoinWebCall(ctx, call.Address)
		})
		h.finishWebTest(ctx, claims.OrgID, test, testAbandoned)
		return nil, err
	}
	answer := api.StartWebTest200JSONResponse{Headers: api.StartWebTest200ResponseHeaders{CacheControl: optional(noStore)}}
	answer.Body = api.WebTest{
		Success: true, VapiCallId: call.ID, TrackingId: tracking, UserId: claims.UserID,
		BridgeWebsocketUrl: h.webCalls.bridge + tracking, RequestId: RequestID(ctx),
	}
	return answer, nil
}

// beginWebTest takes the organization's place, and reads what the agent shall be told of the clinic. It is not noted as what the wish
// did: a try that dies at Vapi leaves a place that lapses, and the next one begins anew.
func (h handlers) beginWebTest(ctx context.Context, tracking string, wish api.WebTestWish) (start db.WebTestStart, facts db.TestCallFactsRow, err error) {
	agent := wish.AgentId
	if agent == nil {
		agent = wish.AgentIdOld
	}
	var role *string
	if wish.Role != nil {
		role = optional(string(*wish.Role))
	}
	err = h.asMember(repeatable(ctx), func(tx db.Tx, _ db.Organization) (err error) {
		start, err = tx.BeginWebTest(ctx, HashToken(tracking), role, agent)
		if err != nil {
			return err
		}
		if err := webTestRefusal(start); err != nil {
			return err
		}
		facts, err = tx.TestCallFacts(ctx)
		return err
	})
	return start, facts, err
}

// webTestRefusal says why no test may begin; nil when one has.
func webTestRefusal(start db.WebTestStart) error {
	switch start.Outcome {
	case "begun":
		return nil
	case "one_is_open":
		return NewError(CodeConflict, "Somebody of your organization is in a test call. End it first.", nil)
	case "too_many":
		return NewError(CodeRateLimited, "You began three test calls within a minute. Wait a moment.", nil).
			After(time.Duration(value(start.RetrySeconds)) * time.Second)
	case "no_agent":
		return NewError(CodeConflict, "There is no agent of this role yet. Save one first.", nil)
	default:
		return NewError(CodeConflict, "The agent is not in step with Vapi yet. Try again in a few seconds.", nil)
	}
}

// keepWebCall writes the call down, its address sealed.
func (h handlers) keepWebCall(ctx context.Context, org, test uuid.UUID, call vapi.WebCall) error {
	sealed, err := h.webCalls.seal(org, test, call)
	if err != nil {
		return err
	}
	return h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		_, err := tx.PlaceWebTest(ctx, sealed)
		return err
	})
}

// finishWebTest gives the place back, also for a client that has gone away. If that fails, the test lapses.
func (h handlers) finishWebTest(ctx context.Context, org, test uuid.UUID, reason string) {
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	err := h.db.AsTenant(ending, org, func(tx db.Tx) error {
		_, err := tx.FinishWebTest(ending, test, reason)
		return err
	})
	if err != nil {
		LogCause(ctx, "a test call could not be ended", err)
	}
}

// EndWebTest ends a test call that the member began; ended before, it changes nothing. A bridge, wherever it is, closes
// within a second. Errors: forbidden, not_found, not_a_member, gone.
func (h handlers) EndWebTest(ctx context.Context, req api.EndWebTestRequestObject) (api.EndWebTestResponseObject, error) {
	claims, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	var open []db.WebTestLine
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		open, err = tx.EndWebTest(ctx, HashToken(req.Body.TrackingId))
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, line := range open {
		if h.webCalls != nil {
			h.webCalls.hangUp(ctx, func(ctx context.Context) (*vapi.WebLine, error) { return h.webCalls.Join(ctx, claims.OrgID, line) })
		}
	}
	return api.EndWebTest200JSONResponse{Success: true}, nil
}

// GetWebTestState says how a test call stands that the member began. Errors: forbidden, not_found, not_a_member, gone.
func (h handlers) GetWebTestState(ctx context.Context, req api.GetWebTestStateRequestObject) (api.GetWebTestStateResponseObject, error) {
	var view db.WebTestView
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		view, err = tx.WebTestState(ctx, HashToken(req.TrackingId))
		if errors.Is(err, pgx.ErrNoRows) {
			return NewError(CodeNotFound, sentenceNotFound, nil)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.GetWebTestState200JSONResponse{
		Success: true, TrackingId: req.TrackingId, State: api.WebTestStateNow(view.State), CallId: view.CallID, VapiCallId: view.VapiCallID,
		StartedAt: view.OpenedAt, EndedAt: view.EndedAt, Reason: view.EndReason,
	}, nil
}
