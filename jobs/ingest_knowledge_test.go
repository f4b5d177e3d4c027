package jobs

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/librarian"
	"github.com/voxanne-ai/voxanne/jobs/reader"
	"github.com/voxanne-ai/voxanne/providers/embedding"
)

// troubled is an embedder that does what it is told instead of its work.
type troubled struct {
	*embedding.Lexical
	do func(context.Context) error
}

func (e troubled) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if err := e.do(ctx); err != nil {
		return nil, err
	}
	return e.Lexical.Embed(ctx, texts)
}

// readsHere reads documents in this process.
type readsHere struct{}

func (readsHere) Read(ctx context.Context, kind reader.Kind, r io.Reader, limits reader.Limits) ([]reader.Page, error) {
	return reader.Read(ctx, kind, r, limits)
}

// librarian makes vectors after do.
func (b *testBundle) librarian(t *testing.T, do func(context.Context) error) *librarian.Librarian {
	t.Helper()
	l, err := librarian.New(librarian.Options{DB: b.db, Reader: readsHere{}, Log: slog.New(slog.NewTextHandler(b.log, nil)),
		Models: embedding.NewModels(troubled{embedding.NewLexical(), do})})
	require.NoError(t, err)
	return l
}

// upload adds a document, whose job has one try, and says what app.add_knowledge says.
func (b *testBundle) upload(t *testing.T) (outcome string, version uuid.UUID) {
	t.Helper()
	var owner uuid.UUID
	require.NoError(t, b.owner.QueryRow(t.Context(), `select user_id from public.profiles where org_id = $1`, b.org).Scan(&owner))
	claims := `{"sub": "` + owner.String() + `", "role": "authenticated", "app_metadata": {"org_id": "` + b.org.String() + `"}}`
	require.NoError(t, b.db.AsUser(t.Context(), []byte(claims), func(tx db.Tx, _ db.Member) error {
		saved, err := tx.AddKnowledge(t.Context(), db.AddKnowledgeParams{Filename: "prices.txt", Kind: "txt", Content: []byte("Whitening costs 80.")})
		outcome = saved.Outcome
		return err
	}))
	b.data.Exec(t, `update river.river_job set max_attempts = 1 where kind = 'ingest_knowledge'`)
	require.NoError(t, b.owner.QueryRow(t.Context(), `select id from public.knowledge_versions order by version desc limit 1`).Scan(&version))
	return outcome, version
}

// requireTold: the clinic sees that it failed, and the same file is taken again.
func (b *testBundle) requireTold(t *testing.T, version uuid.UUID) {
	t.Helper()
	b.eventually(t, `select state = 'failed' and error = 'trouble' from public.knowledge_versions where id = $1`, version)
	outcome, _ := b.upload(t)
	require.Equal(t, "updated", outcome)
}

func TestADocumentWhoseLastTryPanicsHasFailed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, version := b.upload(t)
	var once sync.Once
	b.run(t, Options{ReadReport: unread, Messenger: silent{}, Log: slog.New(slog.NewTextHandler(b.log, nil)),
		Documents: b.librarian(t, func(context.Context) error { once.Do(func() { panic("zanzibar-lilac") }); return nil })})
	b.eventually(t, `select state = 'failed' and error = 'trouble' from public.knowledge_versions where id = $1`, version)
	require.NotContains(t, b.log.String(), "zanzibar-lilac")
	b.requireTold(t, version)
	b.eventually(t, `select state = 'ready' from public.knowledge_versions where version = 2`)
}

func TestADocumentWhoseJobIsCancelledHasFailed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, version := b.upload(t)
	b.run(t, Options{ReadReport: unread, Messenger: silent{}, Log: slog.New(slog.NewTextHandler(b.log, nil)),
		Documents: b.librarian(t, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })})
	b.eventually(t, `select state = 'embedding' from public.knowledge_versions where id = $1`, version)
	b.cancel(t, "ingest_knowledge")
	b.requireTold(t, version)
}

// cancel cancels the jobs of a kind, as an operator does.
func (b *testBundle) cancel(t *testing.T, kind string) {
	t.Helper()
	client, err := river.NewClient(riverpgxv5.New(b.owner), &river.Config{Schema: schema})
	require.NoError(t, err)
	var id int64
	require.NoError(t, b.owner.QueryRow(t.Context(), `select id from river.river_job where kind = $1`, kind).Scan(&id))
	_, err = client.JobCancel(t.Context(), id)
	require.NoError(t, err)
}

// A killed process leaves the version as a transaction of its last try left it.
func TestADocumentWhoseLastTryDiesWithItsProcessHasFailed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, version := b.upload(t)
	require.NoError(t, b.asTenant(t, `select app.begin_knowledge($1, '3 minutes', true)`, version))
	b.data.Exec(t, `update river.river_job set state = 'running', attempt = 1, attempted_at = now() where kind = 'ingest_knowledge'`)
	b.run(t, Options{ReadReport: unread, Messenger: silent{}, Log: slog.New(slog.NewTextHandler(b.log, nil)),
		Documents: b.librarian(t, func(context.Context) error { return nil })})
	b.eventually(t, `select state = 'reading' and lease_until > now() + interval '2 minutes' from public.knowledge_versions where id = $1`, version)
	b.data.Exec(t, `update public.knowledge_versions set lease_until = now() - interval '1 second'`)
	b.data.Exec(t, `update river.river_job set scheduled_at = now() - interval '1 second', state = 'available' where kind = 'lapse_knowledge'`)
	b.requireTold(t, version)
	b.eventually(t, `select state = 'ready' from public.knowledge_versions where version = 2`)
}

func TestALastTryThatGoesOnIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, version := b.upload(t)
	require.NoError(t, b.asTenant(t, `select app.begin_knowledge($1, '3 minutes', true)`, version))
	b.data.Exec(t, `update river.river_job set scheduled_at = now() - interval '1 second', state = 'available' where kind = 'lapse_knowledge'`)
	b.data.Exec(t, `delete from river.river_job where kind = 'ingest_knowledge'`)
	b.run(t, Options{ReadReport: unread, Messenger: silent{}, Log: slog.New(slog.NewTextHandler(b.log, nil))})
	b.eventually(t, `select state = 'scheduled' and scheduled_at > now() + interval '1 minute' from river.river_job where kind = 'lapse_knowledge'`)
	b.eventually(t, `select state = 'reading' from public.knowledge_versions where id = $1`, version)
}
