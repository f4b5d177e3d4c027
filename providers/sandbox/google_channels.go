package sandbox

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Channels end after a week at the latest. Google pushes again after some 5xx, with growing waits; here twice, soon.
const (
	googleChannelLife = 7 * 24 * time.Hour
	googlePushAgain   = 50 * time.Millisecond
	googlePushTries   = 3
)

// googleChannel is where changes of a calendar are pushed to.
type googleChannel struct {
	id, token, address, resource, resourceURI string
	person                                    *googlePerson
	calendar                                  string
	expires                                   time.Time
	number                                    int64
	lost                                      bool
}

// googleChannels are the open channels, and every id that was ever used.
type googleChannels struct {
	open   map[string]*googleChannel
	used   map[string]bool
	lose   int
	double int
	pushes int
}

func newGoogleChannels() googleChannels {
	return googleChannels{open: map[string]*googleChannel{}, used: map[string]bool{}}
}

// LosePushes makes the next n pushes never arrive.
func (g *Google) LosePushes(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.channels.lose = n
}

// DoublePushes makes the next n pushes arrive twice.
func (g *Google) DoublePushes(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.channels.double = n
}

// LoseChannel makes a channel push nothing any more, and nobody is told.
func (g *Google) LoseChannel(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if ch := g.channels.open[id]; ch != nil {
		ch.lost = true
	}
}

// Channels returns the ids of a calendar's channels that have not ended.
func (g *Google) Channels(calendarID string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var ids []string
	for id, ch := range g.channels.open {
		if ch.calendar == calendarID && g.now().Before(ch.expires) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Pushes returns how many pushes were sent or lost so far.
func (g *Google) Pushes() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.channels.pushes
}

// watch opens a channel and pushes that it is open (Google: events.watch).
func (g *Google) watch(w http.ResponseWriter, r *http.Request, p *googlePerson, c *googleCalendar) {
	var body struct {
		ID         string      `json:"id"`
		Type       string      `json:"type"`
		Address    string      `json:"address"`
		Token      string      `json:"token"`
		Expiration json.Number `json:"expiration"`
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		refuseGoogle(w, http.StatusBadRequest, "global", "parseError", "Parse Error")
		return
	}
	expires := g.now().Add(googleChannelLife)
	if wished, err := body.Expiration.Int64(); err == nil && time.UnixMilli(wished).Before(expires) {
		expires = time.UnixMilli(wished)
	}
	switch {
	case !regexp.MustCompile(`^[A-Za-z0-9_+/=-]{1,64}$`).MatchString(body.ID), len(body.Token) > 256, body.Type != "web_hook":
		refuseGoogle(w, http.StatusBadRequest, "global", "invalid", "Invalid channel.")
	case !secureOrLocal(body.Address):
		refuseGoogle(w, http.StatusBadRequest, "global", "push.webhookUrlNotHttps", "WebHook callback must be HTTPS: "+body.Address)
	case g.channels.used[body.ID]:
		refuseGoogle(w, http.StatusBadRequest, "global", "channelIdNotUnique", "Channel id "+body.ID+" not unique")
	case !expires.After(g.now()):
		refuseGoogle(w, http.StatusBadRequest, "global", "invalid", "Invalid expiration.")
	default:
		ch := &googleChannel{id: body.ID, token: body.Token, address: body.Address, person: p, calendar: c.id, expires: expires,
			resource: "res-" + url.QueryEscape(c.id), resourceURI: "https://www.googleapis.com/calendar/v3/calendars/" + url.PathEscape(c.id) + "/events?alt=json"}
		g.channels.used[ch.id], g.channels.open[ch.id] = true, ch
		g.push(ch, "sync")
		writeGoogle(w, http.StatusOK, map[string]any{"kind": "api#channel", "id": ch.id, "resourceId": ch.resource,
			"resourceUri": ch.resourceURI, "token": ch.token, "expiration": strconv.FormatInt(expires.UnixMilli(), 10)})
	}
}

// secureOrLocal: Google wants https. This machine alone may do without, for tests.
func secureOrLocal(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// stopChannel ends a channel of the person (Google: channels.stop).
func (g *Google) stopChannel(w http.ResponseWriter, r *http.Request, p *googlePerson) {
	var body struct {
		ID       string `json:"id"`
		Resource string `json:"resourceId"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body) // what is not read is not found
	ch := g.channels.open[body.ID]
	if ch == nil || ch.resource != body.Resource || ch.person != p || !g.now().Before(ch.expires) {
		refuseGoogle(w, http.StatusNotFound, "global", "notFound", "Channel '"+body.ID+"' not found for project")
		return
	}
	delete(g.channels.open, body.ID)
	w.WriteHeader(http.StatusNoContent)
}

// changedIn pushes to the calendar's channels. The lock is held.
func (g *Google) changedIn(c *googleCalendar) {
	for _, ch := range g.channels.open {
		if ch.calendar == c.id && !ch.lost && g.now().Before(ch.expires) {
			g.push(ch, "exists")
		}
	}
}

// push sends a message, in its own time, unless it is to be lost. The lock is held.
func (g *Google) push(ch *googleChannel, state string) {
	ch.number++
	g.channels.pushes++
	times := 1
	switch {
	case g.life.Err() != nil:
		return
	case g.channels.lose > 0:
		g.channels.lose--
		return
	case g.channels.double > 0:
		g.channels.double--
		times = 2
	}
	header := http.Header{"X-Goog-Channel-Id": {ch.id}, "X-Goog-Resource-Id": {ch.resource}, "X-Goog-Resource-Uri": {ch.resourceURI},
		"X-Goog-Resource-State": {state}, "X-Goog-Message-Number": {strconv.FormatInt(ch.number, 10)},
		"X-Goog-Channel-Expiration": {ch.expires.UTC().Format(http.TimeFormat)}}
	if ch.token != "" {
		header.Set("X-Goog-Channel-Token", ch.token)
	}
	address := ch.address
	for range times {
		g.running.Go(func() { g.deliver(address, header) })
	}
}

// deliver posts a push, which has no body, again after an answer that says to.
func (g *Google) deliver(address string, header http.Header) {
	for try := range googlePushTries {
		if try > 0 && !sleepFor(g.life, googlePushAgain) {
			return
		}
		req, err := http.NewRequestWithContext(g.life, http.MethodPost, address, strings.NewReader(""))
		if err != nil {
			return
		}
		req.Header = header.Clone()
		resp, err := g.client.Do(req)
		if err != nil {
			return
		}
		resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		default:
			return
		}
	}
}

// sleepFor lets time pass; false when the context ended first.
func sleepFor(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
