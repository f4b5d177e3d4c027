package sandbox

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// Subscriptions returns the ids of those that have not expired, sorted.
func (m *Microsoft) Subscriptions() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(m.subscriptions)) {
		if !m.clock().After(m.subscriptions[id].expires) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Deliver switches automatic notifications on or off. Off, they wait for [Microsoft.Notify].
func (m *Microsoft) Deliver(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks.automatic = on
}

// DuplicateNotifications makes each notification come twice.
func (m *Microsoft) DuplicateNotifications(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks.twice = on
}

// LoseNotifications forgets those that wait.
func (m *Microsoft) LoseNotifications() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks.waiting = nil
}

// Notify sends the notifications that wait and returns what went wrong with any of them; none is kept.
func (m *Microsoft) Notify(ctx context.Context) error {
	m.mu.Lock()
	waiting := m.hooks.waiting
	m.hooks.waiting = nil
	m.mu.Unlock()
	var failed []error
	for _, n := range waiting {
		failed = append(failed, m.post(ctx, n))
	}
	return errors.Join(failed...)
}

// Lifecycle tells a subscription's lifecycle hook of an event: reauthorizationRequired, subscriptionRemoved (which removes
// it) or missed.
//
// Errors: an unknown subscription, one without such a hook, no answer, [*WebhookError].
func (m *Microsoft) Lifecycle(ctx context.Context, id, event string) error {
	m.mu.Lock()
	sub := m.subscriptions[id]
	if sub == nil || sub.lifecycle == "" {
		m.mu.Unlock()
		return errors.New("no such subscription with a lifecycle hook")
	}
	entry := sub.entry()
	entry["lifecycleEvent"] = event
	if event == "subscriptionRemoved" {
		delete(m.subscriptions, id)
	}
	m.mu.Unlock()
	return m.post(ctx, outlookNotification{url: sub.lifecycle, entry: entry})
}

func (s *outlookSubscription) entry() map[string]any {
	return map[string]any{"subscriptionId": s.id, "subscriptionExpirationDateTime": s.expires.UTC().Format(time.RFC3339Nano),
		"clientState": s.state, "tenantId": "84bd8158-6d4d-4958-8b9f-9d6445542f95"}
}

// tell notes a change for all who subscribed to the calendar. It needs m.mu.
func (m *Microsoft) tell(c *outlookCalendar, eventID, changeType string) {
	for _, id := range slices.Sorted(maps.Keys(m.subscriptions)) {
		sub := m.subscriptions[id]
		if sub.calendar != c || m.clock().After(sub.expires) {
			continue
		}
		entry := sub.entry()
		entry["changeType"] = changeType
		entry["resource"] = "Users/" + c.box.id + "/Events/" + eventID
		entry["resourceData"] = map[string]any{"@odata.type": "#Microsoft.Graph.Event", "id": eventID}
		n := outlookNotification{url: sub.hook, entry: entry}
		m.hooks.waiting = append(m.hooks.waiting, n)
		if m.hooks.twice {
			m.hooks.waiting = append(m.hooks.waiting, n)
		}
	}
	if m.hooks.automatic && len(m.hooks.waiting) > 0 && m.life.Err() == nil {
		m.running.Go(func() { _ = m.Notify(m.life) }) // Graph would try again for hours; the pull is the net
	}
}
