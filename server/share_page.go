package server

import (
	"context"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

const (
	// listenerTTL is how long an address of the storage opens that a link led to. The player comes back for another.
	listenerTTL = 15 * time.Minute
)

//go:embed share.html
var shareHTML string

// sharePage shows the recording behind a link to whoever holds it. Guesses are not counted: a token has 256 bits, so none hits,
// and who shares an address with somebody who guesses still hears their recording. Turns keep guesses from the calls' connections.
type sharePage struct {
	handlers
	page  *template.Template
	turns turns
}

func newSharePage(h handlers, strangers turns) (*sharePage, error) {
	page, err := template.New("share").Parse(shareHTML)
	if err != nil {
		return nil, fmt.Errorf("read the page of shared recordings: %w", err)
	}
	return &sharePage{handlers: h, page: page, turns: strangers}, nil
}

// serve answers GET and HEAD /s/{token} with a page that plays the recording. A link that is unknown, expired, revoked or
// led to what was deleted gets one and the same answer.
func (p *sharePage) serve(w http.ResponseWriter, r *http.Request) {
	view, org, ok := p.open(w, r, "page")
	if !ok {
		return
	}
	NoteOrg(r.Context(), org)
	zone := value(view.TimeZone)
	p.show(w, r, http.StatusOK, map[string]any{
		"Clinic": value(view.ClinicName), "Audio": "/s/" + r.PathValue("token") + "/audio",
		"At": localTime(*view.CallAt, zone).Format("Monday, 2 January 2006, 15:04 MST"), "Until": localTime(*view.ExpiresAt, zone).Format("Monday, 2 January, 15:04 MST"),
	})
}

// serveAudio answers GET and HEAD /s/{token}/audio: with an address of the storage that opens for a while, else with the
// recording itself.
func (p *sharePage) serveAudio(w http.ResponseWriter, r *http.Request) {
	view, org, ok := p.open(w, r, "audio")
	if !ok {
		return
	}
	NoteOrg(r.Context(), org)
	// Never longer than the link.
	ttl := min(listenerTTL, view.ExpiresAt.Sub(p.now()))
	to, err := p.files.store.SignedURL(r.Context(), value(view.StorageKey), max(ttl, time.Second))
	switch {
	case errors.Is(err, storage.ErrNoSignedURL):
		p.files.stream(w, r, view)
	case err != nil:
		WriteError(w, r, streamError(err))
	default:
		private(w.Header())
		http.Redirect(w, r, to, http.StatusFound)
	}
}

// open notes the opening and returns the recording; false when it has answered already.
func (p *sharePage) open(w http.ResponseWriter, r *http.Request, part string) (view db.RecordingView, org uuid.UUID, ok bool) {
	err := p.turns.takeSoon(r.Context(), func(ctx context.Context) (err error) {
		view, org, err = p.find(ctx, r, part)
		return err
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		p.show(w, r, http.StatusNotFound, nil)
		return view, org, false
	case err == nil && (view.CallAt == nil || view.ExpiresAt == nil):
		err = errors.New("app.open_share opens a link without its times")
	}
	if err != nil {
		WriteError(w, r, err)
		return view, org, false
	}
	return view, org, true
}

// find notes the opening of the recording that the request's token leads to. Error: pgx.ErrNoRows when it leads nowhere.
func (p *sharePage) find(ctx context.Context, r *http.Request, part string) (view db.RecordingView, org uuid.UUID, err error) {
	hash, good := hashOfToken(r.PathValue("token"))
	if !good {
		return view, org, pgx.ErrNoRows
	}
	if org, err = p.db.ShareTenant(ctx, hash); err != nil {
		return view, org, err
	}
	err = p.db.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		view, err = tx.OpenShare(ctx, hash, part, visitorOf(r))
		return err
	})
	return view, org, err
}

// show writes the page, which runs nothing and loads nothing but the recording. Fields nil: there is nothing here.
func (p *sharePage) show(w http.ResponseWriter, r *http.Request, status int, fields map[string]any) {
	header := w.Header()
	private(header)
	header.Set("Content-Type", "text/html; charset=utf-8")
	// The recording may come from the storage's host, by a redirection that the policy is asked about.
	header.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; media-src *; form-action 'none'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	if err := p.page.Execute(w, fields); err != nil && r.Context().Err() == nil {
		LogCause(r.Context(), "a shared recording's page broke off", err)
	}
}

// hashOfToken is what is stored of a link's token; false for what cannot be one.
func hashOfToken(token string) ([]byte, bool) {
	if raw, err := base64.RawURLEncoding.DecodeString(token); err != nil || len(raw) != tokenBytes {
		return nil, false
	}
	return HashToken(token), true
}

func visitorAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// visitorOf tells visitors apart; the database keeps a keyed hash of it. What a proxy says of the client may be invented,
// which only makes one visitor look like several.
func visitorOf(r *http.Request) string {
	return visitorAddress(r) + "\n" + r.Header.Get("X-Forwarded-For") + "\n" + r.UserAgent()
}
