package pdftext

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// sheet writes texts at places, in ten points.
type sheet struct{ content strings.Builder }

func (s *sheet) put(x, y float64, text string) {
	fmt.Fprintf(&s.content, "1 0 0 1 %g %g Tm (%s) Tj ", x, y, text)
}

func (s *sheet) shown(t testing.TB) []string {
	t.Helper()
	return shownBy(t, page(helvetica, "BT /F1 10 Tf "+s.content.String()+" ET"))
}

var (
	leftProse = []string{"Bite on the gauze for thirty minutes, sit up", "straight and breathe. A little blood is usual", "until the evening. Do not eat before the lip",
		"has woken up, because patients bite their", "own cheeks without noticing it at all, and", "hot coffee should wait for another day."}
	rightProse = []string{"Cool the cheek from outside with a cold pack:", "ten minutes on, twenty minutes off, until you", "go to bed. Never put ice on the wound itself.",
		"The swelling is greatest on the second or the", "third day and has gone after a week or so for", "most of our patients, young and old."}
)

func TestColumnsOfProseAreReadOneAfterTheOther(t *testing.T) {
	t.Parallel()
	want := append(append([]string{"After your operation in our house, which was well done and took a short time only, please read"}, leftProse...), rightProse...)
	for name, offset := range map[string]float64{"on the same heights": 0, "on heights of their own": 5} {
		var s sheet
		s.put(50, 712, want[0])
		for i := range leftProse {
			s.put(50, 680-12*float64(i), leftProse[i])
			s.put(275, 680+offset-12*float64(i), rightProse[i])
		}
		require.Equal(t, want, s.shown(t), name)
	}
	pages, err := Read(t.Context(), page(helvetica, "BT /F1 10 Tf 1 0 0 1 50 700 Tm (Cleaning) Tj ET"), testLimits())
	require.NoError(t, err)
	require.Zero(t, pages[0].Lines[0].Column)
}

func TestAColumnOnTheRightMayBeginHigher(t *testing.T) {
	t.Parallel()
	var s sheet
	s.put(275, 700, "Cooling and sleeping")
	for i := range leftProse {
		s.put(50, 680-12*float64(i), leftProse[i])
		s.put(275, 680-12*float64(i), rightProse[i])
	}
	require.Equal(t, append(append(append([]string{}, leftProse...), "Cooling and sleeping"), rightProse...), s.shown(t))
}

func TestRowsOfTablesStayRows(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string][][2]string{
		"prices": {{"Professional cleaning of all teeth", "80"}, {"Filling of three surfaces, composite", "145"}, {"Crown made of ceramics, in two visits", "840"},
			{"Bridge of three parts, in three visits", "2150"}, {"Splint against grinding in the night", "395"}, {"Second opinion, with all your pictures", "55"}},
		"long cells": {{"Professional cleaning of all teeth", "Paid by every insurer once in a year"}, {"Filling of three surfaces, composite", "Paid in part, ask us for a plan before"},
			{"Crown made of ceramics, in two visits", "Paid in part, with a book of checks"}, {"Bridge of three parts, in three visits", "Paid in part after an expert's report"},
			{"Splint against grinding in the night", "Paid by every insurer once in a year"}, {"Second opinion, with all your pictures", "Not paid by any insurer, it is private"}},
		"small letters": {{"cleaning of all of the teeth there are", "paid by every insurer once in a year"}, {"filling of three surfaces, composite", "paid in part and with a plan before it"},
			{"crown made of ceramics in two visits", "paid in part and with a book of checks"}, {"bridge of three parts in three visits", "paid in part after an expert's report"},
			{"splint against grinding in the night", "paid by every insurer once in a year"}},
	} {
		var s sheet
		var want []string
		for i, row := range rows {
			s.put(50, 680-14*float64(i), row[0])
			s.put(300, 680-14*float64(i), row[1])
			want = append(want, row[0]+" | "+row[1])
		}
		require.Equal(t, want, s.shown(t), name)
	}
}

func TestCellsOfSeveralLinesStayBesideEachOther(t *testing.T) {
	t.Parallel()
	var s sheet
	for i := range 6 {
		extra := float64(i / 2 * 10) // white between the rows of two lines
		s.put(50, 680-12*float64(i)-extra, leftProse[i])
		s.put(275, 680-12*float64(i)-extra, rightProse[i])
	}
	require.Equal(t, leftProse[0]+" | "+rightProse[0], s.shown(t)[0])
}

func TestACloseCellIsPartedWhereItsNeighboursAre(t *testing.T) {
	t.Parallel()
	var s sheet
	for i, price := range []string{"98.00", "840.00", "12 150.00", "55.00"} {
		s.put(50, 680-14*float64(i), "Crown")
		s.put(200, 680-14*float64(i), "90 min")
		s.put(288-5.56*float64(len(price)), 680-14*float64(i), price)
	}
	require.Equal(t, "Crown | 90 min | 12 150.00", s.shown(t)[2])
}

// TestHostilePagesOfColumnsEndQuickly: gaps that never become a column, on as many heights as a page may have letters.
func TestHostilePagesOfColumnsEndQuickly(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for name, place := range map[string]func(i int) (x, y float64){
		"one gap all the way down":    func(i int) (x, y float64) { return float64(i%2) * 300, float64(-i/2) * 12 },
		"a gap on every third height": func(i int) (x, y float64) { return float64(i%2)*300 + float64(i/6%3)*4, float64(-i/2) * 12 },
		"all on one height":           func(i int) (x, y float64) { return float64(i) * 30, 0 },
		"everywhere":                  func(int) (x, y float64) { return random.Float64() * 600, random.Float64() * 800 },
		"a wide gap that wanders":     func(i int) (x, y float64) { return float64(i%2)*300 + float64(i/2%100), float64(-i/2) * 12 },
	} {
		var glyphs []shown
		for i := range 60_000 {
			x, y := place(i)
			glyphs = append(glyphs, shown{letters: "a", x: x, y: y, width: 5, size: 10, run: i, start: x})
		}
		began := time.Now()
		found := lines(glyphs)
		require.NotEmpty(t, found, name)
		require.Less(t, time.Since(began), 10*time.Second, name)
		t.Log(name, time.Since(began).Round(time.Millisecond))
	}
}

// FuzzLines: wherever letters stand and whichever way they run, every one of them comes out once.
func FuzzLines(f *testing.F) {
	f.Add([]byte("Bite on the gauze \x00\x10\xff for thirty minutes"))
	f.Add([]byte("\x01\x41\x05\x02\x42\x05\x90\x43\x05\x91\x44\x05"))
	f.Fuzz(func(t *testing.T, data []byte) {
		const alphabet = "abcXYZאבגدذر12345()"
		letters := []rune(alphabet)
		var glyphs []shown
		in := map[rune]int{}
		for i := 0; i+2 < len(data); i += 3 {
			r := letters[int(data[i])%len(letters)]
			if !strings.ContainsRune("()", r) { // they are turned round
				in[r]++
			}
			glyphs = append(glyphs, shown{letters: string(r), x: float64(data[i+1]) * 2.3, y: float64(data[i+2]) * 3.1, width: float64(data[i]%7) + 1,
				size: float64(data[i]%5) + 8, start: float64(data[i+1]) * 2.3})
		}
		out := map[rune]int{}
		for _, l := range lines(glyphs) {
			for _, r := range strings.Join(l.Cells, "") {
				if !strings.ContainsRune("() ", r) {
					out[r]++
				}
			}
		}
		require.Equal(t, in, out)
	})
}
