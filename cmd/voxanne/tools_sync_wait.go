package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
)

// waitLook is how often the database is asked who is still out of step.
const waitLook = 500 * time.Millisecond

// syncSummary is what a run came to; it is printed as JSON as it is.
type syncSummary struct {
	DryRun       bool        `json:"dry_run"`
	Agents       int         `json:"agents"`      // of the organisations that were asked for
	OutOfStep    int         `json:"out_of_step"` // when it began
	WouldRequest int         `json:"would_request"`
	Requested    int         `json:"requested"`
	InStep       int         `json:"in_step"` // with --wait: of those requested
	Left         []agentLeft `json:"left"`    // with --wait: not in step when the time was over
}

// agentLeft is an agent that did not get in step in time.
type agentLeft struct {
	OrgID   uuid.UUID `json:"org_id"`
	AgentID uuid.UUID `json:"agent_id"`
	Status  string    `json:"status"`
	Error   string    `json:"error,omitempty"` // in our words
}

func (s syncSummary) print(w io.Writer) {
	if s.DryRun {
		fmt.Fprintf(w, "%d agents; %d would be asked for. Nothing was changed.\n", s.Agents, s.WouldRequest)
		return
	}
	fmt.Fprintf(w, "%d agents; %d asked for", s.Agents, s.Requested)
	if s.InStep > 0 || len(s.Left) > 0 {
		fmt.Fprintf(w, ", %d in step now, %d not", s.InStep, len(s.Left))
	}
	fmt.Fprintln(w, ".")
	for _, l := range s.Left {
		fmt.Fprintf(w, "  organisation %s, agent %s: %s %s\n", l.OrgID, l.AgentID, l.Status, l.Error)
	}
}

// await looks until all of wanted are in step or the time is over. What is not by then stands in the summary.
func (r *syncRun) await(ctx context.Context, wanted []db.AgentRef) error {
	deadline := time.Now().Add(r.wish.timeout)
	for {
		left, err := r.stillOut(ctx, wanted)
		if err != nil {
			return err
		}
		r.summary.InStep = len(wanted) - len(left)
		r.bar.show("in step", r.summary.InStep, len(wanted))
		if len(left) == 0 {
			return nil
		}
		if !time.Now().Before(deadline) {
			return r.explain(ctx, left)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(waitLook, time.Until(deadline))):
		}
	}
}

func (r *syncRun) stillOut(ctx context.Context, wanted []db.AgentRef) ([]db.AgentRef, error) {
	out, err := r.db.Platform().AgentsToSync(ctx, r.wish.org, false)
	if err != nil {
		return nil, fmt.Errorf("look who is in step: %w", err)
	}
	among := make(map[db.AgentRef]bool, len(out))
	for _, a := range out {
		among[a] = true
	}
	var left []db.AgentRef
	for _, a := range wanted {
		if among[a] {
			left = append(left, a)
		}
	}
	return left, nil
}

// explain notes why agents are left, as each clinic may know it.
func (r *syncRun) explain(ctx context.Context, left []db.AgentRef) error {
	for _, a := range left {
		entry := agentLeft{OrgID: a.OrgID, AgentID: a.AgentID, Status: "deleted"}
		err := r.db.AsTenant(ctx, a.OrgID, func(tx db.Tx) error {
			agents, err := tx.ListAgents(ctx, a.OrgID)
			for _, row := range agents {
				if row.ID == a.AgentID {
					entry.Status = row.SyncStatus
					if row.SyncError != nil {
						entry.Error = *row.SyncError
					}
				}
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("look why an agent is left: %w", err)
		}
		r.summary.Left = append(r.summary.Left, entry)
	}
	return nil
}

// progress is a bar on a terminal, and nothing elsewhere: logs and pipes want no redrawn lines.
type progress struct {
	out   io.Writer // nil: no terminal
	drawn bool
}

func newProgress(w io.Writer) *progress {
	file, ok := w.(*os.File)
	if !ok {
		return &progress{}
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return &progress{}
	}
	return &progress{out: file}
}

// show draws how far an activity is.
func (p *progress) show(doing string, done, of int) {
	if p.out == nil || of == 0 {
		return
	}
	const width = 30
	filled := width * done / of
	fmt.Fprintf(p.out, "\r[%s%s] %d/%d %s ", strings.Repeat("#", filled), strings.Repeat(".", width-filled), done, of, doing)
	p.drawn = true
}

// end leaves the bar's line.
func (p *progress) end() {
	if p.drawn {
		fmt.Fprintln(p.out)
	}
}
