package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// SupabaseStorage plays the part of Supabase Storage's REST interface that keeps files: upload, download, delete and
// signing addresses in one private bucket. It is an http.Handler, safe for concurrent use.
type SupabaseStorage struct {
	key, bucket string
	failures    failures
	files       files
	routes      *http.ServeMux
}

// NewSupabaseStorage plays a project whose service key is key, with one private bucket.
func NewSupabaseStorage(key, bucket string) *SupabaseStorage {
	s := &SupabaseStorage{key: key, bucket: bucket, routes: http.NewServeMux()}
	const at = "/storage/v1/object"
	s.routes.HandleFunc("POST "+at+"/sign/{bucket}/{path...}", s.guarded(s.sign))
	s.routes.HandleFunc("GET "+at+"/sign/{bucket}/{path...}", s.download)
	s.routes.HandleFunc("GET "+at+"/authenticated/{bucket}/{path...}", s.guarded(s.read))
	s.routes.HandleFunc("POST "+at+"/{bucket}/{path...}", s.guarded(s.upload))
	s.routes.HandleFunc("DELETE "+at+"/{bucket}/{path...}", s.guarded(s.remove))
	s.routes.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuseSupabase(w, http.StatusNotFound, "not_found", "Route not found")
	})
	return s
}

// Keys are the names of all files, sorted.
func (s *SupabaseStorage) Keys() []string { return s.files.keys() }

// Fail makes the next requests fail, one failure each, in order; the ones after them are served.
func (s *SupabaseStorage) Fail(f ...Failure) { s.failures.order(f) }

// Requests returns how many requests came so far, refused and failed ones included.
func (s *SupabaseStorage) Requests() int { return s.failures.count() }

// ServeHTTP fails if told to, and serves.
func (s *SupabaseStorage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	failure := s.failures.next()
	if _, whole := readBody(w, r, maxFile); !whole {
		refuseSupabase(w, http.StatusRequestEntityTooLarge, "Payload too large", "The object exceeded the maximum allowed size")
		return
	}
	failure.play(w, r, s.routes.ServeHTTP, func(w http.ResponseWriter, status int) {
		refuseSupabase(w, status, "internal", http.StatusText(status))
	})
}

// guarded wants the service key and the bucket. Storage says most refusals with status 400 and the meant one in the body.
func (s *SupabaseStorage) guarded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case !bearer || subtle.ConstantTimeCompare([]byte(token), []byte(s.key)) != 1:
			refuseSupabase(w, http.StatusForbidden, "Unauthorized", "Invalid Compact JWS")
		case r.PathValue("bucket") != s.bucket:
			refuseSupabase(w, http.StatusNotFound, "Bucket not found", "Bucket not found")
		default:
			next(w, r)
		}
	}
}

func (s *SupabaseStorage) upload(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("Content-Type") == "" {
		refuseSupabase(w, http.StatusBadRequest, "invalid_request", "A content type is required")
		return
	}
	key := r.PathValue("path")
	if _, there := s.files.get(key); there && r.Header.Get("X-Upsert") != "true" {
		refuseSupabase(w, http.StatusConflict, "Duplicate", "The resource already exists")
		return
	}
	s.files.put(key, file{content: content, contentType: r.Header.Get("Content-Type"), at: time.Now()})
	answerSupabase(w, http.StatusOK, map[string]string{"Key": s.bucket + "/" + key, "Id": newUUID()})
}

func (s *SupabaseStorage) read(w http.ResponseWriter, r *http.Request) {
	stored, found := s.files.get(r.PathValue("path"))
	if !found {
		refuseSupabase(w, http.StatusNotFound, "not_found", "Object not found")
		return
	}
	stored.serve(w, r)
}

func (s *SupabaseStorage) remove(w http.ResponseWriter, r *http.Request) {
	if !s.files.remove(r.PathValue("path")) {
		refuseSupabase(w, http.StatusNotFound, "not_found", "Object not found")
		return
	}
	answerSupabase(w, http.StatusOK, map[string]string{"message": "Successfully deleted"})
}

func (s *SupabaseStorage) sign(w http.ResponseWriter, r *http.Request) {
	var wish struct {
		ExpiresIn int64 `json:"expiresIn"`
	}
	if err := json.NewDecoder(r.Body).Decode(&wish); err != nil || wish.ExpiresIn < 1 {
		refuseSupabase(w, http.StatusBadRequest, "invalid_request", "body/expiresIn must be >= 1")
		return
	}
	key := r.PathValue("path")
	if _, found := s.files.get(key); !found {
		refuseSupabase(w, http.StatusNotFound, "not_found", "Object not found")
		return
	}
	until := time.Now().Unix() + wish.ExpiresIn
	answerSupabase(w, http.StatusOK, map[string]string{
		"signedURL": fmt.Sprintf("/object/sign/%s/%s?token=%d.%s", s.bucket, key, until, s.mark(key, until)),
	})
}

// mark stands for the signature of Storage's token.
func (s *SupabaseStorage) mark(key string, until int64) string {
	mac := hmac.New(sha256.New, []byte(s.key))
	_, _ = fmt.Fprintf(mac, "%s %d", key, until) // a hash takes everything
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// download serves a signed address, which needs no key.
func (s *SupabaseStorage) download(w http.ResponseWriter, r *http.Request) {
	at, mark, _ := strings.Cut(r.URL.Query().Get("token"), ".")
	until, err := strconv.ParseInt(at, 10, 64)
	switch {
	case err != nil || !hmac.Equal([]byte(mark), []byte(s.mark(r.PathValue("path"), until))):
		refuseSupabase(w, http.StatusBadRequest, "InvalidJWT", "invalid signature")
	case time.Now().Unix() >= until:
		refuseSupabase(w, http.StatusBadRequest, "InvalidJWT", `"exp" claim timestamp check failed`)
	default:
		s.read(w, r)
	}
}

func answerSupabase(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone away is not our trouble
}

// refuseSupabase writes Storage's error body: what is the client's fault has status 400 on the wire.
func refuseSupabase(w http.ResponseWriter, meant int, name, message string) {
	status := meant
	if meant < http.StatusInternalServerError && meant != http.StatusTooManyRequests && meant != http.StatusRequestEntityTooLarge {
		status = http.StatusBadRequest
	}
	answerSupabase(w, status, map[string]string{"statusCode": strconv.Itoa(meant), "error": name, "message": message})
}
