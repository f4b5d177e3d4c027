package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// outcome is what one request of a flood met: served, shed, or why it is neither.
type outcome string

const (
	served outcome = "served"
	// shed: a dashboard that is told when to come again, a tool call with a sentence about trouble, a call that rings the
	// clinic's own line.
	shed outcome = "shed"
	// late: a call that rings the clinic's own line because Vapi waited in vain.
	late outcome = "late"
)

// offer asks for free times. Whatever happens, the model needs a sentence to say.
func (f *flood) offer(ctx context.Context, line sandbox.Line) outcome {
	results, err := f.vapi.CallTools(ctx, sandbox.ToolCalls(line, sandbox.NestedObject, sandbox.ToolCall{
		ID: "call-" + line.CallID, Name: "checkAvailability",
		Arguments: map[string]any{"service": "Checkup", "date": line.At.AddDate(0, 0, 3).Format(time.DateOnly)}}))
	switch {
	case err != nil:
		return outcome(err.Error())
	case results[0].Result != "":
		return served
	case results[0].Error != "":
		return shed
	default:
		return "an answer without a sentence"
	}
}

// arrive lets a call arrive. Where no assistant is named at once, Vapi rings the clinic's own line.
func (f *flood) arrive(ctx context.Context, line sandbox.Line) outcome {
	answer, err := f.vapi.RequestAssistant(ctx, sandbox.AssistantRequest(line))
	var trouble *sandbox.TroubleError
	var deadline *sandbox.DeadlineError
	switch {
	case errors.As(err, &trouble):
		return shed
	case errors.As(err, &deadline):
		return late
	case err != nil:
		return outcome(err.Error())
	case answer.AssistantID == "":
		return outcome("no assistant: " + answer.Error)
	default:
		return served
	}
}

// look is a dashboard's request.
func (f *flood) look(ctx context.Context, n int) outcome {
	paths := []string{"/api/appointments", "/api/contacts", "/api/calls-dashboard"}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.vapi.BaseURL+paths[n%len(paths)], nil)
	if err != nil {
		return outcome(err.Error())
	}
	req.Header.Set("Authorization", "Bearer "+f.tokens[n%len(f.tokens)])
	resp, err := f.client.Do(req)
	if err != nil {
		return outcome(err.Error())
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return outcome(err.Error())
	}
	return dashboardOutcome(resp.StatusCode, resp.Header.Get("Retry-After"))
}

// dashboardOutcome reads an answer to a dashboard.
func dashboardOutcome(status int, retryAfter string) outcome {
	switch {
	case status == http.StatusOK:
		return served
	case status != http.StatusServiceUnavailable && status != http.StatusTooManyRequests:
		return outcome(fmt.Sprintf("status %d", status))
	case retryAfter == "":
		return outcome(fmt.Sprintf("status %d without Retry-After", status))
	default:
		return shed
	}
}

// tally counts outcomes of one kind of request. It is safe for concurrent use.
type tally struct {
	mu sync.Mutex
	counts
}

// counts are what became of requests of one kind.
type counts struct {
	served, shed, late, broken int
	lastBroken                 outcome
	slowest                    time.Duration
}

func (t *tally) add(o outcome, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.slowest = max(t.slowest, took)
	switch o {
	case served:
		t.served++
	case shed:
		t.shed++
	case late:
		t.late++
	default:
		t.broken, t.lastBroken = t.broken+1, o
	}
}

func (t *tally) count() counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.counts
}

func (c counts) String() string {
	text := fmt.Sprintf("%d; %d served, %d turned away, the slowest after %d ms", c.broken, c.served, c.shed, c.slowest.Milliseconds())
	if c.late > 0 {
		text += fmt.Sprintf(", %d too late", c.late)
	}
	if c.broken > 0 {
		text += fmt.Sprintf(" (the last: %s)", c.lastBroken)
	}
	return text
}

func (c counts) all() int { return c.served + c.shed + c.late + c.broken }

// shareShed is the part that was not served; 0 of none.
func (c counts) shareShed() float64 { return float64(c.all()-c.served) / float64(max(1, c.all())) }

// judgeFlood says whether everybody was told something they can act on, and dashboards were turned away before calls.
func judgeFlood(tools, arrivals, dashboards counts) []finding {
	calls := counts{served: tools.served + arrivals.served, shed: tools.all() + arrivals.all() - tools.served - arrivals.served}
	return []finding{
		{tools.broken == 0, "tool calls without a sentence to say", tools.String()},
		{arrivals.broken == 0, "calls that neither an assistant nor the clinic's own line took", arrivals.String()},
		{2*arrivals.late <= arrivals.all(), "arriving calls of which Vapi heard nothing in time", fmt.Sprintf("%d of %d", arrivals.late, arrivals.all())},
		{dashboards.broken == 0, "dashboards that were not told when to come again", dashboards.String()},
		{dashboards.shed > 0 && dashboards.shareShed() > calls.shareShed(), "dashboards are turned away before calls",
			fmt.Sprintf("%.0f %% of theirs, %.0f %% of calls'", 100*dashboards.shareShed(), 100*calls.shareShed())},
	}
}
