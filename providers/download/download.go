// Package download fetches a file from an address that somebody else named. Such an address may be a trap: it may lead to
// this machine, its neighbours or a cloud's metadata, at once or after a redirection, or to a file without an end.
package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

const (
	connectTimeout = 10 * time.Second
	headerTimeout  = 20 * time.Second
	maxRedirects   = 3
)

// Errors without details. Test with errors.Is.
var (
	ErrForbidden = errors.New("download: an address that nothing is fetched from")
	ErrGone      = errors.New("download: the address opens nothing (any more)")
	ErrTooLarge  = errors.New("download: the file is larger than allowed")
)

// UnavailableError: the file did not come, or not whole; it may come later. Status is 0 without an answer. The context's
// error is found in it with errors.Is.
type UnavailableError struct {
	Status int
	cause  error
}

func (e *UnavailableError) Error() string {
	if e.Status == 0 {
		return "download: not reached, or broken off"
	}
	return fmt.Sprintf("download: unavailable, status %d", e.Status)
}

// Unwrap returns the context's error when that ended the download.
func (e *UnavailableError) Unwrap() error { return e.cause }

// Client fetches files. It is safe for concurrent use.
type Client struct {
	http     *http.Client
	insecure bool
}

// New returns a client for https addresses on the public internet. insecure also allows http and private addresses: for
// development and tests, where services are played on this machine.
func New(insecure bool) *Client {
	dialer := &net.Dialer{Timeout: connectTimeout}
	if !insecure {
		dialer.Control = publicOnly
	}
	return &Client{insecure: insecure, http: &http.Client{
		Transport: exchange.Traced(&http.Transport{
			// No proxy: it would look names up itself, behind the dialer's back.
			DialContext: dialer.DialContext, TLSHandshakeTimeout: connectTimeout, ResponseHeaderTimeout: headerTimeout,
			DisableKeepAlives: true, DisableCompression: true, ForceAttemptHTTP2: true,
		}, "download"),
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects || !allowed(req.URL, insecure) {
				return ErrForbidden
			}
			return nil
		},
	}}
}

// Fetch writes the file to w and returns its size. It sends no credentials, and writes at most limit bytes. Errors:
// ErrForbidden, ErrGone (also for 403, which expired signatures get), ErrTooLarge, *UnavailableError, and w's own. None of
// them quotes the address.
func (c *Client) Fetch(ctx context.Context, address string, w io.Writer, limit int64) (int64, error) {
	u, err := url.Parse(address)
	if err != nil || !allowed(u, c.insecure) {
		return 0, ErrForbidden
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return 0, ErrForbidden
	}
	resp, err := c.http.Do(req)
	if errors.Is(err, ErrForbidden) {
		return 0, ErrForbidden
	}
	if err != nil {
		return 0, &UnavailableError{cause: contextError(ctx, err)}
	}
	defer func() { _ = resp.Body.Close() }()
	if err := refused(resp, limit); err != nil {
		return 0, err
	}
	body := &source{body: resp.Body}
	size, err := io.Copy(w, io.LimitReader(body, limit+1))
	switch {
	case body.err != nil:
		return 0, &UnavailableError{cause: contextError(ctx, body.err)}
	case err != nil:
		return 0, fmt.Errorf("keep what was downloaded: %w", err)
	case size > limit:
		return 0, ErrTooLarge
	}
	return size, nil
}

// refused maps an answer that is not the file.
func refused(resp *http.Response, limit int64) error {
	switch status := resp.StatusCode; {
	case status == http.StatusForbidden, status == http.StatusNotFound, status == http.StatusGone, status == http.StatusUnauthorized,
		status == http.StatusBadRequest:
		return ErrGone
	case status != http.StatusOK:
		return &UnavailableError{Status: status}
	case resp.ContentLength > limit:
		return ErrTooLarge
	}
	return nil
}

// source remembers that reading failed, to tell it from writing that failed.
type source struct {
	body io.Reader
	err  error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.body.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func allowed(u *url.URL, insecure bool) bool {
	return u.Host != "" && u.User == nil && (u.Scheme == "https" || insecure && u.Scheme == "http")
}

// publicOnly is asked after the name was looked up, for each address that is tried: a name that means something else a
// moment later gains nothing.
func publicOnly(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !isPublic(at.Addr()) {
		return ErrForbidden
	}
	return nil
}

// isPublic tells whether an address belongs to the public internet (IANA: special-purpose address registries).
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.Zone() != "" {
		return false
	}
	for _, special := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
	} {
		if netip.MustParsePrefix(special).Contains(a) {
			return false
		}
	}
	return true
}

func contextError(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	}
	return nil
}
