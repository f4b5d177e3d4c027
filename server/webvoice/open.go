package webvoice

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/socket"
)

// maxPageRead is the most that is read of one message of a page, in bytes: two seconds of sound. A token has up to 8 KiB.
const maxPageRead = 64 << 10

const (
	sentenceSignIn = "Authenticate with a token within three seconds."
	sentenceNoTest = "There is no such test call, or it is open or over."
)

// hello is the first message of a page.
type hello struct {
	Type  string `json:"type"`
	Token string `json:"token"`
}

// ServeHTTP answers GET /api/web-voice/{trackingId}.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		server.WriteError(w, r, server.NewError(server.CodeBusy, "The server is restarting. Please try again in a moment.", nil))
		return
	}
	defer s.leave()
	page, ok := s.pages.Accept(w, r, maxPageRead)
	if !ok {
		return
	}
	defer page.CloseNow()
	claims, err := socket.SignIn(r.Context(), page, sentenceSignIn, func(ctx context.Context) (server.Claims, error) {
		return s.signedIn(ctx, page)
	})
	if err != nil {
		socket.Refuse(page, err)
		return
	}
	s.serve(r.Context(), page, claims, r.PathValue("trackingId"))
}

// signedIn reads the first message, which must be the token.
func (s *Server) signedIn(ctx context.Context, page *websocket.Conn) (server.Claims, error) {
	kind, data, err := page.Read(ctx)
	if err != nil {
		return server.Claims{}, err
	}
	var first hello
	if kind != websocket.MessageText || json.Unmarshal(data, &first) != nil || first.Type != "auth" {
		return server.Claims{}, server.NewError(server.CodeUnauthenticated, sentenceSignIn, nil)
	}
	return s.auth.Verify(ctx, first.Token)
}

// serve takes the bridge over, joins the call, and bridges until one side ends it. Whatever happens, the test is over then.
func (s *Server) serve(ctx context.Context, page *websocket.Conn, claims server.Claims, tracking string) {
	server.NoteOrg(ctx, claims.OrgID)
	line, err := s.take(ctx, claims, tracking)
	if err != nil {
		socket.Refuse(page, err)
		return
	}
	finish := func(ctx context.Context, why reason) {
		s.count.ended.WithLabelValues(string(why)).Inc()
		s.finish(ctx, claims, line, why)
	}
	call, err := s.calls.Join(ctx, claims.OrgID, line)
	if err != nil {
		server.LogCause(ctx, "the sound of a test call could not be opened", err)
		finish(ctx, unreachable)
		goodbye(ctx, page, unreachable)
		return
	}
	b := &bridge{
		page: page, call: call, finish: finish,
		stands:    func(ctx context.Context) reason { return s.stands(ctx, claims, tracking) },
		lookEvery: s.lookEvery, beatEvery: s.beatEvery, idleLimit: s.idleLimit, stopping: s.stopping, begun: time.Now(),
	}
	b.ends, b.endsFor = b.begun.Add(time.Duration(*line.MaxSeconds)*time.Second), tooLong
	if claims.Expires.Before(b.ends) {
		b.ends, b.endsFor = claims.Expires, tokenExpired
	}
	b.run(ctx, connected{Type: "connected", VapiCallID: *line.VapiCallID, TrackingID: tracking})
}

// take makes the bridge this process's. Errors: *server.Error not_found when it is not to be had, and those of AsUser.
func (s *Server) take(ctx context.Context, claims server.Claims, tracking string) (line db.WebTestLine, err error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	err = s.db.AsUser(ctx, claims.Raw, func(tx db.Tx, member db.Member) error {
		org, err := tx.GetOrganization(ctx, member.OrgID)
		if err != nil {
			return err
		}
		if org.DeletedAt != nil {
			return server.NewError(server.CodeGone, "This organization was deleted.", nil)
		}
		line, err = tx.OpenWebTest(ctx, server.HashToken(tracking))
		if errors.Is(err, pgx.ErrNoRows) || (err == nil && (line.MaxSeconds == nil || line.VapiCallID == nil)) {
			return server.NewError(server.CodeNotFound, sentenceNoTest, nil)
		}
		return err
	})
	return line, err
}

// stands says why the bridge must end; empty when it need not, also while the database has trouble.
func (s *Server) stands(ctx context.Context, claims server.Claims, tracking string) reason {
	var view db.WebTestView
	err := s.db.AsUser(ctx, claims.Raw, func(tx db.Tx, _ db.Member) (err error) {
		view, err = tx.WebTestState(ctx, server.HashToken(tracking))
		return err
	})
	switch {
	case errors.Is(err, db.ErrNotMember) || server.IsForbidden(err):
		return notAMember
	case errors.Is(err, pgx.ErrNoRows) || (err == nil && view.State == "ended"):
		return endedByMember
	default:
		return ""
	}
}

// finish writes down that the test is over, though the page is gone. If that fails it lapses.
func (s *Server) finish(ctx context.Context, claims server.Claims, line db.WebTestLine, why reason) {
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), finish)
	defer cancel()
	err := s.db.AsTenant(ending, claims.OrgID, func(tx db.Tx) error {
		_, err := tx.FinishWebTest(ending, line.WebTestID, string(why))
		return err
	})
	if err != nil {
		server.LogCause(ctx, "the end of a test call could not be written down", err)
	}
}
