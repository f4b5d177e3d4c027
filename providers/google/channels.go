package google

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// Channel is a wish to be told of a calendar's changes.
type Channel struct {
	ID      string    // ours: up to 64 characters of A-Z a-z 0-9 - _ + / =, never used before
	Address string    // https, where pushes go
	Token   string    // a secret of up to 256 characters that comes with every push
	Expires time.Time // Google may make it earlier, and does not renew it; zero: Google's choice
}

// String hides the token.
func (c Channel) String() string { return "[channel]" }

// GoString hides it from %#v.
func (c Channel) GoString() string { return c.String() }

// Opened is a channel that Google has opened.
type Opened struct {
	ID         string
	ResourceID string // of what is watched; [Account.StopChannel] needs it
	Expires    time.Time
}

// Watch opens a channel: from now on a push goes to its address when something in the calendar changes. A push says nothing
// of what changed, may come late, twice or never. It is tried once, since the id is used up even if the answer is lost;
// watch again with another id.
//
// Errors: [ErrNotFound], [ErrUnauthorized], [ErrScopeMissing], [*RateLimitedError], [*RefusedError] (channelIdNotUnique,
// push.webhookUrlNotHttps, …), [*UnavailableError] (Google: events.watch).
func (a *Account) Watch(ctx context.Context, calendar string, c Channel) (Opened, error) {
	if !regexp.MustCompile(`^[A-Za-z0-9_+/=-]{1,64}$`).MatchString(c.ID) || len(c.Token) > 256 {
		return Opened{}, &RefusedError{Reason: "invalidChannel"}
	}
	body := map[string]any{"id": c.ID, "type": "web_hook", "address": c.Address, "token": c.Token}
	if !c.Expires.IsZero() {
		body["expiration"] = strconv.FormatInt(c.Expires.UnixMilli(), 10)
	}
	var answer struct {
		ResourceID string `json:"resourceId"`
		Expiration string `json:"expiration"` // milliseconds since 1970
	}
	if err := a.do(ctx, call{method: http.MethodPost, path: eventsPath(calendar, "watch"), body: body, into: &answer, single: true}); err != nil {
		return Opened{}, err
	}
	expires, err := strconv.ParseInt(answer.Expiration, 10, 64)
	if err != nil || answer.ResourceID == "" {
		return Opened{}, &UnavailableError{Status: http.StatusOK, reason: "the answer is no channel"}
	}
	return Opened{ID: c.ID, ResourceID: answer.ResourceID, Expires: time.UnixMilli(expires).UTC()}, nil
}

// StopChannel ends a channel; pushes on their way may still come. One that has ended already is done.
//
// Errors: [ErrUnauthorized], [ErrScopeMissing], [*RateLimitedError], [*RefusedError], [*UnavailableError] (Google:
// channels.stop).
func (a *Account) StopChannel(ctx context.Context, id, resourceID string) error {
	err := a.do(ctx, call{method: http.MethodPost, path: "/channels/stop", body: map[string]string{"id": id, "resourceId": resourceID}})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Push is what a push says. Nothing of it is proven until the token has been compared with the channel's, in constant time.
// Formatting it shows nothing.
type Push struct {
	ChannelID, Token, ResourceID string
	First                        bool  // the channel was opened; nothing changed
	Number                       int64 // grows with each push of a channel, with gaps
}

// String hides the token.
func (p Push) String() string { return "[push]" }

// GoString hides it from %#v.
func (p Push) GoString() string { return p.String() }

// ReadPush reads the headers of a push; false when they are none (Google: Push notifications).
func ReadPush(h http.Header) (Push, bool) {
	p := Push{ChannelID: h.Get("X-Goog-Channel-ID"), Token: h.Get("X-Goog-Channel-Token"), ResourceID: h.Get("X-Goog-Resource-ID"),
		First: h.Get("X-Goog-Resource-State") == "sync"}
	number, err := strconv.ParseInt(h.Get("X-Goog-Message-Number"), 10, 64)
	p.Number = number
	return p, err == nil && p.ChannelID != "" && p.ResourceID != "" && h.Get("X-Goog-Resource-State") != ""
}
