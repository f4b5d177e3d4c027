package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
)

const toolsSyncUsage = `Asks for assistants to be brought in step with their agents, tools included: for one
organisation or for all, only those that are out of step. The workers (voxanne work) do it.
It can be stopped and started again at any time: what is in step by then is left alone.

options:
`

// syncWish is what the options ask for.
type syncWish struct {
	org     *uuid.UUID // nil: all
	dryRun  bool
	force   bool // also what is in step
	wait    bool
	timeout time.Duration // of the wait
	asJSON  bool
}

func runToolsSync(ctx context.Context, p process, args []string) error {
	wish, err := parseSyncWish(p, args)
	if err != nil {
		return err
	}
	cfg, err := operatorConfig(p)
	if err != nil {
		return err
	}
	opened, err := db.Open(ctx, string(cfg.DatabaseURL), cfg.DatabaseOptions()...)
	if err != nil {
		return err
	}
	defer opened.Close()
	run := &syncRun{wish: wish, db: opened, bar: newProgress(p.err)}
	if err := run.do(ctx); err != nil {
		return err
	}
	if wish.asJSON {
		if err := printJSON(p.out, run.summary); err != nil {
			return err
		}
	} else {
		run.summary.print(p.out)
	}
	if n := len(run.summary.Left); n > 0 {
		return fmt.Errorf("%d agents are not in step after %s; the reconciler goes on with them", n, wish.timeout)
	}
	return nil
}

func parseSyncWish(p process, args []string) (syncWish, error) {
	var w syncWish
	var org string
	var all bool
	err := parseFlags(p, "tools sync", toolsSyncUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&org, "org", "", "the organisation's `UUID`")
		f.BoolVar(&all, "all", false, "every organisation")
		f.BoolVar(&w.dryRun, "dry-run", false, "only say what would be asked for")
		f.BoolVar(&w.force, "force", false, "also agents that are in step")
		f.BoolVar(&w.wait, "wait", false, "wait until they are in step; exit status 1 when some are not in time")
		f.DurationVar(&w.timeout, "timeout", 10*time.Minute, "how long --wait waits")
		f.BoolVar(&w.asJSON, "json", false, "print the summary as JSON")
	})
	if err != nil {
		return w, err
	}
	if (org == "") == !all {
		fmt.Fprintln(p.err, "voxanne tools sync: say --org UUID or --all")
		return w, errUsage
	}
	if org != "" {
		id, err := uuid.Parse(org)
		if err != nil {
			fmt.Fprintln(p.err, "voxanne tools sync: --org must be a UUID")
			return w, errUsage
		}
		w.org = &id
	}
	return w, nil
}

// syncRun is one run of the command.
type syncRun struct {
	wish    syncWish
	db      *db.DB
	bar     *progress
	summary syncSummary
}

// do asks for every agent in a transaction of its own, so that what was asked for before an end stays asked for.
func (r *syncRun) do(ctx context.Context) error {
	everyone, err := r.db.Platform().AgentsToSync(ctx, r.wish.org, true)
	if err != nil {
		return fmt.Errorf("list the agents: %w", err)
	}
	if len(everyone) == 0 && r.wish.org != nil {
		if err := r.exists(ctx, *r.wish.org); err != nil {
			return err
		}
	}
	wanted, err := r.db.Platform().AgentsToSync(ctx, r.wish.org, false)
	if err != nil {
		return fmt.Errorf("list the agents that are out of step: %w", err)
	}
	r.summary = syncSummary{DryRun: r.wish.dryRun, Agents: len(everyone), OutOfStep: len(wanted), Left: []agentLeft{}}
	if r.wish.force {
		wanted = everyone
	}
	if r.wish.dryRun {
		r.summary.WouldRequest = len(wanted)
		return nil
	}
	defer r.bar.end()
	for i, a := range wanted {
		if err := r.request(ctx, a); err != nil {
			return fmt.Errorf("asked for %d of %d; start again to go on: %w", i, len(wanted), err)
		}
		r.bar.show("asked for", i+1, len(wanted))
	}
	if !r.wish.wait {
		return nil
	}
	return r.await(ctx, wanted)
}

// exists tells an organisation without agents, which is in step, from none.
func (r *syncRun) exists(ctx context.Context, org uuid.UUID) error {
	return r.db.AsTenant(ctx, org, func(tx db.Tx) error {
		found, err := tx.GetOrganization(ctx, org)
		if errors.Is(err, pgx.ErrNoRows) || (err == nil && found.DeletedAt != nil) {
			return errors.New("there is no such organisation, or it has left")
		}
		return err
	})
}

func (r *syncRun) request(ctx context.Context, a db.AgentRef) error {
	return r.db.AsTenant(ctx, a.OrgID, func(tx db.Tx) error {
		asked, err := tx.RequestAgentSync(ctx, a.AgentID)
		if asked {
			r.summary.Requested++
		}
		return err
	})
}
