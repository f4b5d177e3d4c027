package server

import (
	"context"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// templateLanguage is that of a template whose writer named none.
const templateLanguage = "en"

// ListTemplates shows the organization's own wordings, by kind, language and name.
func (h handlers) ListTemplates(ctx context.Context, _ api.ListTemplatesRequestObject) (api.ListTemplatesResponseObject, error) {
	list := api.ListTemplates200JSONResponse{Templates: []api.Template{}}
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		rows, err := tx.ListTemplates(ctx, org.ID)
		for _, row := range rows {
			list.Templates = append(list.Templates, templateOf(row))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// CreateTemplate adds a wording. Errors: bad_request naming the fields of the kind, conflict when the name is taken or
// another one is active, forbidden.
func (h handlers) CreateTemplate(ctx context.Context, req api.CreateTemplateRequestObject) (api.CreateTemplateResponseObject, error) {
	saved, err := h.saveTemplate(ctx, nil, *req.Body)
	if err != nil {
		return nil, err
	}
	return api.CreateTemplate201JSONResponse(saved), nil
}

// UpdateTemplate replaces a wording. Errors: as CreateTemplate, and not_found.
func (h handlers) UpdateTemplate(ctx context.Context, req api.UpdateTemplateRequestObject) (api.UpdateTemplateResponseObject, error) {
	saved, err := h.saveTemplate(ctx, &req.Id, *req.Body)
	if err != nil {
		return nil, err
	}
	return api.UpdateTemplate200JSONResponse(saved), nil
}

func (h handlers) saveTemplate(ctx context.Context, id *uuid.UUID, wish api.TemplateWish) (saved api.Template, err error) {
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		row, err := tx.SaveTemplate(ctx, db.SaveTemplateParams{
			TemplateID: id, Kind: string(wish.Kind), Name: wish.Name, Language: valueOr(wish.Language, templateLanguage),
			Body: wish.Body, Subject: wish.Subject, Active: valueOr(wish.Active, true),
		})
		saved = templateOf(row)
		return err
	})
	return saved, err
}

// DeleteTemplate removes a wording. Errors: not_found, conflict while a campaign uses it, forbidden.
func (h handlers) DeleteTemplate(ctx context.Context, req api.DeleteTemplateRequestObject) (api.DeleteTemplateResponseObject, error) {
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		deleted, err := tx.DeleteTemplate(ctx, req.Id)
		if err == nil && !deleted {
			err = NewError(CodeNotFound, sentenceNotFound, nil)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.DeleteTemplate200JSONResponse{Success: true}, nil
}

// PreviewTemplate shows a wording with example values. Errors: bad_request naming the fields of the kind.
func (h handlers) PreviewTemplate(ctx context.Context, req api.PreviewTemplateRequestObject) (api.PreviewTemplateResponseObject, error) {
	var text string
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		text, err = tx.PreviewTemplate(ctx, string(req.Body.Kind), valueOr(req.Body.Language, templateLanguage), req.Body.Body)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.PreviewTemplate200JSONResponse{Text: text}, nil
}

func templateOf(row db.MessageTemplate) api.Template {
	return api.Template{
		Id: row.ID, Kind: api.TemplateKind(row.Kind), Name: row.Name, Language: row.Language, Subject: row.Subject,
		Body: row.Body, Active: row.Active, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
	}
}
