package vapi

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
)

// OutboundCall is a call that Vapi is asked to make (Vapi: POST /call).
type OutboundCall struct {
	// Name is at most 40 characters. Vapi knows no idempotency keys: by its name alone is a call found again whose
	// answer was lost.
	Name           string
	AssistantID    string
	PhoneNumberID  string            // Vapi's id of the number that calls
	CustomerNumber string            // E.164
	Variables      map[string]string // fill the {{placeholders}} of the assistant's prompt
	Metadata       map[string]string // comes back in every webhook, under call.assistantOverrides
	// VoicemailMessage is said to an answering machine; empty: what the assistant has.
	VoicemailMessage string
	// EarliestAt and LatestAt bound when it is dialled. Both zero: at once, without a schedulePlan.
	EarliestAt, LatestAt time.Time
}

// PlacedCall is what Vapi says of a call (Vapi: Call).
type PlacedCall struct {
	ID          string
	Name        string
	Status      string             // scheduled, queued, ringing, in-progress, forwarding, ended, …
	EndedReason string             // an open set; empty before the end
	CreatedAt   time.Time          // zero when Vapi does not say
	Limits      SubscriptionLimits // told by POST /call only
}

// SubscriptionLimits is how the account stood when a call was placed (Vapi: subscriptionLimits).
type SubscriptionLimits struct {
	Blocked   bool // every slot was taken: this call is never connected
	Limit     int  // slots of the account
	Remaining int  // that were free
}

// PlaceCall asks for a call, once: it is never repeated here (Vapi: POST /call).
//
// After an [*UncertainError] the call was perhaps made: look for it with [Client.CallsSince] before placing another. After
// every other error it surely was not: [ErrUnauthorized], [ErrNotFound], [*InvalidError], [*RateLimitedError],
// [*UnavailableError], a wait for a turn that ended, a call that lacks something. Nor does it ring anybody without an error
// when Limits.Blocked is set: it has an id, and ends as call.start.error-subscription-concurrency-limit-reached. Some
// accounts are refused instead when their slots are taken, which is a [*RateLimitedError] with Limits.Blocked beside it.
func (c *Client) PlaceCall(ctx context.Context, call OutboundCall) (PlacedCall, error) {
	body, err := call.body()
	if err != nil {
		return PlacedCall{}, err
	}
	made, err := c.create(ctx, callPath, body)
	if isOverConcurrency(err) {
		return PlacedCall{Limits: SubscriptionLimits{Blocked: true}}, &RateLimitedError{}
	}
	if err != nil {
		return PlacedCall{}, err
	}
	return readPlaced(made), nil
}

// CallsSince returns the account's calls with an assistant that were created at since or later, in no order, each once, see
// [Client.ListTools]. An assistant's id keeps the list short (Vapi: GET /call).
func (c *Client) CallsSince(ctx context.Context, assistantID string, since time.Time) ([]PlacedCall, error) {
	if !usableID(assistantID) {
		return nil, errors.New("vapi: a list of calls needs an assistant's id")
	}
	if since.IsZero() {
		return nil, errors.New("vapi: a list of calls needs a beginning")
	}
	// createdAt has milliseconds, and a span begins after its first moment.
	before := since.UTC().Truncate(time.Millisecond).Add(-time.Millisecond).Format(millis)
	listed, err := c.listWithin(ctx, callPath, url.Values{"assistantId": {assistantID}}, span{after: before})
	if err != nil {
		return nil, err
	}
	calls := make([]PlacedCall, len(listed))
	for i, o := range listed {
		calls[i] = readPlaced(o)
	}
	return calls, nil
}

// millis is how Vapi writes times.
const millis = "2006-01-02T15:04:05.000Z"

// body is the call as Vapi takes it. A call without a name could never be found again, one with half a plan has no
// meaning at Vapi.
func (call OutboundCall) body() (Object, error) {
	if call.Name == "" || call.AssistantID == "" || call.PhoneNumberID == "" || call.CustomerNumber == "" {
		return nil, errors.New("vapi: an outbound call needs a name, an assistant, a number of ours and one to dial")
	}
	if call.EarliestAt.IsZero() != call.LatestAt.IsZero() {
		return nil, errors.New("vapi: an outbound call has both bounds of its time, or none")
	}
	overrides := map[string]any{}
	if len(call.Variables) > 0 {
		overrides["variableValues"] = call.Variables
	}
	if len(call.Metadata) > 0 {
		overrides["metadata"] = call.Metadata
	}
	if call.VoicemailMessage != "" {
		overrides["voicemailMessage"] = call.VoicemailMessage
	}
	fields := map[string]any{
		"name": call.Name, "assistantId": call.AssistantID, "phoneNumberId": call.PhoneNumberID,
		"customer": map[string]string{"number": call.CustomerNumber}, "assistantOverrides": overrides,
	}
	if !call.EarliestAt.IsZero() {
		fields["schedulePlan"] = map[string]string{
			"earliestAt": call.EarliestAt.UTC().Format(millis), "latestAt": call.LatestAt.UTC().Format(millis)}
	}
	return Encode(fields)
}

// readPlaced reads what is there: a call whose answer came is placed, whatever the rest of it looks like.
func readPlaced(o Object) PlacedCall {
	call := PlacedCall{ID: o.Text("id"), Name: o.Text("name"), Status: o.Text("status"), EndedReason: o.Text("endedReason")}
	if at, err := time.Parse(time.RFC3339, o.Text("createdAt")); err == nil {
		call.CreatedAt = at
	}
	limits := o.object("subscriptionLimits")
	call.Limits = SubscriptionLimits{Blocked: string(limits["concurrencyBlocked"]) == "true",
		Limit: limits.number("concurrencyLimit"), Remaining: limits.number("remainingConcurrentCalls")}
	return call
}

// isOverConcurrency: a refusal that speaks of the account's slots. Its published answer is another one, a call that is
// blocked; this one is what users of Vapi report.
func isOverConcurrency(err error) bool {
	var refused *InvalidError
	if !errors.As(err, &refused) {
		return false
	}
	for _, problem := range refused.Problems {
		if strings.Contains(strings.ToLower(problem), "concurrency limit") {
			return true
		}
	}
	return false
}
