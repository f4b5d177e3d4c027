package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path"
	"slices"
	"strings"
	"time"
)

const (
	// maxUpload is how large a form with a file may be, in bytes: the file itself, and what stands around it.
	maxUpload    = maxFile + 64<<10
	maxFile      = 10 << 20
	maxFormValue = 1 << 10 // of a field that is no file
	// uploadTimeout is for the transfer, which the server ends after readTimeout, and for reading the file once.
	uploadTimeout = 60 * time.Second

	sentenceNotAForm = "Send the file as multipart/form-data, in a field named file."
)

// takesFile tells the operations whose body is a form with a file, by their patterns.
func takesFile(pattern string) bool {
	return slices.Contains([]string{"POST /api/knowledge-base/upload", "POST /api/knowledge-base/{id}/upload"}, pattern)
}

// asForm reads a form with a file and writes it anew, with a boundary that follows from what is in it: the same wish has the same
// bytes then, whoever sends it again, and what a browser believes the file to be is forgotten. The door comes first: the
// megabytes of whoever does not pass it are not read.
func asForm(door *memberDoor, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := door.pass(r.Context(), r.Header); err != nil {
			WriteError(w, r, err)
			return
		}
		parts, err := readForm(r)
		if err != nil {
			WriteError(w, r, err)
			return
		}
		body, contentType, err := writeForm(parts)
		if err != nil {
			WriteError(w, r, err)
			return
		}
		again := r.Clone(r.Context())
		again.MultipartForm = nil // it was read, and is there to be read again
		again.Header.Set("Content-Type", contentType)
		again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		next.ServeHTTP(w, again)
	})
}

// formPart is a field of a form.
type formPart struct {
	name, file string // file: its name, "" for other fields
	content    []byte
}

// readForm takes the form apart. Errors: bad_request for one that is none, body_too_large.
func readForm(r *http.Request) ([]formPart, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, NewError(CodeBadRequest, sentenceNotAForm, err)
	}
	var parts []formPart
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) && !hasPart(parts, "file") {
			return nil, NewError(CodeBadRequest, sentenceNotAForm, nil)
		} else if errors.Is(err, io.EOF) {
			return parts, nil
		}
		read, err := readPart(part, err)
		if err != nil {
			return nil, err
		}
		if hasPart(parts, read.name) {
			return nil, NewError(CodeBadRequest, "A field of the form is there twice.", nil)
		}
		parts = append(parts, read)
	}
}

func hasPart(parts []formPart, name string) bool {
	return slices.ContainsFunc(parts, func(p formPart) bool { return p.name == name })
}

func readPart(part *multipart.Part, err error) (formPart, error) {
	if err != nil {
		return formPart{}, formError(err)
	}
	most, name := int64(maxFormValue), ""
	switch part.FormName() {
	case "file":
		most, name = maxFile, baseName(part.FileName())
	case "category", "active":
	default:
		return formPart{}, NewError(CodeBadRequest, "The form has fields that are not known. It takes file, category and active.", nil)
	}
	content, err := io.ReadAll(io.LimitReader(part, most+1))
	switch {
	case err != nil:
		return formPart{}, formError(err)
	case int64(len(content)) > most:
		return formPart{}, NewError(CodeBodyTooLarge, sentenceTooLarge, nil)
	}
	return formPart{name: part.FormName(), file: name, content: content}, nil
}

func formError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return NewError(CodeBadRequest, sentenceNotAForm, err)
}

// baseName is the last part of a path; some browsers send all of it.
func baseName(sent string) string {
	name := path.Base(strings.ReplaceAll(sent, `\`, "/"))
	if name == "." || name == "/" {
		return "file"
	}
	return name
}

// writeForm writes a form whose bytes depend on nothing but its fields.
func writeForm(parts []formPart) (body []byte, contentType string, err error) {
	sum := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(sum, "%q %q %d\n", p.name, p.file, len(p.content)) // a hash takes everything
		_, _ = sum.Write(p.content)
	}
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	if err := form.SetBoundary(hex.EncodeToString(sum.Sum(nil))); err != nil {
		return nil, "", fmt.Errorf("write the form anew: %w", err)
	}
	for _, p := range parts {
		head := textproto.MIMEHeader{}
		disposition := fmt.Sprintf(`form-data; name=%q`, quotable(p.name))
		if p.file != "" {
			disposition += fmt.Sprintf(`; filename=%q`, quotable(p.file))
			head.Set("Content-Type", "application/octet-stream")
		}
		head.Set("Content-Disposition", disposition)
		part, err := form.CreatePart(head)
		if err == nil {
			_, err = part.Write(p.content)
		}
		if err != nil {
			return nil, "", fmt.Errorf("write the form anew: %w", err)
		}
	}
	if err := form.Close(); err != nil {
		return nil, "", fmt.Errorf("write the form anew: %w", err)
	}
	return out.Bytes(), form.FormDataContentType(), nil
}

// quotable drops what a header's quoted text cannot hold.
func quotable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == '\\' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}
