package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/icalendar"
	"github.com/voxanne-ai/voxanne/server/api"
)

const (
	feedPath = "/api/calendar-feeds/"
	// feedSuffix ends a shown address, by which some programs know a calendar. It opens without as well.
	feedSuffix = ".ics"
	// feedRefresh is how often subscribers are asked to look again. Most look when they like.
	feedRefresh = 15 * time.Minute
)

// ListCalendarFeeds shows the open feeds, without their addresses. Errors: not_a_member, gone.
func (h handlers) ListCalendarFeeds(ctx context.Context, req api.ListCalendarFeedsRequestObject) (api.ListCalendarFeedsResponseObject, error) {
	var list api.ListCalendarFeeds200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		rows, at, err := listed(pageOf(req.Params.Page, req.Params.Limit), func(number, limit int32) ([]db.ListCalendarFeedsRow, error) {
			return tx.ListCalendarFeeds(ctx, org.ID, (number-firstPage)*limit, limit)
		})
		list.Pagination = at
		list.Feeds = each(rows, func(r db.ListCalendarFeedsRow) api.CalendarFeed {
			return api.CalendarFeed{Id: r.ID, ResourceId: r.ResourceID, ResourceName: r.ResourceName, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt}
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// CreateCalendarFeed opens a feed and shows its address, of which only a hash is kept. Errors: not_found, forbidden,
// not_configured where this server does not know its own address.
func (h handlers) CreateCalendarFeed(ctx context.Context, req api.CreateCalendarFeedRequestObject) (api.CreateCalendarFeedResponseObject, error) {
	if h.backend == "" {
		return nil, NewError(CodeNotConfigured, "Feeds cannot be opened here: the server's own address is not configured.", nil)
	}
	token := randomToken()
	answer := api.CreateCalendarFeed201JSONResponse{Headers: api.CreateCalendarFeed201ResponseHeaders{CacheControl: optional(noStore)}}
	answer.Body.ResourceId, answer.Body.Address = req.Body.ResourceId, h.backend+feedPath+token+feedSuffix
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		answer.Body.Id, err = tx.AddFeed(ctx, req.Body.ResourceId, HashToken(token))
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// RevokeCalendarFeed closes a feed. Errors: not_found, also for one that is closed, forbidden.
func (h handlers) RevokeCalendarFeed(ctx context.Context, req api.RevokeCalendarFeedRequestObject) (api.RevokeCalendarFeedResponseObject, error) {
	if err := h.remove(ctx, req.Id, db.Tx.RevokeFeed); err != nil {
		return nil, err
	}
	return api.RevokeCalendarFeed200JSONResponse{Success: true}, nil
}

// feedPage shows a feed's visits to whoever holds its address.
type feedPage struct {
	handlers
	turns turns
}

// serve answers GET and HEAD /api/calendar-feeds/{token} with a calendar file. An address that is unknown or revoked gets one
// and the same answer.
func (p *feedPage) serve(w http.ResponseWriter, r *http.Request) {
	var file []byte
	err := p.turns.take(r.Context(), func() (err error) {
		file, err = p.file(r.Context(), strings.TrimSuffix(r.PathValue("token"), feedSuffix))
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = NewError(CodeNotFound, sentenceNotFound, err)
	}
	if err != nil {
		WriteError(w, r, err)
		return
	}
	sum := sha256.Sum256(file)
	header := w.Header()
	private(header)
	header.Set("Cache-Control", "private, no-cache") // it may be kept by its reader, who asks whether it is still good
	header.Set("Content-Type", icalendar.Type)
	header.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file))
}

// file is the calendar file of an open feed. Error: pgx.ErrNoRows when there is no such feed, or it is closed.
func (p *feedPage) file(ctx context.Context, token string) ([]byte, error) {
	hash, good := hashOfToken(token)
	if !good {
		return nil, pgx.ErrNoRows
	}
	org, err := p.db.FeedTenant(ctx, hash)
	if err != nil {
		return nil, err
	}
	NoteOrg(ctx, org)
	var name string
	var visits []db.FeedRow
	err = p.db.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		if name, err = tx.FeedName(ctx, hash); err != nil {
			return err
		}
		visits, err = tx.OpenFeed(ctx, hash)
		return err
	})
	if err == nil && name == "" {
		err = pgx.ErrNoRows // closed since
	}
	if err != nil {
		return nil, err
	}
	return icalendar.Calendar{Name: name, Refresh: feedRefresh, Events: each(visits, eventOf)}.File(), nil
}

// eventOf is a visit as a feed shows it. Minutes count its versions up, as in the files of e-mails.
func eventOf(v db.FeedRow) icalendar.Event {
	return icalendar.Event{
		UID: icalendar.UIDOf(v.AppointmentID), Start: v.StartsAt, End: v.EndsAt, Summary: v.Subject, Details: value(v.Details),
		Location: value(v.Place), Sequence: int(v.UpdatedAt.Unix() / 60), Stamp: v.UpdatedAt, Changed: v.UpdatedAt, Tentative: v.Pending,
	}
}

// calendarVisitors is what people and providers ask the database for who hold a secret of a calendar's.
type calendarVisitors interface {
	// FeedTenant asks whose feed has a token, given as its SHA-256. pgx.ErrNoRows when nobody's, or it is closed.
	FeedTenant(ctx context.Context, tokenHash []byte) (uuid.UUID, error)
	// CalendarOfChannel asks which calendar a push channel is about, by its id and the SHA-256 of its secret. pgx.ErrNoRows
	// for a former channel or a stranger.
	CalendarOfChannel(ctx context.Context, channelID string, secretHash []byte) (db.CalendarRef, error)
}
