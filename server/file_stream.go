package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

// streamTimeout is how long a slow listener may take for one request; players come back for the rest.
const streamTimeout = 30 * time.Minute

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
	name, ascii := namesOf(view)
	header.Set("Content-Disposition", disposition("inline", ascii, name))
	header.Set("ETag", `"`+view.RecordingID.String()+`"`) // a stored recording never changes
	private(header)
	http.ServeContent(w, r, "", time.Time{}, body)
	if body.failed != nil {
		LogCause(r.Context(), "a recording broke off while it was sent", body.failed)
	}
}

// private keeps what is sent out of caches and search engines; out of other pages' logs all answers are kept, see secured.
func private(header http.Header) {
	header.Set("Cache-Control", "private, no-store")
	header.Set("X-Robots-Tag", "noindex, nofollow")
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

// namesOf is what a browser saves a recording as: when the call was, and whose it is; and a name in ASCII.
func namesOf(view db.RecordingView) (name, ascii string) {
	_, kind, _ := strings.Cut(value(view.ContentType), "/")
	ending := map[string]string{"mpeg": "mp3", "mp4": "m4a"}[kind]
	if ending == "" {
		ending = kind
	}
	parts := []string{"call"}
	if view.CallAt != nil {
		parts = append(parts, localTime(*view.CallAt, value(view.TimeZone)).Format("2006-01-02 15-04"))
	}
	ascii = strings.ReplaceAll(strings.Join(parts, "-"), " ", "-") + "." + ending
	return strings.TrimRight(strings.Join(append(parts, value(view.ClinicName)), " "), " .") + "." + ending, ascii
}
