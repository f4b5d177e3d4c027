package librarian

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/google/uuid"
	"github.com/pgvector/pgvector-go"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/embedding"
)

// embedSome makes the vectors of a batch of pieces that have none of e, of one version or, with nil, of all that answer. It
// returns how many. The service is asked between two transactions, and in none.
func (l *Librarian) embedSome(ctx context.Context, org uuid.UUID, version *uuid.UUID, e embedding.Embedder) (int, error) {
	var missing []db.KnowledgeText
	err := l.DB.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		missing, err = tx.KnowledgeToEmbed(ctx, version, e.Model(), batch)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("find pieces without a vector: %w", err)
	}
	if len(missing) == 0 {
		return 0, nil
	}
	texts := make([]string, len(missing))
	for i, piece := range missing {
		texts[i] = piece.Body
	}
	vectors, err := e.Embed(ctx, texts)
	if err != nil {
		return 0, fmt.Errorf("make vectors: %w", &embeddingError{err})
	}
	err = l.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		for i, piece := range missing {
			if err := tx.StoreKnowledgeVector(ctx, piece.ChunkID, e.Model(), pgvector.NewVector(vectors[i])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("keep vectors: %w", err)
	}
	return len(missing), nil
}

// Reembed gives the documents of every clinic vectors of the current model where they have none, and lets it answer when all of a
// clinic's have; until then the model before answers. A clinic that fails does not keep the others from theirs.
func (l *Librarian) Reembed(ctx context.Context) error {
	orgs, err := l.DB.Platform().OrgsWithKnowledge(ctx)
	if err != nil {
		return fmt.Errorf("list organizations: %w", err)
	}
	var failed error
	for _, org := range orgs {
		if ctx.Err() != nil {
			return errors.Join(failed, ctx.Err())
		}
		if err := l.reembed(ctx, org); err != nil {
			failed = errors.Join(failed, fmt.Errorf("organization %s: %w", org, err))
		}
	}
	return failed
}

// reembed does so for one clinic.
func (l *Librarian) reembed(ctx context.Context, org uuid.UUID) error {
	current := l.Models.Current()
	for {
		made, err := l.embedSome(ctx, org, nil, current)
		if err != nil {
			return err
		}
		if made > 0 {
			continue
		}
		done, err := l.switchModel(ctx, org, current.Model())
		if done || err != nil {
			return err
		}
		// A version became ready meanwhile, without vectors of this model.
	}
}

// switchModel lets the model answer; false: a piece has no vector of it.
func (l *Librarian) switchModel(ctx context.Context, org uuid.UUID, model string) (done bool, err error) {
	var before string
	err = l.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		if before, err = tx.KnowledgeModel(ctx); err != nil || before == model {
			done = true
			return err
		}
		done, err = tx.SwitchKnowledgeModel(ctx, model)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("let the model answer: %w", err)
	}
	if done && before != model {
		l.Log.InfoContext(ctx, "another model answers", slog.String("org_id", org.String()), slog.String("model", model))
	}
	return done, nil
}
