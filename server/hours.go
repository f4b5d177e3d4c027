package server

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// GetBusinessHours shows a location's week and the weeks of resources that keep their own. Error: not_found.
func (h handlers) GetBusinessHours(ctx context.Context, req api.GetBusinessHoursRequestObject) (api.GetBusinessHoursResponseObject, error) {
	var hours api.BusinessHours
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) (err error) {
		hours, err = hoursOf(ctx, tx, org.ID, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.GetBusinessHours200JSONResponse(hours), nil
}

// SetBusinessHours replaces one week. Errors: not_found, bad_request for a span that ends before it begins, forbidden.
func (h handlers) SetBusinessHours(ctx context.Context, req api.SetBusinessHoursRequestObject) (api.SetBusinessHoursResponseObject, error) {
	week := db.SetBusinessHoursParams{
		LocationID: req.Id, ResourceID: req.Body.ResourceId, Weekdays: []int32{}, Opens: []string{}, Closes: []string{},
	}
	for _, span := range req.Body.Spans {
		week.Weekdays = append(week.Weekdays, int32(span.Weekday))
		week.Opens, week.Closes = append(week.Opens, span.Opens), append(week.Closes, span.Closes)
	}
	var hours api.BusinessHours
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		if _, err := tx.SetBusinessHours(ctx, week); err != nil {
			return err
		}
		var err error
		hours, err = hoursOf(ctx, tx, org.ID, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.SetBusinessHours200JSONResponse(hours), nil
}

// hoursOf reads all weeks of a location. pgx.ErrNoRows, which becomes not_found, when there is no such location.
func hoursOf(ctx context.Context, tx db.Tx, org, location uuid.UUID) (api.BusinessHours, error) {
	zone, err := tx.LocationZone(ctx, org, location)
	if err != nil {
		return api.BusinessHours{}, err
	}
	rows, err := tx.ListHours(ctx, org, location)
	if err != nil {
		return api.BusinessHours{}, err
	}
	hours := api.BusinessHours{LocationId: location, TimeZone: zone, Spans: []api.HoursSpan{}, Resources: []api.ResourceHours{}}
	for _, row := range rows { // the location's first, then resource by resource
		span := api.HoursSpan{Weekday: int(row.Weekday), Opens: clockTime(row.Opens), Closes: closingTime(row.Closes)}
		if row.ResourceID == nil {
			hours.Spans = append(hours.Spans, span)
			continue
		}
		last := len(hours.Resources) - 1
		if last < 0 || hours.Resources[last].ResourceId != *row.ResourceID {
			hours.Resources = append(hours.Resources, api.ResourceHours{ResourceId: *row.ResourceID})
			last++
		}
		hours.Resources[last].Spans = append(hours.Resources[last].Spans, span)
	}
	return hours, nil
}

// ListClosures shows when a location, or a resource in it, is closed. Error: not_found.
func (h handlers) ListClosures(ctx context.Context, req api.ListClosuresRequestObject) (api.ListClosuresResponseObject, error) {
	p := pageOf(req.Params.Page, req.Params.Limit)
	withPast := valueOr(req.Params.Past, false)
	var list api.ListClosures200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		if _, err := tx.LocationZone(ctx, org.ID, req.Id); err != nil {
			return err
		}
		rows, err := tx.ListClosures(ctx, db.ListClosuresParams{OrgID: org.ID, LocationID: req.Id, WithPast: withPast, Past: p.past(), UpTo: p.upTo()})
		if err != nil {
			return err
		}
		list.Closures = each(rows, closureOf)
		total, err := tx.CountClosures(ctx, org.ID, req.Id, withPast)
		list.Pagination = p.of(total)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// CreateClosure closes a location or a resource for a time. Errors: not_found, bad_request, forbidden.
func (h handlers) CreateClosure(ctx context.Context, req api.CreateClosureRequestObject) (api.CreateClosureResponseObject, error) {
	var closure api.Closure
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		row, err := tx.AddClosure(ctx, db.AddClosureParams{
			LocationID: req.Id, ResourceID: req.Body.ResourceId, StartsAt: req.Body.StartsAt, EndsAt: req.Body.EndsAt, Reason: req.Body.Reason,
		})
		closure = closureOf(db.ListClosuresRow(row))
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.CreateClosure201JSONResponse(closure), nil
}

// DeleteClosure takes a closure back. Errors: not_found, forbidden.
func (h handlers) DeleteClosure(ctx context.Context, req api.DeleteClosureRequestObject) (api.DeleteClosureResponseObject, error) {
	if err := h.remove(ctx, req.Id, db.Tx.RemoveClosure); err != nil {
		return nil, err
	}
	return api.DeleteClosure200JSONResponse{Success: true}, nil
}

func closureOf(row db.ListClosuresRow) api.Closure {
	return api.Closure{
		Id: row.ID, LocationId: row.LocationID, ResourceId: row.ResourceID, StartsAt: row.StartsAt, EndsAt: row.EndsAt,
		Reason: row.Reason, CreatedAt: row.CreatedAt,
	}
}

// closingTime writes a time of day as HH:MM, the end of the day as 24:00.
func closingTime(t pgtype.Time) string {
	if t.Microseconds == (24 * time.Hour).Microseconds() {
		return "24:00"
	}
	return clockTime(t)
}
