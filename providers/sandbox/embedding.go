package sandbox

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Limits of OpenAI's embeddings (OpenAI: create embeddings). Tokens are taken for four bytes each.
const (
	maxEmbeddingBody   = 16 << 20
	maxEmbeddingTexts  = 2048
	maxEmbeddingTokens = 8192
	maxRequestTokens   = 300_000
)

// Embedding plays a service that speaks OpenAI's interface: POST /v1/embeddings. Its vectors are always the same for the same text,
// and texts that share words are near each other. It is an http.Handler, safe for concurrent use.
type Embedding struct {
	key      string
	failures failures

	mu     sync.Mutex
	models map[string]int // dimensions of their own
	texts  []string
	most   int
}

// NewEmbedding plays the account that key opens; with an empty one it asks for none, as services of one's own do. It knows
// text-embedding-3-small and text-embedding-3-large until [Embedding.AddModel] adds others.
func NewEmbedding(key string) *Embedding {
	return &Embedding{key: key, most: maxEmbeddingTexts,
		models: map[string]int{"text-embedding-3-small": 1536, "text-embedding-3-large": 3072}}
}

// AddModel makes a model known by the length of its vectors.
func (s *Embedding) AddModel(model string, dimensions int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.models[model] = dimensions
}

// TakeAtMost sets how many texts a request may hold, 32 for Text Embeddings Inference.
func (s *Embedding) TakeAtMost(texts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.most = texts
}

// Fail makes the next requests fail, one failure each, in order; the ones after them are served.
func (s *Embedding) Fail(f ...Failure) { s.failures.order(f) }

// Heal takes back the failures that no request met.
func (s *Embedding) Heal() { s.failures.forget() }

// Requests returns how many requests came so far, refused and failed ones included.
func (s *Embedding) Requests() int { return s.failures.count() }

// Texts returns what was embedded, oldest first; at most the last 10,000 are kept.
func (s *Embedding) Texts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.texts)
}

// ServeHTTP fails if told to, and serves.
func (s *Embedding) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	failure := s.failures.next()
	if _, whole := readBody(w, r, maxEmbeddingBody); !whole {
		refuseEmbedding(w, http.StatusRequestEntityTooLarge, "The request is too large.")
		return
	}
	failure.play(w, r, s.serve, func(w http.ResponseWriter, status int) {
		refuseEmbedding(w, status, http.StatusText(status))
	})
}

// embeddingBody is what POST /v1/embeddings takes of what we use. Unknown fields are refused, to catch misspelt ones.
type embeddingBody struct {
	Model      string   `json:"model"`
	Input      []string `json:"input"`
	Format     string   `json:"encoding_format"`
	Dimensions *int     `json:"dimensions"`
}

func (s *Embedding) serve(w http.ResponseWriter, r *http.Request) {
	payload, _ := readBody(w, r, maxEmbeddingBody)
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.URL.Path != "/v1/embeddings" || r.Method != http.MethodPost:
		refuseEmbedding(w, http.StatusNotFound, "Invalid URL ("+r.Method+" "+r.URL.Path+")")
		return
	case s.key != "" && subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+s.key)) != 1:
		refuseEmbedding(w, http.StatusUnauthorized, "Incorrect API key provided.")
		return
	case err != nil || media != "application/json":
		refuseEmbedding(w, http.StatusBadRequest, "The request must be JSON.")
		return
	}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	var body embeddingBody
	if err := d.Decode(&body); err != nil {
		refuseEmbedding(w, http.StatusBadRequest, "We could not parse the JSON body of your request.")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	dimensions, status, message := s.check(body)
	if status != 0 {
		refuseEmbedding(w, status, message)
		return
	}
	s.answer(w, body, dimensions)
}

// check returns the length of the vectors, or a status other than 0 and what is wrong. The lock is held.
func (s *Embedding) check(body embeddingBody) (dimensions, status int, message string) {
	dimensions, known := s.models[body.Model]
	switch {
	case !known:
		return 0, http.StatusNotFound, fmt.Sprintf("The model `%s` does not exist or you do not have access to it.", body.Model)
	case body.Format != "" && body.Format != "float":
		return 0, http.StatusBadRequest, "encoding_format must be float here."
	case len(body.Input) == 0 || len(body.Input) > s.most:
		return 0, http.StatusBadRequest, fmt.Sprintf("'$.input' must hold between 1 and %d texts.", s.most)
	}
	if body.Dimensions != nil {
		if !strings.HasPrefix(body.Model, "text-embedding-3-") {
			return 0, http.StatusBadRequest, "This model does not support specifying dimensions."
		}
		if *body.Dimensions < 1 || *body.Dimensions > dimensions {
			return 0, http.StatusBadRequest, "Invalid value for 'dimensions'."
		}
		dimensions = *body.Dimensions
	}
	total := 0
	for i, text := range body.Input {
		tokens := (len(text) + 3) / 4
		if total += tokens; text == "" || tokens > maxEmbeddingTokens {
			return 0, http.StatusBadRequest, fmt.Sprintf("'$.input[%d]' is empty or longer than %d tokens.", i, maxEmbeddingTokens)
		}
	}
	if total > maxRequestTokens {
		return 0, http.StatusBadRequest, fmt.Sprintf("Requested %d tokens, max %d tokens per request", total, maxRequestTokens)
	}
	return dimensions, 0, ""
}

// answer sends the vectors, the last first: only their index says which is whose. The lock is held.
func (s *Embedding) answer(w http.ResponseWriter, body embeddingBody, dimensions int) {
	data := []any{}
	for i, text := range slices.Backward(body.Input) {
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": playedVector(text, dimensions)})
	}
	s.texts = append(s.texts, body.Input...)
	s.texts = s.texts[max(0, len(s.texts)-maxKept):]
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{ // a client that has gone away is not our trouble
		"object": "list", "data": data, "model": body.Model, "usage": map[string]any{"prompt_tokens": 1, "total_tokens": 1}})
}

// playedVector adds up a direction for every word, and has length 1.
func playedVector(text string, dimensions int) []float32 {
	vector := make([]float32, dimensions)
	for _, word := range append(strings.Fields(strings.ToLower(text)), "\x00") {
		hash := fnv.New64a()
		_, _ = hash.Write([]byte(word)) // never fails
		state := hash.Sum64()
		for range 8 {
			state = state*6364136223846793005 + 1442695040888963407
			vector[(state>>33)%uint64(dimensions)] += 1 - 2*float32(state>>63)
		}
	}
	square := 0.0
	for _, x := range vector {
		square += float64(x) * float64(x)
	}
	if square == 0 {
		vector[0], square = 1, 1
	}
	for i := range vector {
		vector[i] /= float32(math.Sqrt(square))
	}
	return vector
}

// refuseEmbedding writes OpenAI's error body.
func refuseEmbedding(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{ // a client that has gone away is not our trouble
		"message": message, "type": "invalid_request_error", "param": nil, "code": nil}})
}
