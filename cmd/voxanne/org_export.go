package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/transfer"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

const orgExportUsage = `Writes all that is known of a clinic into one file: to move it to another installation, to hand it its
data, or to take it alone out of a backup. The file holds everything about patients, unsealed: guard it
like the database. Accounts and tokens are not in it. The clinic's audit log says that it was taken.

options:
`

// exportShown is what was exported; it is printed as JSON as it is.
type exportShown struct {
	orgShown
	File          string `json:"file"`
	SchemaVersion int64  `json:"schema_version"`
	Tables        int    `json:"tables"`
	Rows          int64  `json:"rows"`
	Files         int64  `json:"files"` // in the storage
	FilesIncluded bool   `json:"files_included"`
	FilesMissing  int    `json:"files_missing"` // listed, and not in the storage
}

// exportWish is what the options ask for.
type exportWish struct {
	org, out      string
	files, asJSON bool
}

func runOrgExport(ctx context.Context, p process, args []string) error {
	var w exportWish
	err := parseFlags(p, "org export", orgExportUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&w.org, "org", "", "the clinic's slug or `id`")
		f.StringVar(&w.out, "out", "", "the `file` to write, which must not exist")
		f.BoolVar(&w.files, "files", false, "put the recordings into the file too; otherwise it lists them")
		f.BoolVar(&w.asJSON, "json", false, "print what was exported as JSON")
	})
	if err != nil {
		return err
	}
	if w.org == "" || w.out == "" {
		return misused(p, "voxanne org export: say --org ORG and --out FILE")
	}
	o, err := newOperator(ctx, p)
	if err != nil {
		return err
	}
	defer o.close()
	shown, err := o.exportOrg(ctx, w)
	if err != nil {
		return err
	}
	return p.show(w.asJSON, shown, shown.print)
}

// exportOrg writes the clinic's file whole or not at all.
func (o *operator) exportOrg(ctx context.Context, w exportWish) (shown exportShown, err error) {
	org, err := o.org(ctx, w.org)
	if err != nil {
		return shown, err
	}
	var store storage.Store
	if w.files {
		if store, err = newStorage(o.cfg); err != nil {
			return shown, unasked("open the storage", err)
		}
	}
	file, err := os.OpenFile(w.out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return shown, fmt.Errorf("make the file: %w", err)
	}
	m, err := transfer.Export(ctx, o.conn, org.ID, store, file)
	if err != nil {
		return shown, transferred("export", errors.Join(err, file.Close(), os.Remove(w.out)))
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return shown, fmt.Errorf("write the file: %w", errors.Join(err, os.Remove(w.out)))
	}
	return exportShown{orgShown{org.ID, org.Slug}, w.out, m.SchemaVersion, m.Tables(), m.Rows(), m.Files(), m.FilesIncluded, m.FilesMissing}, nil
}

// transferred tells a refusal, which is an answer, from trouble on the way.
func transferred(doing string, err error) error {
	var refused *transfer.Refused
	if errors.As(err, &refused) {
		return refused
	}
	return unasked(doing, err)
}

func (e exportShown) print(w io.Writer) {
	fmt.Fprintf(w, "%s: %d rows of %d tables are in %s, under schema version %d.\n", e.Org, e.Rows, e.Tables, e.File, e.SchemaVersion)
	switch {
	case e.Files == 0:
		fmt.Fprintln(w, "It has no recordings in the storage.")
	case e.FilesIncluded:
		fmt.Fprintf(w, "%d of %d recordings are in it.\n", e.Files-int64(e.FilesMissing), e.Files)
	default:
		fmt.Fprintf(w, "%d recordings lie in the storage and are not in it: files.jsonl lists them.\n", e.Files)
	}
	fmt.Fprintln(w, "It holds everything about patients, unsealed: guard it like the database, and delete it when it has served.")
}
