// Package google reads and writes Google calendars on behalf of a person who consented: OAuth 2.0 with golang.org/x/oauth2,
// and the few operations of the Calendar API v3 that we use as plain REST.
//
// Everything here may be repeated without harm: events have ids of our own, a second creation is [ErrExists], a second
// deletion is done already. Only a consent's code is good for one exchange. Names, texts and addresses of a calendar's
// events are never asked for (the `fields` of every request leave them out), so that nothing of them can leak.
package google

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"golang.org/x/oauth2"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// DefaultTimeout is the longest one request takes. A page of 2,500 events takes Google a few seconds.
const DefaultTimeout = 20 * time.Second

// Google's public addresses (Google: OpenID discovery document, Calendar API reference).
const (
	consentURL  = "https://accounts.google.com/o/oauth2/v2/auth"
	tokenURL    = "https://oauth2.googleapis.com/token"
	revokeURL   = "https://oauth2.googleapis.com/revoke"
	userinfoURL = "https://openidconnect.googleapis.com/v1/userinfo"
	calendarURL = "https://www.googleapis.com/calendar/v3"
)

// Options of a [Client]. ClientID and ClientSecret are required: those of the project at Google, not of a clinic.
type Options struct {
	ClientID, ClientSecret string
	BaseURL                string          // empty: Google's own hosts. Else one host that plays all of them
	HTTP                   *http.Client    // nil: one of its own. Redirects are never followed
	Timeout                time.Duration   // of one attempt, beside the context's; 0: [DefaultTimeout]
	Waits                  []time.Duration // between the attempts of one request; nil: 200 and 400 ms, empty: one attempt
}

// Client is the way to Google, for every account. It is safe for concurrent use: what belongs to one person is in the
// arguments and in [Account], never in here.
type Client struct {
	oauth    oauth2.Config // copied for each use
	revoke   string
	userinfo string
	calendar string
	http     *http.Client
	timeout  time.Duration
	waits    []time.Duration
}

// New returns a client. Missing credentials, an unusable address and a negative time-out are errors.
func New(o Options) (*Client, error) {
	if o.ClientID == "" || o.ClientSecret == "" {
		return nil, errors.New("the Google client id or secret is empty")
	}
	if o.Timeout < 0 {
		return nil, errors.New("the Google time-out is negative")
	}
	c := &Client{
		oauth: oauth2.Config{ClientID: o.ClientID, ClientSecret: o.ClientSecret, Scopes: scopes(), Endpoint: oauth2.Endpoint{
			AuthURL: consentURL, TokenURL: tokenURL,
			AuthStyle: oauth2.AuthStyleInParams, // without it x/oauth2 would try two ways, and a code is good for one
		}},
		revoke: revokeURL, userinfo: userinfoURL, calendar: calendarURL,
		http: exchange.TracedClient(o.HTTP, "google"), timeout: o.Timeout, waits: slices.Clone(o.Waits),
	}
	if o.BaseURL != "" {
		base, err := exchange.BaseURL(o.BaseURL, "")
		if err != nil {
			return nil, fmt.Errorf("the Google base URL: %w", err)
		}
		c.oauth.Endpoint.AuthURL, c.oauth.Endpoint.TokenURL = base+"/o/oauth2/v2/auth", base+"/token"
		c.revoke, c.userinfo, c.calendar = base+"/revoke", base+"/v1/userinfo", base+"/calendar/v3"
	}
	if o.Timeout == 0 {
		c.timeout = DefaultTimeout
	}
	if o.Waits == nil {
		c.waits = []time.Duration{200 * time.Millisecond, 400 * time.Millisecond}
	}
	return c, nil
}

// Account is what one access token opens. It is safe for concurrent use. Formatting it shows nothing.
type Account struct {
	client *Client
	token  string
}

// Account returns the account that an access token opens. Nothing is asked yet.
func (c *Client) Account(accessToken string) *Account { return &Account{client: c, token: accessToken} }

// String hides the token from every format verb that asks for text.
func (a *Account) String() string { return "[google account]" }

// GoString hides the token from %#v.
func (a *Account) GoString() string { return a.String() }
