// Package audit answers one question before the telephone rings: will a live call reach our server, and only ours? It
// looks through everything the account at Vapi could do instead, takes that away on request, and asks our own webhook.
package audit

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// Clean is the verdict when nothing stands in a live call's way.
const Clean = "SYSTEM IS CLEAN - LIVE CALLS WILL WORK!"

// Options of an audit. All but Fix are required.
type Options struct {
	Vapi       *vapi.Client
	BackendURL string                 // our server as Vapi reaches it, without path
	Auth       sandbox.Authentication // how Vapi proves itself to it
	HTTP       *http.Client           // asks our server
	Fix        bool                   // detach what is found
}

// Report is what an audit found; it is printed as JSON as it is.
type Report struct {
	Clean      bool      `json:"clean"`
	Verdict    string    `json:"verdict"`
	Fix        bool      `json:"fix"`
	Assistants int       `json:"assistants"` // looked at
	Squads     int       `json:"squads"`
	Tools      int       `json:"tools"`
	Findings   []Finding `json:"findings"` // interceptors that hang somewhere
	Lying      []Lying   `json:"lying"`    // interceptors among the account's tools; harmless while nothing holds them
	Webhook    []Check   `json:"webhook"`
}

// Finding is an interceptor and where it hangs.
type Finding struct {
	Holder  string `json:"holder"` // assistant or squad
	ID      string `json:"id"`     // of the holder
	Name    string `json:"name"`   // of the holder
	Where   string `json:"where"`  // within the holder, such as model.tools[0]
	Type    string `json:"type"`
	Tool    string `json:"tool,omitempty"`    // its function's name
	ToolID  string `json:"tool_id,omitempty"` // of one that hangs by its id
	Removed bool   `json:"removed"`           // and looked for again afterwards
	Problem string `json:"problem,omitempty"` // why it was not removed
}

// Lying is an interceptor that the account has. Whatever holds it is among the findings.
type Lying struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Name string `json:"name,omitempty"`
}

// Run audits, and repairs if asked to. An error means that it could not look, not that it found something.
func Run(ctx context.Context, o Options) (Report, error) {
	report := Report{Fix: o.Fix, Webhook: o.checkWebhook(ctx), Findings: []Finding{}, Lying: []Lying{}}
	tools, err := o.Vapi.ListTools(ctx)
	if err != nil {
		return report, fmt.Errorf("list the account's tools: %w", err)
	}
	inspector, err := vapi.NewInspector(o.BackendURL, tools)
	if err != nil {
		return report, err
	}
	report.Tools = len(tools)
	for _, tool := range tools {
		if found, bad := inspector.Tool(tool); bad {
			report.Lying = append(report.Lying, Lying{ID: found.ToolID, Type: found.Type, Name: found.Name})
		}
	}
	slices.SortFunc(report.Lying, func(a, b Lying) int { return strings.Compare(a.Type+a.ID, b.Type+b.ID) })
	how := howToRepair(o.Fix, report.Webhook)
	for _, k := range []struct {
		kind
		count *int
	}{{assistants(o.Vapi), &report.Assistants}, {squads(o.Vapi), &report.Squads}} {
		holders, err := k.list(ctx)
		if err != nil {
			return report, fmt.Errorf("list the account's %ss: %w", k.name, err)
		}
		*k.count = len(holders)
		slices.SortFunc(holders, func(a, b vapi.Object) int { return strings.Compare(a.Text("id"), b.Text("id")) })
		for _, holder := range holders {
			report.Findings = append(report.Findings, k.audit(ctx, inspector, holder, how)...)
		}
	}
	report.judge()
	return report, ctx.Err()
}

// judge draws the conclusion: only both together mean that calls will work.
func (r *Report) judge() {
	left := 0
	for _, f := range r.Findings {
		if !f.Removed {
			left++
		}
	}
	r.Clean = left == 0 && answersWell(r.Webhook)
	switch {
	case r.Clean:
		r.Verdict = Clean
	case left > 0 && !r.Fix:
		r.Verdict = fmt.Sprintf("NOT CLEAN: %d interceptors would take calls past this server. --fix detaches them.", left)
	case left > 0:
		r.Verdict = fmt.Sprintf("NOT CLEAN: %d interceptors could not be detached.", left)
	default:
		r.Verdict = "NOT CLEAN: this server's webhook does not answer as Vapi needs it."
	}
}
