package server

import (
	"context"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// maxOwnNumbers is how many numbers the older list shows, which has no pages.
const maxOwnNumbers = 100

// ListPhoneNumbers shows the organization's numbers. Errors: not_a_member, gone.
func (h handlers) ListPhoneNumbers(ctx context.Context, req api.ListPhoneNumbersRequestObject) (api.ListPhoneNumbersResponseObject, error) {
	rows, at, err := h.ownNumbers(ctx, pageOf(req.Params.Page, req.Params.Limit))
	if err != nil {
		return nil, err
	}
	return api.ListPhoneNumbers200JSONResponse{Success: true, Numbers: each(rows, phoneNumberOf), Pagination: at}, nil
}

func (h handlers) ownNumbers(ctx context.Context, p page) (rows []db.PhoneNumberListed, at api.Pagination, err error) {
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		rows, at, err = listed(p, func(number, limit int32) ([]db.PhoneNumberListed, error) {
			return tx.ListPhoneNumbers(ctx, number, limit, false)
		})
		return err
	})
	return rows, at, err
}

// GetPhoneNumber shows one of the organization's numbers. Errors: not_found, not_a_member, gone.
func (h handlers) GetPhoneNumber(ctx context.Context, req api.GetPhoneNumberRequestObject) (api.GetPhoneNumberResponseObject, error) {
	row, err := h.ownNumber(ctx, req.Id)
	if err != nil {
		return nil, err
	}
	return api.GetPhoneNumber200JSONResponse{Success: true, Number: phoneNumberOf(row)}, nil
}

func (h handlers) ownNumber(ctx context.Context, id uuid.UUID) (row db.PhoneNumberListed, err error) {
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		row, err = tx.GetPhoneNumber(ctx, id)
		return err
	})
	return row, err
}

// ReleasePhoneNumber gives a number up and waits a moment for that. Errors: not_found, forbidden, not_a_member, gone.
func (h handlers) ReleasePhoneNumber(ctx context.Context, req api.ReleasePhoneNumberRequestObject) (api.ReleasePhoneNumberResponseObject, error) {
	var run db.ProvisioningStatus
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		id, err := tx.ReleasePhoneNumber(ctx, req.Id)
		if err != nil {
			return err
		}
		run, err = tx.DescribeProvisioning(ctx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if run, err = h.awaitLine(ctx, run); err != nil {
		return nil, err
	}
	answer := api.NumberReleased{Success: true, Id: req.Id, Status: api.ProvisioningState(run.State)}
	if run.State != stateReleased {
		return api.ReleasePhoneNumber202JSONResponse(answer), nil
	}
	return api.ReleasePhoneNumber200JSONResponse(answer), nil
}

// ListVapiNumbers is the older list: the organization's numbers that calls reach. Errors: not_a_member, gone.
func (h handlers) ListVapiNumbers(ctx context.Context, _ api.ListVapiNumbersRequestObject) (api.ListVapiNumbersResponseObject, error) {
	var rows []db.PhoneNumberListed
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		rows, err = tx.ListPhoneNumbers(ctx, firstPage, maxOwnNumbers, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.ListVapiNumbers200JSONResponse{Success: true, Numbers: each(rows, func(r db.PhoneNumberListed) api.VapiNumber {
		return api.VapiNumber{Id: value(r.VapiPhoneNumberID), Number: r.Number, Name: r.LocationName, Provider: r.Provider, AssistantId: r.VapiAssistantID}
	})}, nil
}

func phoneNumberOf(r db.PhoneNumberListed) api.PhoneNumber {
	return api.PhoneNumber{
		Id: r.ID, Number: r.Number, PhoneNumber: r.Number, Provider: r.Provider, LocationId: r.LocationID, LocationName: r.LocationName,
		OwnLine: r.OwnLine, AgentId: r.AgentID, AgentName: r.AgentName, Routing: api.Routing(r.Routing),
		VapiPhoneNumberId: r.VapiPhoneNumberID, VapiAssistantId: r.VapiAssistantID, Status: api.ProvisioningState(valueOr(r.State, "none")),
		Error: lineTrouble(r.Error), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}
