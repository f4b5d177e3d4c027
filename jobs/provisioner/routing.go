package provisioner

import (
	"context"

	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const (
	routingFixed = "fixed"
)

// route says which of us answers a call: dynamic, Vapi asks us for the assistant; fixed, the number carries one.
func (w *work) route(ctx context.Context) (made, error) {
	fields, err := w.routing()
	if err != nil {
		return made{}, err
	}
	_, err = w.patchNumber(ctx, text(w.task.VapiNumberID), fields)
	return made{id: w.routedAs}, err
}

// routing is the part of a number at Vapi that calls depend on; nil clears a field. When we cannot answer, Vapi rings the
// location's own line; without one it has to give up (Vapi: phoneNumber.fallbackDestination).
func (w *work) routing() (map[string]any, error) {
	fields := map[string]any{
		"provider": "twilio",
		"server": map[string]any{
			"url": w.webhook, "timeoutSeconds": serverTimeout, "headers": map[string]any{"X-Vapi-Secret": w.Secret},
		},
		"assistantId": nil, "fallbackDestination": nil,
	}
	if line := text(w.task.OwnLine); line != "" {
		fields["fallbackDestination"] = map[string]any{"type": "number", "number": line}
	}
	if text(w.task.Routing) == routingFixed {
		if text(w.task.VapiAssistantID) == "" {
			return nil, errNoAssistant
		}
		fields["assistantId"] = text(w.task.VapiAssistantID)
	}
	return fields, nil
}

// routed reports whether the number at Vapi points where it should.
func (w *work) routed(n vapi.Object) bool {
	assistant := ""
	if text(w.task.Routing) == routingFixed {
		assistant = text(w.task.VapiAssistantID)
	}
	return inner(n, "server").Text("url") == w.webhook && n.Text("assistantId") == assistant &&
		inner(n, "fallbackDestination").Text("number") == text(w.task.OwnLine)
}

// inner is a nested object, empty when there is none.
func inner(o vapi.Object, key string) vapi.Object {
	nested, err := vapi.ParseObject(o[key])
	if err != nil {
		return vapi.Object{}
	}
	return nested
}
