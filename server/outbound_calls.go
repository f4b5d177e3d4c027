package server

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// Kinds of calls that members ask for, as in outbound_calls.kind.
const (
	kindCallBack = "call_back"
	kindTest     = "test"
)

// callWish is one press of a button that has the agent call.
type callWish struct {
	kind    string
	contact *uuid.UUID // nil: to
	to      *string    // E.164; a test's number
	wish    api.CallBackWish
	key     *string // Idempotency-Key
}

// CallBackContact queues a call to a contact. Errors: see requestCall.
func (h handlers) CallBackContact(ctx context.Context, req api.CallBackContactRequestObject) (api.CallBackContactResponseObject, error) {
	queued, err := h.requestCall(ctx, callWish{kind: kindCallBack, contact: &req.Id, wish: value(req.Body), key: req.Params.IdempotencyKey})
	if err != nil {
		return nil, err
	}
	return api.CallBackContact201JSONResponse(queued), nil
}

// InitiateContactCall is CallBackContact under the path of older dashboards.
func (h handlers) InitiateContactCall(ctx context.Context, req api.InitiateContactCallRequestObject) (api.InitiateContactCallResponseObject, error) {
	queued, err := h.requestCall(ctx, callWish{kind: kindCallBack, contact: &req.Id, wish: value(req.Body), key: req.Params.IdempotencyKey})
	if err != nil {
		return nil, err
	}
	return api.InitiateContactCall201JSONResponse(queued), nil
}

// TestCallByAgent has an agent call a number. Errors: see requestCall.
func (h handlers) TestCallByAgent(ctx context.Context, req api.TestCallByAgentRequestObject) (api.TestCallByAgentResponseObject, error) {
	queued, err := h.requestCall(ctx, callWish{
		kind: kindTest, to: &req.Body.PhoneNumber, wish: api.CallBackWish{AgentId: &req.Id}, key: req.Params.IdempotencyKey,
	})
	if err != nil {
		return nil, err
	}
	return api.TestCallByAgent201JSONResponse(queued), nil
}

// TestCallByDefaultAgent is TestCallByAgent with the default agent, under the path of older dashboards.
func (h handlers) TestCallByDefaultAgent(ctx context.Context, req api.TestCallByDefaultAgentRequestObject) (api.TestCallByDefaultAgentResponseObject, error) {
	queued, err := h.requestCall(ctx, callWish{kind: kindTest, to: &req.Body.PhoneNumber, key: req.Params.IdempotencyKey})
	if err != nil {
		return nil, err
	}
	return api.TestCallByDefaultAgent201JSONResponse(queued), nil
}

// requestCall queues a call, or says why not. Errors: not_found, forbidden, bad_request, and those of callRefused.
func (h handlers) requestCall(ctx context.Context, w callWish) (api.CallQueued, error) {
	target, words := value(w.to), ""
	if w.contact != nil {
		target = "contact " + w.contact.String()
	}
	if w.wish.AgentId != nil {
		words = w.wish.AgentId.String()
	}
	return h.queueCall(ctx, w.wish, callRefused, func(tx db.Tx, org db.Organization) (db.OutboundAnswer, error) {
		phone := value(w.to)
		if w.contact != nil {
			contact, err := presentContact(ctx, tx, org.ID, *w.contact)
			if err != nil {
				return db.OutboundAnswer{}, err
			}
			phone = value(contact.Phone)
		}
		zones, region := h.numberFacts(phone)
		return tx.RequestOutboundCall(ctx, db.RequestOutboundCallParams{
			Kind: w.kind, ContactID: w.contact, ToNumber: w.to, AgentID: w.wish.AgentId, NotBefore: w.wish.NotBefore,
			SendKey: sending{category: w.kind}.sendKey(ctx, target, w.key, words), NumberZones: zones, NumberRegion: region,
		})
	})
}

// numberFacts are the time zones in which a number may be, and its country; neither where nothing is known of numbers.
func (h handlers) numberFacts(phone string) (zones []string, region string) {
	if h.texts == nil {
		return []string{}, ""
	}
	return h.texts.Number(phone)
}

// queueCall asks the database for a call and shows what it queued; its send key makes a wish one call, so that another try
// may run after a death. Errors: those of ask, and of refused,
// which puts a refusal into words.
func (h handlers) queueCall(
	ctx context.Context, wish api.CallBackWish, refused func(refusal string) error,
	ask func(db.Tx, db.Organization) (db.OutboundAnswer, error),
) (queued api.CallQueued, err error) {
	err = h.asMember(repeatable(ctx), func(tx db.Tx, org db.Organization) error {
		answer, err := ask(tx, org)
		if err != nil {
			return err
		}
		if answer.Refusal != nil || answer.OutboundCallID == nil {
			return refused(valueOr(answer.Refusal, answer.Outcome))
		}
		row, err := tx.ReadOutboundCall(ctx, *answer.OutboundCallID)
		if err != nil {
			return err
		}
		queued = callQueuedOf(row, wish, org.TimeZone)
		return nil
	})
	return queued, err
}

// callQueuedOf says how a call stands that was asked for; zone is the clinic's, whose staff read times by its clock.
func callQueuedOf(row db.OutboundCallListed, wish api.CallBackWish, zone string) api.CallQueued {
	shown := api.CallQueued{
		Success: true, CallId: row.ID, TrackingId: row.ID, ContactId: row.ContactID, Phone: value(row.ToNumber), Status: api.CallInitiated,
		State: api.OutboundCallState(row.State), DueAt: row.DueAt, UntilAt: row.UntilAt,
	}
	waits := row.State == string(api.CallWaiting) && row.DueAt.After(row.CreatedAt)
	switch {
	case waits && wish.NotBefore != nil && !row.DueAt.After(*wish.NotBefore):
		shown.Reason, shown.Message = new(api.CallWaitsAsWished), "The call will be made "+from(&row.DueAt, zone)+"."
	case waits:
		shown.Reason = new(api.CallWaitsForDay)
		shown.Message = "It is night where this contact lives. They will be called " + from(&row.DueAt, zone) + "."
	default:
		shown.Message = map[api.OutboundCallState]string{
			api.CallWaiting: "The call is made as soon as a line is free.", api.CallPlacing: "The call is being made.",
			api.CallUnderWay: "The call is under way.", api.CallEnded: "This call was made already.",
			api.CallCancelled: "This call was taken back.", api.CallGivenUp: "This call could not be made.",
		}[shown.State]
	}
	return shown
}

// ListOutboundCalls shows the calls that the organization makes, the newest wish first. Errors: not_a_member, gone.
func (h handlers) ListOutboundCalls(ctx context.Context, req api.ListOutboundCallsRequestObject) (api.ListOutboundCallsResponseObject, error) {
	q := req.Params
	var answer api.ListOutboundCalls200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, at, err := listed(pageOf(q.Page, q.Limit), func(number, limit int32) ([]db.OutboundCallListed, error) {
			return tx.ListOutboundCalls(ctx, db.ListOutboundCallsParams{
				Page: number, PageLimit: limit, State: text(q.State), Kind: text(q.Kind), ContactID: q.ContactId,
			})
		})
		answer = api.ListOutboundCalls200JSONResponse{Calls: each(rows, outboundCallOf), Pagination: at}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// GetOutboundCall shows one of them. Errors: not_found, not_a_member, gone.
func (h handlers) GetOutboundCall(ctx context.Context, req api.GetOutboundCallRequestObject) (api.GetOutboundCallResponseObject, error) {
	var shown api.OutboundCall
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		shown, err = outboundCall(ctx, tx, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.GetOutboundCall200JSONResponse(shown), nil
}

// CancelOutboundCall takes back a call that waits. Errors: forbidden, not_found, conflict when it is too late.
func (h handlers) CancelOutboundCall(ctx context.Context, req api.CancelOutboundCallRequestObject) (api.CancelOutboundCallResponseObject, error) {
	var shown api.OutboundCall
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		answer, err := tx.CancelOutboundCall(ctx, req.Id)
		if err != nil {
			return err
		}
		if answer.Outcome != "cancelled" {
			return NewError(CodeConflict, "Only a call that still waits can be taken back. This one is being made, or is over.", nil)
		}
		shown, err = outboundCall(ctx, tx, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.CancelOutboundCall200JSONResponse(shown), nil
}

// outboundCall reads one call. Error: not_found.
func outboundCall(ctx context.Context, tx db.Tx, id uuid.UUID) (api.OutboundCall, error) {
	row, err := tx.ReadOutboundCall(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return api.OutboundCall{}, NewError(CodeNotFound, sentenceNotFound, err)
	}
	return outboundCallOf(row), err
}

func outboundCallOf(row db.OutboundCallListed) api.OutboundCall {
	return api.OutboundCall{
		Id: row.ID, Kind: api.OutboundCallKind(row.Kind), State: api.OutboundCallState(row.State), Reason: row.Reason,
		ContactId: row.ContactID, ContactName: row.ContactName, AppointmentId: row.AppointmentID, Phone: row.ToNumber,
		FromNumber: row.FromNumber, AgentId: row.AgentID, AgentName: row.AgentName, Attempt: int(row.Attempt), Answered: row.Answered,
		CallLogId: row.CallID, DueAt: row.DueAt, UntilAt: row.UntilAt, PlacedAt: row.PlacedAt, EndedAt: row.EndedAt,
		RequestedBy: row.RequestedBy, RequestedByName: row.RequestedByName, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
}
