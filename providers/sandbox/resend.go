package sandbox

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"
)

// Limits of Resend (Resend: send email, idempotency keys).
const (
	maxEmailBody   = 40 << 20
	maxRecipients  = 50
	maxKey         = 256
	keysLiveFor    = 24 * time.Hour
	restrictedName = "restricted_api_key"
)

// Resend plays Resend's REST interface: POST /emails with idempotency keys, GET /domains. It is an http.Handler, safe for
// concurrent use.
type Resend struct {
	key      string
	failures failures
	routes   *http.ServeMux

	mu         sync.Mutex
	domains    []string // verified; empty: every domain is
	restricted bool
	emails     []Email
	sentKeys   map[string]sentKey
	working    map[string]bool // keys whose first request is under way
}

// sentKey is what an idempotency key was used for.
type sentKey struct {
	payload [sha256.Size]byte
	id      string
	until   time.Time
}

// Email is an e-mail that was accepted.
type Email struct {
	ID, From, Subject, Text, HTML, Key string
	To                                 []string
	Attachments                        []EmailAttachment
	At                                 time.Time
}

// EmailAttachment is a file of an [Email].
type EmailAttachment struct {
	Name, ContentType string
	Content           []byte
}

// NewResend plays the account that key opens. Every domain counts as verified until [Resend.Verified] names some.
func NewResend(key string) *Resend {
	s := &Resend{key: key, routes: http.NewServeMux(), sentKeys: map[string]sentKey{}, working: map[string]bool{}}
	s.routes.HandleFunc("POST /emails", s.send)
	s.routes.HandleFunc("GET /domains", s.listDomains)
	s.routes.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuseResend(w, http.StatusNotFound, "not_found", "The requested endpoint does not exist.")
	})
	return s
}

// Verified names the domains that may send from now on.
func (s *Resend) Verified(domains ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.domains = domains
}

// Restrict makes the key one that may only send.
func (s *Resend) Restrict() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restricted = true
}

// Emails returns the accepted e-mails, oldest first; at most the last 10,000 are kept.
func (s *Resend) Emails() []Email {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.emails)
}

// Fail makes the next requests fail, one failure each, in order; the ones after them are served.
func (s *Resend) Fail(f ...Failure) { s.failures.order(f) }

// Requests returns how many requests came so far, refused and failed ones included.
func (s *Resend) Requests() int { return s.failures.count() }

// ServeHTTP holds idempotency keys while their first request is under way, fails if told to, and serves.
func (s *Resend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	failure := s.failures.next()
	if _, whole := readBody(w, r, maxEmailBody); !whole {
		refuseResend(w, http.StatusRequestEntityTooLarge, "validation_error", "The request is too large.")
		return
	}
	if key := r.Header.Get("Idempotency-Key"); key != "" && r.Method == http.MethodPost {
		if !s.take(key) {
			refuseResend(w, http.StatusConflict, "concurrent_idempotent_requests", "Same idempotency key used while original request is still in progress.")
			return
		}
		defer s.release(key)
	}
	failure.play(w, r, s.serve, func(w http.ResponseWriter, status int) {
		name := "internal_server_error"
		switch status {
		case http.StatusTooManyRequests:
			name = "rate_limit_exceeded"
		case http.StatusUnauthorized:
			name = "missing_api_key"
		}
		refuseResend(w, status, name, http.StatusText(status))
	})
}

func (s *Resend) take(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.working[key] {
		return false
	}
	s.working[key] = true
	return true
}

func (s *Resend) release(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.working, key)
}

func (s *Resend) serve(w http.ResponseWriter, r *http.Request) {
	key, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !found || key == "":
		refuseResend(w, http.StatusUnauthorized, "missing_api_key", "Missing API key in the authorization header.")
	case s.key == "" || subtle.ConstantTimeCompare([]byte(key), []byte(s.key)) != 1:
		refuseResend(w, http.StatusForbidden, "invalid_api_key", "API key is invalid.")
	default:
		s.routes.ServeHTTP(w, r)
	}
}

func (s *Resend) listDomains(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.restricted {
		refuseResend(w, http.StatusUnauthorized, restrictedName, "This API key is restricted to only send emails")
		return
	}
	data := []any{}
	for _, domain := range s.domains {
		data = append(data, map[string]any{"id": newUUID(), "name": domain, "status": "verified", "region": "us-east-1"})
	}
	answerResend(w, http.StatusOK, map[string]any{"object": "list", "has_more": false, "data": data})
}

// emailBody is what POST /emails takes of what we use. Unknown fields are refused, to catch misspelt ones.
type emailBody struct {
	From        string          `json:"from"`
	To          json.RawMessage `json:"to"`
	Subject     string          `json:"subject"`
	Text        string          `json:"text"`
	HTML        string          `json:"html"`
	ReplyTo     json.RawMessage `json:"reply_to"`
	Attachments []struct {
		Filename    string `json:"filename"`
		Content     string `json:"content"`
		ContentType string `json:"content_type"`
	} `json:"attachments"`
}

// send accepts an e-mail, repeats the answer for a key that was used, or refuses.
func (s *Resend) send(w http.ResponseWriter, r *http.Request) {
	payload, whole := readBody(w, r, maxEmailBody)
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if !whole || err != nil || media != "application/json" {
		refuseResend(w, http.StatusBadRequest, "validation_error", "The request must be JSON.")
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if len(r.Header.Values("Idempotency-Key")) > 0 && (key == "" || len(key) > maxKey) {
		refuseResend(w, http.StatusBadRequest, "invalid_idempotency_key", "The key must be between 1-256 chars.")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := sha256.Sum256(payload)
	if used, known := s.sentKeys[key]; key != "" && known && time.Now().Before(used.until) {
		if used.payload != sum {
			refuseResend(w, http.StatusConflict, "invalid_idempotent_request", "Same idempotency key used with a different request payload.")
			return
		}
		answerResend(w, http.StatusOK, map[string]any{"id": used.id})
		return
	}
	email, status, name, message := s.read(payload)
	if status != 0 {
		refuseResend(w, status, name, message)
		return
	}
	email.Key = key
	s.keep(email, sum)
	answerResend(w, http.StatusOK, map[string]any{"id": email.ID})
}

// keep remembers the e-mail and its key. The lock is held.
func (s *Resend) keep(email Email, payload [sha256.Size]byte) {
	if email.Key != "" {
		s.sentKeys[email.Key] = sentKey{payload: payload, id: email.ID, until: email.At.Add(keysLiveFor)}
	}
	s.emails = append(s.emails, email)
	if len(s.emails) > maxKept {
		delete(s.sentKeys, s.emails[0].Key)
		s.emails = slices.Delete(s.emails, 0, 1)
	}
}

// read checks the fields; a status other than 0 is a refusal. The lock is held.
func (s *Resend) read(payload []byte) (email Email, status int, name, message string) {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	var body emailBody
	if err := d.Decode(&body); err != nil {
		return email, http.StatusBadRequest, "validation_error", "The body is not valid JSON for an email."
	}
	to := recipients(body.To)
	if missing := missingFields(body, to); len(missing) > 0 {
		return email, http.StatusUnprocessableEntity, "missing_required_field", fmt.Sprintf("Missing `%s` field.", strings.Join(missing, "`, `"))
	}
	from, err := mail.ParseAddress(body.From)
	if err != nil {
		return email, http.StatusUnprocessableEntity, "validation_error",
			"Invalid `from` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format."
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	if len(s.domains) > 0 && !slices.Contains(s.domains, domain) {
		return email, http.StatusForbidden, "validation_error", "The " + domain + " domain is not verified. Please, add and verify your domain."
	}
	for _, address := range to {
		if _, err := mail.ParseAddress(address); err != nil || len(to) > maxRecipients {
			return email, http.StatusUnprocessableEntity, "validation_error", "Invalid `to` field: " + address
		}
	}
	email = Email{ID: newUUID(), From: body.From, To: to, Subject: body.Subject, Text: body.Text, HTML: body.HTML, At: time.Now()}
	for _, a := range body.Attachments {
		content, err := base64.StdEncoding.DecodeString(a.Content)
		if err != nil || len(content) == 0 || a.Filename == "" {
			return email, http.StatusUnprocessableEntity, "invalid_attachment", "Attachment must have either a `content` or `path`."
		}
		email.Attachments = append(email.Attachments, EmailAttachment{Name: a.Filename, ContentType: a.ContentType, Content: content})
	}
	return email, 0, "", ""
}

// recipients reads one address or a list of them.
func recipients(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	var many []string
	_ = json.Unmarshal(raw, &many) // anything else is nobody
	return many
}

func missingFields(body emailBody, to []string) []string {
	var missing []string
	for _, field := range []struct {
		name string
		have bool
	}{{"from", body.From != ""}, {"to", len(to) > 0}, {"subject", body.Subject != ""}, {"html` or `text", body.HTML != "" || body.Text != ""}} {
		if !field.have {
			missing = append(missing, field.name)
		}
	}
	return missing
}

func answerResend(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone away is not our trouble
}

// refuseResend writes Resend's error body.
func refuseResend(w http.ResponseWriter, status int, name, message string) {
	answerResend(w, status, map[string]any{"statusCode": status, "name": name, "message": message})
}

// newUUID is a random id in the form of Resend's.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
