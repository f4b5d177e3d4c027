package sandbox

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// S3 plays the part of Amazon S3 that keeps files in one private bucket: PUT, GET with ranges, HEAD and DELETE of an
// object, each signed (AWS Signature Version 4) in its header or its address. It is an http.Handler, safe for concurrent use.
type S3 struct {
	bucket   string
	signed   sigV4
	failures failures
	files    files
}

// NewS3 plays a bucket in a region that one access key opens.
func NewS3(region, bucket, accessKey, secret string) *S3 {
	return &S3{bucket: bucket, signed: sigV4{region: region, accessKey: accessKey, secret: secret}}
}

// Keys are the names of all objects, sorted.
func (s *S3) Keys() []string { return s.files.keys() }

// Fail makes the next requests fail, one failure each, in order; the ones after them are served.
func (s *S3) Fail(f ...Failure) { s.failures.order(f) }

// Requests returns how many requests came so far, refused and failed ones included.
func (s *S3) Requests() int { return s.failures.count() }

// ServeHTTP fails if told to, and serves.
func (s *S3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	failure := s.failures.next()
	if _, whole := readBody(w, r, maxFile); !whole {
		refuseS3(w, http.StatusBadRequest, "EntityTooLarge")
		return
	}
	failure.play(w, r, s.serve, func(w http.ResponseWriter, status int) { refuseS3(w, status, "InternalError") })
}

func (s *S3) serve(w http.ResponseWriter, r *http.Request) {
	if code := s.signed.check(r, time.Now()); code != "" {
		refuseS3(w, http.StatusForbidden, code)
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case bucket != s.bucket:
		refuseS3(w, http.StatusNotFound, "NoSuchBucket")
	case key == "":
		refuseS3(w, http.StatusNotImplemented, "NotImplemented")
	case r.Method == http.MethodPut:
		s.put(w, r, key)
	case r.Method == http.MethodDelete:
		s.files.remove(key)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		s.get(w, r, key)
	default:
		refuseS3(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

func (s *S3) put(w http.ResponseWriter, r *http.Request, key string) {
	content, err := s3Content(r)
	if err != nil {
		refuseS3(w, http.StatusBadRequest, "IncompleteBody")
		return
	}
	s.files.put(key, file{content: content, contentType: r.Header.Get("Content-Type"), at: time.Now()})
	w.Header().Set("ETag", `"`+strings.ReplaceAll(newUUID(), "-", "")+`"`)
	w.WriteHeader(http.StatusOK)
}

func (s *S3) get(w http.ResponseWriter, r *http.Request, key string) {
	stored, found := s.files.get(key)
	if !found {
		refuseS3(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	w.Header().Set("ETag", `"`+strconv.FormatInt(stored.at.UnixNano(), 16)+`"`)
	stored.serve(w, r)
}

// s3Content reads an object's bytes: the body, or what the chunks of a streaming upload hold.
func s3Content(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	var content bytes.Buffer
	chunks := bufio.NewReader(r.Body)
	for {
		line, err := chunks.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("read a chunk's head: %w", err)
		}
		digits, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ";")
		size, err := strconv.ParseInt(digits, 16, 32)
		if err != nil {
			return nil, fmt.Errorf("read a chunk's size: %w", err)
		}
		if size == 0 {
			break // trailers follow
		}
		if _, err := io.CopyN(&content, chunks, size); err != nil {
			return nil, fmt.Errorf("read a chunk: %w", err)
		}
		if _, err := chunks.Discard(len("\r\n")); err != nil {
			return nil, fmt.Errorf("read a chunk's end: %w", err)
		}
	}
	if said := r.Header.Get("X-Amz-Decoded-Content-Length"); said != strconv.Itoa(content.Len()) {
		return nil, errors.New("the object is not as long as was said")
	}
	return content.Bytes(), nil
}

// refuseS3 writes S3's error body.
func refuseS3(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_ = xml.NewEncoder(w).Encode(struct { // a client that has gone away is not our trouble
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}{Code: code, Message: http.StatusText(status)})
}
