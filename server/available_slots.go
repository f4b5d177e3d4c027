package server

import (
	"context"
	"fmt"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// slotsShown is how many free starts are shown when the client does not say.
const slotsShown = 100

// ListAvailableSlots shows the free starts of some days. Errors: bad_request for too many days or no service,
// not_found for a service or resource that is not the organization's.
func (h handlers) ListAvailableSlots(ctx context.Context, req api.ListAvailableSlotsRequestObject) (api.ListAvailableSlotsResponseObject, error) {
	wish := req.Params
	params := db.SlotsOfDaysParams{
		FromDay: wish.Date.Time, ToDay: timeOf(wish.EndDate), Service: wish.Service, Resource: wish.Resource,
		MaxRows: int32(valueOr(wish.Limit, slotsShown)),
	}
	answer := api.ListAvailableSlots200JSONResponse{Date: wish.Date, AvailableSlots: []api.AvailableSlot{}}
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, err := tx.SlotsOfDays(ctx, params)
		if err != nil {
			return err
		}
		for _, row := range rows {
			zone, err := time.LoadLocation(row.TimeZone)
			if err != nil {
				return fmt.Errorf("load the zone of a location: %w", err)
			}
			answer.AvailableSlots = append(answer.AvailableSlots, api.AvailableSlot{
				StartsAt: row.StartsAt, EndsAt: row.EndsAt, Time: row.StartsAt.In(zone).Format("15:04"), ResourceId: row.ResourceID,
				ResourceName: row.ResourceName, ServiceName: row.ServiceName, TimeZone: row.TimeZone,
			})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// timeOf is the day that was written, or nil.
func timeOf(day *openapi_types.Date) *time.Time {
	if day == nil {
		return nil
	}
	return &day.Time
}
