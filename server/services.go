package server

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// ListServices shows the organization's services by name.
func (h handlers) ListServices(ctx context.Context, req api.ListServicesRequestObject) (api.ListServicesResponseObject, error) {
	p := pageOf(req.Params.Page, req.Params.Limit)
	list := api.ListServices200JSONResponse{Services: []api.Service{}}
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		rows, err := tx.ListServices(ctx, db.ListServicesParams{OrgID: org.ID, Active: req.Params.Active, Past: p.past(), UpTo: p.upTo()})
		if err != nil {
			return err
		}
		for _, row := range rows {
			list.Services = append(list.Services, serviceOf(row))
		}
		total, err := tx.CountServices(ctx, org.ID, req.Params.Active)
		list.Pagination = p.of(total)
		list.Pagination.Offset = new(int(p.past())) // what older dashboards read
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// CreateService adds a service. Errors: bad_request, forbidden, conflict when the name is taken.
func (h handlers) CreateService(ctx context.Context, req api.CreateServiceRequestObject) (api.CreateServiceResponseObject, error) {
	saved, err := h.saveService(ctx, nil, *req.Body)
	if err != nil {
		return nil, err
	}
	return api.CreateService201JSONResponse(saved), nil
}

// UpdateService changes a service. Errors: as CreateService, and not_found.
func (h handlers) UpdateService(ctx context.Context, req api.UpdateServiceRequestObject) (api.UpdateServiceResponseObject, error) {
	saved, err := h.saveService(ctx, &req.Id, *req.Body)
	if err != nil {
		return nil, err
	}
	return api.UpdateService200JSONResponse(saved), nil
}

func (h handlers) saveService(ctx context.Context, id *uuid.UUID, fields json.RawMessage) (saved api.Service, err error) {
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		row, err := tx.SaveService(ctx, id, fields)
		saved = serviceOf(row)
		return err
	})
	return saved, err
}

// DeleteService removes a service. Errors: not_found, conflict while visits refer to it, forbidden.
func (h handlers) DeleteService(ctx context.Context, req api.DeleteServiceRequestObject) (api.DeleteServiceResponseObject, error) {
	if err := h.remove(ctx, req.Id, db.Tx.DeleteService); err != nil {
		return nil, err
	}
	return api.DeleteService200JSONResponse{Success: true}, nil
}

func serviceOf(row db.Service) api.Service {
	return api.Service{
		Id: row.ID, Name: row.Name, Aliases: row.Aliases, DurationMinutes: inWholeMinutes(row.Duration),
		BufferBeforeMinutes: maybeMinutes(row.BufferBefore), BufferAfterMinutes: maybeMinutes(row.BufferAfter),
		PriceMinor: row.PriceMinor, Currency: row.Currency, Active: row.Active, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
}

// maybeMinutes is an interval in minutes, or null.
func maybeMinutes(i pgtype.Interval) *int {
	if !i.Valid {
		return nil
	}
	minutes := inWholeMinutes(i)
	return &minutes
}
