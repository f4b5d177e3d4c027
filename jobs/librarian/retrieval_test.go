package librarian_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/librarian"
	"github.com/voxanne-ai/voxanne/providers/embedding"
)

// What finding passages is held to, with the embedder that needs nothing. A real model does better; nothing may do worse.
const (
	hybridFloor  = 0.90 // of answerable questions, the right document is among the first three
	unknownFloor = 0.75 // of questions that no document answers, so many find nothing
)

// asked is a question of the set, and the document that answers it; "-": none does.
type asked struct{ clinic, question, document string }

func TestTheRightPassageIsFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lexical := embedding.NewLexical()
	l := b.librarian(t, lexical)
	clinics := map[string]uuid.UUID{}
	for _, name := range []string{"dental", "skin", "physio"} {
		clinics[name] = b.opened(t, l, name)
	}
	set := retrievalSet(t)
	require.GreaterOrEqual(t, len(set), 60)

	var hybrid, byVector, byWords, answerable, unknown, refused int
	for _, q := range set {
		vectors, err := lexical.Embed(t.Context(), []string{q.question})
		require.NoError(t, err)
		both := db.MatchKnowledgeParams{Question: q.question, Model: new(lexical.Model()), Embedding: vector(vectors[0]), AtMost: 3}
		found := b.sources(t, clinics[q.clinic], both)
		if q.document == "-" {
			unknown++
			if len(found) == 0 {
				refused++
			} else {
				t.Logf("%s: %q: no document says, found %v", q.clinic, q.question, found)
			}
			continue
		}
		answerable++
		if slices.Contains(found, q.document) {
			hybrid++
		} else {
			t.Logf("%s: %q: want %s, found %v", q.clinic, q.question, q.document, found)
		}
		alone := db.MatchKnowledgeParams{Model: both.Model, Embedding: both.Embedding, AtMost: 3, MinScore: new(float32(0.001))}
		byVector += one(slices.Contains(b.sources(t, clinics[q.clinic], alone), q.document))
		alone = db.MatchKnowledgeParams{Question: q.question, AtMost: 3, MinScore: new(float32(0.001))}
		byWords += one(slices.Contains(b.sources(t, clinics[q.clinic], alone), q.document))
	}
	t.Logf("among the first three: both %d, vectors %d, words %d of %d; found nothing: %d of %d", hybrid, byVector, byWords, answerable, refused, unknown)
	require.GreaterOrEqual(t, float64(hybrid)/float64(answerable), hybridFloor)
	require.GreaterOrEqual(t, hybrid, byVector)
	require.GreaterOrEqual(t, hybrid, byWords)
	require.GreaterOrEqual(t, float64(refused)/float64(unknown), unknownFloor)
}

// opened makes a clinic with the documents of a file of the set, all ready, and returns its id.
func (b *testBundle) opened(t *testing.T, l *librarian.Librarian, name string) uuid.UUID {
	t.Helper()
	clinic := *b
	clinic.owner = uuid.New()
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(), `
		insert into auth.users (id, email) values ($1, $2 || '@patients.example')
		returning (raw_app_meta_data ->> 'org_id')::uuid`, clinic.owner, name).Scan(&clinic.org))
	for _, part := range strings.Split(read(t, name+".txt"), "=== ")[1:] {
		file, content, _ := strings.Cut(part, "\n")
		_, kind, _ := strings.Cut(file, ".")
		document, version := clinic.upload(t, kind, content, nil)
		_, err := b.data.Pool(t).Exec(t.Context(), `update public.knowledge_documents set filename = $2 where id = $1`, document, file)
		require.NoError(t, err)
		_, err = l.Ingest(t.Context(), clinic.org, version, true)
		require.NoError(t, err)
		require.Regexp(t, "^ready", b.state(t, document), file)
	}
	return clinic.org
}

// sources are the documents of what is found, the best first.
func (b *testBundle) sources(t *testing.T, org uuid.UUID, search db.MatchKnowledgeParams) (files []string) {
	t.Helper()
	require.NoError(t, b.db.AsTenant(t.Context(), org, func(tx db.Tx) error {
		matches, err := tx.MatchKnowledge(t.Context(), search)
		for _, m := range matches {
			files = append(files, m.Filename)
		}
		return err
	}))
	return files
}

func retrievalSet(t *testing.T) (set []asked) {
	t.Helper()
	for line := range strings.Lines(read(t, "questions.tsv")) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		require.Len(t, fields, 3, line)
		set = append(set, asked{fields[0], fields[1], fields[2]})
	}
	return set
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/retrieval/" + file)
	require.NoError(t, err)
	return string(text)
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
