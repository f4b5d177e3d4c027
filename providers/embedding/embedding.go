// Package embedding turns texts into vectors: with any service that speaks OpenAI's interface (OpenAI, Ollama, vLLM, Text
// Embeddings Inference), or offline with [Lexical], which compares words and not meanings.
package embedding

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Embedder makes vectors. Vectors of different models cannot be compared: Model is stored beside each.
type Embedder interface {
	// Model is the name that is stored with each vector.
	Model() string
	// Dimensions of every vector.
	Dimensions() int
	// Embed returns one vector for each text, in their order, or an error and none. No vector is all noughts.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Errors without details. Test with errors.Is.
var (
	// ErrUnauthorized: the key was refused.
	ErrUnauthorized = errors.New("embedding: the credentials were refused")
	// ErrEmptyText: a text is empty, or nothing but white space. Nothing was asked.
	ErrEmptyText = errors.New("embedding: a text is empty")
)

// RefusedError: the service does not take the request and will not take it again: an unknown model, a text that is too long.
type RefusedError struct{ Status int }

func (e *RefusedError) Error() string {
	return fmt.Sprintf("embedding: refused with status %d", e.Status)
}

// DimensionsError: the model's vectors are not as long as was configured.
type DimensionsError struct{ Want, Got int }

func (e *DimensionsError) Error() string {
	return fmt.Sprintf("embedding: vectors have %d dimensions, %d are configured", e.Got, e.Want)
}

// RateLimitedError: the service asks for a pause longer than a call should wait. RetryAfter is 0 when it did not say how long.
type RateLimitedError struct{ RetryAfter time.Duration }

func (e *RateLimitedError) Error() string {
	return fmt.Sprintf("embedding: too many requests, again after %s", e.RetryAfter)
}

// UnavailableError: the service cannot be reached, fails, or answers what cannot be understood. Status is 0 without an answer. A
// cancelled or expired context is found in it with errors.Is.
type UnavailableError struct {
	Status int
	reason string
	cause  error
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("embedding: unavailable: %s, status %d", e.reason, e.Status)
}

func (e *UnavailableError) Unwrap() error { return e.cause }
