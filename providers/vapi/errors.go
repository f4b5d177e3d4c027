package vapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Errors without details. Test with errors.Is.
var (
	ErrNotFound     = errors.New("vapi: not found")
	ErrUnauthorized = errors.New("vapi: the private key was refused")
	// ErrPinned: the object cannot be deleted, because a version of another one refers to it (409).
	ErrPinned = errors.New("vapi: pinned by a version")

	errTooLarge = fmt.Errorf("the answer of Vapi is larger than %d bytes", maxBody)
)

// RateLimitedError: Vapi asks for a pause (429) and did nothing. RetryAfter is 0 when it did not say how long.
type RateLimitedError struct{ RetryAfter time.Duration }

func (e *RateLimitedError) Error() string {
	if e.RetryAfter == 0 {
		return "vapi: too many requests"
	}
	return fmt.Sprintf("vapi: too many requests, again after %s", e.RetryAfter)
}

// InvalidError: Vapi refused the request as such (other 4xx); repeating it is useless. Problems are Vapi's own sentences
// and may quote what was sent; they may be missing. The error's text only names the fields they are about.
type InvalidError struct {
	Status   int
	Problems []string
}

func (e *InvalidError) Error() string {
	fields := e.Fields()
	if len(fields) == 0 {
		return fmt.Sprintf("vapi: refused with status %d", e.Status)
	}
	return fmt.Sprintf("vapi: refused with status %d because of %s", e.Status, strings.Join(fields, ", "))
}

// Fields returns the paths of the fields that Vapi complains about, such as model.toolIds, sorted, each once. A sentence
// of another form than those of Vapi's validator adds nothing.
func (e *InvalidError) Fields() []string {
	form := regexp.MustCompile(`^((?:[A-Za-z0-9_-]{1,64}\.)*)(?:each value in |property )?([a-z][A-Za-z0-9_-]{0,63}) (?:must|should) `)
	var fields []string
	for _, problem := range e.Problems {
		if m := form.FindStringSubmatch(problem); m != nil {
			fields = append(fields, m[1]+m[2])
		}
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

// UnavailableError: Vapi could not be reached, answered 5xx, or answered what is no JSON; it may have acted only if the
// request was one that can be repeated. Status is 0 without an answer. A cancelled or expired context is found in it with
// errors.Is.
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

// UncertainError: a POST may have made its object or not, because its answer is missing, unreadable or a 5xx. Look for the
// object before creating it again. Status is 0 without an answer; a cancelled or expired context is found with errors.Is.
type UncertainError struct {
	Status int
	cause  error
}

func (e *UncertainError) Error() string {
	if e.cause == nil {
		return fmt.Sprintf("vapi: may have been created, status %d", e.Status)
	}
	return "vapi: may have been created: " + e.cause.Error()
}

func (e *UncertainError) Unwrap() error { return e.cause }

// lost is the error of a request whose answer was not got.
func lost(method string, status int, cause error) error {
	if method == http.MethodPost {
		return &UncertainError{Status: status, cause: cause}
	}
	return &UnavailableError{Status: status, cause: cause}
}

// errorOf maps an answer other than 2xx.
func errorOf(method string, resp *http.Response, body []byte) error {
	switch status := resp.StatusCode; {
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusUnauthorized:
		return ErrUnauthorized
	case status == http.StatusConflict && isPinned(body):
		return ErrPinned
	case status == http.StatusTooManyRequests:
		return &RateLimitedError{RetryAfter: retryAfter(resp.Header)}
	case status == http.StatusRequestTimeout || status >= 500:
		return lost(method, status, nil)
	case status >= 400:
		return &InvalidError{Status: status, Problems: problemsOf(body)}
	default:
		return &UnavailableError{Status: status}
	}
}

func isPinned(body []byte) bool {
	var answer struct {
		Error string `json:"error"`
	}
	return json.Unmarshal(body, &answer) == nil && strings.HasSuffix(answer.Error, "_pinned")
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

// problemsOf reads the `message` of Vapi's error body, which is a text or a list of texts.
func problemsOf(body []byte) []string {
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
