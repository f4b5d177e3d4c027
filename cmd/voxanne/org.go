package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/voxanne-ai/voxanne/db"
)

const orgUsage = `Looks after who belongs to which clinic, which calls a clinic may make, and clinics that come and go.

usage: voxanne org repair-membership --user ID|EMAIL [--yes] [--dry-run] [--json]
       voxanne org repair-membership --all [--json]
       voxanne org calls ORG [--per-day N] [--at-once N] [--countries LIST] [--json]
       voxanne org export --org ORG --out FILE [--files] [--json]
       voxanne org import --in FILE [--take-over] [--dry-run] [--json]

`

const repairMembershipUsage = `Compares auth.users with profiles, and puts right for one person what does not fit together: a
person whom no clinic was founded for, or who did not join by a proven invitation; a stamp of
another clinic, or of one that they left; a profile of nobody. With --all it only looks, at
everyone. Who lost a profile is for people to decide: invite them again. The exit status is 1 when
a fault was found and not repaired.

options:
`

func runOrg(ctx context.Context, p process, args []string) error {
	return runBelow(ctx, p, "org", orgUsage, []command{
		{name: "repair-membership", run: runRepairMembership}, {name: "calls", run: runOrgCalls},
		{name: "export", run: runOrgExport}, {name: "import", run: runOrgImport}}, args)
}

// survey is what was found and done; it is printed as JSON as it is.
type survey struct {
	DryRun   bool         `json:"dry_run"`
	Faults   []faultShown `json:"faults"`
	Repaired []faultShown `json:"repaired"` // with clinic, role and stamp as they are now
}

// faultShown is a fault as app.membership_fault has it.
type faultShown struct {
	UserID     uuid.UUID  `json:"user_id"`
	Kind       string     `json:"kind"`
	Repair     string     `json:"repair"`
	OrgID      *uuid.UUID `json:"org_id"`
	Org        *string    `json:"org"` // its slug
	Role       *string    `json:"role"`
	StampedOrg *string    `json:"stamped_org"`
}

// repairWish is what the options ask for.
type repairWish struct {
	user                     string
	all, yes, dryRun, asJSON bool
}

func runRepairMembership(ctx context.Context, p process, args []string) error {
	var w repairWish
	err := parseFlags(p, "org repair-membership", repairMembershipUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&w.user, "user", "", "the person's `id` or e-mail address")
		f.BoolVar(&w.all, "all", false, "look at everyone, and repair nothing")
		f.BoolVar(&w.yes, "yes", false, "do not ask for confirmation")
		f.BoolVar(&w.dryRun, "dry-run", false, "only say what would be done")
		f.BoolVar(&w.asJSON, "json", false, "print what was found and done as JSON")
	})
	if err != nil {
		return err
	}
	if (w.user == "") == !w.all {
		return misused(p, "voxanne org repair-membership: say --user ID, --user EMAIL or --all")
	}
	o, err := newOperator(ctx, p)
	if err != nil {
		return err
	}
	defer o.close()
	found, err := o.repairMembership(ctx, w)
	if err != nil {
		return err
	}
	if err := p.show(w.asJSON, found, found.print); err != nil {
		return err
	}
	if n := len(found.Faults) - len(found.Repaired); n > 0 {
		return fmt.Errorf("%d memberships do not fit together", n)
	}
	return nil
}

func (o *operator) repairMembership(ctx context.Context, w repairWish) (survey, error) {
	found := survey{DryRun: w.dryRun || w.all, Faults: []faultShown{}, Repaired: []faultShown{}}
	var only *uuid.UUID
	if !w.all {
		id, err := o.owner.FindUser(ctx, w.user)
		if errors.Is(err, pgx.ErrNoRows) {
			return found, errors.New("there is no such person")
		} else if err != nil {
			return found, unasked("look the person up", err)
		}
		only = &id
	}
	rows, err := o.owner.MembershipFaults(ctx, only)
	if err != nil {
		return found, unasked("compare users and profiles", err)
	}
	for _, r := range rows {
		found.Faults = append(found.Faults, faultOf(r))
	}
	if found.DryRun || len(rows) == 0 || rows[0].Repair == "none" {
		return found, nil
	}
	if !w.yes {
		if err := o.confirm(ctx, found.Faults[0].intent(), "repair"); err != nil {
			return found, err
		}
	}
	repaired, err := o.owner.RepairMembership(ctx, *only)
	var refused *pgconn.PgError
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return found, errors.New("nothing is left to repair: somebody was faster")
	case errors.As(err, &refused) && refused.Code == db.StateConflict:
		return found, errors.New(refused.Message)
	case err != nil:
		return found, unasked("repair the membership", err)
	}
	found.Repaired = append(found.Repaired, faultOf(repaired))
	return found, nil
}

func faultOf(r db.MembershipFault) faultShown {
	return faultShown{UserID: r.UserID, Kind: r.Kind, Repair: r.Repair, OrgID: r.OrgID, Org: r.OrgSlug, Role: r.Role, StampedOrg: r.StampedOrg}
}

// intent says what is wrong and what the repair would do.
func (f faultShown) intent() string {
	org := "no clinic"
	if f.Org != nil {
		org = *f.Org
	}
	switch f.Kind {
	case "no_organization":
		return "Signed up, and has no clinic: one is founded, as the sign-up would have."
	case "not_joined":
		return "Proved an invitation, and did not join: joins in the role of the invitation."
	case "stale_stamp":
		return fmt.Sprintf("Left %s, and is still stamped as its member: the stamp is taken off.", org)
	case "wrong_stamp":
		return fmt.Sprintf("Is a member of %s, and stamped otherwise: the stamp is put right.", org)
	case "orphan_profile":
		return fmt.Sprintf("A profile in %s of a person who does not exist: it is deleted.", org)
	default:
		return fmt.Sprintf("Stamped as a member of %s, and has no profile: invite them again if they belong there.", org)
	}
}

func (s survey) print(w io.Writer) {
	if len(s.Faults) == 0 {
		fmt.Fprintln(w, "Everything fits together.")
	}
	for _, f := range s.Faults {
		fmt.Fprintf(w, "%s  %-15s  %s\n", f.UserID, f.Kind, f.intent())
	}
	for _, f := range s.Repaired {
		fmt.Fprintf(w, "%s  repaired (%s)\n", f.UserID, f.Repair)
	}
	if s.DryRun && len(s.Faults) > 0 {
		fmt.Fprintln(w, "Nothing was changed.")
	}
}
