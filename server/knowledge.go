package server

import (
	"context"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/reader"
	"github.com/voxanne-ai/voxanne/server/api"
)

// maxKnowledgeText is how long a text may be, in bytes; longer ones are uploaded as files.
const maxKnowledgeText = 300_000

const sentenceTextTooLong = "File too large. Max 300000 bytes."

// ListKnowledge shows a page of the documents, the newest first.
func (h handlers) ListKnowledge(ctx context.Context, req api.ListKnowledgeRequestObject) (api.ListKnowledgeResponseObject, error) {
	var list api.ListKnowledge200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, at, err := listed(pageOf(req.Params.Page, req.Params.Limit), func(number, limit int32) ([]db.KnowledgeListed, error) {
			return tx.ListKnowledge(ctx, number, limit)
		})
		list.Items, list.Pagination = each(rows, knowledgeOf), at
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// CreateKnowledge adds a text. Errors: bad_request for a text that is none, conflict when there are too many, forbidden.
func (h handlers) CreateKnowledge(ctx context.Context, req api.CreateKnowledgeRequestObject) (api.CreateKnowledgeResponseObject, error) {
	kind, err := kindOfText(req.Body.Filename, req.Body.Content)
	if err != nil {
		return nil, err
	}
	var item api.KnowledgeDetail
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		saved, err := tx.AddKnowledge(ctx, db.AddKnowledgeParams{
			Filename: req.Body.Filename, Category: categoryOf(req.Body.Category), Active: req.Body.Active,
			Kind: kind, Content: []byte(req.Body.Content)})
		if err != nil {
			return err
		}
		item, err = knowledgeDetail(ctx, tx, saved.DocumentID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.CreateKnowledge201JSONResponse{Item: item, Id: item.Id}, nil
}

// GetKnowledge shows a document with its text. Error: not_found.
func (h handlers) GetKnowledge(ctx context.Context, req api.GetKnowledgeRequestObject) (api.GetKnowledgeResponseObject, error) {
	var item api.KnowledgeDetail
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		item, err = knowledgeDetail(ctx, tx, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.GetKnowledge200JSONResponse{Item: item}, nil
}

// UpdateKnowledge changes a document; another text is a new version. Errors: as CreateKnowledge, and not_found.
func (h handlers) UpdateKnowledge(ctx context.Context, req api.UpdateKnowledgeRequestObject) (api.UpdateKnowledgeResponseObject, error) {
	var item api.KnowledgeDetail
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		change, err := knowledgeChange(ctx, tx, req.Id, *req.Body)
		if err != nil {
			return err
		}
		if _, err := tx.ChangeKnowledge(ctx, change); err != nil {
			return err
		}
		item, err = knowledgeDetail(ctx, tx, req.Id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.UpdateKnowledge200JSONResponse{Item: item}, nil
}

// knowledgeChange is a change as the database takes it. What a new text is, its name says: the new one, or the one it has.
func knowledgeChange(ctx context.Context, tx db.Tx, id uuid.UUID, wish api.KnowledgeChange) (change db.ChangeKnowledgeParams, err error) {
	fields := map[string]any{}
	if wish.Filename != nil {
		fields["filename"] = *wish.Filename
	}
	if wish.Category != nil {
		fields["category"] = *wish.Category
	}
	if wish.Active != nil {
		fields["active"] = *wish.Active
	}
	change.DocumentID = id
	if change.Fields, err = json.Marshal(fields); err != nil || wish.Content == nil {
		return change, err
	}
	name := value(wish.Filename)
	if name == "" {
		row, err := readKnowledge(ctx, tx, id)
		if err != nil {
			return change, err
		}
		name = row.Filename
	}
	kind, err := kindOfText(name, *wish.Content)
	change.Kind, change.Content = &kind, []byte(*wish.Content)
	return change, err
}

// DeleteKnowledge takes a document away. Errors: not_found, forbidden.
func (h handlers) DeleteKnowledge(ctx context.Context, req api.DeleteKnowledgeRequestObject) (api.DeleteKnowledgeResponseObject, error) {
	if err := h.remove(ctx, req.Id, db.Tx.DeleteKnowledge); err != nil {
		return nil, err
	}
	return api.DeleteKnowledge200JSONResponse{Success: true}, nil
}

// kindOfText tells what a text is. Error: bad_request with the sentence that says what to do.
func kindOfText(name, content string) (string, error) {
	if len(content) > maxKnowledgeText {
		return "", NewError(CodeBadRequest, sentenceTextTooLong, nil)
	}
	kind, err := reader.Sniff(name, []byte(content[:min(len(content), reader.HeadBytes)]))
	if code, refused := reader.Refused(err); refused {
		return "", NewError(CodeBadRequest, code.Sentence(), nil)
	}
	if err == nil && (kind == reader.PDF || kind == reader.DOCX) {
		return "", NewError(CodeBadRequest, reader.Unsupported.Sentence(), nil)
	}
	return string(kind), err
}

func readKnowledge(ctx context.Context, tx db.Tx, id uuid.UUID) (db.KnowledgeListed, error) {
	row, err := tx.ReadKnowledge(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return row, NewError(CodeNotFound, sentenceNotFound, nil)
	}
	return row, err
}

func knowledgeDetail(ctx context.Context, tx db.Tx, id uuid.UUID) (api.KnowledgeDetail, error) {
	row, err := readKnowledge(ctx, tx, id)
	if err != nil {
		return api.KnowledgeDetail{}, err
	}
	content, err := tx.KnowledgeContent(ctx, id)
	if err != nil {
		return api.KnowledgeDetail{}, err
	}
	d := knowledgeOf(row)
	detail := api.KnowledgeDetail{
		Id: d.Id, Filename: d.Filename, Category: d.Category, Active: d.Active, Version: d.Version, LatestVersion: d.LatestVersion,
		Kind: api.KnowledgeDetailKind(d.Kind), SizeBytes: d.SizeBytes, State: api.KnowledgeDetailState(d.State), Error: d.Error, Reason: d.Reason,
		ChunksTotal: d.ChunksTotal, ChunksDone: d.ChunksDone, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
	if kind := reader.Kind(row.Kind); kind != reader.PDF && kind != reader.DOCX && utf8.Valid(content) {
		detail.Content = new(string(content))
	}
	return detail, nil
}

func knowledgeOf(row db.KnowledgeListed) api.KnowledgeDocument {
	return api.KnowledgeDocument{
		Id: row.ID, Filename: row.Filename, Category: api.KnowledgeCategory(row.Category), Active: row.Active,
		Version: wholeNumber(row.Version), LatestVersion: int(row.LatestVersion),
		Kind: api.KnowledgeDocumentKind(row.Kind), SizeBytes: row.SizeBytes, State: api.KnowledgeDocumentState(row.State),
		Error: row.Error, Reason: knowledgeReason(row.Error),
		ChunksTotal: wholeNumber(row.ChunksTotal), ChunksDone: int(row.ChunksDone), CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
}

// knowledgeReason is what staff read of a document that failed.
func knowledgeReason(code *string) *string {
	switch value(code) {
	case "":
		return nil
	case "embedding":
		return new("The document was read, but could not be made searchable. Upload it again later.")
	case "trouble":
		return new("Something went wrong on our side. Upload it again later.")
	default:
		return new(reader.Code(*code).Sentence())
	}
}

func categoryOf(category *api.KnowledgeCategory) *string {
	if category == nil {
		return nil
	}
	return new(string(*category))
}

func wholeNumber(n *int32) *int {
	if n == nil {
		return nil
	}
	return new(int(*n))
}
