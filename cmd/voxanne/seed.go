package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/voxanne-ai/voxanne/db/seed"
)

const seedUsage = `Puts the demo clinics Lakeside Dental and Harbor Skin into ADMIN_DATABASE_URL, or
fills their calendars around today where they are there. Without that variable it
uses what ` + "`voxanne dev`" + ` wrote to VOXANNE_HOME/env.
`

func runSeed(ctx context.Context, p process, args []string) error {
	if err := parseFlags(p, "seed", seedUsage, args, nil); err != nil {
		return err
	}
	environ, err := developmentEnviron(p)
	if err != nil {
		return err
	}
	if environ["ADMIN_DATABASE_URL"] == "" {
		return errors.New("ADMIN_DATABASE_URL is not set: give the address of the role that owns the database, or start `voxanne dev` first")
	}
	if err := seed.Demo(ctx, environ["ADMIN_DATABASE_URL"]); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "The demo clinics %s and %s are there.\n", seed.Lakeside, seed.Harbor)
	return nil
}
