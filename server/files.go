package server

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

// filePath is where files are served that the storage itself gives no addresses for.
const filePath = "/api/recordings"

// marker proves that an address was written here; *vault.Keyring is one.
type marker interface {
	Mark(purpose, text string) []byte
	Marked(purpose, text string, mark []byte) bool
}

// Files gives out what the storage keeps, by addresses that expire.
type Files struct {
	store   storage.Store
	marks   marker
	backend string
}

// NewFiles serves store's files; backendURL is where this server is reached, without a trailing slash.
func NewFiles(store storage.Store, marks marker, backendURL string) *Files {
	return &Files{store: store, marks: marks, backend: backendURL}
}

// visitors is what people ask the database for who are not signed in, but hold an address.
type visitors interface {
	// AsTenant runs fn in one transaction of the organization itself.
	AsTenant(ctx context.Context, org uuid.UUID, fn func(db.Tx) error) error
	// ShareTenant asks whose link has a token, given as its SHA-256. pgx.ErrNoRows when nobody's.
	ShareTenant(ctx context.Context, tokenHash []byte) (uuid.UUID, error)
	// TakeOAuth uses up the state of a consent that came back, given as its SHA-256. pgx.ErrNoRows when it is unknown, used or
	// too old.
	TakeOAuth(ctx context.Context, stateHash []byte) (db.OAuthTaken, error)
}

// mountFiles registers what needs no token because the address is the key.
// Their lookups take turns with other strangers', what they hear does not: it lasts.
func mountFiles(mux *http.ServeMux, h handlers, strangers turns) error {
	player := &filePlayer{handlers: h, turns: strangers}
	mux.HandleFunc("GET "+filePath+"/{org}/{recording}", player.serve)
	page, err := newSharePage(h, strangers)
	if err != nil {
		return err
	}
	mux.HandleFunc("GET /s/{token}", page.serve)
	mux.HandleFunc("GET /s/{token}/audio", page.serveAudio)
	return nil
}

// address opens a recording for ttl: the storage's own, else one of ours.
func (f *Files) address(ctx context.Context, org uuid.UUID, view db.RecordingView, ttl time.Duration, now time.Time) (string, error) {
	signed, err := f.store.SignedURL(ctx, value(view.StorageKey), ttl)
	switch {
	case err == nil:
		return signed, nil
	case errors.Is(err, storage.ErrNotFound):
		return "", NewError(CodeNotFound, sentenceNoRecording, err)
	case !errors.Is(err, storage.ErrNoSignedURL):
		return "", NewError(CodeBusy, sentenceBusy, fmt.Errorf("sign an address: %w", err))
	}
	expires := now.Add(ttl).Unix()
	query := url.Values{
		"expires":   {strconv.FormatInt(expires, 10)},
		"signature": {base64.RawURLEncoding.EncodeToString(f.marks.Mark(markedAs, marked(org, *view.RecordingID, expires)))},
	}
	return f.backend + filePath + "/" + org.String() + "/" + view.RecordingID.String() + "?" + query.Encode(), nil
}

// markedAs keeps these marks from being taken for others.
const markedAs = "recording address"

// marked is what an address is signed over.
func marked(org, recording uuid.UUID, expires int64) string {
	return fmt.Sprintf("%s/%s/%d", org, recording, expires)
}

// filePlayer plays recordings to whoever holds an address of ours.
type filePlayer struct {
	handlers
	turns turns
}

// serve streams a recording to whoever holds an address of ours. Changed and expired ones, and those of recordings
// that are gone, are all not_found.
func (p *filePlayer) serve(w http.ResponseWriter, r *http.Request) {
	org, recording, good := p.files.opened(r, p.now())
	if !good {
		WriteError(w, r, NewError(CodeNotFound, sentenceNotFound, nil))
		return
	}
	NoteOrg(r.Context(), org)
	var view db.RecordingView
	err := p.turns.takeSoon(r.Context(), func(ctx context.Context) error {
		return p.db.AsTenant(ctx, org, func(tx db.Tx) (err error) {
			view, err = tx.RecordingOfLink(ctx, recording)
			return err
		})
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = NewError(CodeNotFound, sentenceNotFound, err)
	}
	if err != nil {
		WriteError(w, r, err)
		return
	}
	p.files.stream(w, r, view)
}

// opened reads an address of ours; false for one that was changed or has expired.
func (f *Files) opened(r *http.Request, now time.Time) (org, recording uuid.UUID, good bool) {
	org, orgErr := uuid.Parse(r.PathValue("org"))
	recording, recordingErr := uuid.Parse(r.PathValue("recording"))
	expires, expiresErr := strconv.ParseInt(r.URL.Query().Get("expires"), 10, 64)
	signature, signatureErr := base64.RawURLEncoding.DecodeString(r.URL.Query().Get("signature"))
	if errors.Join(orgErr, recordingErr, expiresErr, signatureErr) != nil {
		return org, recording, false
	}
	good = f.marks.Marked(markedAs, marked(org, recording, expires), signature) && now.Unix() < expires
	return org, recording, good
}
