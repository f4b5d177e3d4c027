package reception

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnExcerptIsTakenWhereTheLongWordsOfTheQuestionStand(t *testing.T) {
	t.Parallel()
	text := "Eine Behandlung beginnt mit einem Kostenplan. " + strings.Repeat("Mehr davon. ", 70) + "\nFüllung, dreiflächig; Preis: 145 €\nBrücke, dreigliedrig; Preis: 2.150 €"
	require.Contains(t, excerpt("Was kostet eine dreigliedrige Brücke?", text, passageLength), "2.150 €")
	require.Equal(t, "short", excerpt("anything", "short", passageLength))
}
