package transfer

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

// storedFile is a line of files.jsonl.
type storedFile struct {
	Key         string `json:"key"`
	Size        int64  `json:"size_bytes"`
	ContentType string `json:"content_type"`
}

// Export writes the clinic's archive to out: everything as it was at one moment, in batches. conn is the owner's, whom row
// security does not bind. The clinic's audit log has it before the first row is read. With a store its files are in the
// archive, read after the rows, so that no snapshot is held for them; a file that has gone meanwhile is counted as missing.
// Refused: there is no such clinic, or out or the store could not take or give a file.
func Export(ctx context.Context, conn *pgx.Conn, org uuid.UUID, store storage.Store, out io.Writer) (Manifest, error) {
	w := &writer{zip: zip.NewWriter(out)}
	m := Manifest{Format: Format, OrgID: org, FilesIncluded: store != nil}
	if err := db.New(conn).BeginExport(ctx, org); err != nil {
		return m, answered("note the export", err)
	}
	var files []storedFile
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, conn, snapshot, func(tx pgx.Tx) (err error) {
		files, err = exportRows(ctx, db.New(tx), &m, w, store != nil)
		return err
	})
	if err != nil {
		return m, answered("read the clinic", err)
	}
	for _, f := range files {
		if err := exportFile(ctx, store, f, &m, w); err != nil {
			return m, err
		}
	}
	return m, w.close(&m)
}

// exportRows writes all parts that come from the database, and returns the files of the storage if they are wished: a
// hundred bytes each, unlike what is in them.
func exportRows(ctx context.Context, q *db.Queries, m *Manifest, w *writer, withFiles bool) (files []storedFile, err error) {
	head, err := q.ArchiveHead(ctx, m.OrgID)
	if err != nil {
		return nil, err
	}
	m.Slug, m.SchemaVersion, m.CreatedAt = head.Slug, head.SchemaVersion, head.At.UTC()
	tables, err := q.TenantTables(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		if t.Excuse == nil {
			if err := exportPart(ctx, q, m.OrgID, t.Name, tablesFolder+t.Name+".jsonl", w, nil); err != nil {
				return nil, err
			}
		}
	}
	if err := exportPart(ctx, q, m.OrgID, "members", membersName, w, nil); err != nil {
		return nil, err
	}
	keep := func(line string) error {
		var f storedFile
		err := json.Unmarshal([]byte(line), &f)
		files = append(files, f)
		return err
	}
	if !withFiles {
		keep = nil
	}
	if err := exportPart(ctx, q, m.OrgID, "files", filesName, w, keep); err != nil {
		return nil, err
	}
	m.LeftOut, err = leftOut(ctx, q)
	return files, err
}

// exportPart writes one part, a batch at a time, and hands its lines to each, which may be nil.
func exportPart(ctx context.Context, q *db.Queries, org uuid.UUID, part, name string, w *writer, each func(string) error) error {
	if err := w.begin(name, true); err != nil {
		return err
	}
	if err := q.OpenExport(ctx, org, part); err != nil {
		return err
	}
	for {
		lines, err := q.FetchExport(ctx, batchBytes)
		if err != nil || len(lines) == 0 {
			return err
		}
		if err := w.lines(lines); err != nil {
			return err
		}
		for _, line := range lines {
			if each == nil {
				break
			}
			if err := each(line); err != nil {
				return fmt.Errorf("read %s: %w", name, err)
			}
		}
	}
}

// leftOut is what the archive does without.
func leftOut(ctx context.Context, q *db.Queries) (out []LeftOut, err error) {
	rows, err := q.ArchiveExclusions(ctx)
	for _, r := range rows {
		one := LeftOut{Table: r.TableName, Reason: r.Reason}
		if r.ColumnName != nil {
			one.Column = *r.ColumnName
		}
		out = append(out, one)
	}
	return out, err
}

// exportFile copies a file of the storage into the archive.
func exportFile(ctx context.Context, store storage.Store, f storedFile, m *Manifest, w *writer) error {
	body, err := store.Get(ctx, f.Key, 0, -1)
	if errors.Is(err, storage.ErrNotFound) {
		m.FilesMissing++
		return nil
	}
	if err != nil {
		return fmt.Errorf("read a file of the storage: %w", err)
	}
	defer body.Close()
	if err := w.begin(filesFolder+f.Key, false); err != nil {
		return err
	}
	switch n, err := io.Copy(w, body); {
	case err != nil:
		return fmt.Errorf("copy a file of the storage: %w", err)
	case n != f.Size:
		return refused("the file %s is not as long in the storage as the database has it", f.Key)
	}
	return nil
}
