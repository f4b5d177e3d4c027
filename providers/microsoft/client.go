// Package microsoft reaches Outlook calendars: the Microsoft identity platform for grants, Microsoft Graph v1.0 for
// calendars, events and subscriptions. It stores nothing and knows no clinics; tokens come in and go out as values.
//
// No error of it holds a token, an address, a subject or words of Microsoft's. See docs/decisions/0027-outlook-calendars.md.
package microsoft

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// Microsoft's public addresses.
const (
	DefaultBaseURL  = "https://graph.microsoft.com"
	DefaultLoginURL = "https://login.microsoftonline.com"
	// DefaultTenant lets in work, school and personal accounts.
	DefaultTenant = "common"
)

const (
	// DefaultTimeout is the longest one request takes, with its answer's body.
	DefaultTimeout = 20 * time.Second
	// defaultPageSize is how many events a page of a view may hold; Graph allows 1 000 and slows down with large ones.
	defaultPageSize = 200
	// longestPause is the longest Retry-After that is waited out here; a longer one is for the caller's queue.
	longestPause = 2 * time.Second
)

// Options of a [Client]. ClientID, ClientSecret and RedirectURL are those of the app registration and required.
type Options struct {
	BaseURL      string // of Graph, without version; empty: [DefaultBaseURL]
	LoginURL     string // of the identity platform, without tenant; empty: [DefaultLoginURL]
	Tenant       string // empty: [DefaultTenant]
	ClientID     string
	ClientSecret string
	RedirectURL  string          // as registered, to the letter
	HTTP         *http.Client    // nil: one of its own. Redirects are never followed
	Timeout      time.Duration   // of one attempt, beside the context's; 0: [DefaultTimeout]
	Waits        []time.Duration // between the attempts of what may be repeated; nil: 200 and 400 ms
	PageSize     int             // events in a page of a view; 0: 200
}

// Client is one app registration's way to Microsoft, for every account. It is safe for concurrent use.
type Client struct {
	base    string // with version, without slash at its end
	oauth   oauth2.Config
	http    *http.Client
	timeout time.Duration
	waits   []time.Duration
	page    int
}

// New returns a client. Unusable addresses, a missing id, secret or redirect, and negative limits are errors.
func New(o Options) (*Client, error) {
	base, err := exchange.BaseURL(o.BaseURL, DefaultBaseURL)
	if err != nil {
		return nil, fmt.Errorf("the Microsoft Graph base URL: %w", err)
	}
	login, err := exchange.BaseURL(o.LoginURL, DefaultLoginURL)
	if err != nil {
		return nil, fmt.Errorf("the Microsoft login URL: %w", err)
	}
	if _, err = exchange.BaseURL(o.RedirectURL, ""); err != nil {
		return nil, fmt.Errorf("the Microsoft redirect URL: %w", err)
	}
	if o.ClientID == "" || o.ClientSecret == "" {
		return nil, errors.New("the Microsoft client id or secret is empty")
	}
	if o.Timeout < 0 || o.PageSize < 0 {
		return nil, errors.New("a Microsoft limit is negative")
	}
	c := &Client{base: base + "/v1.0", http: exchange.TracedClient(o.HTTP, "microsoft"), timeout: o.Timeout, waits: o.Waits, page: o.PageSize}
	if c.timeout == 0 {
		c.timeout = DefaultTimeout
	}
	if c.page == 0 {
		c.page = defaultPageSize
	}
	if c.waits == nil {
		c.waits = []time.Duration{200 * time.Millisecond, 400 * time.Millisecond}
	}
	c.oauth = config(o, login)
	return c, nil
}

// Account is one person's mailbox, opened by an access token.
type Account struct {
	client *Client
	access string
}

// Account returns the mailbox that an access token opens. Nothing is asked yet; an expired token shows as
// [ErrUnauthorized].
func (c *Client) Account(accessToken string) *Account {
	return &Account{client: c, access: accessToken}
}

// String hides the token from every format verb that asks for text.
func (a *Account) String() string { return "[microsoft account]" }

// GoString hides the token from %#v.
func (a *Account) GoString() string { return a.String() }
