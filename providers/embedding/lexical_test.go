package embedding_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/embedding"
)

func embed(t testing.TB, texts ...string) [][]float32 {
	t.Helper()
	vectors, err := embedding.NewLexical().Embed(t.Context(), texts)
	require.NoError(t, err)
	return vectors
}

func near(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func TestLexicalVectorsHaveLengthOneAndNeverChange(t *testing.T) {
	t.Parallel()
	var e embedding.Embedder = embedding.NewLexical()
	require.Equal(t, "voxanne-lexical-1", e.Model())
	for _, v := range embed(t, "Cleaning", "?!", "the", strings.Repeat("Ünïcode zanzibar-lilac 歯のクリーニング ", 500)) {
		require.Len(t, v, e.Dimensions())
		require.InDelta(t, 1, near(v, v), 1e-5)
	}
	v := embed(t, "Deep cleaning costs € 120")[0]
	require.Equal(t, v, embed(t, "Deep cleaning costs € 120")[0])
	place, value := 0, 0.0
	for i, x := range v {
		if math.Abs(float64(x)) > value {
			place, value = i, math.Abs(float64(x))
		}
	}
	// Vectors in databases were made by this very arithmetic: a change needs another name than voxanne-lexical-1.
	require.Equal(t, 91, place)
	require.InDelta(t, 0.3860457241535187, value, 1e-6)
	_, err := e.Embed(t.Context(), []string{"a", " "})
	require.ErrorIs(t, err, embedding.ErrEmptyText)
}

func TestWordsPluralsAccentsAndSlipsAreNear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ query, answer, other string }{
		{"how much is a cleaning", "Service: Cleaning; Price: € 80", "Service: Crown; Price: € 900"},
		{"price of fillings", "Filling, one surface: € 95", "Parking is behind the house"},
		{"zahnfullung", "Zahnfüllung ab 95 Euro", "Zahnreinigung ab 80 Euro"},
		{"traitement a la creme", "Crème de soin, traitement", "Lundi, mardi et jeudi"},
		{"whitning", "Whitening at home", "Wisdom teeth"},
		{"limpiezas", "Limpieza dental", "Horario de verano"},
		{"クリーニング", "歯のクリーニング 八千円", "駐車場は裏にあります"},
	} {
		v := embed(t, c.query, c.answer, c.other)
		require.Greater(t, near(v[0], v[1]), near(v[0], v[2])+0.05, c.query)
	}
}

// priceList has 400 chunks, each of twelve rows of its own.
func priceList() []string {
	kinds := []string{"Cleaning", "Crown", "Filling", "Implant", "Extraction", "Whitening", "Retainer", "Sealant", "Bridge", "Denture",
		"Consultation", "X-ray", "Veneer", "Inlay", "Splint", "Biopsy", "Graft", "Polish", "Recall", "Sedation"}
	places := []string{"molar", "premolar", "canine", "incisor", "jaw", "gum", "child", "adult", "emergency", "weekend",
		"ceramic", "gold", "composite", "temporary", "upper", "lower", "guided", "laser", "second", "Quillan"}
	var chunks []string
	for i, place := range places {
		for j, kind := range kinds {
			var b strings.Builder
			fmt.Fprintf(&b, "%s › %s\n", kind, place)
			for k := range 12 {
				fmt.Fprintf(&b, "Service: %s, %s, step %s; Price: € %d\n", kind, place, places[(i+j+k)%len(places)], 40+i*7+j*11+k)
			}
			chunks = append(chunks, b.String())
		}
	}
	return chunks
}

// The figure in docs/decisions/0022: how often the right one of 400 chunks is among the first three.
func TestTheRightChunkIsFound(t *testing.T) {
	t.Parallel()
	chunks := priceList()
	vectors := embed(t, chunks...)
	right := 0
	for i, chunk := range chunks {
		head, _, _ := strings.Cut(chunk, "\n")
		kind, place, _ := strings.Cut(head, " › ")
		asked := embed(t, fmt.Sprintf("How much do %ss for %s cost?", strings.ToLower(kind), strings.ToLower(place)))[0]
		better := 0
		for j := range vectors {
			if j != i && near(asked, vectors[j]) > near(asked, vectors[i]) {
				better++
			}
		}
		if better < 3 {
			right++
		}
	}
	t.Logf("the right one of %d among the first three: %.1f %%", len(chunks), 100*float64(right)/float64(len(chunks)))
	require.Greater(t, right, len(chunks)*9/10)
}

func BenchmarkLexicalThousandChunks(b *testing.B) {
	chunks := make([]string, 1000)
	for i := range chunks {
		chunks[i] = strings.Repeat(fmt.Sprintf("Service: Cleaning %d for adults and children; Price: € %d. ", i, i), 27) // some 400 tokens
	}
	e := embedding.NewLexical()
	for b.Loop() {
		if _, err := e.Embed(b.Context(), chunks); err != nil {
			b.Fatal(err)
		}
	}
}
