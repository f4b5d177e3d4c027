package embedding

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// Defaults of [Options]. Text Embeddings Inference takes 32 texts at once unless told otherwise; all others take more.
const (
	DefaultTimeout    = 30 * time.Second
	DefaultBatchTexts = 32
	DefaultBatchBytes = 256 << 10
	DefaultPause      = 500 * time.Millisecond
)

// attempts at one batch, and the longest pause between two.
const (
	attempts     = 4
	longestPause = 20 * time.Second
)

// MaxDimensions is how long a vector that pgvector stores may be.
const MaxDimensions = 16000

// Options of an [OpenAI].
type Options struct {
	BaseURL    string // up to and without /embeddings, e.g. https://api.openai.com/v1 or http://localhost:11434/v1
	APIKey     string // empty: none is sent, as to services of one's own
	Model      string
	Dimensions int  // of the vectors; an answer with others is an error
	Shorten    bool // ask the model for that many; only some can (OpenAI: dimensions). False: they are its own

	HTTP       *http.Client  // nil: one of its own. Redirects are never followed
	Timeout    time.Duration // of one request, beside the context's; 0: [DefaultTimeout]
	BatchTexts int           // texts of one request; 0: [DefaultBatchTexts]
	BatchBytes int           // bytes of their texts, unless one alone is longer; 0: [DefaultBatchBytes]
	Pause      time.Duration // before the second attempt, doubled before each further; 0: [DefaultPause]
}

// OpenAI is an [Embedder] over HTTP. It is safe for concurrent use.
type OpenAI struct {
	options Options
	http    *http.Client
}

// NewOpenAI returns it; nothing is asked yet. Options that cannot work are an error that never holds the key.
func NewOpenAI(o Options) (*OpenAI, error) {
	base, err := exchange.BaseURL(o.BaseURL, "")
	if err != nil {
		return nil, fmt.Errorf("the embedding base URL: %w", err)
	}
	o.BaseURL = base
	switch {
	case o.Model == "":
		return nil, errors.New("the embedding model has no name")
	case o.Dimensions < 1 || o.Dimensions > MaxDimensions:
		return nil, fmt.Errorf("embedding dimensions of %d are not between 1 and %d", o.Dimensions, MaxDimensions)
	case o.Timeout < 0 || o.BatchTexts < 0 || o.BatchBytes < 0 || o.Pause < 0:
		return nil, errors.New("a limit of the embedding service is negative")
	case strings.ContainsFunc(o.APIKey, func(c rune) bool { return c < '!' || c > '~' }):
		return nil, errors.New("the embedding key holds characters that no header can carry")
	}
	o.Timeout, o.Pause = orDefault(o.Timeout, DefaultTimeout), orDefault(o.Pause, DefaultPause)
	o.BatchTexts, o.BatchBytes = orDefault(o.BatchTexts, DefaultBatchTexts), orDefault(o.BatchBytes, DefaultBatchBytes)
	return &OpenAI{options: o, http: exchange.TracedClient(o.HTTP, "embedding")}, nil
}

func orDefault[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// String hides the key from every format verb that asks for text.
func (e *OpenAI) String() string { return "[embedding " + e.options.Model + "]" }

// GoString hides it from %#v.
func (e *OpenAI) GoString() string { return e.String() }

// Model implements [Embedder].
func (e *OpenAI) Model() string { return e.options.Model }

// Dimensions implements [Embedder].
func (e *OpenAI) Dimensions() int { return e.options.Dimensions }

// Embed implements [Embedder] (OpenAI: create embeddings), in batches one after another. 429, 5xx and broken connections are tried
// again, after what Retry-After says; a pause of more than 20 s is the caller's to make.
//
// Errors: [ErrEmptyText], [ErrUnauthorized], [*RefusedError], [*DimensionsError], [*RateLimitedError], [*UnavailableError].
func (e *OpenAI) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	for _, text := range texts {
		if strings.TrimSpace(text) == "" {
			return nil, ErrEmptyText
		}
	}
	vectors := make([][]float32, 0, len(texts))
	for len(texts) > 0 {
		n := e.batch(texts)
		some, err := e.patiently(ctx, texts[:n])
		if err != nil {
			return nil, err
		}
		vectors, texts = append(vectors, some...), texts[n:]
	}
	return vectors, nil
}

// batch returns how many of the texts go into the next request.
func (e *OpenAI) batch(texts []string) int {
	size := 0
	for i, text := range texts {
		size += len(text)
		if i > 0 && size > e.options.BatchBytes || i == e.options.BatchTexts {
			return i
		}
	}
	return len(texts)
}

// patiently tries a batch several times.
func (e *OpenAI) patiently(ctx context.Context, texts []string) ([][]float32, error) {
	pause := e.options.Pause
	for attempt := 1; ; attempt++ {
		vectors, err := e.once(ctx, texts)
		var limited *RateLimitedError
		var unavailable *UnavailableError
		wait := pause
		switch {
		case err == nil:
			return vectors, nil
		case errors.As(err, &limited):
			wait = max(pause, limited.RetryAfter)
		case !errors.As(err, &unavailable):
			return nil, err
		}
		if attempt == attempts || wait > longestPause || ctx.Err() != nil {
			return nil, err
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
		pause *= 2
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &UnavailableError{reason: "given up", cause: ctx.Err()}
	}
}

// question is the body of POST /embeddings.
type question struct {
	Model      string   `json:"model"`
	Input      []string `json:"input"`
	Format     string   `json:"encoding_format"`
	Dimensions int      `json:"dimensions,omitempty"`
}

// once makes one request.
func (e *OpenAI) once(ctx context.Context, texts []string) ([][]float32, error) {
	q := question{Model: e.options.Model, Input: texts, Format: "float"}
	if e.options.Shorten {
		q.Dimensions = e.options.Dimensions
	}
	body, err := json.Marshal(q)
	if err != nil {
		return nil, &RefusedError{}
	}
	ctx, cancel := context.WithTimeout(ctx, e.options.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.options.BaseURL+"/embeddings", bytes.NewReader(body))
	if err != nil {
		return nil, &UnavailableError{reason: "the request cannot be made"}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if e.options.APIKey != "" {
		req.Header.Set("Authorization", "Bearer "+e.options.APIKey)
	}
	answer, err := exchange.Do(e.http, req, e.maxBody(len(texts)))
	switch {
	case err != nil:
		return nil, &UnavailableError{reason: err.Error(), cause: errors.Unwrap(err)}
	case answer.Status < 200 || answer.Status > 299:
		return nil, statusError(answer)
	case answer.Cut:
		return nil, &UnavailableError{Status: answer.Status, reason: "the answer is too long or broke off"}
	}
	return e.vectors(answer, len(texts))
}

// maxBody is room for thirty characters a number, and a megabyte for the rest.
func (e *OpenAI) maxBody(texts int) int64 {
	return 1<<20 + 30*int64(texts)*int64(max(e.options.Dimensions, 4096))
}

// statusError maps an answer that is no success. What the service says about it may quote the texts, and is not kept.
func statusError(a exchange.Answer) error {
	switch {
	case a.Status == http.StatusTooManyRequests:
		return &RateLimitedError{RetryAfter: exchange.RetryAfter(a.Header)}
	case a.Status >= http.StatusInternalServerError && exchange.RetryAfter(a.Header) > 0:
		return &RateLimitedError{RetryAfter: exchange.RetryAfter(a.Header)}
	case a.Status >= http.StatusInternalServerError, a.Status == http.StatusRequestTimeout:
		return &UnavailableError{Status: a.Status, reason: "a failure of its own"}
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden:
		return ErrUnauthorized
	}
	return &RefusedError{Status: a.Status}
}

// vectors reads the answer: every index once, in any order, every vector of the length that was configured.
func (e *OpenAI) vectors(a exchange.Answer, texts int) ([][]float32, error) {
	var list struct {
		Data []struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		} `json:"data"`
	}
	if json.Unmarshal(a.Body, &list) != nil || len(list.Data) != texts {
		return nil, &UnavailableError{Status: a.Status, reason: "the answer is not readable"}
	}
	vectors := make([][]float32, texts)
	for _, d := range list.Data {
		switch {
		case d.Index < 0 || d.Index >= texts || vectors[d.Index] != nil:
			return nil, &UnavailableError{Status: a.Status, reason: "the answer has wrong indexes"}
		case len(d.Embedding) != e.options.Dimensions:
			return nil, &DimensionsError{Want: e.options.Dimensions, Got: len(d.Embedding)}
		case isZero(d.Embedding):
			return nil, &UnavailableError{Status: a.Status, reason: "a vector is all noughts"}
		}
		vectors[d.Index] = d.Embedding
	}
	return vectors, nil
}

func isZero(vector []float32) bool {
	for _, x := range vector {
		if x != 0 {
			return false
		}
	}
	return true
}
