package server

import (
	"net/http"
	"strconv"
	"time"
)

// Code names a kind of refusal. Clients branch on it, so the list below is
// closed: a code is added here and in openapi.yaml together, and never renamed.
type Code string

// The codes, in the order of their HTTP status.
const (
	CodeBadRequest       Code = "bad_request"        // 400: a parameter or field is missing or malformed
	CodeInvalidJSON      Code = "invalid_json"       // 400: the body is no JSON
	CodeNotConfigured    Code = "not_configured"     // 400: the organization has not set up what this needs
	CodeUnauthenticated  Code = "unauthenticated"    // 401: no token, or one that proves nothing
	CodeTokenExpired     Code = "token_expired"      // 401: the token was good once; refresh it
	CodeNoOrganization   Code = "no_organization"    // 401: the token names no organization
	CodeNotAMember       Code = "not_a_member"       // 401: the user no longer belongs to the organization
	CodeForbidden        Code = "forbidden"          // 403: signed in, but not allowed to do this
	CodeNotFound         Code = "not_found"          // 404: no such thing in this organization
	CodeMethodNotAllowed Code = "method_not_allowed" // 405: the path exists, the method does not
	CodeConflict         Code = "conflict"           // 409: the state changed or the thing exists already
	CodeOptedOut         Code = "opted_out"          // 409: the recipient asked not to be reached this way
	CodeQuietHours       Code = "quiet_hours"        // 409: it is night where the recipient lives
	CodeGone             Code = "gone"               // 410: it existed and was deleted
	CodeBodyTooLarge     Code = "body_too_large"     // 413: the body exceeds the limit of the route
	CodeUnprocessable    Code = "unprocessable"      // 422: well-formed, but it cannot be done
	CodeRateLimited      Code = "rate_limited"       // 429: too many requests; see Retry-After
	CodeInternal         Code = "internal"           // 500: our fault; the log knows more under request_id
	CodeDeliveryUnknown  Code = "delivery_unknown"   // 502: nobody knows whether the message went out
	CodeBusy             Code = "busy"               // 503: overloaded or restarting; see Retry-After
)

// Codes lists every code, for tests and for the API description.
func Codes() []Code {
	return []Code{
		CodeBadRequest, CodeInvalidJSON, CodeNotConfigured, CodeUnauthenticated, CodeTokenExpired, CodeNoOrganization,
		CodeNotAMember, CodeForbidden, CodeNotFound, CodeMethodNotAllowed, CodeConflict, CodeOptedOut, CodeQuietHours,
		CodeGone, CodeBodyTooLarge, CodeUnprocessable, CodeRateLimited, CodeInternal,
		CodeDeliveryUnknown, CodeBusy,
	}
}

// status is the one HTTP status of a code.
func (c Code) status() int {
	switch c {
	case CodeBadRequest, CodeInvalidJSON, CodeNotConfigured:
		return http.StatusBadRequest
	case CodeUnauthenticated, CodeTokenExpired, CodeNoOrganization, CodeNotAMember:
		return http.StatusUnauthorized
	case CodeForbidden:
		return http.StatusForbidden
	case CodeNotFound:
		return http.StatusNotFound
	case CodeMethodNotAllowed:
		return http.StatusMethodNotAllowed
	case CodeConflict, CodeOptedOut, CodeQuietHours:
		return http.StatusConflict
	case CodeGone:
		return http.StatusGone
	case CodeBodyTooLarge:
		return http.StatusRequestEntityTooLarge
	case CodeUnprocessable:
		return http.StatusUnprocessableEntity
	case CodeRateLimited:
		return http.StatusTooManyRequests
	case CodeDeliveryUnknown:
		return http.StatusBadGateway
	case CodeBusy:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// retryAfter is the Retry-After header of a code in seconds, empty for none.
func (c Code) retryAfter() string {
	switch c {
	case CodeBusy:
		return "1"
	case CodeRateLimited:
		return "60"
	default:
		return ""
	}
}

// Error is a refusal that a client may see.
type Error struct {
	Code    Code
	Message string // one sentence, safe to show to anyone
	Status  int    // the HTTP status of Code
	Details any    // what a program can do about it, as JSON; nil for most

	cause error         // for the log only; never written to a client
	after time.Duration // for the Retry-After header; 0: as the code says
}

// NewError makes an Error. message is shown to the client: it must hold nothing
// about other people and nothing of the cause, which may be nil.
func NewError(code Code, message string, cause error) *Error {
	return &Error{Code: code, Message: message, Status: code.status(), cause: cause}
}

// After makes the answer say when the same request may succeed; less than a second counts as one.
func (e *Error) After(wait time.Duration) *Error {
	e.after = max(wait, time.Second)
	return e
}

// With adds what a program can do about the refusal; it is shown to the client.
func (e *Error) With(details any) *Error {
	e.Details = details
	return e
}

// retryAfter is the Retry-After header in whole seconds, rounded up; empty for none.
func (e *Error) retryAfter() string {
	if e.after == 0 {
		return e.Code.retryAfter()
	}
	return strconv.Itoa(int((e.after + time.Second - 1) / time.Second))
}

// Error returns the code and the sentence, without the cause: an Error that is
// printed by mistake tells no more than the client was told.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }
