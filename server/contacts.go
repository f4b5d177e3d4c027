package server

import (
	"context"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// byStaff is the source of opt-outs that the dashboard records.
const byStaff = "staff"

// OptOutContact keeps a contact's number or address from being reached on a channel. It is recorded by number, so it
// holds for every contact that has it, now and later.
func (h handlers) OptOutContact(ctx context.Context, req api.OptOutContactRequestObject) (api.OptOutContactResponseObject, error) {
	channel := valueOr(req.Params.Channel, api.ChannelSms)
	err := h.withAddress(ctx, req.Id, channel, func(tx db.Tx, address string) error {
		_, err := tx.OptOut(ctx, string(channel), address, byStaff)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.OptOutContact200JSONResponse{Success: true, Channel: channel, OptedOut: true}, nil
}

// OptInContact takes a contact's opt-out back.
func (h handlers) OptInContact(ctx context.Context, req api.OptInContactRequestObject) (api.OptInContactResponseObject, error) {
	channel := valueOr(req.Params.Channel, api.ChannelSms)
	err := h.withAddress(ctx, req.Id, channel, func(tx db.Tx, address string) error {
		_, err := tx.OptIn(ctx, string(channel), address, byStaff)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.OptInContact200JSONResponse{Success: true, Channel: channel, OptedOut: false}, nil
}

// withAddress runs fn with the number or address at which a contact is reached on a channel. Errors of its own:
// not_found, bad_request when there is none.
func (h handlers) withAddress(ctx context.Context, contact uuid.UUID, channel api.Channel, fn func(tx db.Tx, address string) error) error {
	return h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		row, err := tx.GetContact(ctx, org.ID, contact)
		if err != nil {
			return err
		}
		address, missing := value(row.Phone), sentenceNoNumber
		if channel == api.ChannelEmail {
			address, missing = value(row.Email), "Contact does not have an email address"
		}
		if address == "" {
			return NewError(CodeBadRequest, missing, nil)
		}
		return fn(tx, address)
	})
}

// EraseContact blanks everything personal of a contact, for good. Errors: forbidden for others than owners and admins,
// not_found.
func (h handlers) EraseContact(ctx context.Context, req api.EraseContactRequestObject) (api.EraseContactResponseObject, error) {
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		_, err := tx.EraseContact(ctx, req.Id) // false: erased before
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.EraseContact200JSONResponse{Success: true}, nil
}
