package server

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// exportColumns is the first line of an export.
var exportColumns = []string{
	"created_at", "sent_at", "direction", "method", "category", "recipient", "contact_name", "subject", "content", "status", "reason",
	"service_provider", "external_message_id", "segments", "id", "contact_id", "call_id", "appointment_id",
}

// ExportMessages writes the messages of a period as CSV. Errors: forbidden for others than owners and admins, bad_request.
func (h handlers) ExportMessages(ctx context.Context, req api.ExportMessagesRequestObject) (api.ExportMessagesResponseObject, error) {
	from, to, err := daysOf(req.Params.StartDate, req.Params.EndDate)
	if err != nil {
		return nil, err
	}
	first := db.ExportMessagesParams{FromDay: from, ToDay: to, RequestID: optional(RequestID(ctx))}
	rows, err := h.exportStep(ctx, first)
	if err != nil {
		return nil, err
	}
	return export{ctx: ctx, rows: rows, asked: first, next: h.exportStep}, nil
}

// exportStep reads one step in a transaction of its own, so that a slow reader holds none open.
func (h handlers) exportStep(ctx context.Context, asked db.ExportMessagesParams) (rows []db.MessageListed, err error) {
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		rows, err = tx.ExportMessages(ctx, asked)
		return err
	})
	return rows, err
}

// export is an answer that is written while it is read.
type export struct {
	ctx   context.Context //nolint:containedctx // of the one request that it answers
	rows  []db.MessageListed
	asked db.ExportMessagesParams
	next  func(context.Context, db.ExportMessagesParams) ([]db.MessageListed, error)
}

// VisitExportMessagesResponse writes the file. Where it cannot be finished the connection is cut, so that half of it does
// not look like a whole one.
func (e export) VisitExportMessagesResponse(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="messages.csv"`)
	if err := e.write(w); err != nil {
		LogCause(e.ctx, "export cut off", err)
		panic(http.ErrAbortHandler) // net/http's word for cutting a connection
	}
	return nil
}

// byteOrderMark tells spreadsheets that a file is UTF-8; without it they misread accents.
const byteOrderMark = "\ufeff"

func (e export) write(out io.Writer) error {
	if _, err := io.WriteString(out, byteOrderMark); err != nil {
		return fmt.Errorf("write the byte order mark: %w", err)
	}
	to := csv.NewWriter(out)
	to.UseCRLF = true // as RFC 4180 has it
	if err := to.Write(exportColumns); err != nil {
		return fmt.Errorf("write the names: %w", err)
	}
	for rows := e.rows; len(rows) > 0; {
		for _, row := range rows {
			if err := to.Write(exportLine(row)); err != nil {
				return fmt.Errorf("write a line: %w", err)
			}
		}
		to.Flush()
		if err := to.Error(); err != nil {
			return fmt.Errorf("write lines: %w", err)
		}
		last := rows[len(rows)-1]
		e.asked.AfterAt, e.asked.AfterID = &last.CreatedAt, &last.ID
		var err error
		if rows, err = e.next(e.ctx, e.asked); err != nil {
			return err
		}
	}
	to.Flush()
	return to.Error()
}

func exportLine(row db.MessageListed) []string {
	segments := ""
	if row.Segments != nil {
		segments = fmt.Sprint(*row.Segments)
	}
	return []string{
		instant(&row.CreatedAt), instant(row.SentAt), row.Direction, row.Method, row.Category, noFormula(row.Recipient),
		noFormula(value(row.ContactName)), noFormula(value(row.Subject)), noFormula(row.Content), row.Status, value(row.Reason),
		value(row.ServiceProvider), noFormula(value(row.ExternalMessageID)), segments, row.ID.String(), uuidText(row.ContactID), uuidText(row.CallID),
		uuidText(row.AppointmentID),
	}
}

// noFormula keeps a spreadsheet from reading a patient's words as a formula: OWASP's advice is an apostrophe before them.
// A phone number is left as it is; a plus and digits do nothing.
func noFormula(s string) string {
	trimmed := strings.TrimLeft(s, " \t\r\n\u00a0\ufeff")
	if trimmed == "" || !strings.ContainsRune("=+-@|%＝＋－＠", []rune(trimmed)[0]) && s[0] != '\t' && s[0] != '\r' && s[0] != '\n' {
		return s
	}
	if strings.TrimLeft(s, "+") != s && strings.Trim(s[1:], "0123456789") == "" {
		return s
	}
	return "'" + s
}

func instant(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func uuidText(u *uuid.UUID) string {
	if u == nil {
		return ""
	}
	return u.String()
}
