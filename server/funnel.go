package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/voxanne-ai/voxanne/db"
)

// The sentences for what is not the client's fault, or not theirs to know.
const (
	sentenceInternal    = "Something went wrong on our side. Please try again; if it persists, quote the request id."
	sentenceBusy        = "The service is busy. Please try again in a moment."
	sentenceNotFound    = "Not found."
	sentenceNotMember   = "You are not a member of this organization. Sign in again."
	sentenceGone        = "This organization was deleted."
	sentenceTooLarge    = "The request body is too large."
	sentenceInvalidJSON = "The request body is not valid JSON."
	sentenceForeignOrg  = "You are not a member of that organization."
)

// maxSentence bounds a sentence that comes from the database, in bytes.
const maxSentence = 300

// errorBody is the shape of every refusal, see `Error` in openapi.yaml.
type errorBody struct {
	Error     string `json:"error"`
	Code      Code   `json:"code"`
	RequestID string `json:"request_id"`
	Details   any    `json:"details,omitempty"`
}

// WriteError answers a request with err: the one place where errors become
// responses. An *Error in err's chain is shown as it is, PostgreSQL errors and
// timeouts are translated, everything else is "internal". What really happened
// goes to the log, without row values. When the response has already begun it
// only logs.
func WriteError(w http.ResponseWriter, r *http.Request, err error) {
	e := classify(err)
	logRefusal(r.Context(), e, err)
	if rw, ok := w.(*responseWriter); ok && rw.status != 0 {
		return
	}
	h := w.Header()
	h.Del("Content-Length")
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if after := e.retryAfter(); after != "" {
		h.Set("Retry-After", after)
	}
	if e.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(e.Status)
	// A client that has gone away cannot be told anything.
	_ = json.NewEncoder(w).Encode(errorBody{Error: e.Message, Code: e.Code, RequestID: RequestID(r.Context()), Details: e.Details})
}

// classify finds the refusal that err amounts to.
func classify(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		return classifyPostgres(pgErr, err)
	}
	var tooLarge *http.MaxBytesError
	var syntax *json.SyntaxError
	var connect *pgconn.ConnectError
	switch {
	case errors.As(err, &tooLarge):
		return NewError(CodeBodyTooLarge, sentenceTooLarge, err)
	case errors.As(err, &syntax):
		return NewError(CodeInvalidJSON, sentenceInvalidJSON, err)
	case errors.Is(err, pgx.ErrNoRows):
		return NewError(CodeNotFound, sentenceNotFound, err)
	case errors.As(err, &connect), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		// An exhausted pool shows as a deadline that passed while waiting for a connection.
		return NewError(CodeBusy, sentenceBusy, err)
	default:
		return NewError(CodeInternal, sentenceInternal, err)
	}
}

// classifyPostgres maps SQLSTATEs. VX… are ours, and their messages are
// sentences written for clients; of any other error the client learns nothing.
func classifyPostgres(pgErr *pgconn.PgError, err error) *Error {
	switch pgErr.Code {
	case db.StateBadInput:
		return NewError(CodeBadRequest, sentenceOf(pgErr, "The request is not valid."), err)
	case "22P05", "22021": // a NUL, or bytes that are no text
		return NewError(CodeBadRequest, "The request holds a character that cannot be stored.", err)
	case db.StateNoMember:
		return NewError(CodeNotAMember, sentenceNotMember, err)
	case db.StateForbidden:
		return NewError(CodeForbidden, sentenceOf(pgErr, "Your role does not allow this."), err)
	case db.StateNotFound:
		return NewError(CodeNotFound, sentenceOf(pgErr, sentenceNotFound), err)
	case db.StateConflict:
		return NewError(CodeConflict, sentenceOf(pgErr, "This conflicts with what is stored now."), err)
	case "VX503",
		"55P03",          // lock_not_available: lock_timeout passed
		"57014",          // query_canceled: statement_timeout passed
		"40001", "40P01", // serialization_failure, deadlock_detected: the same request may succeed now
		"53300",                   // too_many_connections
		"57P01", "57P02", "57P03": // the database is stopping, crashed or starting
		return NewError(CodeBusy, sentenceBusy, err)
	default:
		return NewError(CodeInternal, sentenceInternal, err)
	}
}

// sentenceOf is the message of a VX error as a sentence, scrubbed as everything that leaves.
func sentenceOf(pgErr *pgconn.PgError, fallback string) string {
	if pgErr.Message == "" || len(pgErr.Message) > maxSentence {
		return fallback
	}
	return asSentence(scrub(pgErr.Message))
}

// asSentence gives a message its capital letter and its full stop; PostgreSQL's custom is to write neither. A field's
// name at the beginning stays as it is.
func asSentence(message string) string {
	word, _, _ := strings.Cut(message, " ")
	if first, size := utf8.DecodeRuneInString(message); !strings.Contains(word, "_") {
		message = string(unicode.ToUpper(first)) + message[size:]
	}
	if !strings.HasSuffix(message, ".") && !strings.HasSuffix(message, "?") && !strings.HasSuffix(message, "!") {
		message += "."
	}
	return message
}

// logRefusal writes one line for a refusal: a warning for overload, an error
// for our own faults, information for the rest.
func logRefusal(ctx context.Context, e *Error, err error) {
	level := slog.LevelInfo
	switch {
	case e.Status == http.StatusServiceUnavailable:
		level = slog.LevelWarn
	case e.Status >= http.StatusInternalServerError:
		level = slog.LevelError
	}
	attrs := []slog.Attr{slog.String("code", string(e.Code)), slog.Int("status", e.Status)}
	Log(ctx).LogAttrs(ctx, level, "request refused", append(attrs, causeAttrs(e, err)...)...)
}

// IsBusy reports whether err means that the database had no time for the request: trying again may help.
func IsBusy(err error) bool { return classify(err).Code == CodeBusy }

// IsForbidden reports whether err means that the acting member's role does not allow it.
func IsForbidden(err error) bool { return classify(err).Code == CodeForbidden }

// LogCause logs an error that a handler answers in its own words, without row values.
func LogCause(ctx context.Context, message string, err error) {
	e := NewError(CodeInternal, message, err)
	Log(ctx).LogAttrs(ctx, slog.LevelError, message, causeAttrs(e, err)...)
}
