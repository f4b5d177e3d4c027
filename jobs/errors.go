package jobs

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/jobs/librarian"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/jobs/recorder"
	"github.com/voxanne-ai/voxanne/jobs/toolsync"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/download"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/providers/storage"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// quietErrors stands between the workers and the job row: River stores a
// failed job's error text, and texts of PostgreSQL and of providers may quote what a
// caller said or was written. A panic's value may too, so it becomes an error without it.
func quietErrors() rivertype.Middleware {
	return river.WorkerMiddlewareFunc(func(ctx context.Context, _ *rivertype.JobRow, work func(context.Context) error) (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("panic: %T", v)
			}
		}()
		return quiet(work(ctx))
	})
}

// quiet is an error that says as much as err without quoting anything.
func quiet(err error) error {
	var cancel *rivertype.JobCancelError
	var snooze *rivertype.JobSnoozeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &snooze):
		return snooze
	case errors.As(err, &cancel):
		return river.JobCancel(errors.New(describe(cancel.Unwrap())))
	default:
		return errors.New(describe(err))
	}
}

// describe names an error of a kind we know, and only the type of any other.
func describe(err error) string {
	var pg *pgconn.PgError
	var invalid *vapi.InvalidError
	var limited *vapi.RateLimitedError
	var unavailable *vapi.UnavailableError
	var uncertain *vapi.UncertainError
	var failed *toolsync.FailedError
	switch {
	case errors.As(err, &failed):
		return failed.Error()
	case errors.As(err, &pg):
		return fmt.Sprintf("postgres: SQLSTATE %s, constraint %q, table %q", pg.Code, pg.ConstraintName, pg.TableName)
	case errors.As(err, &invalid):
		return fmt.Sprintf("vapi: refused with status %d", invalid.Status)
	case errors.As(err, &limited):
		return limited.Error()
	case errors.As(err, &unavailable) && unavailable.Status != 0:
		return fmt.Sprintf("vapi: unavailable, status %d %s", unavailable.Status, http.StatusText(unavailable.Status))
	case errors.As(err, &uncertain):
		return fmt.Sprintf("vapi: may have been created, status %d", uncertain.Status)
	}
	if said := describeSending(err); said != "" {
		return said
	}
	if said := describeFiles(err); said != "" {
		return said
	}
	if said := describeVectors(err); said != "" {
		return said
	}
	if said := describeCalendars(err); said != "" {
		return said
	}
	for _, known := range []error{
		vapi.ErrNotFound, vapi.ErrUnauthorized, vapi.ErrPinned, ErrNotEnded, errStillRaw, pgx.ErrNoRows,
		messenger.ErrNotConfigured, messenger.ErrNotWaiting, twilio.ErrUnauthorized, twilio.ErrSuspended,
		email.ErrUnauthorized, email.ErrNotVerified, recorder.ErrNotAudio, download.ErrForbidden, download.ErrGone, download.ErrTooLarge,
		storage.ErrNotFound, storage.ErrUnauthorized, storage.ErrFull, embedding.ErrUnauthorized, embedding.ErrEmptyText, librarian.ErrUnfinished,
		grants.ErrNotOffered, grants.ErrNotConnected, grants.ErrNeedsReconnect, grants.ErrBusy, grants.ErrNotOpened,
		calendar.ErrUnauthorized, calendar.ErrGrantRevoked, calendar.ErrClientRefused, calendar.ErrScopeMissing, calendar.ErrNotFound,
		calendar.ErrMissing, calendar.ErrGone,
		context.Canceled, context.DeadlineExceeded,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if unavailable != nil {
		return "vapi: not reached"
	}
	return fmt.Sprintf("%T", innermost(err))
}

// describeSending names the errors of the ways messages go, by status and kind: their codes and causes are the
// provider's. Empty for any other error.
func describeSending(err error) string {
	var refusedText *twilio.RefusedError
	var uncertainText *twilio.UncertainError
	var refusedMail *email.RefusedError
	var uncertainMail *email.UncertainError
	switch {
	case errors.As(err, &refusedText):
		return fmt.Sprintf("twilio: refused with status %d, code %d", refusedText.Status, refusedText.Code)
	case errors.As(err, &uncertainText):
		return fmt.Sprintf("twilio: it may have been sent, status %d", uncertainText.Status)
	case errors.As(err, new(*twilio.RateLimitedError)):
		return "twilio: too many requests"
	case errors.As(err, new(*twilio.UnavailableError)):
		return "twilio: not reached"
	case errors.As(err, &refusedMail):
		return fmt.Sprintf("email: refused with status %d", refusedMail.Status)
	case errors.As(err, &uncertainMail):
		return "email: it may have been sent"
	case errors.As(err, new(*email.RateLimitedError)):
		return "email: too many requests"
	case errors.As(err, new(*email.UnavailableError)):
		return "email: not reached"
	}
	return ""
}

// describeFiles names the errors of fetching and storing files, none of which quotes an address. Empty for any other error.
func describeFiles(err error) string {
	var download *download.UnavailableError
	var stored *storage.UnavailableError
	switch {
	case errors.As(err, &download):
		return download.Error()
	case errors.As(err, &stored):
		return stored.Error()
	}
	return ""
}

func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// describeVectors names the errors of embedding services. Empty for any other error.
func describeVectors(err error) string {
	var refused *embedding.RefusedError
	var wrong *embedding.DimensionsError
	switch {
	case errors.As(err, &refused):
		return refused.Error()
	case errors.As(err, &wrong):
		return wrong.Error()
	case errors.As(err, new(*embedding.RateLimitedError)):
		return "embedding: too many requests"
	case errors.As(err, new(*embedding.UnavailableError)):
		return "embedding: not reached"
	}
	return ""
}

// describeCalendars names the errors of calendars' providers, whose texts hold no words of theirs. Empty for any other error.
func describeCalendars(err error) string {
	var pause *calendar.PauseError
	var refused *calendar.RefusedError
	var unavailable *calendar.UnavailableError
	switch {
	case errors.As(err, &pause):
		return pause.Error()
	case errors.As(err, &refused):
		return refused.Error()
	case errors.As(err, &unavailable):
		return unavailable.Error()
	}
	return ""
}
