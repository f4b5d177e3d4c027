package server

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// ListLocations shows the organization's locations by name.
func (h handlers) ListLocations(ctx context.Context, req api.ListLocationsRequestObject) (api.ListLocationsResponseObject, error) {
	p := pageOf(req.Params.Page, req.Params.Limit)
	var list api.ListLocations200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		rows, err := tx.ListLocations(ctx, org.ID, p.past(), p.upTo())
		if err != nil {
			return err
		}
		list.Locations = each(rows, locationOf)
		total, err := tx.CountLocations(ctx, org.ID)
		list.Pagination = p.of(total)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// CreateLocation adds a location. Errors: bad_request, forbidden.
func (h handlers) CreateLocation(ctx context.Context, req api.CreateLocationRequestObject) (api.CreateLocationResponseObject, error) {
	saved, err := h.saveLocation(ctx, nil, *req.Body)
	if err != nil {
		return nil, err
	}
	return api.CreateLocation201JSONResponse(saved), nil
}

// UpdateLocation changes a location. Errors: as CreateLocation, and not_found.
func (h handlers) UpdateLocation(ctx context.Context, req api.UpdateLocationRequestObject) (api.UpdateLocationResponseObject, error) {
	saved, err := h.saveLocation(ctx, &req.Id, *req.Body)
	if err != nil {
		return nil, err
	}
	return api.UpdateLocation200JSONResponse(saved), nil
}

func (h handlers) saveLocation(ctx context.Context, id *uuid.UUID, fields json.RawMessage) (saved api.Location, err error) {
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		row, err := tx.SaveLocation(ctx, id, fields)
		saved = locationOf(row)
		return err
	})
	return saved, err
}

// DeleteLocation removes a location. Errors: not_found, conflict while visits refer to it, forbidden.
func (h handlers) DeleteLocation(ctx context.Context, req api.DeleteLocationRequestObject) (api.DeleteLocationResponseObject, error) {
	if err := h.remove(ctx, req.Id, db.Tx.DeleteLocation); err != nil {
		return nil, err
	}
	return api.DeleteLocation200JSONResponse{Success: true}, nil
}

func locationOf(row db.Location) api.Location {
	return api.Location{
		Id: row.ID, Name: row.Name, Address: row.Address, TimeZone: row.TimeZone, Phone: row.Phone, PhoneForwardsHere: row.PhoneForwardsHere,
		CalendarStaleAfterMinutes: inWholeMinutes(row.CalendarStaleAfter), CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
}

// remove deletes one thing by its id; what is not there, or another organization's, is not_found.
func (h handlers) remove(ctx context.Context, id uuid.UUID, del func(db.Tx, context.Context, uuid.UUID) (bool, error)) error {
	return h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		deleted, err := del(tx, ctx, id)
		if err == nil && !deleted {
			err = NewError(CodeNotFound, sentenceNotFound, nil)
		}
		return err
	})
}
