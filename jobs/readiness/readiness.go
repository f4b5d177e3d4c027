// Package readiness answers whether an agent can really take calls and texts: Twilio and Vapi are asked, nothing is taken
// for granted, and what nobody asked is said to be unasked. Calendars are judged by what the workers last found. It changes
// nothing outside.
package readiness

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
	"github.com/voxanne-ai/voxanne/jobs/toolsync"
)

// Status is what came of a check.
type Status string

// The statuses. Skipped: it was not asked, so that it is neither good nor bad.
const (
	OK      Status = "ok"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Check is one thing that was asked.
type Check struct {
	Name   string `json:"name"` // see [Names]
	Status Status `json:"status"`
	Detail string `json:"detail"` // a sentence: what is so, or what is wrong and what to do
	// Unreachable: it failed because nobody answered, so that nothing is known.
	Unreachable bool `json:"unreachable,omitempty"`
}

// Report is what a check of an agent came to.
type Report struct {
	OrgID   uuid.UUID `json:"org_id"`
	AgentID uuid.UUID `json:"agent_id"`
	Agent   string    `json:"agent"` // its name
	Ready   bool      `json:"ready"` // nothing failed
	Checks  []Check   `json:"checks"`
}

// Unknown reports whether all that failed did so because nobody answered.
func (r Report) Unknown() bool {
	return !r.Ready && !slices.ContainsFunc(r.Checks, func(c Check) bool { return c.Status == Failed && !c.Unreachable })
}

// Names are the checks in the order in which they are reported.
func Names() []string {
	return []string{"twilio_account", "twilio_number", "twilio_capabilities", "twilio_texts", "twilio_calls", "vapi_assistant",
		"vapi_server", "vapi_tools", "vapi_number", "vapi_routing", "calendar"}
}

// Lines looks at numbers; *provisioner.Provisioner does.
type Lines interface {
	Inspect(ctx context.Context, org uuid.UUID) ([]provisioner.Finding, error)
}

// Assistants looks at assistants; *toolsync.Syncer does.
type Assistants interface {
	Inspect(ctx context.Context, org, agent uuid.UUID) ([]toolsync.Finding, error)
}

// Checker checks agents. Safe for concurrent use; all of its fields are required.
type Checker struct {
	DB         *db.DB
	Lines      Lines
	Assistants Assistants
}

// Run checks an agent of an organisation by name; "" is the one that answers calls. Errors: [toolsync.ErrNoAgent], or of
// the database.
func (c Checker) Run(ctx context.Context, org uuid.UUID, agent string) (Report, error) {
	report := Report{OrgID: org}
	var err error
	if report.AgentID, report.Agent, err = c.find(ctx, org, agent); err != nil {
		return report, err
	}
	found := newFindings()
	if err := c.line(ctx, org, found); err != nil {
		return report, err
	}
	assistant, err := c.Assistants.Inspect(ctx, org, report.AgentID)
	if err != nil {
		return report, fmt.Errorf("look at the assistant: %w", err)
	}
	for _, f := range assistant {
		found.add(aboutAssistant(f.About), f.Code)
	}
	if err := c.calendar(ctx, org, found); err != nil {
		return report, err
	}
	report.Checks = found.checks()
	report.Ready = !slices.ContainsFunc(report.Checks, func(c Check) bool { return c.Status == Failed })
	return report, nil
}

func (c Checker) find(ctx context.Context, org uuid.UUID, name string) (id uuid.UUID, found string, err error) {
	err = c.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		agents, err := tx.ListAgents(ctx, org)
		if err != nil {
			return fmt.Errorf("read the agents: %w", err)
		}
		for _, a := range agents {
			if name == a.Name || name == "" && a.Role == "inbound" && a.IsDefault {
				id, found = a.ID, a.Name
				return nil
			}
		}
		return toolsync.ErrNoAgent
	})
	return id, found, err
}

// line asks about the clinic's number. Without one that works there is nothing to ask the providers.
func (c Checker) line(ctx context.Context, org uuid.UUID, found findings) error {
	at, err := c.Lines.Inspect(ctx, org)
	switch {
	case errors.Is(err, provisioner.ErrNoLine):
		found.add("twilio_number", "no_line")
		return nil
	case err != nil:
		return fmt.Errorf("look at the line: %w", err)
	}
	for _, f := range at {
		found.add(aboutLine(f), f.Code)
	}
	return nil
}

// calendar judges the clinic's calendars by what the workers found last: they ask the providers every few minutes, and what
// they found decides whether bookings are confirmed.
func (c Checker) calendar(ctx context.Context, org uuid.UUID, found findings) error {
	return c.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		links, err := tx.CalendarHealth(ctx)
		if err != nil {
			return fmt.Errorf("read how the calendars do: %w", err)
		}
		if len(links) > 0 {
			found.add("calendar", aboutCalendars(links))
		}
		return nil
	})
}
