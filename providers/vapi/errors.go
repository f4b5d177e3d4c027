package vapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Errors without details. Test with errors.Is.
var (
	ErrNotFound     = errors.New("vapi: not found")
	ErrUnauthorized = errors.New("vapi: the private key was refused")
)

// RateLimitedError: Vapi asks for a pause (429). RetryAfter is 0 when it did not say how long.
type RateLimitedError struct{ RetryAfter time.Duration }

func (e *RateLimitedError) Error() string {
	if e.RetryAfter == 0 {
		return "vapi: too many requests"
	}
	return fmt.Sprintf("vapi: too many requests, again after %s", e.RetryAfter)
}

// InvalidError: Vapi refused the request as such (other 4xx); repeating it is useless. Messages are Vapi's own, for the log;
// they may be empty.
type InvalidError struct {
	Status   int
	Messages []string
}

func (e *InvalidError) Error() string {
	return fmt.Sprintf("vapi: refused with status %d: %s", e.Status, strings.Join(e.Messages, "; "))
}

// UnavailableError: Vapi could not be reached, answered 5xx, or answered what is no JSON. Status is 0 without an answer.
// A cancelled or expired context is found in it with errors.Is.
type UnavailableError struct {
	Status int
	cause  error
}

func (e *UnavailableError) Error() string {
	if e.cause == nil {
		return fmt.Sprintf("vapi: unavailable, status %d", e.Status)
	}
	return "vapi: unavailable: " + e.cause.Error()
}

func (e *UnavailableError) Unwrap() error { return e.cause }

// errorOf maps an answer other than 200.
func errorOf(resp *http.Response, body []byte) error {
	switch status := resp.StatusCode; {
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusUnauthorized:
		return ErrUnauthorized
	case status == http.StatusTooManyRequests:
		return &RateLimitedError{RetryAfter: retryAfter(resp.Header)}
	case status >= 400 && status < 500:
		return &InvalidError{Status: status, Messages: messagesOf(body)}
	default:
		return &UnavailableError{Status: status}
	}
}

// retryAfter reads whole seconds or an HTTP date; 0 when absent, unreadable or past.
func retryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(seconds, 0), 24*60*60)) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return max(time.Until(at).Round(time.Second), 0)
}

// messagesOf reads the `message` of Vapi's error body, which is a text or a list of texts.
func messagesOf(body []byte) []string {
	var list struct {
		Message []string `json:"message"`
	}
	if json.Unmarshal(body, &list) == nil {
		return list.Message
	}
	var one struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &one) == nil && one.Message != "" {
		return []string{one.Message}
	}
	return nil
}
