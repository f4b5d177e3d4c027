package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

const provisioningUsage = `Looks after the runs that give clinics their numbers and take them back.

usage: voxanne provisioning list [--state STATE] [--org SLUG|ID] [--json]
       voxanne provisioning resume ID [--dry-run] [--json]
       voxanne provisioning undo ID [--yes] [--dry-run] [--json]

`

const provisioningListUsage = `Lists the runs, the newest first: how each stands, what it failed of, and when it is tried next.

options:
`

const provisioningResumeUsage = `Has a run's next step tried at once, with as many tries before it as at first. A line that works
but has an error goes through every step again. The workers (voxanne work) do it. The exit
status is 1 when there is no such run, or nothing left of it to do.

options:
`

const provisioningUndoUsage = `Takes back what a run made at Twilio and Vapi: calls of the number go where they went before, and the
number stays the clinic's to text from. The workers (voxanne work) do it. The exit status is 1
when there is no such run, or nothing left of it to undo.

options:
`

func runProvisioning(ctx context.Context, p process, args []string) error {
	return runBelow(ctx, p, "provisioning", provisioningUsage, []command{
		{name: "list", run: runProvisioningList}, {name: "resume", run: runProvisioningResume}, {name: "undo", run: runProvisioningUndo},
	}, args)
}

// runShown is a run as it is printed as JSON.
type runShown struct {
	ID uuid.UUID `json:"id"`
	orgShown
	Number string      `json:"number"`
	State  string      `json:"state"`
	Error  string      `json:"error,omitempty"` // a word of ours
	NextAt *time.Time  `json:"next_at"`         // not before this is it tried again; null: at once, or never
	AtWork bool        `json:"at_work"`         // a worker is at it
	Steps  []stepShown `json:"steps"`
}

// orgShown names a clinic.
type orgShown struct {
	OrgID uuid.UUID `json:"org_id"`
	Org   string    `json:"org"` // its slug
}

type stepShown struct {
	Step     string `json:"step"`
	State    string `json:"state"`
	Attempts int    `json:"attempts"`
	Error    string `json:"error,omitempty"`
}

func runProvisioningList(ctx context.Context, p process, args []string) error {
	var state, org string
	var asJSON bool
	err := parseFlags(p, "provisioning list", provisioningListUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&state, "state", "", "only runs in this `state`: running, active, undoing, undone, releasing or released")
		f.StringVar(&org, "org", "", "only the organisation with this `slug` or id")
		f.BoolVar(&asJSON, "json", false, "print the runs as JSON")
	})
	if err != nil {
		return err
	}
	if state != "" && !slices.Contains([]string{"running", "active", "undoing", "undone", "releasing", "released"}, state) {
		return misused(p, "voxanne provisioning list: there is no state %q", state)
	}
	o, err := newOperator(ctx, p)
	if err != nil {
		return err
	}
	defer o.close()
	id, err := o.orgID(ctx, org)
	if err != nil {
		return err
	}
	runs, err := o.runs(ctx, runFilter{org: id, state: optional(state)})
	if err != nil {
		return err
	}
	shown := struct {
		Runs []runShown `json:"runs"`
	}{runs}
	if err := p.show(asJSON, shown, func(w io.Writer) { printRuns(w, runs) }); err != nil {
		return err
	}
	if len(runs) == 0 {
		return errors.New("there is no such run")
	}
	return nil
}

// runFilter says which runs; nil: all.
type runFilter struct {
	org   *uuid.UUID
	state *string
	id    *uuid.UUID
}

// runs are the runs that were asked for, never nil.
func (o *operator) runs(ctx context.Context, wanted runFilter) ([]runShown, error) {
	rows, err := o.owner.ListProvisionings(ctx, wanted.org, wanted.state, wanted.id)
	if err != nil {
		return nil, unasked("read the runs", err)
	}
	shown := make([]runShown, len(rows))
	for i, r := range rows {
		shown[i] = runShown{ID: r.ID, orgShown: orgShown{r.OrgID, r.Slug}, Number: r.Number, State: r.State, NextAt: r.NextAt,
			AtWork: r.LeaseUntil != nil}
		if r.Error != nil {
			shown[i].Error = *r.Error
		}
		if err := json.Unmarshal(r.Steps, &shown[i].Steps); err != nil {
			return nil, unasked("read the steps", err)
		}
	}
	return shown, nil
}

func printRuns(w io.Writer, runs []runShown) {
	for _, r := range runs {
		fmt.Fprintf(w, "%s  %-9s  %-13s  %s", r.ID, r.State, r.Number, r.Org)
		if r.Error != "" {
			fmt.Fprintf(w, "  error: %s", r.Error)
		}
		if r.NextAt != nil {
			fmt.Fprintf(w, "  next try: %s", r.NextAt.UTC().Format(time.RFC3339))
		}
		fmt.Fprintf(w, "\n    %s\n", stepsInWords(r.Steps))
	}
}

func stepsInWords(steps []stepShown) string {
	words := make([]string, len(steps))
	for i, s := range steps {
		words[i] = s.Step + " " + s.State
		if s.Error != "" {
			words[i] += fmt.Sprintf(" (%s, tries: %d)", s.Error, s.Attempts)
		}
	}
	return strings.Join(words, ", ")
}

// optional is nil for an option that was not given.
func optional(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}
