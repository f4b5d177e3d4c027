// Package recorder keeps the recordings of calls: it copies them from Vapi into the storage, and deletes what clinics do
// not want any more. Every step may be repeated and may be the last one of a process that dies: the file's name stands in
// the database before its first byte is written, and whoever comes after finds either a whole file or none.
package recorder

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

const (
	// MaxSize is the largest recording that is kept, in bytes: four hours of Vapi's usual 16 kHz in one channel.
	MaxSize = 480 << 20
	// CopyTimeout bounds one try to copy, and lease is how long others leave it alone: longer, so that no two are at it.
	CopyTimeout = 5 * time.Minute
	lease       = 6 * time.Minute
	// rowTimeout bounds a transaction that ends a try, also when the try's own time is up.
	rowTimeout = 5 * time.Second
	// expireAtMost is how many recordings of one clinic an hour's sweep puts into the queue.
	expireAtMost = 1000
)

// Source asks where a call's recording is. *vapi.Client does.
type Source interface {
	RecordingURL(ctx context.Context, vapiCallID string) (string, error)
}

// Downloader fetches a file from an address. *download.Client does.
type Downloader interface {
	Fetch(ctx context.Context, address string, w io.Writer, limit int64) (int64, error)
}

// Options is what a Recorder needs; all are required but MaxSize.
type Options struct {
	DB       *db.DB
	Store    storage.Store
	Source   Source
	Download Downloader
	Log      *slog.Logger
	MaxSize  int64 // 0: MaxSize
}

// Recorder is safe for concurrent use, in any number of processes.
type Recorder struct{ Options }

// New checks that nothing required is missing.
func New(o Options) (*Recorder, error) {
	if o.DB == nil || o.Store == nil || o.Source == nil || o.Download == nil || o.Log == nil {
		return nil, errors.New("recorder: database, storage, source, download and log are required")
	}
	if o.MaxSize == 0 {
		o.MaxSize = MaxSize
	}
	return &Recorder{o}, nil
}

// asTenant runs fn in a transaction that does not end with ctx: what a try came to must be written down in any case.
func (r *Recorder) asTenant(ctx context.Context, org uuid.UUID, fn func(context.Context, db.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rowTimeout)
	defer cancel()
	return r.DB.AsTenant(ctx, org, func(tx db.Tx) error { return fn(ctx, tx) })
}
