package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
)

// runChange is what resuming or undoing a run came to; it is printed as JSON as it is.
type runChange struct {
	DryRun bool     `json:"dry_run"`
	Begun  bool     `json:"begun"` // it was asked for; the workers do it
	Run    runShown `json:"run"`   // as it is afterwards
}

// changeWish is what the options of resume and undo ask for.
type changeWish struct {
	run                 uuid.UUID
	yes, dryRun, asJSON bool
}

func parseChangeWish(p process, name, usage string, args []string, asks bool) (w changeWish, err error) {
	given, err := parseArguments(p, name, usage, args, []string{"ID"}, func(f *flag.FlagSet) {
		if asks {
			f.BoolVar(&w.yes, "yes", false, "do not ask for confirmation")
		}
		f.BoolVar(&w.dryRun, "dry-run", false, "only say what would be done")
		f.BoolVar(&w.asJSON, "json", false, "print what came of it as JSON")
	})
	if err != nil {
		return w, err
	}
	if w.run, err = uuid.Parse(given[0]); err != nil {
		return w, misused(p, "voxanne %s: ID must be a run's UUID, as `voxanne provisioning list` shows it", name)
	}
	return w, nil
}

func runProvisioningResume(ctx context.Context, p process, args []string) error {
	wish, err := parseChangeWish(p, "provisioning resume", provisioningResumeUsage, args, false)
	if err != nil {
		return err
	}
	return changeRun(ctx, p, wish, runChanging{
		possible: func(r runShown) bool {
			return r.State != "undone" && r.State != "released" && (r.State != "active" || r.Error != "")
		},
		change:     func(ctx context.Context, tx db.Tx) (bool, error) { return tx.ResumeProvisioning(ctx, wish.run) },
		impossible: "nothing is left of this run to do",
		done:       "The next step is tried at once.", would: "The next step would be tried at once.",
	})
}

func runProvisioningUndo(ctx context.Context, p process, args []string) error {
	wish, err := parseChangeWish(p, "provisioning undo", provisioningUndoUsage, args, true)
	if err != nil {
		return err
	}
	return changeRun(ctx, p, wish, runChanging{
		possible:   func(r runShown) bool { return r.State != "undone" && r.State != "released" },
		question:   "Undoing takes the number's calls away from the agent.",
		change:     func(ctx context.Context, tx db.Tx) (bool, error) { return tx.UndoProvisioning(ctx, wish.run) },
		impossible: "nothing is left of this run to undo",
		done:       "What the run made is taken back.", would: "What the run made would be taken back.",
	})
}

// runChanging is one way of changing a run. question, when there is one, is confirmed by typing the number.
type runChanging struct {
	possible    func(runShown) bool
	question    string
	change      func(context.Context, db.Tx) (begun bool, err error)
	impossible  string
	done, would string
}

func changeRun(ctx context.Context, p process, wish changeWish, how runChanging) error {
	o, err := newOperator(ctx, p)
	if err != nil {
		return err
	}
	defer o.close()
	found, err := o.run(ctx, wish.run)
	if err != nil {
		return err
	}
	result := runChange{DryRun: wish.dryRun, Run: found}
	sentence := how.would
	switch {
	case !how.possible(found):
		return errors.New(how.impossible)
	case !wish.dryRun:
		if how.question != "" && !wish.yes {
			if err := p.confirm(ctx, how.question, found.Number); err != nil {
				return err
			}
		}
		if result, err = o.change(ctx, found, how); err != nil {
			return err
		}
		sentence = how.done
	}
	return p.show(wish.asJSON, result, func(w io.Writer) {
		printRuns(w, []runShown{result.Run})
		fmt.Fprintln(w, sentence)
	})
}

func (o *operator) run(ctx context.Context, id uuid.UUID) (runShown, error) {
	runs, err := o.runs(ctx, runFilter{id: &id})
	switch {
	case err != nil:
		return runShown{}, err
	case len(runs) == 0:
		return runShown{}, errors.New("there is no such run")
	}
	return runs[0], nil
}

func (o *operator) change(ctx context.Context, found runShown, how runChanging) (result runChange, err error) {
	err = o.db.AsTenant(ctx, found.OrgID, func(tx db.Tx) (err error) {
		result.Begun, err = how.change(ctx, tx)
		return err
	})
	if err != nil {
		return result, unasked("change the run", err)
	}
	if !result.Begun { // it came to its end meanwhile
		return result, errors.New(how.impossible)
	}
	result.Run, err = o.run(ctx, found.ID)
	return result, err
}
