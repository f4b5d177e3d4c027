// Package exchange makes one HTTP request to a provider and says how far it came: whether the provider may have acted is
// what decides if a message may be sent again. It never retries.
package exchange

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// idle is how long a connection is kept for the next request. Providers close idle ones after a minute or more; a POST
// into a connection that is just being closed may or may not have arrived, so we let go first.
const idle = 20 * time.Second

// Client returns a copy of hc that follows no redirects: credentials and texts go to the configured address only.
// Nil means a client of its own, whose idle connections end early.
func Client(hc *http.Client) *http.Client {
	c := &http.Client{}
	if hc != nil {
		*c = *hc
	} else if transport, ok := http.DefaultTransport.(*http.Transport); ok {
		own := transport.Clone()
		own.IdleConnTimeout = idle
		c.Transport = own
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// BaseURL checks an address and takes the slash from its end; an empty one means fallback.
func BaseURL(address, fallback string) (string, error) {
	if address == "" {
		address = fallback
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", errors.New("not an http(s) address")
	}
	return strings.TrimRight(address, "/"), nil
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Cut    bool // the body is longer than allowed, or broke off: Body is its beginning
}

// Error: there was no answer.
type Error struct {
	// Reached tells that there was a connection: the request may have arrived. False: it surely did not.
	Reached bool
	// Reason is one of our own words, never the provider's.
	Reason string
	cause  error // the context's error, or nil: others may quote what the provider sent
}

func (e *Error) Error() string { return e.Reason }

// Unwrap returns the context's error when that ended the request.
func (e *Error) Unwrap() error { return e.cause }

// Do sends the request once and reads at most limit bytes of the answer. The error is an [*Error].
func Do(hc *http.Client, req *http.Request, limit int64) (Answer, error) {
	var reached atomic.Bool // the transport may tell from another goroutine
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }}
	resp, err := hc.Do(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil {
		reason, cause := reasonOf(req.Context(), err)
		return Answer{}, &Error{Reached: reached.Load(), Reason: reason, cause: cause}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	a := Answer{Status: resp.StatusCode, Header: resp.Header, Body: body, Cut: err != nil || int64(len(body)) > limit}
	if int64(len(body)) > limit {
		a.Body = body[:limit]
	}
	return a, nil
}

// reasonOf puts an error into our own words.
func reasonOf(ctx context.Context, err error) (string, error) {
	var errno syscall.Errno
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "given up", ctx.Err()
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timed out", context.DeadlineExceeded
	case errors.As(err, &dns):
		return "host not found", nil
	case errors.As(err, &errno):
		return errno.Error(), nil
	default:
		return "broken connection", nil
	}
}

// RetryAfter reads whole seconds or an HTTP date; 0 when absent, unreadable or past. At most a day.
func RetryAfter(h http.Header) time.Duration {
	const most = 24 * time.Hour
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return min(time.Duration(min(max(seconds, 0), 24*60*60))*time.Second, most)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(time.Until(at).Round(time.Second), 0), most)
}
