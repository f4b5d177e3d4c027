package sandbox

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// How long Vapi waits for an answer.
const (
	// AssistantDeadline is fixed: the telephone network waits no longer for a call to be set up.
	AssistantDeadline = 7500 * time.Millisecond
	// ServerDeadline is the default of a server's timeoutSeconds.
	ServerDeadline = 20 * time.Second
)

// maxAnswer is the most that is read of an answer.
const maxAnswer = 1 << 20

// Authentication puts into the headers what proves that a webhook comes from Vapi.
type Authentication func(h http.Header, body []byte, now time.Time)

// Secret sends the secret in x-vapi-secret. An empty secret sends the empty header, as Vapi does when none is set.
func Secret(secret string) Authentication {
	return func(h http.Header, _ []byte, _ time.Time) { h.Set("X-Vapi-Secret", secret) }
}

// SignSeconds signs `{timestamp}.{body}` with HMAC-SHA256, the timestamp in seconds, in Vapi's default headers.
// The empty x-vapi-secret is sent along, as it is on the wire.
func SignSeconds(secret string) Authentication {
	return func(h http.Header, body []byte, now time.Time) {
		h.Set("X-Vapi-Secret", "")
		sign(h, "X-Signature", "X-Timestamp", secret, strconv.FormatInt(now.Unix(), 10), body)
	}
}

// SignMillis signs like [SignSeconds], with milliseconds, in the headers that Vapi's examples use.
func SignMillis(secret string) Authentication {
	return func(h http.Header, body []byte, now time.Time) {
		sign(h, "X-Vapi-Signature", "X-Vapi-Timestamp", secret, strconv.FormatInt(now.UnixMilli(), 10), body)
	}
}

// Anonymous sends nothing that proves anything.
func Anonymous() Authentication {
	return func(http.Header, []byte, time.Time) {}
}

func sign(h http.Header, signatureHeader, stampHeader, secret, stamp string, body []byte) {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	h.Set(signatureHeader, hex.EncodeToString(mac.Sum(nil)))
	h.Set(stampHeader, stamp)
}

// Caller plays Vapi's webhook sender. It delivers a message as Vapi would and checks the answer against the contract.
type Caller struct {
	BaseURL string         // of the server under test, without path
	Auth    Authentication // nil: [Anonymous]
	HTTP    *http.Client   // nil: [http.DefaultClient]
	Now     func() time.Time
	// The limits are Vapi's when zero. Set them shorter to see a slow answer fail sooner.
	AssistantLimit time.Duration
	ServerLimit    time.Duration
}

// Paths at which the server listens.
const (
	PathWebhook = "/api/vapi/webhook"
	PathTools   = "/api/vapi/tools"
)

// ContractError: the server answered something that Vapi would drop or misread.
type ContractError struct {
	Message string // the type of the message that was sent
	Broken  string // the rule, as a sentence
}

func (e *ContractError) Error() string {
	return fmt.Sprintf("the answer to %s breaks the contract: %s", e.Message, e.Broken)
}

// DeadlineError: the server took longer than Vapi waits.
type DeadlineError struct {
	Message string
	Limit   time.Duration
}

func (e *DeadlineError) Error() string {
	return fmt.Sprintf("no answer to %s within %s", e.Message, e.Limit)
}

// Answer is what came back, before any check but the deadline.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte
	Took        time.Duration
}

// Post sends a body to a path and returns the answer as it is. Use the methods named after messages to have it checked.
func (c *Caller) Post(ctx context.Context, path string, m Message) (Answer, error) {
	limit := cmp.Or(c.ServerLimit, ServerDeadline)
	if m.Type == "assistant-request" {
		limit = cmp.Or(c.AssistantLimit, AssistantDeadline)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, &DeadlineError{Message: m.Type, Limit: limit})
	defer cancel()
	body := m.Body()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(c.BaseURL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("make the webhook: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "axios/1.7.7")
	c.authenticate(req.Header, body)
	begun := time.Now()
	answer, err := c.do(req)
	answer.Took = time.Since(begun)
	if err == nil {
		return answer, nil
	}
	var late *DeadlineError
	if errors.As(context.Cause(ctx), &late) {
		return answer, late
	}
	return answer, fmt.Errorf("send %s: %w", m.Type, err)
}

func (c *Caller) authenticate(h http.Header, body []byte) {
	now := time.Now
	if c.Now != nil {
		now = c.Now
	}
	if c.Auth != nil {
		c.Auth(h, body, now())
	}
}

func (c *Caller) do(req *http.Request) (Answer, error) {
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	answer := Answer{Status: resp.StatusCode, ContentType: resp.Header.Get("Content-Type")}
	answer.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return answer, err
}
