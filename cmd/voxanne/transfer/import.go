package transfer

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

// ImportOptions of an import.
type ImportOptions struct {
	// DryRun does everything in a transaction that is rolled back, and touches no storage.
	DryRun bool
	// TakeOver: the installation that the clinic comes from works for it no more, so that what waits is sent from here.
	TakeOver bool
	// Store takes the archive's files; nil leaves them in it.
	Store storage.Store
}

// Report is what an import did, or would do.
type Report struct {
	db.ImportOutcome
	FilesStored int64
	FilesToMove int64 // listed, and not in the archive
}

// errDryRun rolls a transaction back that did all it should.
var errDryRun = errors.New("dry run")

// Import stores a clinic's archive, which is read through and compared with its manifest before, in one transaction: all of it
// or nothing. conn is the owner's, whom row security does not bind. Refused: the archive is damaged or of another schema, or the
// clinic, its slug, a number or an id is here already.
func Import(ctx context.Context, conn *pgx.Conn, a *Archive, options ImportOptions) (report Report, err error) {
	if err := a.Verify(ctx); err != nil {
		return report, err
	}
	var stored []string
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) (err error) {
		if report.ImportOutcome, err = importRows(ctx, db.New(tx), a, options.TakeOver); err != nil {
			return err
		}
		if stored, err = importFiles(ctx, a, options, &report); err != nil {
			return err
		}
		if options.DryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		return report, nil
	}
	if err != nil {
		for _, key := range stored { // no row leads to them
			err = errors.Join(err, options.Store.Delete(context.WithoutCancel(ctx), key))
		}
		return report, answered("store the clinic", err)
	}
	return report, nil
}

// importRows stores all rows, in the order in which tables need each other.
func importRows(ctx context.Context, q *db.Queries, a *Archive, takeOver bool) (out db.ImportOutcome, err error) {
	m := a.Manifest
	if err := q.BeginImport(ctx, m.OrgID, m.Slug, m.SchemaVersion); err != nil {
		return out, err
	}
	tables, err := q.TenantTables(ctx)
	if err != nil {
		return out, err
	}
	held := 0
	for _, t := range tables {
		if t.Excuse != nil {
			continue
		}
		held++
		if err := importTable(ctx, q, a, t.Name); err != nil {
			return out, err
		}
	}
	if held != m.Tables() {
		return out, refused("the archive holds tables that this installation does not know")
	}
	members := []string{} // nil would be NULL
	err = a.eachBatch(ctx, membersName, func(lines []string) error {
		members = append(members, lines...)
		return nil
	})
	if err != nil {
		return out, err
	}
	return q.FinishImport(ctx, m.OrgID, members, takeOver)
}

func importTable(ctx context.Context, q *db.Queries, a *Archive, table string) error {
	name, stored := tablesFolder+table+".jsonl", int64(0)
	err := a.eachBatch(ctx, name, func(lines []string) error {
		n, err := q.ImportRows(ctx, a.Manifest.OrgID, table, lines)
		stored += int64(n)
		return err
	})
	if err == nil && stored != a.Manifest.part(name).Rows {
		err = refused("%s holds another number of rows than its manifest says", name)
	}
	return err
}

// importFiles puts the archive's files into the storage and returns the keys of those that were not there, also of before an
// error.
func importFiles(ctx context.Context, a *Archive, options ImportOptions, report *Report) (stored []string, err error) {
	err = a.eachBatch(ctx, filesName, func(lines []string) error {
		for _, line := range lines {
			var f storedFile
			// The keys of other clinics' files lie beside these.
			if err := json.Unmarshal([]byte(line), &f); err != nil || !strings.HasPrefix(f.Key, "recordings/"+a.Manifest.OrgID.String()+"/") {
				return refused("%s lists what is no file of this organisation", filesName)
			}
			entry := a.entries[filesFolder+f.Key]
			if entry == nil || options.Store == nil {
				report.FilesToMove++
				continue
			}
			report.FilesStored++
			if options.DryRun {
				continue
			}
			there, err := isThere(ctx, options.Store, f)
			if err != nil {
				return err
			}
			if there {
				continue
			}
			stored = append(stored, f.Key)
			if err := importFile(ctx, options.Store, f, entry); err != nil {
				return err
			}
		}
		return nil
	})
	return stored, err
}

// isThere says whether the storage has the file already, as after a restore of the database alone, or where two installations
// share a bucket: it is somebody's, who must not lose it when the import fails. Refused: another file has its place.
func isThere(ctx context.Context, store storage.Store, f storedFile) (bool, error) {
	size, err := store.Stat(ctx, f.Key)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look for a file in the storage: %w", err)
	case size != f.Size:
		return false, refused("another file lies in the storage where %s belongs", f.Key)
	}
	return true, nil
}

func importFile(ctx context.Context, store storage.Store, f storedFile, entry *zip.File) error {
	body, err := entry.Open()
	if err != nil {
		return refused("%s is damaged: %v", entry.Name, err)
	}
	defer body.Close()
	if err := store.Put(ctx, f.Key, body, f.Size, f.ContentType); err != nil {
		return fmt.Errorf("put a file into the storage: %w", err)
	}
	return nil
}
