// Package transfer takes one clinic out of an installation, as an archive, and brings it into another.
//
// An archive is a zip file: manifest.json, tables/<name>.jsonl with a row a line as PostgreSQL's to_jsonb writes it, members.jsonl,
// files.jsonl (what the clinic has in the storage) and, where it was wished, the files themselves. What is in it and what is not
// is decided in the database, see app.tenant_tables and app.archive_exclusions.
package transfer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/voxanne-ai/voxanne/db"
)

// Format is what this program writes and reads. It goes up when an older program would misread an archive; what tables look
// like is the schema version's business.
const Format = 1

// The names of an archive's parts.
const (
	manifestName = "manifest.json"
	membersName  = "members.jsonl"
	filesName    = "files.jsonl"
	tablesFolder = "tables/"
	filesFolder  = "files/"
)

// batchBytes is about how much of a table is in memory at a time, besides one row.
const batchBytes = 1 << 20

// Manifest is manifest.json: whose archive it is, and by what every part is recognised as whole.
type Manifest struct {
	Format        int       `json:"format"`
	SchemaVersion int64     `json:"schema_version"`
	OrgID         uuid.UUID `json:"org_id"`
	Slug          string    `json:"slug"`
	CreatedAt     time.Time `json:"created_at"`
	// FilesIncluded: files of the storage are in the archive; otherwise those that files.jsonl lists must be moved by hand.
	FilesIncluded bool `json:"files_included"`
	// FilesMissing are listed and were not in the storage.
	FilesMissing int       `json:"files_missing"`
	Parts        []Part    `json:"parts"`
	LeftOut      []LeftOut `json:"left_out"`
}

// Part is one file of the archive.
type Part struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"` // lines; 0 for a file of the storage
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // in hex, of what it holds unpacked
}

// LeftOut is what the archive does without, and why. Without a column it is a table.
type LeftOut struct {
	Table  string `json:"table"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
}

// Rows is how many rows of tables the archive holds.
func (m Manifest) Rows() (n int64) {
	for _, p := range m.Parts {
		if strings.HasPrefix(p.Name, tablesFolder) {
			n += p.Rows
		}
	}
	return n
}

// Tables is how many tables it holds.
func (m Manifest) Tables() (n int) {
	for _, p := range m.Parts {
		if strings.HasPrefix(p.Name, tablesFolder) {
			n++
		}
	}
	return n
}

// Files is how many files of the storage it lists.
func (m Manifest) Files() int64 { return m.part(filesName).Rows }

// part is the part of that name; without a name where there is none.
func (m Manifest) part(name string) Part {
	for _, p := range m.Parts {
		if p.Name == name {
			return p
		}
	}
	return Part{}
}

// Refused: the archive or the installation is not such that it can be done, and nothing was done. Its words are for the operator
// and quote no row.
type Refused struct{ reason string }

func (r *Refused) Error() string { return r.reason }

func refused(format string, values ...any) error {
	return &Refused{fmt.Sprintf(format, values...)}
}

// answered makes a refusal of the database's functions a Refused, and leaves one alone. Other errors say what was being done.
func answered(doing string, err error) error {
	var said *pgconn.PgError
	var already *Refused
	switch {
	case err == nil, errors.As(err, &already):
		return err
	case errors.As(err, &said) && slices.Contains([]string{db.StateBadInput, db.StateNotFound, db.StateConflict}, said.Code):
		return &Refused{said.Message}
	default:
		return fmt.Errorf("%s: %w", doing, err)
	}
}
