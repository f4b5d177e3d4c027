package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/voxanne-ai/voxanne/db"
)

const orgCallsUsage = `Shows, and with options changes, which calls of its own a clinic (slug or id) may make. Members may
have numbers called in the clinic's own country and in --countries: a stolen account must not ring
up numbers that are dear.

options:
`

// callsShown is a clinic's share of the account's calls; it is printed as JSON as it is.
type callsShown struct {
	orgShown
	PerDay    int32    `json:"per_day"`
	AtOnce    *int32   `json:"at_once"`   // null: as many as are free
	Countries []string `json:"countries"` // besides its own
}

// shareChange is what becomes of a share; nil leaves a part as it is.
type shareChange struct {
	perDay, atOnce *int32
	countries      []string
}

func runOrgCalls(ctx context.Context, p process, args []string) error {
	var (
		perDay, atOnce int
		countries      string
		asJSON         bool
		change         shareChange
	)
	given, err := parseArguments(p, "org calls", orgCallsUsage, args, []string{"ORG"}, func(f *flag.FlagSet) {
		f.IntVar(&perDay, "per-day", -1, "how many calls may be asked for in a day, 0 to 10000; -1: as it is")
		f.IntVar(&atOnce, "at-once", -1, "how many calls there may be at once, 0: as many as are free; -1: as it is")
		f.StringVar(&countries, "countries", "", "further countries, as `GB,IE`, or none; empty: as it is")
		f.BoolVar(&asJSON, "json", false, "print the share as JSON")
	})
	if err != nil {
		return err
	}
	if perDay < -1 || perDay > 10000 || atOnce < -1 || atOnce > 1000 || !regexp.MustCompile(`^(|none|[A-Z]{2}(,[A-Z]{2})*)$`).MatchString(countries) {
		return misused(p, "voxanne org calls: --per-day is at most 10000, --at-once at most 1000, --countries are written as GB,IE")
	}
	change.perDay, change.atOnce = unlessUnsaid(perDay), unlessUnsaid(atOnce)
	switch countries {
	case "":
	case "none":
		change.countries = []string{}
	default:
		change.countries = strings.Split(countries, ",")
	}
	o, err := newOperator(ctx, p)
	if err != nil {
		return err
	}
	defer o.close()
	shown, err := o.setCalls(ctx, given[0], change)
	if err != nil {
		return err
	}
	return p.show(asJSON, shown, shown.print)
}

// unlessUnsaid is nil for an option that was not given.
func unlessUnsaid(n int) *int32 {
	if n < 0 {
		return nil
	}
	said := int32(n) //nolint:gosec // bounded by the caller
	return &said
}

// setCalls changes what change says, and returns the share as it is then.
func (o *operator) setCalls(ctx context.Context, named string, change shareChange) (shown callsShown, err error) {
	org, err := o.org(ctx, named)
	if err != nil {
		return shown, err
	}
	err = o.db.AsTenant(ctx, org.ID, func(tx db.Tx) error {
		share, err := tx.SetOutboundShare(ctx, change.perDay, change.atOnce, change.countries)
		shown = callsShown{orgShown{org.ID, org.Slug}, share.PerDay, share.AtOnce, share.Countries}
		return err
	})
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == db.StateBadInput {
		return shown, errors.New(refused.Message)
	}
	return shown, unasked("set the clinic's share", err)
}

func (c callsShown) print(w io.Writer) {
	atOnce := "as many as are free"
	if c.AtOnce != nil {
		atOnce = fmt.Sprint(*c.AtOnce)
	}
	countries := "its own only"
	if len(c.Countries) > 0 {
		countries = "its own, " + strings.Join(c.Countries, ", ")
	}
	fmt.Fprintf(w, "%s\ncalls a day: %d\nat once: %s\ncountries: %s\n", c.Org, c.PerDay, atOnce, countries)
}
