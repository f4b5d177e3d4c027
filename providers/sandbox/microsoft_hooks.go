package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// longestSubscription is the longest that a subscription to events may live.
const longestSubscription = 4230 * time.Minute

// outlookSubscription is a subscription to the events of a calendar.
type outlookSubscription struct {
	id, hook, lifecycle, state string
	calendar                   *outlookCalendar
	expires                    time.Time
}

// outlookHooks are the notifications that wait.
type outlookHooks struct {
	waiting   []outlookNotification
	automatic bool
	twice     bool
}

type outlookNotification struct {
	url   string
	entry map[string]any
}

// subscribe asks the hooks to prove themselves before there is a subscription; nothing is locked meanwhile.
func (m *Microsoft) subscribe(w http.ResponseWriter, r *http.Request) {
	var sub *outlookSubscription
	checked := graphAnswer{}
	check := m.graph("Calendars.ReadWrite", func(r *http.Request, box *outlookBox) graphAnswer {
		sub, checked = m.readSubscription(r, box)
		return checked
	})
	held := &heldAnswer{header: http.Header{}, status: http.StatusOK}
	check(held, r)
	if sub == nil {
		held.release(w)
		return
	}
	for _, hook := range []string{sub.hook, sub.lifecycle} {
		if hook == "" {
			continue
		}
		if err := m.validate(r.Context(), hook); err != nil {
			refuseGraph(http.StatusBadRequest, "ValidationError", "Subscription validation request failed: "+err.Error()).write(w)
			return
		}
	}
	m.mu.Lock()
	m.subscriptions[sub.id] = sub
	m.mu.Unlock()
	graphAnswer{status: http.StatusCreated, body: sub.json()}.write(w)
}

func (m *Microsoft) readSubscription(r *http.Request, box *outlookBox) (*outlookSubscription, graphAnswer) {
	var sent struct {
		ChangeType string `json:"changeType"`
		URL        string `json:"notificationUrl"`
		Lifecycle  string `json:"lifecycleNotificationUrl"`
		Resource   string `json:"resource"`
		State      string `json:"clientState"`
		Expires    string `json:"expirationDateTime"`
	}
	bad := func(text string) (*outlookSubscription, graphAnswer) {
		return nil, refuseGraph(http.StatusBadRequest, "InvalidRequest", text)
	}
	if json.NewDecoder(r.Body).Decode(&sent) != nil {
		return bad("the body is not JSON")
	}
	resource, under := strings.CutPrefix(strings.TrimPrefix(sent.Resource, "/"), "me/calendars/")
	id, named := strings.CutSuffix(resource, "/events")
	if unescaped, err := url.PathUnescape(id); err == nil {
		id = unescaped
	}
	expires, problem := m.readExpiry(sent.Expires)
	switch {
	case !under || !named || box.calendar(id) == nil:
		return bad("the resource is not supported: " + sent.Resource)
	case sent.ChangeType == "":
		return bad("changeType is required")
	case !isHook(sent.URL) || (sent.Lifecycle != "" && !isHook(sent.Lifecycle)):
		return bad("notificationUrl must be an https address")
	case len(sent.State) > 128:
		return bad("clientState is longer than 128 characters")
	case problem != "":
		return bad(problem)
	}
	return &outlookSubscription{id: newID(""), hook: sent.URL, lifecycle: sent.Lifecycle, state: sent.State, calendar: box.calendar(id),
		expires: expires}, graphAnswer{status: http.StatusOK}
}

// readExpiry needs m.mu.
func (m *Microsoft) readExpiry(text string) (expires time.Time, problem string) {
	expires, err := time.Parse(time.RFC3339, text)
	switch now := m.clock(); {
	case err != nil || !expires.After(now):
		return expires, "expirationDateTime is not a time ahead"
	case expires.After(now.Add(longestSubscription)):
		return expires, "Subscription expiration can only be 4230 minutes in the future."
	}
	return expires, ""
}

// isHook: https, as Graph wants it; http to this machine, since tests and development have no certificates.
func isHook(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	return u.Scheme == "https" || (u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost"))
}

// validate posts a token that the hook must send back as plain text within ten seconds.
func (m *Microsoft) validate(ctx context.Context, hook string) error {
	token := "Validation: Testing client application reachability for subscription Request-Id: " + newID("") + " <&>"
	separator := "?"
	if strings.Contains(hook, "?") {
		separator = "&"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook+separator+"validationToken="+url.QueryEscape(token), http.NoBody)
	if err != nil {
		return errors.New("the address is not one")
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	resp, err := m.client.Do(req)
	if err != nil {
		return errors.New("no answer")
	}
	defer resp.Body.Close()
	echoed, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil || resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") || string(echoed) != token {
		return errors.New("the token did not come back as plain text")
	}
	return nil
}

func (s *outlookSubscription) json() map[string]any {
	return map[string]any{"id": s.id, "resource": "me/calendars/" + s.calendar.id + "/events", "notificationUrl": s.hook,
		"expirationDateTime": s.expires.UTC().Format(time.RFC3339Nano), "clientState": nil}
}

// live returns a subscription of a mailbox that has not expired. It needs m.mu.
func (m *Microsoft) live(id string, box *outlookBox) *outlookSubscription {
	sub := m.subscriptions[id]
	if sub == nil || sub.calendar.box != box || m.clock().After(sub.expires) {
		return nil
	}
	return sub
}

func (m *Microsoft) renewSubscription(r *http.Request, box *outlookBox) graphAnswer {
	sub := m.live(r.PathValue("id"), box)
	var sent struct {
		Expires string `json:"expirationDateTime"`
	}
	if sub == nil {
		return refuseGraph(http.StatusNotFound, "ResourceNotFound", "The object was not found.")
	}
	_ = json.NewDecoder(r.Body).Decode(&sent) // no body is no time
	expires, problem := m.readExpiry(sent.Expires)
	if problem != "" {
		return refuseGraph(http.StatusBadRequest, "InvalidRequest", problem)
	}
	sub.expires = expires
	return graphAnswer{status: http.StatusOK, body: sub.json()}
}

func (m *Microsoft) deleteSubscription(r *http.Request, box *outlookBox) graphAnswer {
	if m.live(r.PathValue("id"), box) == nil {
		return refuseGraph(http.StatusNotFound, "ResourceNotFound", "The object was not found.")
	}
	delete(m.subscriptions, r.PathValue("id"))
	return graphAnswer{status: http.StatusNoContent}
}

// post sends one notification.
func (m *Microsoft) post(ctx context.Context, n outlookNotification) error {
	body, err := json.Marshal(map[string]any{"value": []any{n.entry}})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := m.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return &WebhookError{Status: resp.StatusCode}
	}
	return nil
}
