package librarian_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pgvector/pgvector-go"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/embedding"
)

func vector(numbers []float32) *pgvector.Vector {
	return new(pgvector.NewVector(numbers))
}

// long is a document of many pieces.
func long(about string) string {
	var b strings.Builder
	for i := range 80 {
		fmt.Fprintf(&b, "# Room %d\n\n%s %s\n\n", i, about, strings.Repeat(fmt.Sprintf("Corridor %d leads to room %d. ", i, i), 40))
	}
	return b.String()
}

func TestADocumentIsReadCutAndFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m := named("m1")
	l := b.librarian(t, m)
	document, version := b.upload(t, "csv", "Service,Price\nWhitening,zanzibar-lilac 80\nCrown,900\n", nil)
	require.Equal(t, "waiting answers: none", b.state(t, document))
	again, err := l.Ingest(t.Context(), b.org, version, false)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Equal(t, "ready 1/1 answers: 1", b.state(t, document))
	require.Contains(t, b.found(t, "what is the price of whitening", m), "Service: Whitening; Price: zanzibar-lilac 80")
	_, err = l.Ingest(t.Context(), b.org, version, false)
	require.NoError(t, err, "a second delivery of the job")
	require.Equal(t, 1, b.read.documents)
	var events int
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(),
		`select count(*) from public.events where kind = 'knowledge_updated' and entity_id = $1`, document).Scan(&events))
	require.GreaterOrEqual(t, events, 4, "pages hear of every step")
	require.NotContains(t, b.log.String(), "zanzibar-lilac")
}

func TestADocumentAtFaultIsRefusedAndTheOldOneAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m := named("m1")
	l := b.librarian(t, m)
	document, version := b.upload(t, "txt", "Whitening costs 80.", nil)
	_, err := l.Ingest(t.Context(), b.org, version, false)
	require.NoError(t, err)
	_, version = b.upload(t, "pdf", "%PDF-1.4 nothing", &document)
	_, err = l.Ingest(t.Context(), b.org, version, false)
	require.NoError(t, err, "no other try would end better")
	require.Equal(t, "failed damaged answers: 1", b.state(t, document))
	require.Equal(t, "Whitening costs 80.", b.found(t, "whitening costs", m))
}

func TestATryGoesOnWhereAnotherOneEnded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m := named("m1")
	l := b.librarian(t, m)
	document, version := b.upload(t, "md", long("zanzibar-lilac"), nil)
	m.first, m.broken = 1, &embedding.UnavailableError{Status: 503}
	_, err := l.Ingest(t.Context(), b.org, version, false)
	require.ErrorAs(t, err, new(*embedding.UnavailableError))
	require.Regexp(t, `^embedding 32/\d+ answers: none$`, b.state(t, document))
	m.broken = nil
	_, err = l.Ingest(t.Context(), b.org, version, false)
	require.NoError(t, err)
	require.Regexp(t, `^ready (\d+)/\d+ answers: 1$`, b.state(t, document))
	require.Equal(t, 1, b.read.documents, "it is read once")
	var pieces int
	require.NoError(t, b.data.Pool(t).QueryRow(t.Context(), `select count(*) from public.knowledge_chunks`).Scan(&pieces))
	require.Equal(t, pieces, m.asked, "and every piece has been made a vector once")
}

func TestAServiceThatStaysAwayIsToldAtTheLastTry(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m := named("m1")
	l := b.librarian(t, m)
	document, version := b.upload(t, "txt", "Whitening costs 80.", nil)
	m.broken = errors.Join(errors.New("zanzibar-lilac"), &embedding.UnavailableError{})
	_, err := l.Ingest(t.Context(), b.org, version, false)
	require.Error(t, err)
	require.Equal(t, "embedding 0/1 answers: none", b.state(t, document))
	_, err = l.Ingest(t.Context(), b.org, version, true)
	require.Error(t, err)
	require.Equal(t, "failed embedding 0/1 answers: none", b.state(t, document))
	require.NotContains(t, b.log.String(), "zanzibar-lilac")

	_, version = b.upload(t, "txt", "Whitening costs 80.", &document)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, err = l.Ingest(stopped, b.org, version, true)
	require.Error(t, err)
	require.Equal(t, "waiting answers: none", b.state(t, document), "a process that is told to stop has not tried")
}

func TestADocumentDeletedOnTheWayIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m := named("m1")
	document, version := b.upload(t, "txt", "Whitening costs 80.", nil)
	_, err := b.data.Pool(t).Exec(t.Context(), `update public.knowledge_versions set state = 'superseded' where id = $1`, version)
	require.NoError(t, err)
	again, err := b.librarian(t, m).Ingest(t.Context(), b.org, version, true)
	require.NoError(t, err)
	require.Zero(t, again)
	require.Equal(t, "superseded answers: none", b.state(t, document))
}

func TestTwoJobsForAVersionTakeTurns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, version := b.upload(t, "txt", "Whitening costs 80.", nil)
	_, err := b.data.Pool(t).Exec(t.Context(), `update public.knowledge_versions set lease_until = now() + interval '1 minute'`)
	require.NoError(t, err)
	again, err := b.librarian(t, named("m1")).Ingest(t.Context(), b.org, version, true)
	require.NoError(t, err)
	require.Greater(t, again, time.Minute)
	require.Zero(t, b.read.documents)
}
