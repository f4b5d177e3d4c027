package pdftext

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// seen lays letters out from left to right, ten points each, as they are seen on the page.
func seen(text string) []shown {
	var glyphs []shown
	for i, r := range []rune(text) {
		glyphs = append(glyphs, shown{letters: string(r), x: float64(i) * 10, y: 700, width: 10, size: 10})
	}
	return glyphs
}

func TestWritingFromRightToLeftIsPutInOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ seen, want string }{
		"a word":                     {"םולש", "שלום"},
		"a time and a full stop":     {".19:00 דע 8:30 העשמ", "משעה 8:30 עד 19:00."},
		"a price with its sign":      {"1,250 ₪ ריחמ", "מחיר ₪ 1,250"},
		"percent":                    {"50% החנה", "הנחה 50%"},
		"a dash before a figure":     {"24-מ תוחפ", "פחות מ-24"},
		"words from left to right":   {"Bit Pay תייצקילפאב", "באפליקציית Bit Pay"},
		"brackets as they look":      {"(םילקש 600 דע) Bit", "Bit (עד 600 שקלים)"},
		"brackets as they are meant": {")םילקש 600 דע( Bit", "Bit (עד 600 שקלים)"},
		"Arabic":                     {"ةعاس 12", "12 ساعة"},
		"within English":             {"Our doctor is called לארשי and lives in Haifa", "Our doctor is called ישראל and lives in Haifa"},
		"English alone":              {"Cleaning (deep) 80", "Cleaning (deep) 80"},
		"dates":                      {"12/03/2030 ךיראת", "תאריך 12/03/2030"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			glyphs := seen(c.seen)
			require.Equal(t, []string{c.want}, lines(slices.Clone(glyphs))[0].Cells)
			if name == "English alone" {
				return
			}
			slices.Reverse(glyphs) // a file may write its letters in the order in which they are read
			require.Equal(t, []string{c.want}, lines(glyphs)[0].Cells)
		})
	}
}

func TestALigatureKeepsItsLetters(t *testing.T) {
	t.Parallel()
	glyphs := seen("مx") // beside a meem the ligature of lam and alef, which is one glyph
	glyphs[0].letters, glyphs[1].letters = "م", "لا"
	require.Equal(t, []string{"لام"}, lines(glyphs)[0].Cells)
}

func TestMarksFollowTheirLetter(t *testing.T) {
	t.Parallel()
	glyphs := seen("םש")
	glyphs = append(glyphs, shown{letters: "\u05c1", x: 14, y: 700, width: 0, size: 10}) // the dot of the shin
	require.Equal(t, []string{"ש\u05c1ם"}, lines(glyphs)[0].Cells)
}

func TestCellsAreReadFromTheRight(t *testing.T) {
	t.Parallel()
	glyphs := append(seen("320"), seen("יוקינ")...)
	for i := 3; i < len(glyphs); i++ {
		glyphs[i].x += 200
	}
	found := lines(glyphs)
	require.Equal(t, []string{"ניקוי", "320"}, found[0].Cells)
	require.True(t, found[0].FromRight)
}
