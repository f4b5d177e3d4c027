package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

const (
	// streamTimeout is how long a slow listener may take for one request; players come back for the rest.
	streamTimeout = 30 * time.Minute
	// maxFileName is the longest part of a file's name that a clinic's name takes, in code points.
	maxFileName = 60
)

// stream sends a recording, or the part of it that a Range asks for; HEAD gets the headers.
func (f *Files) stream(w http.ResponseWriter, r *http.Request, view db.RecordingView) {
	if view.RecordingID == nil || view.SizeBytes == nil || view.StorageKey == nil {
		WriteError(w, r, errors.New("a recording without a file was to be streamed"))
		return
	}
	body := &storedFile{ctx: r.Context(), store: f.store, key: *view.StorageKey, size: *view.SizeBytes}
	defer body.rest()
	if err := body.reach(); err != nil {
		WriteError(w, r, streamError(err))
		return
	}
	// Longer than the server's own limit. Only a server that is being tested has no deadline to set.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(streamTimeout))
	header := w.Header()
	header.Set("Content-Type", value(view.ContentType))
	header.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": fileNameOf(view)}))
	header.Set("ETag", `"`+view.RecordingID.String()+`"`) // a stored recording never changes
	private(header)
	http.ServeContent(w, r, "", time.Time{}, body)
	if body.failed != nil {
		LogCause(r.Context(), "a recording broke off while it was sent", body.failed)
	}
}

// private keeps what is sent out of caches, search engines and other pages' logs.
func private(header http.Header) {
	header.Set("Cache-Control", "private, no-store")
	header.Set("X-Robots-Tag", "noindex, nofollow")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
}

func streamError(err error) error {
	if errors.Is(err, storage.ErrNotFound) {
		return NewError(CodeNotFound, sentenceNotFound, err)
	}
	return NewError(CodeBusy, sentenceBusy, fmt.Errorf("read a recording: %w", err))
}

// storedFile reads a file of the storage from any place on, as http.ServeContent wants it.
type storedFile struct {
	ctx    context.Context //nolint:containedctx // the request's, and as short-lived
	store  storage.Store
	key    string
	size   int64
	at     int64
	body   io.ReadCloser // from at on; nil: not opened there yet
	failed error         // why reading ended too early
}

// reach tells whether the file is there to be read.
func (s *storedFile) reach() error {
	size, err := s.store.Stat(s.ctx, s.key)
	if err == nil && size != s.size {
		return errors.New("the file has another size than was noted")
	}
	return err
}

func (s *storedFile) Read(p []byte) (int, error) {
	if s.at >= s.size {
		return 0, io.EOF
	}
	if s.body == nil {
		body, err := s.store.Get(s.ctx, s.key, s.at, -1)
		if err != nil {
			s.failed = err
			return 0, err
		}
		s.body = body
	}
	n, err := s.body.Read(p)
	s.at += int64(n)
	if err != nil && !errors.Is(err, io.EOF) && s.ctx.Err() == nil {
		s.failed = err
	}
	return n, err
}

// Seek only notes the place; the next Read opens the file there.
func (s *storedFile) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, errors.New("a place before the file's beginning")
	}
	if offset != s.at {
		s.rest()
		s.at = offset
	}
	return offset, nil
}

// rest closes what is open.
func (s *storedFile) rest() {
	if s.body != nil {
		_ = s.body.Close() // nothing was written
		s.body = nil
	}
}

// fileNameOf is what a browser saves a recording as: when the call was, and whose it is.
func fileNameOf(view db.RecordingView) string {
	parts := []string{"call"}
	if view.CallAt != nil {
		parts = append(parts, view.CallAt.In(zoneOf(view.TimeZone)).Format("2006-01-02 15-04"))
	}
	if name := fileNamePart(value(view.ClinicName)); name != "" {
		parts = append(parts, name)
	}
	_, kind, _ := strings.Cut(value(view.ContentType), "/")
	ending := map[string]string{"mpeg": "mp3", "mp4": "m4a"}[kind]
	if ending == "" {
		ending = kind
	}
	return strings.Join(parts, " ") + "." + ending
}

// fileNamePart is a name without what means something to a file system, a header or the direction of writing.
func fileNamePart(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r), unicode.IsControl(r), unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, name)
	runes := []rune(strings.Join(strings.Fields(name), " "))
	return strings.Trim(string(runes[:min(len(runes), maxFileName)]), " .")
}

// zoneOf is a zone of the database's, else UTC.
func zoneOf(name *string) *time.Location {
	zone, err := time.LoadLocation(value(name))
	if err != nil {
		return time.UTC
	}
	return zone
}
