package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/voxanne-ai/voxanne/db"
)

// maxCause bounds a logged error text in bytes.
const maxCause = 300

// causeAttrs describes why a request was refused without quoting what was in
// it. Of a PostgreSQL error only the SQLSTATE and the names of constraint and
// table are taken: message and detail hold row values. Of any other error the
// text is taken when it is known to be fixed or to be about the network; other
// texts may quote anything (pgx quotes arguments that it cannot encode).
func causeAttrs(e *Error, err error) []slog.Attr {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		return []slog.Attr{
			slog.String("sqlstate", pgErr.Code),
			slog.String("constraint", pgErr.ConstraintName),
			slog.String("table", pgErr.TableName),
		}
	}
	var reason reasonError
	if errors.As(err, &reason) {
		return []slog.Attr{slog.String("reason", string(reason))}
	}
	if e.Status < http.StatusInternalServerError || e.cause == nil {
		return nil // the code says it; the cause may quote the request
	}
	attrs := []slog.Attr{slog.String("cause_type", fmt.Sprintf("%T", rootCause(e.cause)))}
	if text := knownText(e.cause); text != "" {
		text = scrub(text)
		attrs = append(attrs, slog.String("cause", text[:min(len(text), maxCause)]))
	}
	return attrs
}

// reasonError is a cause that is fixed text of ours and may be logged as it is.
type reasonError string

func (r reasonError) Error() string { return string(r) }

// knownText is the text of the part of err that cannot quote input, empty when there is none.
func knownText(err error) string {
	for _, fixed := range []error{
		context.DeadlineExceeded, context.Canceled, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		pgx.ErrNoRows, db.ErrRolledBack, db.ErrNotMember, db.ErrUnknownTenant, db.ErrTenantConflict,
	} {
		if errors.Is(err, fixed) {
			return fixed.Error()
		}
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	var resolve *net.DNSError
	switch {
	case errors.As(err, &connect): // names host, user and database, not the password
		return connect.Error()
	case errors.As(err, &network):
		return network.Error()
	case errors.As(err, &resolve):
		return resolve.Error()
	default:
		return ""
	}
}

// rootCause is the innermost error of a simple chain.
func rootCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
