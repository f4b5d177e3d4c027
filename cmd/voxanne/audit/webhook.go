package audit

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// nobodysNumber can be no telephone's: no number begins with a zero behind its country code 1.
const nobodysNumber = "+10000000000"

// Check is one promise of our webhook.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"` // what happened instead
}

func answersWell(webhook []Check) bool {
	return !slices.ContainsFunc(webhook, func(c Check) bool { return !c.OK })
}

// checkWebhook asks our server what Vapi asks. Nothing is written there: no clinic has the messages' ids.
func (o Options) checkWebhook(ctx context.Context) []Check {
	line := sandbox.Line{
		CallID: "audit-" + uuid.NewString(), PhoneNumberID: uuid.NewString(), Number: nobodysNumber, At: time.Now(),
	}
	informational := sandbox.Unknown(line, "conversation-update")
	wrong := func(h http.Header, body []byte, now time.Time) {
		sandbox.Secret("not-"+uuid.NewString())(h, body, now)
	}
	return []Check{
		o.checkStatus(ctx, "a signed message is answered 200", o.Auth, informational, http.StatusOK),
		o.checkStatus(ctx, "an unsigned message is answered 401", sandbox.Anonymous(), informational, http.StatusUnauthorized),
		o.checkStatus(ctx, "a wrongly signed message is answered 401", wrong, informational, http.StatusUnauthorized),
		o.checkToolCall(ctx, line),
	}
}

func (o Options) checkStatus(
	ctx context.Context, name string, auth sandbox.Authentication, m sandbox.Message, want int,
) Check {
	answer, err := o.caller(auth).Post(ctx, sandbox.PathWebhook, m)
	switch {
	case err != nil:
		return Check{Name: name, Detail: err.Error()}
	case answer.Status != want:
		return Check{Name: name, Detail: fmt.Sprintf("status %d", answer.Status)}
	}
	return Check{Name: name, OK: true}
}

// checkToolCall: Vapi drops every answer to a tool call that is not a 200 with a result for each call, and the caller
// hears nothing.
func (o Options) checkToolCall(ctx context.Context, line sandbox.Line) Check {
	check := Check{Name: "a tool call to an unknown number is answered 200 with results"}
	call := sandbox.ToolCall{ID: "call_" + uuid.NewString(), Name: "checkAvailability", Arguments: map[string]any{}}
	if _, err := o.caller(o.Auth).CallTools(ctx, sandbox.ToolCalls(line, sandbox.NestedObject, call)); err != nil {
		check.Detail = err.Error()
		return check
	}
	check.OK = true
	return check
}

func (o Options) caller(auth sandbox.Authentication) *sandbox.Caller {
	return &sandbox.Caller{BaseURL: o.BackendURL, Auth: auth, HTTP: o.HTTP}
}
