// Package storage keeps files, recordings above all, behind one small interface: in Supabase Storage, in a bucket that
// speaks S3, or in a directory. Files are private everywhere; what is handed out is an address that expires.
package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"syscall"
	"time"
)

// Store keeps files by key. All implementations are safe for concurrent use and behave alike; a conformance test holds
// them to that. Errors beside those named: ErrUnauthorized, ErrFull, *UnavailableError, and the context's.
type Store interface {
	// Name says which one it is, for logs: supabase, s3 or directory.
	Name() string
	// Put stores size bytes of body under key, replacing what was there, whole or not at all: nobody ever reads a part.
	// A body that is shorter or longer is an error.
	Put(ctx context.Context, key string, body io.Reader, size int64, contentType string) error
	// Get reads length bytes from offset on; a negative length reads to the end. The caller closes it. ErrNotFound.
	Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	// Stat returns the file's size in bytes. ErrNotFound.
	Stat(ctx context.Context, key string) (size int64, err error)
	// Delete removes the file. A file that is not there is no error: what is wished is so.
	Delete(ctx context.Context, key string) error
	// SignedURL returns an address by which anybody can read the file for ttl, and only so long; it answers range
	// requests. ErrNoSignedURL where the storage has no such addresses.
	SignedURL(ctx context.Context, key string, ttl time.Duration) (string, error)
}

// Errors without details. Test with errors.Is.
var (
	ErrNotFound     = errors.New("storage: there is no such file")
	ErrUnauthorized = errors.New("storage: the key was refused, or the bucket is not ours")
	ErrNoSignedURL  = errors.New("storage: no address can be signed here")
	ErrFull         = errors.New("storage: there is no room left on the disk")

	errBadKey  = errors.New("storage: a key is made of a-z, 0-9, - and /, and each part of it is a name")
	errBadSize = errors.New("storage: the body is not as long as was said")
)

// IsFull tells whether err came of a file of this machine that could not grow: the disk is full, or the limit of its user, or of
// the process. Later there may be room.
func IsFull(err error) bool {
	for _, full := range []error{ErrFull, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) {
			return true
		}
	}
	return false
}

// UnavailableError: the storage could not be reached or had trouble of its own; the same may work later. Status is 0
// without an answer. The context's error is found in it with errors.Is.
type UnavailableError struct {
	Status int
	cause  error
}

func (e *UnavailableError) Error() string {
	if e.Status == 0 {
		return "storage: not reached"
	}
	return fmt.Sprintf("storage: refused or unavailable, status %d", e.Status)
}

// Unwrap returns the context's error when that ended the request.
func (e *UnavailableError) Unwrap() error { return e.cause }

// goodKey is what all three can hold, without escaping and without a way out of a directory.
var goodKey = regexp.MustCompile(`^[a-z0-9-]+(/[a-z0-9-]+)*$`)

func checkKey(key string) error {
	if len(key) > 200 || !goodKey.MatchString(key) {
		return errBadKey
	}
	return nil
}

// errorOf maps the status of an answer that is no success; nil for one that is.
func errorOf(status int) error {
	switch {
	case status >= 200 && status <= 299:
		return nil
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return ErrUnauthorized
	default:
		return &UnavailableError{Status: status}
	}
}

// contextError is the part of err that says that the context ended; others may quote addresses with signatures in them.
func contextError(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	}
	return nil
}

// exactly reads as many bytes as were said and then the end, or fails before the last one is given away: servers store
// what came, and some clients stop reading at the length that was said.
type exactly struct {
	from io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	n, err := e.from.Read(p)
	e.left -= int64(n)
	if e.left == 0 && err == nil && n > 0 {
		var more int
		if more, err = io.ReadFull(e.from, make([]byte, 1)); more > 0 {
			e.left--
		}
	}
	switch {
	case e.left < 0, errors.Is(err, io.EOF) && e.left > 0:
		return 0, errBadSize
	default:
		return n, err
	}
}
