// Package librarian makes the documents of clinics ready to be searched: it takes their text out, cuts it, has vectors made, and
// lets a new version take the old one's place when all of it is there. Every step may be repeated and may be the last one of a
// process that dies: pieces and vectors are kept as they come, and whoever follows goes on from there.
package librarian

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/reader"
	"github.com/voxanne-ai/voxanne/providers/embedding"
)

const (
	// IngestTimeout bounds one try; a document whose vectors take longer is finished by the next ones.
	IngestTimeout = 10 * time.Minute
	// ReembedTimeout bounds one round through all clinics; the next one goes on.
	ReembedTimeout = 30 * time.Minute
	// lease is how long others leave a version alone after a sign of life: longer than reading, and than one batch of
	// vectors, which a service in trouble may take three minutes for (embedding.DefaultTimeout, four times, and pauses).
	lease = 4 * time.Minute
	// batch is how many pieces get their vectors between two signs of life.
	batch = 32
	// rowTimeout bounds a transaction that ends a try, also when the try's own time is up.
	rowTimeout = 5 * time.Second
)

// Reader reads documents; *reader.Child does, in a process of its own.
type Reader interface {
	Read(ctx context.Context, kind reader.Kind, r io.Reader, limits reader.Limits) ([]reader.Page, error)
}

// Options is what a Librarian needs; all are required.
type Options struct {
	DB     *db.DB
	Reader Reader
	Models *embedding.Models
	Log    *slog.Logger
}

// Librarian is safe for concurrent use, in any number of processes.
type Librarian struct{ Options }

// New checks that nothing is missing.
func New(o Options) (*Librarian, error) {
	if o.DB == nil || o.Reader == nil || o.Models == nil || o.Log == nil {
		return nil, errors.New("librarian: database, reader, models and log are required")
	}
	return &Librarian{o}, nil
}
