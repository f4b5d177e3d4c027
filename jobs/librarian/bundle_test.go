package librarian_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/jobs/librarian"
	"github.com/voxanne-ai/voxanne/jobs/reader"
	"github.com/voxanne-ai/voxanne/providers/embedding"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testBundle is a clinic, whose owner uploads, and a librarian.
type testBundle struct {
	data  *dbtest.Database
	db    *db.DB
	log   *bytes.Buffer
	org   uuid.UUID
	owner uuid.UUID
	read  *counting
}

// counting reads documents in this process, and counts them.
type counting struct{ documents int }

func (c *counting) Read(ctx context.Context, kind reader.Kind, r io.Reader, limits reader.Limits) ([]reader.Page, error) {
	c.documents++
	return reader.Read(ctx, kind, r, limits)
}

// model is the lexical embedder under another name, which fails as it is told.
type model struct {
	*embedding.Lexical
	name string

	mu     sync.Mutex
	asked  int   // texts
	broken error // every request from now on
	first  int   // requests that work all the same
}

func (m *model) Model() string { return m.name }

func (m *model) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil && m.first == 0 {
		return nil, m.broken
	}
	m.first--
	m.asked += len(texts)
	return m.Lexical.Embed(ctx, texts)
}

func named(name string) *model { return &model{Lexical: embedding.NewLexical(), name: name} }

func setup(t *testing.T) *testBundle {
	t.Helper()
	b := &testBundle{data: dbtest.New(t), log: &bytes.Buffer{}, read: &counting{}, owner: uuid.New()}
	var err error
	b.db, err = db.Open(t.Context(), b.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(b.db.Close)
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(), `
		insert into auth.users (id, email) values ($1, 'ada.quillby@patients.example')
		returning (raw_app_meta_data ->> 'org_id')::uuid`, b.owner).Scan(&b.org))
	return b
}

func (b *testBundle) librarian(t *testing.T, current embedding.Embedder, others ...embedding.Embedder) *librarian.Librarian {
	t.Helper()
	l, err := librarian.New(librarian.Options{
		DB: b.db, Reader: b.read, Models: embedding.NewModels(current, others...), Log: slog.New(slog.NewTextHandler(b.log, nil)),
	})
	require.NoError(t, err)
	return l
}

// upload adds a document, or with an id a version of it, and returns the document and its newest version.
func (b *testBundle) upload(t *testing.T, kind, content string, document *uuid.UUID) (id, version uuid.UUID) {
	t.Helper()
	claims := []byte(`{"sub": "` + b.owner.String() + `", "role": "authenticated", "app_metadata": {"org_id": "` + b.org.String() + `"}}`)
	require.NoError(t, b.db.AsUser(t.Context(), claims, func(tx db.Tx, _ db.Member) error {
		if document != nil {
			id = *document
			_, err := tx.ChangeKnowledge(t.Context(), db.ChangeKnowledgeParams{
				DocumentID: id, Fields: []byte("{}"), Kind: &kind, Content: []byte(content)})
			return err
		}
		saved, err := tx.AddKnowledge(t.Context(), db.AddKnowledgeParams{Filename: "prices." + kind, Kind: kind, Content: []byte(content)})
		id = saved.DocumentID
		return err
	}))
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(),
		`select id from public.knowledge_versions where document_id = $1 order by version desc limit 1`, id).Scan(&version))
	return id, version
}

// state is how the newest version of a document stands, and which one answers.
func (b *testBundle) state(t *testing.T, document uuid.UUID) string {
	t.Helper()
	var state string
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(), `
		select concat_ws(' ', v.state, v.error, v.chunks_done || '/' || v.chunks_total, 'answers: ' || coalesce(c.version::text, 'none'))
		from public.knowledge_documents d
		join public.knowledge_versions v on v.document_id = d.id and v.version = d.latest_version
		left join public.knowledge_versions c on c.id = d.current_version_id
		where d.id = $1`, document).Scan(&state))
	return state
}

// found is the best passage for a question by that model's vectors alone, or nothing.
func (b *testBundle) found(t *testing.T, question string, by embedding.Embedder) string {
	t.Helper()
	vectors, err := by.Embed(t.Context(), []string{question})
	require.NoError(t, err)
	var matches []db.KnowledgeMatch
	require.NoError(t, b.db.AsTenant(t.Context(), b.org, func(tx db.Tx) error {
		matches, err = tx.MatchKnowledge(t.Context(), db.MatchKnowledgeParams{
			Question: "", Model: new(by.Model()), Embedding: vector(vectors[0]), AtMost: 1, MinScore: new(float32(0.2))})
		return err
	}))
	if len(matches) == 0 {
		return ""
	}
	return matches[0].Body
}
