package librarian_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/librarian"
	"github.com/voxanne-ai/voxanne/providers/embedding"
)

// serving is the model that answers.
func (b *testBundle) serving(t *testing.T) (model string) {
	t.Helper()
	require.NoError(t, b.db.AsTenant(t.Context(), b.org, func(tx db.Tx) (err error) {
		model, err = tx.KnowledgeModel(t.Context())
		return err
	}))
	return model
}

func TestANewModelTakesOverWhenAllIsMadeAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before, after := named("m1"), named("m2")
	l := b.librarian(t, before)
	_, version := b.upload(t, "md", long("Parking."), nil)
	_, err := l.Ingest(t.Context(), b.org, version, false)
	require.NoError(t, err)
	require.Equal(t, "m1", b.serving(t))

	l = b.librarian(t, after, before)
	after.first, after.broken = 1, &embedding.UnavailableError{Status: 503}
	require.Error(t, l.Reembed(t.Context()))
	require.Equal(t, "m1", b.serving(t), "half a model answers nothing")
	require.Contains(t, b.found(t, "corridor 7 leads to room 7", before), "room 7.")

	after.broken = nil
	_, version = b.upload(t, "txt", "Whitening costs 80.", nil)
	_, err = l.Ingest(t.Context(), b.org, version, false)
	require.NoError(t, err)
	require.Equal(t, "Whitening costs 80.", b.found(t, "whitening costs", before), "a new document is found by the model that answers")
	require.NoError(t, l.Reembed(t.Context()))
	require.Equal(t, "m2", b.serving(t))
	require.Equal(t, "Whitening costs 80.", b.found(t, "whitening costs", after))
	require.Contains(t, b.found(t, "corridor 7 leads to room 7", after), "room 7.")
	require.Empty(t, b.found(t, "whitening costs", before), "its vectors are gone")
	require.NoError(t, l.Reembed(t.Context()), "nothing is left to do")
}

func TestAModelThatIsNotThereIsAskedForAgain(t *testing.T) {
	t.Parallel()
	require.True(t, librarian.Final(&embedding.RefusedError{Status: 400}), "these texts will never be taken")
	require.False(t, librarian.Final(&embedding.RefusedError{Status: 404}), "a wrong EMBEDDING_MODEL can be mended")
}
