package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
	"github.com/voxanne-ai/voxanne/server/transcript"
)

// ExportTranscript gives a call's transcript out as text, or the address of it as PDF. Errors: bad_request without a
// transcript, not_found, not_configured where this server cannot make addresses.
func (h handlers) ExportTranscript(ctx context.Context, req api.ExportTranscriptRequestObject) (api.ExportTranscriptResponseObject, error) {
	format := valueOr(first(req.Params.Format, value(req.Body).Format), api.ExportAsText)
	if format == api.ExportAsPDF && h.links == nil {
		return nil, NewError(CodeNotConfigured, "PDF export is not configured", nil)
	}
	claims, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	var taken db.TranscriptExport
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		taken, err = tx.ExportTranscript(ctx, req.CallId, string(format), optional(RequestID(ctx)))
		return err
	})
	if err != nil {
		return nil, err
	}
	if format == api.ExportAsPDF {
		until := h.now().Add(exportLinkLasts)
		return exportAddress{api.ExportTranscript200JSONResponse{Body: api.TranscriptExport{
			Success: true, ExportUrl: h.links.export(claims, taken.MessageID, until), ExpiresAt: until.UTC().Truncate(time.Second),
		}}}, nil
	}
	document, err := documentOf(taken)
	if err != nil {
		return nil, err
	}
	return h.file(document, taken, "txt", "text/plain; charset=utf-8", transcript.Document.WriteText)
}

// exportAddress is an answer that nobody else may keep, and that we keep sealed: whoever has the address has the file.
type exportAddress struct {
	api.ExportTranscript200JSONResponse
}

// VisitExportTranscriptResponse writes the answer.
func (a exportAddress) VisitExportTranscriptResponse(w http.ResponseWriter) error {
	w.Header().Set("Cache-Control", noStore)
	return a.ExportTranscript200JSONResponse.VisitExportTranscriptResponse(w)
}

// DownloadExport gives an export out as PDF to whoever has its address. Errors: not_found, gone, not_a_member once its
// maker left.
func (h handlers) DownloadExport(ctx context.Context, req api.DownloadExportRequestObject) (api.DownloadExportResponseObject, error) {
	if h.links == nil {
		return nil, NewError(CodeNotFound, sentenceNotFound, nil)
	}
	link, err := h.links.readExport(req.Token, h.now())
	if err != nil {
		return nil, err
	}
	noteClaims(ctx, link.claims) // the address stands for its maker, whose membership is looked at now
	var taken db.TranscriptExport
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		taken, err = tx.ReadExport(ctx, link.message, optional(RequestID(ctx)))
		return err
	})
	if err != nil {
		return nil, err
	}
	document, err := documentOf(taken)
	if err != nil {
		return nil, err
	}
	return h.file(document, taken, "pdf", "application/pdf", func(d transcript.Document, w io.Writer) error { return h.printer.WritePDF(w, d) })
}

// file is a document as an attachment, whole before the first byte is sent.
func (h handlers) file(d transcript.Document, taken db.TranscriptExport, format, contentType string,
	write func(transcript.Document, io.Writer) error,
) (attachment, error) {
	var body bytes.Buffer
	if err := write(d, &body); err != nil {
		return attachment{}, err
	}
	day := localTime(taken.CallDate, taken.TimeZone).Format(time.DateOnly)
	return attachment{
		contentType: contentType, body: body.Bytes(),
		name:  strings.Join(strings.Fields("transcript "+value(taken.CallerName)+" "+day), " ") + "." + format,
		ascii: "transcript-" + taken.CallID.String() + "." + format,
	}, nil
}

// documentOf is an export as people read it.
func documentOf(taken db.TranscriptExport) (transcript.Document, error) {
	var turns []turn
	if err := json.Unmarshal(taken.Transcript, &turns); err != nil {
		return transcript.Document{}, fmt.Errorf("read the transcript: %w", err)
	}
	duration := ""
	if taken.DurationSeconds != nil {
		duration = transcript.Clock(int(*taken.DurationSeconds))
	}
	return transcript.Document{
		Clinic: taken.ClinicName, Country: taken.Country, ID: taken.MessageID.String(), Made: taken.ExportedAt,
		Facts: []transcript.Fact{
			{Name: "Clinic", Value: value(taken.ClinicPhone)},
			{Name: "Caller", Value: value(taken.CallerName)},
			{Name: "Number", Value: value(taken.PhoneNumber)},
			{Name: "Date", Value: localTime(taken.CallDate, taken.TimeZone).Format("Monday, January 2, 2006, 3:04 PM MST")},
			{Name: "Duration", Value: duration},
			{Name: "Call", Value: taken.Direction + ", " + taken.State},
			{Name: "Summary", Value: value(taken.Summary)},
		},
		Turns: each(turns, func(t turn) transcript.Turn { return transcript.Turn{Speaker: t.Speaker, Text: t.Text, At: t.At} }),
	}, nil
}

// localTime is an instant by the clock of a zone; UTC where this machine does not know the zone.
func localTime(at time.Time, zone string) time.Time {
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	return at.In(place)
}
