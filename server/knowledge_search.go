package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// defaultPassages is how many passages a search gives when nobody says.
const defaultPassages = 5

// SearchKnowledge shows what a caller with this question would be answered from. The model is asked between two transactions.
func (h handlers) SearchKnowledge(ctx context.Context, req api.SearchKnowledgeRequestObject) (api.SearchKnowledgeResponseObject, error) {
	search := db.MatchKnowledgeParams{
		Question: req.Body.Query, MinScore: req.Body.Threshold, AtMost: int32(valueOr(req.Body.Limit, defaultPassages)), //nolint:gosec // bounded by openapi.yaml
	}
	var model string
	err := h.asMember(repeatable(ctx), func(tx db.Tx, _ db.Organization) (err error) {
		model, err = tx.KnowledgeModel(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	search.Model, search.Embedding = &model, h.questions.Vector(ctx, model, req.Body.Query)
	found := api.SearchKnowledge200JSONResponse{Query: req.Body.Query, By: api.Words}
	if search.Embedding != nil {
		found.By = api.VectorsAndWords
	}
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		matches, err := tx.MatchKnowledge(ctx, search)
		found.Results, found.Count = each(matches, passageOf), len(matches)
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

func passageOf(m db.KnowledgeMatch) api.KnowledgePassage {
	return api.KnowledgePassage{
		Id: m.ChunkID, DocumentId: m.DocumentID, Source: m.Filename, Category: api.KnowledgeCategory(m.Category), Page: wholeNumber(m.Page),
		Headings: m.Headings, Content: m.Body, Score: m.Score, Similarity: m.Similarity,
	}
}

// ListKnowledgeChunks shows the pieces of a document. Error: not_found.
func (h handlers) ListKnowledgeChunks(ctx context.Context, req api.ListKnowledgeChunksRequestObject) (api.ListKnowledgeChunksResponseObject, error) {
	var list api.ListKnowledgeChunks200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, at, err := listed(pageOf(req.Params.Page, req.Params.Limit), func(number, limit int32) ([]db.KnowledgeChunkListed, error) {
			return tx.ListKnowledgeChunks(ctx, req.Id, number, limit)
		})
		list.Chunks, list.Pagination = each(rows, chunkOf), at
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func chunkOf(row db.KnowledgeChunkListed) api.KnowledgeChunk {
	return api.KnowledgeChunk{
		Id: row.ID, Position: int(row.Position), Page: wholeNumber(row.Page), Headings: row.Headings, Content: row.Body,
		Tokens: int(row.Tokens), Models: row.Models,
	}
}

// ListKnowledgeGaps shows what callers asked in vain.
func (h handlers) ListKnowledgeGaps(ctx context.Context, req api.ListKnowledgeGapsRequestObject) (api.ListKnowledgeGapsResponseObject, error) {
	var list api.ListKnowledgeGaps200JSONResponse
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		rows, at, err := listed(pageOf(req.Params.Page, req.Params.Limit), func(number, limit int32) ([]db.KnowledgeGapListed, error) {
			return tx.ListKnowledgeGaps(ctx, number, limit, value(req.Params.Resolved))
		})
		list.Gaps, list.Pagination = each(rows, gapOf), at
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func gapOf(row db.KnowledgeGapListed) api.KnowledgeGap {
	return api.KnowledgeGap{
		Id: row.ID, Question: row.Question, TimesAsked: int(row.TimesAsked), BestScore: row.BestScore, LastCallId: row.LastCallID,
		FirstAskedAt: row.FirstAskedAt, LastAskedAt: row.LastAskedAt, ResolvedAt: row.ResolvedAt,
	}
}

// ResolveKnowledgeGap puts a question aside. Errors: not_found, forbidden.
func (h handlers) ResolveKnowledgeGap(ctx context.Context, req api.ResolveKnowledgeGapRequestObject) (api.ResolveKnowledgeGapResponseObject, error) {
	if err := h.remove(ctx, req.Id, db.Tx.ResolveKnowledgeGap); err != nil {
		return nil, err
	}
	return api.ResolveKnowledgeGap200JSONResponse{Success: true}, nil
}
