package google

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Scopes that a consent asks for (Google: OAuth 2.0 scopes). ScopeCalendar covers [ScopeEvents]; both are asked for since a
// person may untick one.
const (
	ScopeCalendar = "https://www.googleapis.com/auth/calendar"
	ScopeEvents   = "https://www.googleapis.com/auth/calendar.events"
	scopeEmail    = "https://www.googleapis.com/auth/userinfo.email"
	scopeOpenID   = "openid"
)

func scopes() []string { return []string{ScopeCalendar, ScopeEvents, scopeEmail, scopeOpenID} }

// Grant is what a person allowed. Formatting it shows nothing; its JSON holds the tokens, for sealing.
type Grant struct {
	AccessToken  string    `json:"accessToken"`
	RefreshToken string    `json:"refreshToken"`
	Expiry       time.Time `json:"expiry"` // of the access token, by our clock, from the moment it was asked for
	Scopes       []string  `json:"scopes"`
	AccountID    string    `json:"accountId"` // Google's for the person (sub), which stays when the address changes; empty when not told
	Email        string    `json:"email"`     // of the account; empty when Google did not tell
}

// String hides the tokens from every format verb that asks for text.
func (g Grant) String() string { return "[google grant]" }

// GoString hides the tokens from %#v.
func (g Grant) GoString() string { return g.String() }

// Check reports what the grant lacks to keep a calendar linked: [ErrNoRefreshToken], [ErrScopeMissing] or nil. The calendar
// scope alone suffices; that of events alone does not, since it does not show which calendars there are.
func (g Grant) Check() error {
	switch {
	case g.RefreshToken == "":
		return ErrNoRefreshToken
	case !slices.Contains(g.Scopes, ScopeCalendar):
		return ErrScopeMissing
	}
	return nil
}

// grantOf reads the answer of the token endpoint. Times count from when it was asked: `expires_in` is a duration, so that
// Google's clock does not matter. An answer without it makes a token that is used now and never again.
func grantOf(t *oauth2.Token, asked time.Time) Grant {
	g := Grant{AccessToken: t.AccessToken, RefreshToken: t.RefreshToken, Expiry: asked.Add(time.Duration(t.ExpiresIn) * time.Second).UTC()}
	if scope, ok := t.Extra("scope").(string); ok {
		g.Scopes = strings.Fields(scope)
	}
	return g
}

// identity is who a person is at Google. What was not told is empty.
type identity struct{ subject, email string }

// claims are what an id token and the address of the account's owner say alike.
type claims struct {
	Audience string `json:"aud"`
	Subject  string `json:"sub"`
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
}

// identity takes an address only if it is verified.
func (c claims) identity() identity {
	if !c.Verified {
		c.Email = ""
	}
	return identity{subject: c.Subject, email: c.Email}
}

// identityIn reads an id token that came from the token endpoint itself. Its signature is not checked, since the connection
// proves its origin, nor are its times, since clocks may differ (OpenID Connect Core 3.1.3.7, no. 6). It must be for us, else
// it says nothing.
func identityIn(idToken, clientID string) identity {
	parts := strings.Split(idToken, ".")
	if len(parts) != 3 {
		return identity{}
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return identity{}
	}
	var told claims
	if json.Unmarshal(payload, &told) != nil || told.Audience != clientID {
		return identity{}
	}
	return told.identity()
}
