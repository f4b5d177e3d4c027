package server

import (
	"context"
	"time"

	"github.com/pgvector/pgvector-go"

	"github.com/voxanne-ai/voxanne/providers/embedding"
)

// questionTime is how long the vector of a question may take: a caller waits for it in silence. Words alone find most of it.
const questionTime = time.Second

// Questions makes vectors of questions. A nil one makes none.
type Questions struct{ models *embedding.Models }

// NewQuestions makes them with the models of this process.
func NewQuestions(models *embedding.Models) *Questions { return &Questions{models} }

// AskAService tells whether [Questions.Vector] asks a service for the named model's vectors. Where it does, no transaction may be open
// meanwhile.
func (q *Questions) AskAService(model string) bool {
	if q == nil {
		return false
	}
	e := q.models.Named(model)
	return e != nil && !embedding.IsOffline(e)
}

// Vector returns the question's vector by the named model within a second, or nil: when this process has no such model, and when its
// service is slow or in trouble, which is logged without a word of the question.
func (q *Questions) Vector(ctx context.Context, model, question string) *pgvector.Vector {
	if q == nil {
		return nil
	}
	e := q.models.Named(model)
	if e == nil {
		return nil
	}
	asking, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	vectors, err := e.Embed(asking, []string{question})
	if err != nil {
		Log(ctx).Warn("a question has no vector: documents are searched by words alone")
		return nil
	}
	return new(pgvector.NewVector(vectors[0]))
}
