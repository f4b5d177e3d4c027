package server

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

const (
	// playerTTL is how long a player of the dashboard can use an address; older ones count on an hour.
	playerTTL = time.Hour

	sentenceNoCall      = "Call not found"
	sentenceNoRecording = "No recording available for this call"
	sentenceNotReady    = "The recording of this call is still being copied. Try again in a few minutes."
)

// RecordingUrl gives out an address for a player, which the audit log remembers. Errors: not_found.
func (h handlers) RecordingUrl(ctx context.Context, req api.RecordingUrlRequestObject) (api.RecordingUrlResponseObject, error) {
	address, err := h.recordingAddress(ctx, req.CallId)
	if err != nil {
		return nil, err
	}
	return api.RecordingUrl200JSONResponse{
		Headers: api.RecordingUrl200ResponseHeaders{CacheControl: optional(noStore)},
		Body:    api.RecordingAddress{RecordingUrl: address, ExpiresIn: int(playerTTL / time.Second)},
	}, nil
}

// RecordingOfCall is RecordingUrl for older players.
func (h handlers) RecordingOfCall(ctx context.Context, req api.RecordingOfCallRequestObject) (api.RecordingOfCallResponseObject, error) {
	until := h.now().Add(playerTTL).UTC()
	address, err := h.recordingAddress(ctx, req.CallId)
	if err != nil {
		return nil, err
	}
	return api.RecordingOfCall200JSONResponse{
		Headers: api.RecordingOfCall200ResponseHeaders{CacheControl: optional(noStore)},
		Body:    api.OlderRecordingAddress{RecordingUrl: address, ExpiresAt: until, ExpiresIn: int(playerTTL / time.Second)},
	}, nil
}

func (h handlers) recordingAddress(ctx context.Context, call uuid.UUID) (string, error) {
	var view db.RecordingView
	var org uuid.UUID
	err := h.asMember(ctx, func(tx db.Tx, member db.Organization) (err error) {
		org = member.ID
		if err := callIsThere(ctx, tx, org, call); err != nil {
			return err
		}
		view, err = tx.ReadRecording(ctx, call, optional(RequestID(ctx)))
		return err
	})
	switch {
	case err != nil:
		return "", err
	case view.Outcome == "not_ready":
		return "", NewError(CodeNotFound, sentenceNotReady, nil)
	case view.Outcome != "open" || h.files == nil:
		return "", NewError(CodeNotFound, sentenceNoRecording, nil)
	}
	return h.files.address(ctx, org, view, playerTTL, h.now())
}

// callIsThere is not_found, in the words that older dashboards know, for a call that is unknown, deleted or another
// organization's.
func callIsThere(ctx context.Context, tx db.Tx, org, id uuid.UUID) error {
	call, err := tx.GetCall(ctx, org, id)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && call.DeletedAt != nil {
		return NewError(CodeNotFound, sentenceNoCall, err)
	}
	return err
}
