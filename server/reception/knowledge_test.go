package reception_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

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
	l, err := librarian.New(librarian.Options{DB: b.served, Reader: inProcess{}, Models: b.models, Log: slog.New(slog.DiscardHandler)})
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

func TestAQuestionIsAnsweredInOneTransactionAndInTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.teach(t, "prices.md", "# Prices\n\nWhitening costs 249 dollars.")
	b.countTransactions(t)
	p := b.call("+13125550142")
	require.Equal(t, 1, b.passagesFor(t, p, "What does whitening cost?"))
	require.Equal(t, 1, b.transactions(t))
	require.Zero(t, b.passagesFor(t, p, "Do you sell bicycles?"), "nothing found is no documents")
	require.Equal(t, 2, b.transactions(t), "and its gap is noted in the same one")
	took := time.Hour
	for range 5 { // the best of five: what is measured is not the machine's other work
		began := time.Now()
		require.Contains(t, p.say(t, "queryKnowledgeBase", map[string]any{"query": "What does whitening cost?"}), "249")
		took = min(took, time.Since(began))
	}
	require.Less(t, took, 500*time.Millisecond)
	require.Equal(t, 7, b.transactions(t))

	b.database.Exec(t, `drop function app.ask_knowledge`)
	require.Zero(t, b.passagesFor(t, p, "What does whitening cost?"), "trouble of ours is no documents")
	require.Contains(t, p.say(t, "queryKnowledgeBase", map[string]any{"query": "What does whitening cost?"}), "offer to take a message")
	p.line.PhoneNumberID, p.line.Number, p.line.AssistantID = "nobody", "+13125550999", "nobody"
	require.Zero(t, b.passagesFor(t, p, "What does whitening cost?"), "nobody's call has none")
}

// passagesFor counts what an assistant that asks by itself gets, in the shape that Vapi documents.
func (b *bundle) passagesFor(t *testing.T, p *phone, question string) int {
	t.Helper()
	answer, err := b.vapi.Post(t.Context(), sandbox.PathWebhook, sandbox.KnowledgeRequest(p.line, question))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status)
	var body map[string][]struct {
		Content    *string  `json:"content"`
		Similarity *float64 `json:"similarity"`
		UUID       string   `json:"uuid"`
	}
	require.NoError(t, json.Unmarshal(answer.Body, &body), string(answer.Body))
	require.NotNil(t, body["documents"], string(answer.Body))
	require.Len(t, body, 1)
	for _, document := range body["documents"] {
		require.NotNil(t, document.Content)
		require.NotNil(t, document.Similarity)
		require.NoError(t, uuid.Validate(document.UUID))
	}
	return len(body["documents"])
}

// countTransactions counts from here on what calls begin, also when they roll back.
func (b *bundle) countTransactions(t *testing.T) {
	t.Helper()
	b.database.Exec(t, `create sequence public.begun; grant usage on sequence public.begun to public;
		create or replace function app.limit_waits() returns void language plpgsql volatile set search_path = '' as
			$$ begin perform nextval('public.begun'); end $$`)
}

func (b *bundle) transactions(t *testing.T) int {
	t.Helper()
	return b.count(t, `select case when is_called then last_value else 0 end::int from public.begun`)
}

// aService has the server make vectors by a service, which is played.
func (b *bundle) aService(t *testing.T) *sandbox.Embedding {
	t.Helper()
	played := sandbox.NewEmbedding("")
	far := httptest.NewServer(played)
	t.Cleanup(far.Close)
	served, err := embedding.NewOpenAI(embedding.Options{BaseURL: far.URL + "/v1", Model: "text-embedding-3-small", Dimensions: 1536, HTTP: far.Client()})
	require.NoError(t, err)
	b.models = embedding.NewModels(served)
	b.serve(t, b.database.LoginURL)
	return played
}

func TestAServiceThatIsSlowOrBrokenKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	played := b.aService(t)
	b.teach(t, "prices.md", "# Prices\n\nWhitening costs 249 dollars.\n\n# Parking\n\nParking behind the house is free.")
	p := b.call("+13125550142")
	for name, failure := range map[string]sandbox.Failure{
		"well":    {},
		"hangs":   {Delay: time.Minute},
		"breaks":  {Status: http.StatusInternalServerError},
		"is full": {Status: http.StatusTooManyRequests, RetryAfter: time.Minute},
		"refuses": {Status: http.StatusUnauthorized},
	} {
		for range 10 { // repeats of ours included
			played.Fail(failure)
		}
		asked := played.Requests()
		began := time.Now()
		answer := p.ask(t, "queryKnowledgeBase", map[string]any{"query": "What does whitening cost?"})
		require.Empty(t, answer.Error, name)
		require.Contains(t, answer.Result, "249 dollars", name)
		require.Less(t, time.Since(began), 4*time.Second, name) // a second for the service, and the rest of the tool
		require.Greater(t, played.Requests(), asked, name+": it was asked")
		require.Equal(t, 1, b.passagesFor(t, p, "What does whitening cost?"), name)
		played.Heal()
	}
	require.Contains(t, b.log.String(), "a question has no vector")
	require.NotContains(t, b.log.String(), "whitening")
}
