package server

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/server/api"
)

// unwatchTimeout bounds the farewell to a provider; without it a channel tells on until it expires, to nobody.
const unwatchTimeout = 5 * time.Second

// ListCalendars shows the linked calendars and how they do. Errors: not_a_member, gone.
func (h handlers) ListCalendars(ctx context.Context, _ api.ListCalendarsRequestObject) (api.ListCalendarsResponseObject, error) {
	var rows []db.CalendarHealth
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		rows, err = tx.CalendarHealth(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.ListCalendars200JSONResponse{Calendars: each(rows, calendarOf)}, nil
}

// LinkCalendar links a calendar to a resource, as its provider describes it. Errors: those of inAccount and
// app.link_calendar.
func (h handlers) LinkCalendar(ctx context.Context, req api.LinkCalendarRequestObject) (api.LinkCalendarResponseObject, error) {
	claims, err := h.administrator(ctx)
	if err != nil {
		return nil, err
	}
	wish := *req.Body
	told, err := h.inAccount(ctx, claims.OrgID, string(wish.Provider), wish.ExternalCalendarId, wish.Writes)
	if err != nil {
		return nil, err
	}
	var shown api.Calendar
	err = h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		id, err := tx.LinkCalendar(ctx, db.LinkCalendarParams{
			Provider: string(wish.Provider), ResourceID: wish.ResourceId, ExternalCalendarID: wish.ExternalCalendarId,
			Name:     first(optional(told.Name), wish.Name),
			TimeZone: *first(optional(told.Zone), wish.TimeZone, &org.TimeZone), Writes: wish.Writes,
		})
		if err != nil {
			return err
		}
		shown, err = linkedCalendar(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.LinkCalendar201JSONResponse(shown), nil
}

// ChangeCalendar names a linked calendar, or has visits written into it or not. Errors: those of inAccount where visits are
// to be, not_found, forbidden, conflict.
func (h handlers) ChangeCalendar(ctx context.Context, req api.ChangeCalendarRequestObject) (api.ChangeCalendarResponseObject, error) {
	claims, err := h.administrator(ctx)
	if err != nil {
		return nil, err
	}
	var shown api.Calendar
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		shown, err = linkedCalendar(ctx, tx, req.Id)
		return err
	})
	if err == nil && value(req.Body.Writes) && !shown.Writes {
		_, err = h.inAccount(ctx, claims.OrgID, string(shown.Provider), shown.ExternalCalendarId, true)
	}
	if err != nil {
		return nil, err
	}
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		if err := tx.ChangeCalendar(ctx, req.Id, req.Body.Name, req.Body.Writes); err != nil {
			return err
		}
		shown, err = linkedCalendar(ctx, tx, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.ChangeCalendar200JSONResponse(shown), nil
}

// UnlinkCalendar ends a link, and the provider's pushes about it. Errors: not_found, forbidden.
func (h handlers) UnlinkCalendar(ctx context.Context, req api.UnlinkCalendarRequestObject) (api.UnlinkCalendarResponseObject, error) {
	var channel db.CalendarChannel
	var from uuid.UUID
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) (err error) {
		from = org.ID
		channel, err = tx.UnlinkCalendar(ctx, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	h.endChannel(ctx, from, channel)
	return api.UnlinkCalendar200JSONResponse{Success: true}, nil
}

// PullCalendar has a calendar read soon. Errors: not_found, forbidden, conflict when its account has to be connected again.
func (h handlers) PullCalendar(ctx context.Context, req api.PullCalendarRequestObject) (api.PullCalendarResponseObject, error) {
	var queued bool
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		queued, err = tx.RefreshCalendar(ctx, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.PullCalendar202JSONResponse{Success: true, Queued: queued}, nil
}

// inAccount is a calendar as the clinic's account lists it; nothing is told where no provider can be asked. Errors:
// bad_request when the account does not have it, or nothing may be written there that is to be, and those of
// [handlers.askCalendars].
func (h handlers) inAccount(ctx context.Context, org uuid.UUID, provider, id string, writes bool) (calendar.Calendar, error) {
	if h.calendars == nil {
		return calendar.Calendar{}, nil
	}
	list, err := h.askCalendars(ctx, org, provider)
	if err != nil {
		return calendar.Calendar{}, err
	}
	at := slices.IndexFunc(list, func(c calendar.Calendar) bool { return c.ID == id })
	switch {
	case at < 0:
		return calendar.Calendar{}, NewError(CodeBadRequest, "The connected account does not have this calendar.", nil)
	case writes && !list[at].Writable:
		return calendar.Calendar{}, NewError(CodeBadRequest, "Nothing may be written into this calendar. Let the account change it, or link it without writing.", nil)
	}
	return list[at], nil
}

// endChannel tells the provider that nobody listens any more. Failing is harmless: the channel expires, and what it tells
// until then is a stranger's.
func (h handlers) endChannel(ctx context.Context, org uuid.UUID, channel db.CalendarChannel) {
	if h.calendars == nil || channel.ChannelID == nil {
		return
	}
	ending, cancel := context.WithTimeout(ctx, unwatchTimeout)
	defer cancel()
	err := h.calendars.With(ending, org, value(channel.Provider), func(ctx context.Context, account calendar.Account) error {
		return account.Unwatch(ctx, calendar.Channel{ID: *channel.ChannelID, ResourceID: value(channel.ChannelResourceID)})
	})
	if err != nil {
		LogCause(ctx, "the pushes of an unlinked calendar were not ended; they expire", err)
	}
}

// linkedCalendar is one of the linked calendars. Error: not_found.
func linkedCalendar(ctx context.Context, tx db.Tx, id uuid.UUID) (api.Calendar, error) {
	rows, err := tx.CalendarHealth(ctx)
	if err != nil {
		return api.Calendar{}, err
	}
	for _, row := range rows {
		if row.CalendarLinkID == id {
			return calendarOf(row), nil
		}
	}
	return api.Calendar{}, NewError(CodeNotFound, sentenceNotFound, nil)
}

func calendarOf(r db.CalendarHealth) api.Calendar {
	return api.Calendar{
		Id: r.CalendarLinkID, Provider: api.CalendarProvider(r.Provider), ConnectedEmail: r.ConnectedEmail, ResourceId: r.ResourceID,
		ResourceName: r.ResourceName, ExternalCalendarId: r.ExternalCalendarID, Name: r.CalendarName, TimeZone: r.TimeZone, Writes: r.Writes,
		Health: api.CalendarHealth(r.Health), ErrorCode: r.ErrorCode, Advice: calendarAdvice(r.ErrorCode), FailingSince: r.FailingSince,
		LastReadAt: r.LastSyncedAt, Stale: r.Stale, PushesUntil: r.PushesUntil, EventsWaiting: int(r.EventsWaiting),
		EventsFailing: int(r.EventsFailing), EventsChangedOutside: int(r.EventsOutside), Conflicts: int(r.Conflicts),
	}
}

// calendarAdvice says what to do about a word of calendar_links.error_code ([calendar.Code], and what app.note_grant_revoked
// writes), nil for none.
func calendarAdvice(code *string) *string {
	switch value(code) {
	case "":
		return nil
	case "grant_revoked", "reconnect":
		return optional(sentenceWithdrawn)
	case "not_allowed":
		return optional("Connect the account again, and allow all that is asked for.")
	case "calendar_missing":
		return optional("The account does not have this calendar any more. Share it with the account again, or unlink it.")
	case "busy":
		return optional("The provider asked for a pause. It is tried again by itself.")
	case "unavailable":
		return optional("The provider does not answer. It is tried again by itself.")
	default:
		return optional("It is tried again by itself. If this lasts, unlink the calendar and link it again.")
	}
}
