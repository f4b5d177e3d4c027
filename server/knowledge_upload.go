package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/reader"
	"github.com/voxanne-ai/voxanne/server/api"
)

const (
	// lookTime bounds the look at a file before it is taken; one that takes longer is left to the job, which has more time.
	lookTime = 10 * time.Second
	// looksAtOnce is how many files a process reads at once: each reader may take half a gigabyte.
	looksAtOnce = 2
)

// DocumentReader reads documents apart from this process; *reader.Child does.
type DocumentReader interface {
	Read(ctx context.Context, kind reader.Kind, r io.Reader, limits reader.Limits) ([]reader.Page, error)
}

// Uploads looks at files before they are taken, a few at once.
type Uploads struct {
	reader DocumentReader
	places chan struct{}
}

// NewUploads looks at files with a reader.
func NewUploads(r DocumentReader) *Uploads {
	return &Uploads{reader: r, places: make(chan struct{}, looksAtOnce)}
}

// refusal reads a file and says why it will never be searched: bad_request with a sentence. nil for any other, also when it was not
// read: nobody waits for a place, and a trouble of ours is the job's to try again. A nil Uploads looks at nothing.
func (u *Uploads) refusal(ctx context.Context, kind reader.Kind, content []byte) error {
	if u == nil {
		return nil
	}
	select {
	case u.places <- struct{}{}:
		defer func() { <-u.places }()
	default:
		return nil
	}
	limits := reader.DefaultLimits()
	limits.Time = lookTime
	_, err := u.reader.Read(ctx, kind, bytes.NewReader(content), limits)
	code, refused := reader.Refused(err)
	switch {
	case refused && code != reader.TookTooLong:
		return NewError(CodeBadRequest, code.Sentence(), nil)
	case err != nil && !refused:
		Log(ctx).Warn("a file was not looked at before it was taken", slog.String("kind", string(kind)))
	}
	return nil
}

// UploadKnowledge takes a file. Errors: bad_request for one that cannot be searched, with the reason, body_too_large, conflict,
// forbidden.
func (h handlers) UploadKnowledge(ctx context.Context, req api.UploadKnowledgeRequestObject) (api.UploadKnowledgeResponseObject, error) {
	add, err := uploadOf(req.Body)
	if err != nil {
		return nil, err
	}
	kind, err := reader.Sniff(add.Filename, add.Content[:min(len(add.Content), reader.HeadBytes)])
	if code, refused := reader.Refused(err); refused {
		return nil, NewError(CodeBadRequest, code.Sentence(), nil)
	} else if err != nil {
		return nil, err
	}
	if err := h.uploads.refusal(ctx, kind, add.Content); err != nil {
		return nil, err
	}
	add.Kind = string(kind)
	var item api.KnowledgeDetail
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		saved, err := tx.AddKnowledge(ctx, add)
		if err != nil {
			return err
		}
		item, err = knowledgeDetail(ctx, tx, saved.DocumentID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.UploadKnowledge201JSONResponse{Item: item, Id: item.Id}, nil
}

// uploadOf reads the form that asForm wrote and the description let through.
func uploadOf(form *multipart.Reader) (add db.AddKnowledgeParams, err error) {
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return add, nil
		}
		if err != nil {
			return add, fmt.Errorf("read the form: %w", err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return add, fmt.Errorf("read the form: %w", err)
		}
		switch part.FormName() {
		case "file":
			add.Filename, add.Content = part.FileName(), content
		case "category":
			add.Category = new(string(content))
		case "active":
			add.Active = new(string(content) == "true")
		}
	}
}
