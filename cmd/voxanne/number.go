package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
)

const numberUsage = `Looks after the clinics' numbers.

usage: voxanne number release NUMBER [--yes] [--dry-run] [--timeout DURATION] [--json]

`

const numberReleaseUsage = `Gives a clinic's number (E.164, as +13125550190) up: Vapi forgets it, at Twilio its calls and texts go
where they went before, and the clinic has it no more. The Twilio account is kept. The workers
(voxanne work) do it; this waits for them. The exit status is 1 when no clinic has the number, or
when it is not released in time: where it stands is said, and the workers go on.

options:
`

func runNumber(ctx context.Context, p process, args []string) error {
	return runBelow(ctx, p, "number", numberUsage, []command{{name: "release", run: runNumberRelease}}, args)
}

// release is what releasing a number came to; it is printed as JSON as it is.
type release struct {
	Number string `json:"number"`
	orgShown
	DryRun         bool       `json:"dry_run"`
	Released       bool       `json:"released"`
	ProvisioningID *uuid.UUID `json:"provisioning_id"` // its run; null in a dry run of a number that has none
	State          string     `json:"state"`           // the run's, "" without one
	Undoes         []string   `json:"undoes"`          // the steps that are taken back outside, in this order
}

// releaseWish is what the options ask for.
type releaseWish struct {
	number              string
	yes, dryRun, asJSON bool
	timeout             time.Duration
}

func runNumberRelease(ctx context.Context, p process, args []string) error {
	wish, err := parseReleaseWish(p, args)
	if err != nil {
		return err
	}
	o, err := newOperator(ctx, p)
	if err != nil {
		return err
	}
	defer o.close()
	result, phone, err := o.releasable(ctx, wish)
	if err != nil {
		return err
	}
	if !wish.dryRun {
		if !wish.yes {
			if err := p.confirm(ctx, fmt.Sprintf("%s is given up; %s gets no more calls or texts at it.", wish.number, result.Org), wish.number); err != nil {
				return err
			}
		}
		if err := o.release(ctx, &result, phone, wish.timeout); err != nil {
			return err
		}
	}
	if err := p.show(wish.asJSON, result, result.print); err != nil {
		return err
	}
	if !result.Released && !result.DryRun {
		return fmt.Errorf("not released after %s; the workers go on, see that they run", wish.timeout)
	}
	return nil
}

func parseReleaseWish(p process, args []string) (w releaseWish, err error) {
	given, err := parseArguments(p, "number release", numberReleaseUsage, args, []string{"NUMBER"}, func(f *flag.FlagSet) {
		f.BoolVar(&w.yes, "yes", false, "do not ask for confirmation")
		f.BoolVar(&w.dryRun, "dry-run", false, "only say what would be done")
		f.BoolVar(&w.asJSON, "json", false, "print what came of it as JSON")
		f.DurationVar(&w.timeout, "timeout", 2*time.Minute, "how long to wait for the workers")
	})
	if err != nil {
		return w, err
	}
	w.number = given[0]
	if !isE164(w.number) {
		return w, misused(p, "voxanne number release: NUMBER must be written as +13125550190")
	}
	return w, nil
}

// isE164: a number as the database writes it.
func isE164(number string) bool {
	return regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`).MatchString(number)
}

// releasable looks up whose the number is and what its release would take back. phone is its row's id.
func (o *operator) releasable(ctx context.Context, wish releaseWish) (r release, phone uuid.UUID, err error) {
	row, err := o.owner.FindNumberOwner(ctx, wish.number)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return r, phone, errors.New("no clinic has this number")
	case err != nil:
		return r, phone, unasked("look the number up", err)
	}
	r = release{Number: wish.number, orgShown: orgShown{row.OrgID, row.Slug}, DryRun: wish.dryRun, ProvisioningID: row.ProvisioningID, Undoes: []string{}}
	if row.ProvisioningID == nil {
		if row.VapiPhoneNumberID != nil { // Vapi has had it from before our runs
			r.Undoes = append(r.Undoes, "import")
		}
		return r, row.ID, nil
	}
	run, err := o.run(ctx, *row.ProvisioningID)
	if err != nil {
		return r, row.ID, err
	}
	r.State = run.State
	for _, s := range slices.Backward(run.Steps) {
		if slices.Contains([]string{"credential", "import", "messaging"}, s.Step) && slices.Contains([]string{"done", "intended"}, s.State) {
			r.Undoes = append(r.Undoes, s.Step)
		}
	}
	return r, row.ID, nil
}

// release asks for it and waits until it is so, for timeout at most.
func (o *operator) release(ctx context.Context, r *release, phone uuid.UUID, timeout time.Duration) error {
	var id uuid.UUID
	err := o.db.AsTenant(ctx, r.OrgID, func(tx db.Tx) (err error) {
		id, err = tx.ReleaseLine(ctx, phone)
		return err
	})
	if err != nil {
		return unasked("release the number", err)
	}
	r.ProvisioningID = &id
	for deadline := time.Now().Add(timeout); ; {
		run, err := o.run(ctx, id)
		if err != nil {
			return err
		}
		r.State, r.Released = run.State, run.State == "released"
		if r.Released || !time.Now().Before(deadline) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(waitLook, time.Until(deadline))):
		}
	}
}

func (r release) print(w io.Writer) {
	what := "nothing outside was set up by us"
	if len(r.Undoes) > 0 {
		what = "taken back outside: " + strings.Join(r.Undoes, ", ")
	}
	switch {
	case r.DryRun:
		fmt.Fprintf(w, "%s of %s would be released (%s). Nothing was changed.\n", r.Number, r.Org, what)
	case r.Released:
		fmt.Fprintf(w, "%s of %s is released (%s).\n", r.Number, r.Org, what)
	default:
		fmt.Fprintf(w, "%s of %s is not released yet: run %s is %s.\n", r.Number, r.Org, r.ProvisioningID, r.State)
	}
}
