package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/rotate"
	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
)

const credentialsUsage = `usage: voxanne credentials rotate-key [OPTIONS]

What operators do with the clinics' sealed credentials. rotate-key -h tells more.
`

const rotateKeyUsage = `Seals every clinic's credentials with the first key of CREDENTIALS_KEY. To change
the key: put a new one in front, as in k2:<new>,k1:<old>, and restart serve and
work; run this; remove the old key when it succeeded. It may run beside the
server, be stopped, and be run again. The exit status is 1 when one could not be
opened or is still under another key; which one is said, its content never. It
is 1, too, while consents for calendars are on their way under the old key: run
it again half an hour later, before the old key goes.
Without variables it uses what ` + "`voxanne dev`" + ` wrote to VOXANNE_HOME/env.

options:
`

func runCredentials(ctx context.Context, p process, args []string) error {
	switch {
	case len(args) > 0 && args[0] == "rotate-key":
		return runRotateKey(ctx, p, args[1:])
	case len(args) > 0 && slices.Contains([]string{"-h", "--help", "help"}, args[0]):
		fmt.Fprint(p.err, credentialsUsage)
		return flag.ErrHelp
	default:
		fmt.Fprint(p.err, credentialsUsage)
		return errUsage
	}
}

func runRotateKey(ctx context.Context, p process, args []string) error {
	var dryRun, asJSON bool
	err := parseFlags(p, "credentials rotate-key", rotateKeyUsage, args, func(f *flag.FlagSet) {
		f.BoolVar(&dryRun, "dry-run", false, "open everything and say what would be done, change nothing")
		f.BoolVar(&asJSON, "json", false, "print the summary as one JSON object and nothing else")
	})
	if err != nil {
		return err
	}
	environ, err := developmentEnviron(p)
	if err != nil {
		return err
	}
	cfg, err := server.LoadConfig(environ)
	if err != nil {
		return err
	}
	if slices.Contains(cfg.Made, "CREDENTIALS_KEY") {
		return errors.New("CREDENTIALS_KEY is not set: nothing could be opened")
	}
	opened, err := db.Open(ctx, string(cfg.DatabaseURL), cfg.DatabaseOptions()...)
	if err != nil {
		return err
	}
	defer opened.Close()
	o := rotate.Options{DB: opened, Keys: cfg.Keys, DryRun: dryRun}
	if !asJSON {
		o.Progress = func(c rotate.Credential) {
			fmt.Fprintf(p.out, "%-12s  %s  %s (key %s)\n", c.Outcome, c.OrgID, c.Provider, c.KeyID)
		}
	}
	sum, err := rotate.Run(ctx, o)
	return errors.Join(printRotation(p.out, sum, asJSON), err, sum.Err())
}

func printRotation(w io.Writer, sum rotate.Summary, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(sum)
	}
	verb := "resealed"
	if sum.DryRun {
		verb = "would be resealed"
	}
	if !sum.Complete {
		_, err := fmt.Fprintf(w, "Stopped before the end. So far %d %s with key %s, %d could not be opened.\n", sum.Resealed, verb, sum.KeyID, len(sum.Failed))
		return err
	}
	_, err := fmt.Fprintf(w, "%d %s with key %s, %d could not be opened, %d clinics have something under another key, %d consents are on their way under one.\n",
		sum.Resealed, verb, sum.KeyID, len(sum.Failed), sum.Left, sum.Waiting)
	return err
}
