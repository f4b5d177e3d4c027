package microsoft

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// MaxNotificationBody is the most that is worth reading of a notification, in bytes.
const MaxNotificationBody = 1 << 20

// What became of a subscription (Graph: lifecycleEvent).
const (
	ReauthorizationRequired = "reauthorizationRequired" // renew it, with a fresh access token
	SubscriptionRemoved     = "subscriptionRemoved"     // subscribe anew and pull
	Missed                  = "missed"                  // pull
)

// Notification is one entry of what Graph posts. Entries of several subscriptions may come together. It says that there is
// something to pull, never what: only Graph itself is believed.
type Notification struct {
	SubscriptionID string
	ChangeType     string    // created, updated or deleted; empty for the subscription's own life
	Lifecycle      string    // [ReauthorizationRequired], [SubscriptionRemoved], [Missed]; empty for a change
	Expires        time.Time // of the subscription; zero when it was not said
	clientState    string
}

// ClientStateHash is the SHA-256 of the client state that the entry carries: that of the subscription's proves that Graph
// sent it.
func (n Notification) ClientStateHash() []byte {
	sum := sha256.Sum256([]byte(n.clientState))
	return sum[:]
}

// LogValue leaves the client state out of logs.
func (n Notification) LogValue() slog.Value { return slog.StringValue("[notification]") }

// String hides the client state from every format verb that asks for text.
func (n Notification) String() string { return "[notification]" }

// GoString hides the client state from %#v.
func (n Notification) GoString() string { return n.String() }

var errNotification = errors.New("microsoft: not a notification")

// ValidationToken returns the token that Graph wants back before it accepts an address, for a request's query.
func ValidationToken(query url.Values) (token string, asked bool) {
	token = query.Get("validationToken")
	return token, token != "" && len(token) <= 4096
}

// AnswerValidation proves the address: the token as it is, as plain text, which no browser takes for anything else. Graph
// waits ten seconds.
func AnswerValidation(w http.ResponseWriter, token string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, token) // a Graph that has gone away asks again
}

// ParseNotifications reads a body that Graph posted, of changes or of subscriptions' lives. Nothing of it is proved before
// [Notification.ClientStateHash] is compared. Graph wants its 202 within three seconds.
func ParseNotifications(body []byte) ([]Notification, error) {
	var batch struct {
		Value []struct {
			ID          string `json:"subscriptionId"`
			ClientState string `json:"clientState"`
			ChangeType  string `json:"changeType"`
			Lifecycle   string `json:"lifecycleEvent"`
			Expires     string `json:"subscriptionExpirationDateTime"`
		} `json:"value"`
	}
	if len(body) > MaxNotificationBody || json.Unmarshal(body, &batch) != nil || len(batch.Value) == 0 {
		return nil, errNotification
	}
	notifications := make([]Notification, 0, len(batch.Value))
	for _, entry := range batch.Value {
		if entry.ID == "" || (entry.ChangeType == "") == (entry.Lifecycle == "") {
			return nil, errNotification
		}
		expires, err := time.Parse(time.RFC3339, entry.Expires)
		if err != nil {
			expires = time.Time{}
		}
		notifications = append(notifications, Notification{SubscriptionID: entry.ID, ChangeType: entry.ChangeType,
			Lifecycle: entry.Lifecycle, Expires: expires, clientState: entry.ClientState})
	}
	return notifications, nil
}
