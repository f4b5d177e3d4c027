package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// maxAnswer is the most we read of an answer that is no file, in bytes.
const maxAnswer = 64 << 10

// SupabaseOptions say which bucket of which project. All are required but HTTP.
type SupabaseOptions struct {
	URL        string // the project's, as in https://<project>.supabase.co
	ServiceKey string // its service role key, or one of its secret keys
	Bucket     string // must exist and be private
	HTTP       *http.Client
}

// Supabase keeps files in a bucket of Supabase Storage, through its REST interface.
type Supabase struct {
	base   string // …/storage/v1
	key    string
	bucket string
	http   *http.Client
}

// NewSupabase checks the options; it sends nothing.
func NewSupabase(o SupabaseOptions) (*Supabase, error) {
	base, err := exchange.BaseURL(o.URL, "")
	if err != nil {
		return nil, errors.New("the Supabase URL is not a plain http(s) address")
	}
	if o.ServiceKey == "" || o.Bucket == "" {
		return nil, errors.New("Supabase Storage needs the service role key and a bucket") //nolint:staticcheck // a name
	}
	return &Supabase{base: base + "/storage/v1", key: o.ServiceKey, bucket: url.PathEscape(o.Bucket), http: exchange.TracedClient(o.HTTP, "supabase storage")}, nil
}

// Name is supabase.
func (s *Supabase) Name() string { return "supabase" }

// Put uploads in one request (Supabase: POST /object/{bucket}/{path}, x-upsert).
func (s *Supabase) Put(ctx context.Context, key string, body io.Reader, size int64, contentType string) error {
	req, err := s.request(ctx, http.MethodPost, "/object/", key, io.NopCloser(&exactly{from: body, left: size}))
	if err != nil {
		return err
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("X-Upsert", "true")
	_, err = s.ask(req)
	return err
}

// Get downloads (Supabase: GET /object/authenticated/{bucket}/{path}); the answer is not read here.
func (s *Supabase) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if length == 0 { // no Range says so
		_, err := s.Stat(ctx, key)
		return http.NoBody, err
	}
	req, err := s.request(ctx, http.MethodGet, "/object/authenticated/", key, nil)
	if err != nil {
		return nil, err
	}
	switch {
	case length > 0:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", offset, offset+length-1))
	case offset > 0:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, &UnavailableError{cause: contextError(ctx, err)}
	}
	if resp.StatusCode == http.StatusOK && req.Header.Get("Range") != "" {
		_ = resp.Body.Close()
		return nil, &UnavailableError{Status: resp.StatusCode} // the whole file is not what was asked for
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent {
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // what came must do
		return nil, s.errorOf(resp.StatusCode, body)
	}
	return resp.Body, nil
}

// Stat is one HEAD. Its answer has no body, so that an older server's 400 for a missing file must be believed.
func (s *Supabase) Stat(ctx context.Context, key string) (int64, error) {
	req, err := s.request(ctx, http.MethodHead, "/object/authenticated/", key, nil)
	if err != nil {
		return 0, err
	}
	answer, err := exchange.Do(s.http, req, maxAnswer)
	switch {
	case err != nil:
		return 0, &UnavailableError{cause: contextError(ctx, err)}
	case answer.Status == http.StatusBadRequest:
		return 0, ErrNotFound
	case answer.Status != http.StatusOK:
		return 0, errorOf(answer.Status)
	}
	size, err := strconv.ParseInt(answer.Header.Get("Content-Length"), 10, 64)
	if err != nil {
		return 0, &UnavailableError{Status: answer.Status}
	}
	return size, nil
}

// Delete removes the file (Supabase: DELETE /object/{bucket}/{path}).
func (s *Supabase) Delete(ctx context.Context, key string) error {
	req, err := s.request(ctx, http.MethodDelete, "/object/", key, nil)
	if err != nil {
		return err
	}
	if _, err = s.ask(req); errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// SignedURL asks for one (Supabase: POST /object/sign/{bucket}/{path}). ErrNotFound for a file that is not there.
func (s *Supabase) SignedURL(ctx context.Context, key string, ttl time.Duration) (string, error) {
	wish, err := json.Marshal(map[string]int{"expiresIn": int(ttl / time.Second)})
	if err != nil {
		return "", fmt.Errorf("encode the wish for an address: %w", err)
	}
	req, err := s.request(ctx, http.MethodPost, "/object/sign/", key, bytes.NewReader(wish))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	body, err := s.ask(req)
	if err != nil {
		return "", err
	}
	var answer struct {
		SignedURL string `json:"signedURL"`
	}
	if json.Unmarshal(body, &answer) != nil || !strings.HasPrefix(answer.SignedURL, "/object/sign/") {
		return "", &UnavailableError{Status: http.StatusOK}
	}
	return s.base + answer.SignedURL, nil
}

func (s *Supabase) request(ctx context.Context, method, path, key string, body io.Reader) (*http.Request, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, s.base+path+s.bucket+"/"+key, body)
	if err != nil {
		return nil, errors.New("make the request to Supabase Storage") // its text quotes the address
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Apikey", s.key)
	return req, nil
}

// ask sends a request whose answer is small.
func (s *Supabase) ask(req *http.Request) ([]byte, error) {
	answer, err := exchange.Do(s.http, req, maxAnswer)
	if err != nil {
		return nil, &UnavailableError{cause: contextError(req.Context(), err)}
	}
	return answer.Body, s.errorOf(answer.Status, answer.Body)
}

// errorOf maps an answer. Older servers give most errors status 400 and say in the body which one they mean. A bucket that
// is not there is a mistake of the configuration, not a missing file.
func (s *Supabase) errorOf(status int, body []byte) error {
	if status == http.StatusBadRequest || status == http.StatusNotFound {
		var said struct {
			StatusCode string `json:"statusCode"`
			Error      string `json:"error"`
			Code       string `json:"code"`
		}
		_ = json.Unmarshal(body, &said) // no JSON says nothing
		if said.Error == "Bucket not found" || said.Code == "NoSuchBucket" {
			return ErrUnauthorized
		}
		if meant, err := strconv.Atoi(said.StatusCode); err == nil {
			status = meant
		}
	}
	return errorOf(status)
}
