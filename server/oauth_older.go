package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/server/api"
)

// The addresses of dashboards that knew Google calendars only, and those that name the organization.

// AuthorizeGoogleOld is [handlers.AuthorizeGoogle].
func (h handlers) AuthorizeGoogleOld(ctx context.Context, req api.AuthorizeGoogleOldRequestObject) (api.AuthorizeGoogleOldResponseObject, error) {
	answer, err := h.consent(ctx, calendar.Google, req.Params.OrgId)
	return api.AuthorizeGoogleOld200JSONResponse(answer), err
}

// GetCalendarAuthUrl is [handlers.AuthorizeGoogle].
func (h handlers) GetCalendarAuthUrl(ctx context.Context, req api.GetCalendarAuthUrlRequestObject) (api.GetCalendarAuthUrlResponseObject, error) {
	answer, err := h.consent(ctx, calendar.Google, req.Params.OrgId)
	return api.GetCalendarAuthUrl200JSONResponse(answer), err
}

// GetGoogleStatusOf is [handlers.GetGoogleStatus]. Error: not_found for another organization.
func (h handlers) GetGoogleStatusOf(ctx context.Context, req api.GetGoogleStatusOfRequestObject) (api.GetGoogleStatusOfResponseObject, error) {
	answer, err := h.connection(ctx, calendar.Google, &req.OrgId)
	return api.GetGoogleStatusOf200JSONResponse(answer), err
}

// GetMicrosoftStatusOf is [handlers.GetMicrosoftStatus]. Error: not_found for another organization.
func (h handlers) GetMicrosoftStatusOf(ctx context.Context, req api.GetMicrosoftStatusOfRequestObject) (api.GetMicrosoftStatusOfResponseObject, error) {
	answer, err := h.connection(ctx, calendar.Microsoft, &req.OrgId)
	return api.GetMicrosoftStatusOf200JSONResponse(answer), err
}

// GetCalendarStatusOf is [handlers.GetGoogleStatusOf].
func (h handlers) GetCalendarStatusOf(ctx context.Context, req api.GetCalendarStatusOfRequestObject) (api.GetCalendarStatusOfResponseObject, error) {
	answer, err := h.connection(ctx, calendar.Google, &req.OrgId)
	return api.GetCalendarStatusOf200JSONResponse(answer), err
}

// DisconnectCalendarOf is [handlers.RevokeGoogle].
func (h handlers) DisconnectCalendarOf(ctx context.Context, req api.DisconnectCalendarOfRequestObject) (api.DisconnectCalendarOfResponseObject, error) {
	answer, err := h.disconnectCalendar(ctx, calendar.Google, &req.OrgId)
	return api.DisconnectCalendarOf200JSONResponse(answer), err
}

// DeleteCalendarOf is [handlers.RevokeGoogle].
func (h handlers) DeleteCalendarOf(ctx context.Context, req api.DeleteCalendarOfRequestObject) (api.DeleteCalendarOfResponseObject, error) {
	answer, err := h.disconnectCalendar(ctx, calendar.Google, &req.OrgId)
	return api.DeleteCalendarOf200JSONResponse(answer), err
}
