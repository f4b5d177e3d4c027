package microsoft

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// LongestSubscription is how long a subscription to events may live. Later editions of Microsoft's table allow more; this
// is what all of them allow.
const LongestSubscription = 4230 * time.Minute

// Subscription asks Graph to tell an address of changes in a calendar.
type Subscription struct {
	ID      string
	Expires time.Time
}

// Hook is where notifications go, and what proves that they come from Graph.
type Hook struct {
	URL          string // https; asked to prove itself while [Account.Subscribe] waits
	LifecycleURL string // may be the same; empty: none
	ClientState  string // a secret, at most 128 characters, in every notification
}

// Subscribe begins notifications of a calendar's changes, for life, at most [LongestSubscription]. Graph asks the hook
// before it answers: the server must be able to. After an [*UnavailableError] there may be one that nobody knows; it sends
// what no client state is known for, and ends by itself.
//
// Errors: as [Account.CreateEvent], [*RefusedError] also when the hook did not prove itself (Graph: POST /subscriptions).
func (a *Account) Subscribe(ctx context.Context, calendarID string, h Hook, life time.Duration) (Subscription, error) {
	path, known := eventsPath(calendarID)
	if !known {
		return Subscription{}, ErrNotFound
	}
	if h.ClientState == "" || len(h.ClientState) > 128 {
		return Subscription{}, &RefusedError{}
	}
	body := map[string]string{"changeType": "created,updated,deleted", "notificationUrl": h.URL, "resource": path[1:],
		"clientState": h.ClientState, "expirationDateTime": until(life)}
	if h.LifecycleURL != "" {
		body["lifecycleNotificationUrl"] = h.LifecycleURL
	}
	return a.subscription(ctx, call{method: http.MethodPost, path: "/subscriptions", body: body, once: true})
}

// DeleteSubscription ends a subscription; one that is not there has ended. Other errors as [Account.Subscribe] (Graph:
// DELETE /subscriptions/{id}).
func (a *Account) DeleteSubscription(ctx context.Context, id string) error {
	sub, known := segment(id)
	if !known {
		return nil
	}
	err := a.do(ctx, call{method: http.MethodDelete, path: "/subscriptions/" + sub}, nil)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (a *Account) subscription(ctx context.Context, c call) (Subscription, error) {
	var made struct {
		ID      string    `json:"id"`
		Expires time.Time `json:"expirationDateTime"`
	}
	if err := a.do(ctx, c, &made); err != nil {
		return Subscription{}, err
	}
	if made.ID == "" || made.Expires.IsZero() {
		return Subscription{}, unreadable(http.StatusOK)
	}
	return Subscription{ID: made.ID, Expires: made.Expires}, nil
}

// until is the time by our clock that a life ends. A minute less than the longest is asked for: our clock may be ahead.
func until(life time.Duration) string {
	return time.Now().Add(min(life, LongestSubscription-time.Minute)).UTC().Format(time.RFC3339)
}
