package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// maxCause bounds a logged error text in bytes.
const maxCause = 300

// causeAttrs describes why a request was refused without quoting what was in
// it. Of a PostgreSQL error only the SQLSTATE and the names of constraint and
// table are taken: message and detail hold row values. Texts of errors that
// quote their input are left out too; what remains passes through scrub.
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
	if !quotesInput(e.cause) {
		text := scrub(e.cause.Error())
		attrs = append(attrs, slog.String("cause", text[:min(len(text), maxCause)]))
	}
	return attrs
}

// reasonError is a cause that is fixed text of ours and may be logged as it is.
type reasonError string

func (r reasonError) Error() string { return string(r) }

// quotesInput tells whether err's text repeats the value it complains about.
func quotesInput(err error) bool {
	var number *strconv.NumError
	var clock *time.ParseError
	var typed *json.UnmarshalTypeError
	var config *pgconn.ParseConfigError
	return errors.As(err, &number) || errors.As(err, &clock) || errors.As(err, &typed) || errors.As(err, &config)
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
