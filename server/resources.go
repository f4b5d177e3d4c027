package server

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// ListResources shows the organization's resources by name.
func (h handlers) ListResources(ctx context.Context, req api.ListResourcesRequestObject) (api.ListResourcesResponseObject, error) {
	p := pageOf(req.Params.Page, req.Params.Limit)
	var list api.ListResources200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		rows, err := tx.ListResources(ctx, db.ListResourcesParams{OrgID: org.ID, LocationID: req.Params.LocationId, Past: p.past(), UpTo: p.upTo()})
		if err != nil {
			return err
		}
		list.Resources = each(rows, resourceOf)
		total, err := tx.CountResources(ctx, org.ID, req.Params.LocationId)
		list.Pagination = p.of(total)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// CreateResource adds a resource. Errors: bad_request, forbidden, not_found for its location or a service, conflict when the name is taken.
func (h handlers) CreateResource(ctx context.Context, req api.CreateResourceRequestObject) (api.CreateResourceResponseObject, error) {
	saved, err := h.saveResource(ctx, nil, *req.Body)
	if err != nil {
		return nil, err
	}
	return api.CreateResource201JSONResponse(saved), nil
}

// UpdateResource changes a resource. Errors: as CreateResource, and not_found.
func (h handlers) UpdateResource(ctx context.Context, req api.UpdateResourceRequestObject) (api.UpdateResourceResponseObject, error) {
	saved, err := h.saveResource(ctx, &req.Id, *req.Body)
	if err != nil {
		return nil, err
	}
	return api.UpdateResource200JSONResponse(saved), nil
}

func (h handlers) saveResource(ctx context.Context, id *uuid.UUID, fields json.RawMessage) (saved api.Resource, err error) {
	err = h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		row, err := tx.SaveResource(ctx, id, fields)
		if err != nil {
			return err
		}
		whole, err := tx.GetResource(ctx, org.ID, row.ID) // with what it can give
		saved = resourceOf(db.ListResourcesRow(whole))
		return err
	})
	return saved, err
}

// DeleteResource removes a resource. Errors: not_found, conflict while visits refer to it, forbidden.
func (h handlers) DeleteResource(ctx context.Context, req api.DeleteResourceRequestObject) (api.DeleteResourceResponseObject, error) {
	if err := h.remove(ctx, req.Id, db.Tx.DeleteResource); err != nil {
		return nil, err
	}
	return api.DeleteResource200JSONResponse{Success: true}, nil
}

func resourceOf(row db.ListResourcesRow) api.Resource {
	r := row.Resource
	return api.Resource{
		Id: r.ID, LocationId: r.LocationID, Name: r.Name, Aliases: r.Aliases, Kind: api.ResourceKind(r.Kind), Active: r.Active,
		ServiceIds: row.ServiceIds, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}
