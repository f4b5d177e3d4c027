package server

import (
	"bytes"
	"context"
	"encoding/json"
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
	add, err := h.uploaded(ctx, req.Body)
	if err != nil {
		return nil, err
	}
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

// UploadKnowledgeVersion gives a document another file. Errors: as UploadKnowledge, and not_found.
func (h handlers) UploadKnowledgeVersion(ctx context.Context, req api.UploadKnowledgeVersionRequestObject) (api.UploadKnowledgeVersionResponseObject, error) {
	file, err := h.uploaded(ctx, req.Body)
	if err != nil {
		return nil, err
	}
	change := db.ChangeKnowledgeParams{DocumentID: req.Id, Kind: &file.Kind, Content: file.Content}
	if change.Fields, err = fieldsOf(file); err != nil {
		return nil, err
	}
	var item api.KnowledgeDetail
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		if _, err := tx.ChangeKnowledge(ctx, change); err != nil {
			return err
		}
		item, err = knowledgeDetail(ctx, tx, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.UploadKnowledgeVersion200JSONResponse{Item: item}, nil
}

// fieldsOf is what a form changes of a document beside its file.
func fieldsOf(file db.AddKnowledgeParams) (json.RawMessage, error) {
	fields := map[string]any{}
	if file.Category != nil {
		fields["category"] = *file.Category
	}
	if file.Active != nil {
		fields["active"] = *file.Active
	}
	return json.Marshal(fields)
}

// uploaded reads a form, tells what its file is, and looks at it. Errors: bad_request for a file that cannot be searched.
func (h handlers) uploaded(ctx context.Context, form *multipart.Reader) (db.AddKnowledgeParams, error) {
	file, err := uploadOf(form)
	if err != nil {
		return file, err
	}
	kind, err := reader.Sniff(file.Filename, file.Content[:min(len(file.Content), reader.HeadBytes)])
	if code, refused := reader.Refused(err); refused {
		return file, NewError(CodeBadRequest, code.Sentence(), nil)
	} else if err != nil {
		return file, err
	}
	file.Kind = string(kind)
	return file, h.uploads.refusal(ctx, kind, file.Content)
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
