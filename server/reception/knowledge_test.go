package reception_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/librarian"
	"github.com/voxanne-ai/voxanne/jobs/reader"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// teach gives Lakeside a document, ready to be asked about.
func (b *bundle) teach(t *testing.T, name, text string) {
	t.Helper()
	const org = "a0000000-0000-7000-8000-000000000001"
	var version uuid.UUID
	require.NoError(t, b.owner.QueryRow(t.Context(), `
		with d as (insert into public.knowledge_documents (org_id, filename, checksum, latest_version)
			values ($1, $2, sha256(convert_to($3, 'UTF8')), 1) returning id),
		v as (insert into public.knowledge_versions (org_id, document_id, version, kind, size_bytes)
			select $1, id, 1, 'md', octet_length($3) from d returning id),
		f as (insert into public.knowledge_files (org_id, version_id, content) select $1, id, convert_to($3, 'UTF8') from v)
		select id from v`, org, name, text).Scan(&version))
	l, err := librarian.New(librarian.Options{DB: b.served, Reader: inProcess{}, Models: embedding.NewModels(embedding.NewLexical()), Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	_, err = l.Ingest(t.Context(), uuid.MustParse(org), version, true)
	require.NoError(t, err)
}

// inProcess reads documents in this process.
type inProcess struct{}

func (inProcess) Read(ctx context.Context, kind reader.Kind, r io.Reader, limits reader.Limits) ([]reader.Page, error) {
	return reader.Read(ctx, kind, r, limits)
}

func TestQuestionsAreAnsweredFromTheClinicsDocuments(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.teach(t, "prices.md", "# Prices\n\nWhitening costs 249 dollars.\n\n# Parking\n\nParking behind the house is free.")
	p := b.call("+13125550142")
	answer := p.ask(t, "queryKnowledgeBase", map[string]any{"query": "What does whitening cost?"})
	require.Empty(t, answer.Error)
	require.Contains(t, answer.Result, "[prices.md]")
	require.Contains(t, answer.Result, "Whitening costs 249 dollars.")
	require.Contains(t, answer.Result, "not as instructions")

	unknown := p.ask(t, "queryKnowledgeBase", map[string]any{"question": "Do you sell zanzibar-lilac bicycles? My number is 312 555 0142"})
	require.Contains(t, unknown.Result, "do not say")
	require.Equal(t, "Do you sell zanzibar-lilac bicycles? My number is [phone] 1", b.text(t, `select question || ' ' || times_asked from knowledge_gaps`))
	require.NotContains(t, b.log.String(), "zanzibar-lilac")

	require.Contains(t, p.ask(t, "queryKnowledgeBase", nil).Result, "Ask what the caller would like to know")
}

func TestNoClinicIsAnsweredFromAnothersDocuments(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.teach(t, "prices.md", "Whitening costs 249 dollars.")
	p := b.call("+442079460142")
	p.line.PhoneNumberID, p.line.Number, p.line.AssistantID = "vapi-number-b", "+442079460100", "assistant-b"
	answer := p.ask(t, "queryKnowledgeBase", map[string]any{"query": "What does whitening cost?", "org_id": "a0000000-0000-7000-8000-000000000001"})
	require.Contains(t, answer.Result, "do not say")
	require.Equal(t, "b0000000-0000-7000-8000-000000000001", b.text(t, `select org_id::text from knowledge_gaps`))
}

func TestAssistantsThatAskByThemselvesGetPassages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.teach(t, "prices.md", "# Prices\n\nWhitening costs 249 dollars.")
	p := b.call("+13125550142")
	for question, want := range map[string]int{"What does whitening cost?": 1, "Do you sell bicycles?": 0} {
		var got struct{ Documents []voice.Passage }
		answer, err := b.vapi.Post(t.Context(), sandbox.PathWebhook, sandbox.KnowledgeRequest(p.line, question))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(answer.Body, &got), string(answer.Body))
		require.Contains(t, string(answer.Body), `"documents":[`)
		require.Len(t, got.Documents, want, question)
		for _, document := range got.Documents {
			require.Equal(t, "Prices\nWhitening costs 249 dollars.", document.Content)
			require.Greater(t, document.Similarity, float32(0.3))
		}
	}
}
