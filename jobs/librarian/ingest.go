package librarian

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/chunker"
	"github.com/voxanne-ai/voxanne/jobs/reader"
	"github.com/voxanne-ai/voxanne/providers/embedding"
)

// Words of knowledge_versions.error beside the codes of package reader.
const (
	reasonEmbedding = "embedding" // no vectors could be made
	reasonTrouble   = "trouble"   // of ours
)

// errOvertaken says that a newer version came, or that the document was deleted: nothing is to be done any more.
var errOvertaken = errors.New("the version was overtaken")

// ErrUnfinished says that pieces still lack vectors of the model that answers: try again.
var ErrUnfinished = errors.New("the version is not whole yet")

// embeddingError is an error of the model's service, told from those of the database.
type embeddingError struct{ error }

func (e *embeddingError) Unwrap() error { return e.error }

// Ingest makes a version of a document ready, or goes on where another try ended. again is when to ask once more, because another
// process may be at it. What is the document's fault is written into its row and is no error; any other error is one of this try,
// and is written down as the reason when it is the last.
func (l *Librarian) Ingest(ctx context.Context, org, version uuid.UUID, last bool) (again time.Duration, err error) {
	var work db.KnowledgeWork
	err = l.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		work, err = tx.BeginKnowledge(ctx, version, int32(lease/time.Second), last)
		return err
	})
	switch {
	case err != nil:
		return 0, fmt.Errorf("begin with the document: %w", err)
	case work.Outcome == "wait":
		return lease, nil // after it the other one is done or dead
	case work.Outcome == "done":
		return 0, nil
	}
	err = l.carryOut(ctx, org, version, work)
	code, refused := reader.Refused(err)
	switch {
	case err == nil, errors.Is(err, errOvertaken):
		return 0, nil
	case refused:
		l.Log.InfoContext(ctx, "document refused", slog.String("org_id", org.String()), slog.String("version_id", version.String()),
			slog.String("reason", string(code)))
		return 0, l.fail(ctx, org, version, string(code), true)
	}
	// A process that is told to stop has not tried for the last time.
	final := hopeless(err) || last && !errors.Is(ctx.Err(), context.Canceled)
	return 0, errors.Join(err, l.fail(ctx, org, version, reasonOf(err), final))
}

// Abandon writes down that nobody works on a version any more, through no fault of the document; one that is ready or was overtaken
// stays as it is.
func (l *Librarian) Abandon(ctx context.Context, org, version uuid.UUID) error {
	return l.fail(ctx, org, version, reasonTrouble, true)
}

// Final tells that no other try could end better.
func Final(err error) bool { return hopeless(err) }

// hopeless: the service does not take these texts, and will not. That it does not know the model is the operator's to mend.
func hopeless(err error) bool {
	var refused *embedding.RefusedError
	return errors.As(err, &refused) && refused.Status != http.StatusNotFound
}

func reasonOf(err error) string {
	var ours *embeddingError
	if errors.As(err, &ours) {
		return reasonEmbedding
	}
	return reasonTrouble
}

func (l *Librarian) fail(ctx context.Context, org, version uuid.UUID, reason string, final bool) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rowTimeout)
	defer cancel()
	err := l.DB.AsTenant(ctx, org, func(tx db.Tx) error { return tx.FailKnowledge(ctx, version, reason, final) })
	if err != nil {
		return fmt.Errorf("note that the document failed: %w", err)
	}
	return nil
}

func (l *Librarian) carryOut(ctx context.Context, org, version uuid.UUID, work db.KnowledgeWork) error {
	if work.Outcome == "read" {
		if err := l.stage(ctx, org, version, work); err != nil {
			return err
		}
	}
	return l.complete(ctx, org, version)
}

// stage reads and cuts the document, and keeps its pieces.
func (l *Librarian) stage(ctx context.Context, org, version uuid.UUID, work db.KnowledgeWork) error {
	pages, err := l.Reader.Read(ctx, reader.Kind(work.Kind), bytes.NewReader(work.Content), reader.DefaultLimits())
	if err != nil {
		return fmt.Errorf("read the document: %w", err)
	}
	pieces, err := piecesOf(chunker.Cut(pages))
	if err != nil {
		return err
	}
	var staged bool
	err = l.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		staged, err = tx.StageKnowledge(ctx, version, pieces)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the document's pieces: %w", err)
	}
	if !staged {
		return errOvertaken
	}
	return nil
}

// piecesOf is the form in which app.stage_knowledge takes chunks.
func piecesOf(chunks []chunker.Chunk) (json.RawMessage, error) {
	type piece struct {
		Page     int      `json:"page"`
		Headings []string `json:"headings"`
		Body     string   `json:"body"`
		Tokens   int      `json:"tokens"`
	}
	pieces := make([]piece, 0, len(chunks))
	for _, c := range chunks {
		pieces = append(pieces, piece{c.Page, append([]string{}, c.Headings...), c.Text, c.Tokens})
	}
	encoded, err := json.Marshal(pieces)
	if err != nil {
		return nil, fmt.Errorf("encode the document's pieces: %w", err)
	}
	return encoded, nil
}

// complete makes the vectors that are missing and lets the version answer. While another model than the current one answers the
// clinic's questions, the version needs vectors of both: of that one to be found now, of the other to be found afterwards.
func (l *Librarian) complete(ctx context.Context, org, version uuid.UUID) error {
	current := l.Models.Current()
	var serving string
	err := l.DB.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		serving, err = tx.KnowledgeModel(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("ask which model answers: %w", err)
	}
	needed := []embedding.Embedder{current}
	if now := l.Models.Named(serving); now != nil && serving != current.Model() {
		needed = append(needed, now)
	}
	for _, e := range needed {
		if err := l.embedVersion(ctx, org, version, e); err != nil {
			return err
		}
	}
	return l.finish(ctx, org, version, needed[len(needed)-1].Model())
}

// embedVersion makes the vectors of one model for one version, and says how far it is after every batch.
func (l *Librarian) embedVersion(ctx context.Context, org, version uuid.UUID, e embedding.Embedder) error {
	for {
		made, err := l.embedSome(ctx, org, &version, e)
		if err != nil {
			return err
		}
		if made == 0 {
			return nil
		}
		var wanted bool
		err = l.DB.AsTenant(ctx, org, func(tx db.Tx) error {
			wanted, err = tx.NoteKnowledgeProgress(ctx, version, e.Model(), int32(lease/time.Second))
			return err
		})
		if err != nil {
			return fmt.Errorf("note how far the document is: %w", err)
		}
		if !wanted {
			return errOvertaken
		}
	}
}

func (l *Librarian) finish(ctx context.Context, org, version uuid.UUID, model string) error {
	var outcome string
	err := l.DB.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		outcome, err = tx.FinishKnowledge(ctx, version, model)
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("let the version answer: %w", err)
	case outcome == "unfinished":
		return ErrUnfinished
	}
	return nil
}
