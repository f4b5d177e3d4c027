package email

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// DefaultResendURL is Resend's public address.
const DefaultResendURL = "https://api.resend.com"

// DefaultTimeout is the longest one request, or one conversation with a mail server, takes.
const DefaultTimeout = 15 * time.Second

// maxBody is the most we read of an answer.
const maxBody = 1 << 20

// errorName is what Resend's names of errors look like; anything else is not shown.
var errorName = regexp.MustCompile(`^[a-z_]{1,60}$`)

// ResendOptions of a [Resend]; the zero value reaches the real one.
type ResendOptions struct {
	BaseURL string        // empty: [DefaultResendURL]
	HTTP    *http.Client  // nil: one of its own. Redirects are never followed
	Timeout time.Duration // of one request, beside the context's; 0: [DefaultTimeout]
}

// Resend is the way to Resend, for every account. It is safe for concurrent use.
type Resend struct {
	base    string
	http    *http.Client
	timeout time.Duration
}

// NewResend returns it. An unusable address or a negative time-out is an error.
func NewResend(o ResendOptions) (*Resend, error) {
	base, err := exchange.BaseURL(o.BaseURL, DefaultResendURL)
	if err != nil {
		return nil, fmt.Errorf("the Resend base URL: %w", err)
	}
	if o.Timeout < 0 {
		return nil, errors.New("the Resend time-out is negative")
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	return &Resend{base: base, http: exchange.TracedClient(o.HTTP, "resend"), timeout: o.Timeout}, nil
}

// With returns the sender of the account that the key opens. Nothing is asked yet.
func (r *Resend) With(apiKey string) Sender { return &resendAccount{resend: r, key: apiKey} }

// Verify asks Resend whether the key is good and whether the domain of from may send. A key that may only send cannot
// list domains: it is taken as good, and the first e-mail tells the rest.
//
// Errors: [ErrUnauthorized], [ErrNotVerified], [*RefusedError] (invalid_from and others), [*RateLimitedError],
// [*UnavailableError] (Resend: GET /domains).
func (r *Resend) Verify(ctx context.Context, apiKey, from string) error {
	if !oneAddress(from) {
		return &RefusedError{Code: "invalid_from"}
	}
	answer, err := r.do(ctx, http.MethodGet, "/domains", apiKey, "", nil)
	var refused *RefusedError
	if errors.As(err, &refused) && refused.Code == "restricted_api_key" {
		return nil
	}
	if err != nil {
		return err
	}
	var list struct {
		Data []struct {
			Name   string `json:"name"`
			Status string `json:"status"`
		} `json:"data"`
	}
	if json.Unmarshal(answer, &list) != nil {
		return &UnavailableError{Status: http.StatusOK, reason: "the answer is not readable"}
	}
	address, err := mail.ParseAddress(from)
	if err != nil {
		return &RefusedError{Code: "invalid_from"}
	}
	_, domain, _ := strings.Cut(address.Address, "@")
	for _, d := range list.Data {
		if strings.EqualFold(d.Name, domain) && d.Status == "verified" {
			return nil
		}
	}
	return ErrNotVerified
}

// resendAccount is a clinic's account, or the platform's.
type resendAccount struct {
	resend *Resend
	key    string
}

// String hides the key from every format verb that asks for text.
func (a *resendAccount) String() string { return "[resend account]" }

// GoString hides it from %#v.
func (a *resendAccount) GoString() string { return a.String() }

func (a *resendAccount) Name() string { return "resend" }

// Repeatable: Resend keeps idempotency keys for 24 hours.
func (a *resendAccount) Repeatable() bool { return true }

// resendMessage is the body of POST /emails. It must come out the same for the same message: Resend compares.
type resendMessage struct {
	From        string             `json:"from"`
	To          []string           `json:"to"`
	Subject     string             `json:"subject"`
	Text        string             `json:"text,omitempty"`
	HTML        string             `json:"html,omitempty"`
	Attachments []resendAttachment `json:"attachments,omitempty"`
}

type resendAttachment struct {
	Filename    string `json:"filename"`
	Content     []byte `json:"content"` // encoding/json writes base64
	ContentType string `json:"content_type"`
}

// Send implements [Sender] (Resend: POST /emails). Key goes along as Idempotency-Key.
func (a *resendAccount) Send(ctx context.Context, m Message) (string, error) {
	if err := check(m); err != nil {
		return "", err
	}
	body := resendMessage{From: m.From, To: []string{m.To}, Subject: m.Subject, Text: m.Text, HTML: m.HTML}
	for _, f := range m.Attachments {
		body.Attachments = append(body.Attachments, resendAttachment{Filename: f.Name, Content: f.Content, ContentType: f.ContentType})
	}
	payload, err := json.Marshal(body)
	if err != nil {
		return "", &RefusedError{Code: "invalid_message"}
	}
	answer, err := a.resend.do(ctx, http.MethodPost, "/emails", a.key, m.Key, payload)
	if err != nil {
		return "", err
	}
	var taken struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(answer, &taken) != nil || taken.ID == "" || len(taken.ID) > 100 {
		return "", &UncertainError{Status: http.StatusOK, reason: "the answer has no message id"}
	}
	return taken.ID, nil
}

// do makes one request and returns the body of a complete success, or one of our errors.
func (r *Resend) do(ctx context.Context, method, path, apiKey, key string, payload []byte) ([]byte, error) {
	if apiKey == "" || strings.ContainsFunc(apiKey, func(c rune) bool { return c < '!' || c > '~' }) {
		return nil, ErrUnauthorized
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	var body io.Reader
	if payload != nil {
		body = bytes.NewReader(payload)
	}
	req, err := http.NewRequestWithContext(ctx, method, r.base+path, body)
	if err != nil {
		return nil, &UnavailableError{reason: "the request cannot be made"}
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Accept", "application/json")
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	answer, err := exchange.Do(r.http, req, maxBody)
	var broken *exchange.Error
	switch {
	case errors.As(err, &broken) && !broken.Reached:
		return nil, &UnavailableError{reason: broken.Reason, cause: broken.Unwrap()}
	case err != nil:
		return nil, troubleOf(method, 0, err.Error(), errors.Unwrap(err))
	case answer.Status < 200 || answer.Status > 299:
		return nil, resendError(method, answer)
	case answer.Cut:
		return nil, troubleOf(method, answer.Status, "the answer is too long or broke off", nil)
	}
	return answer.Body, nil
}

// resendError maps an answer that is no success. Both conflicts of a key mean that a message under it is being sent or was
// sent, so what became of this one is not known.
func resendError(method string, a exchange.Answer) error {
	var body struct {
		Name    string `json:"name"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(a.Body, &body) // gateways in between answer HTML: then there is no name
	if !errorName.MatchString(body.Name) {
		body.Name = ""
	}
	switch {
	case a.Status >= http.StatusInternalServerError:
		return troubleOf(method, a.Status, "a failure of its own", nil)
	case a.Status == http.StatusTooManyRequests:
		return &RateLimitedError{RetryAfter: exchange.RetryAfter(a.Header)}
	case a.Status == http.StatusConflict && body.Name == "concurrent_idempotent_requests":
		return troubleOf(method, a.Status, "the same message is being sent", nil)
	case a.Status == http.StatusConflict && body.Name == CodeKeyUsed:
		return &UncertainError{Status: a.Status, Code: CodeKeyUsed, reason: "another message was sent under this key"}
	case body.Name == "restricted_api_key":
		return &RefusedError{Status: a.Status, Code: body.Name}
	case a.Status == http.StatusUnauthorized, body.Name == "invalid_api_key", body.Name == "missing_api_key",
		body.Message == "API key is invalid": // comes with validation_error too
		return ErrUnauthorized
	default:
		return &RefusedError{Status: a.Status, Code: body.Name}
	}
}

// troubleOf: after a read that failed nothing is open, after a write everything is.
func troubleOf(method string, status int, reason string, cause error) error {
	if method == http.MethodGet {
		return &UnavailableError{Status: status, reason: reason, cause: cause}
	}
	return &UncertainError{Status: status, reason: reason, cause: cause}
}
