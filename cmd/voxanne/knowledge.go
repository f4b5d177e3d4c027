package main

import (
	"context"
	"fmt"
	"os"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/librarian"
	"github.com/voxanne-ai/voxanne/jobs/reader"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/server"
)

// readDocument is the command by which this program starts itself to read one document apart from everything else. It is for
// nobody to type, and stands in no list.
const readDocument = "read-document"

func runReadDocument(ctx context.Context, p process) error {
	return reader.Serve(ctx, p.in, p.out)
}

// newReader reads documents in processes of this program, which get nothing of its environment.
func newReader() (*reader.Child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, to read documents with: %w", err)
	}
	return &reader.Child{Program: program, Args: []string{readDocument}}, nil
}

// newModels returns what makes vectors. Without a service words are compared, which needs nothing; and vectors made so still
// answer after a service was configured, until it has made its own.
func newModels(cfg server.Config) (*embedding.Models, error) {
	lexical := embedding.NewLexical()
	if cfg.EmbeddingBaseURL == "" {
		return embedding.NewModels(lexical), nil
	}
	current, err := newEmbedder(cfg, cfg.EmbeddingModel, cfg.EmbeddingLength)
	if err != nil {
		return nil, err
	}
	if cfg.EmbeddingPreviousModel == "" {
		return embedding.NewModels(current, lexical), nil
	}
	previous, err := newEmbedder(cfg, cfg.EmbeddingPreviousModel, cfg.EmbeddingPreviousLength)
	if err != nil {
		return nil, err
	}
	return embedding.NewModels(current, previous, lexical), nil
}

func newEmbedder(cfg server.Config, model string, dimensions int) (embedding.Embedder, error) {
	made, err := embedding.NewOpenAI(embedding.Options{
		BaseURL: cfg.EmbeddingBaseURL, APIKey: string(cfg.EmbeddingKey), Model: model, Dimensions: dimensions,
	})
	if err != nil {
		return nil, fmt.Errorf("reach the embedding service: %w", err)
	}
	return made, nil
}

// newKnowledge returns what the server itself does with documents: it makes vectors of questions, and looks at files before they are taken.
func newKnowledge(cfg server.Config) (*server.Questions, *server.Uploads, error) {
	models, err := newModels(cfg)
	if err != nil {
		return nil, nil, err
	}
	documents, err := newReader()
	if err != nil {
		return nil, nil, err
	}
	return server.NewQuestions(models), server.NewUploads(documents), nil
}

// newLibrarian puts together what makes clinics' documents ready.
func newLibrarian(cfg server.Config, opened *db.DB, to observed) (*librarian.Librarian, error) {
	documents, err := newReader()
	if err != nil {
		return nil, err
	}
	models, err := newModels(cfg)
	if err != nil {
		return nil, err
	}
	return librarian.New(librarian.Options{DB: opened, Reader: documents, Models: models, Log: to.log})
}
