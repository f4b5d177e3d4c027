package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/transfer"
)

const orgImportUsage = `Brings a clinic in from the file that "voxanne org export" wrote: all of it, or nothing. Both
installations must be at the same schema version, and the clinic, its slug and its numbers must not
be here. Texts that wait, calls and campaigns arrive called off, because the installation that
the clinic comes from may send them; accounts, calendars and numbers are connected anew.

options:
`

// importShown is what was imported; it is printed as JSON as it is.
type importShown struct {
	orgShown
	DryRun           bool  `json:"dry_run"`
	Tables           int   `json:"tables"`
	Rows             int64 `json:"rows"`
	FilesStored      int64 `json:"files_stored"`
	FilesToMove      int64 `json:"files_to_move"`
	MembersJoined    int32 `json:"members_joined"`
	MembersInvited   int32 `json:"members_invited"`
	MembersElsewhere int32 `json:"members_elsewhere"`
	MessagesHeld     int32 `json:"messages_held"`
	CallsCancelled   int32 `json:"calls_cancelled"`
	CampaignsStopped int32 `json:"campaigns_stopped"`
}

func runOrgImport(ctx context.Context, p process, args []string) error {
	var (
		in     string
		asJSON bool
		wish   transfer.ImportOptions
	)
	err := parseFlags(p, "org import", orgImportUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&in, "in", "", "the `file` that was exported")
		f.BoolVar(&wish.TakeOver, "take-over", false, "the other installation works for the clinic no more: texts that are due later, and campaigns, go on here")
		f.BoolVar(&wish.DryRun, "dry-run", false, "do it all, and take it back")
		f.BoolVar(&asJSON, "json", false, "print what was imported as JSON")
	})
	if err != nil {
		return err
	}
	if in == "" {
		return misused(p, "voxanne org import: say --in FILE")
	}
	o, err := newOperator(ctx, p)
	if err != nil {
		return err
	}
	defer o.close()
	shown, err := o.importOrg(ctx, in, wish)
	if err != nil {
		return err
	}
	return p.show(asJSON, shown, shown.print)
}

func (o *operator) importOrg(ctx context.Context, path string, wish transfer.ImportOptions) (shown importShown, err error) {
	a, err := transfer.Open(path)
	if err != nil {
		return shown, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	m := a.Manifest
	if m.FilesIncluded {
		if wish.Store, err = newStorage(o.cfg); err != nil {
			return shown, unasked("open the storage", err)
		}
	}
	r, err := transfer.Import(ctx, o.conn, a, wish)
	if err != nil {
		return shown, transferred("import", err)
	}
	return importShown{
		orgShown: orgShown{m.OrgID, m.Slug}, DryRun: wish.DryRun, Tables: m.Tables(), Rows: m.Rows(),
		FilesStored: r.FilesStored, FilesToMove: r.FilesToMove,
		MembersJoined: r.MembersJoined, MembersInvited: r.MembersInvited, MembersElsewhere: r.MembersElsewhere,
		MessagesHeld: r.MessagesHeld, CallsCancelled: r.CallsCancelled, CampaignsStopped: r.CampaignsStopped,
	}, nil
}

func (s importShown) print(w io.Writer) {
	fmt.Fprintf(w, "%s: %d rows of %d tables.\n", s.Org, s.Rows, s.Tables)
	fmt.Fprintf(w, "members: %d joined, %d invited (they sign up and confirm their address), %d belong to another clinic here\n",
		s.MembersJoined, s.MembersInvited, s.MembersElsewhere)
	fmt.Fprintf(w, "called off: %d messages, %d calls, %d campaigns\n", s.MessagesHeld, s.CallsCancelled, s.CampaignsStopped)
	fmt.Fprintf(w, "recordings: %d stored, %d to be moved by hand\n", s.FilesStored, s.FilesToMove)
	if s.DryRun {
		fmt.Fprintln(w, "Nothing was changed.")
		return
	}
	fmt.Fprintln(w, "Connect its accounts, calendars and numbers anew.")
}
