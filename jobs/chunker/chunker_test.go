package chunker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/voxanne-ai/voxanne/jobs/chunker"
	"github.com/voxanne-ai/voxanne/jobs/reader"
)

// letters are a text without its spaces: chunks put spaces and line ends where they like.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func drawPages(t *rapid.T) []reader.Page {
	word := rapid.OneOf(rapid.StringMatching(`[a-z]{1,12}[.!,]?`), rapid.StringMatching(`[A-Z][a-zéü]{0,9}\.?`), rapid.Just("Dr."),
		rapid.StringMatching(`[0-9]{1,4}`), rapid.Just("歯のクリーニング。"), rapid.Just(strings.Repeat("x", 900)))
	block := rapid.Custom(func(t *rapid.T) reader.Block {
		kind := rapid.SampledFrom([]reader.BlockKind{reader.Heading, reader.Paragraph, reader.Paragraph, reader.Row}).Draw(t, "kind")
		most := map[reader.BlockKind]int{reader.Heading: 2, reader.Paragraph: 120, reader.Row: 8}[kind]
		words := slices.Repeat(rapid.SliceOfN(word, 1, 6).Draw(t, "words"), rapid.IntRange(1, most).Draw(t, "times"))
		text := strings.Join(words, rapid.SampledFrom([]string{" ", "\n"}).Draw(t, "between"))
		if kind != reader.Heading {
			return reader.Block{Kind: kind, Text: text}
		}
		return reader.Block{Kind: kind, Text: text, Level: rapid.IntRange(1, 6).Draw(t, "level")}
	})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reader.Page {
		return reader.Page{Number: rapid.IntRange(0, 9).Draw(t, "number"), Blocks: rapid.SliceOfN(block, 0, 12).Draw(t, "blocks")}
	}), 1, 3).Draw(t, "pages")
}

func TestEveryLetterIsInOneChunkAndNoChunkIsTooLarge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		requireWhole(t, drawPages(t))
	})
}

// requireWhole cuts pages: every letter is in one chunk beside what is repeated, and no chunk is too large or runs over a page.
func requireWhole(t require.TestingT, pages []reader.Page) {
	chunks := chunker.Cut(pages)
	require.Equal(t, chunks, chunker.Cut(pages), "the same again")
	var whole, cut strings.Builder
	for _, p := range pages {
		for _, b := range p.Blocks {
			whole.WriteString(letters(b.Text))
		}
	}
	before := ""
	for _, c := range chunks {
		require.LessOrEqual(t, c.Tokens, chunker.Most)
		require.Equal(t, chunker.Tokens(c.Text), c.Tokens)
		require.NotEmpty(t, letters(c.Text[c.Overlap:]), "something new")
		require.True(t, strings.HasSuffix(before, strings.TrimSpace(c.Text[:c.Overlap])))
		require.LessOrEqual(t, chunker.Tokens(c.Text[:c.Overlap]), chunker.Overlap)
		cut.WriteString(letters(c.Text[c.Overlap:]))
		before = c.Text
	}
	require.Equal(t, whole.String(), cut.String())
}

// FuzzCut reads blocks from text: a line each, a form feed begins a page, "#" a heading, "|" a row.
func FuzzCut(f *testing.F) {
	f.Add("# Prices\n| Cleaning | 80\nParking is free. Really!\f## After\n\fThe end")
	f.Add("Dr. Quill opens at 9. " + strings.Repeat("A sentence of some length stands here. ", 90) + "\n歯のクリーニング。" + strings.Repeat("歯", 600))
	f.Fuzz(func(t *testing.T, text string) {
		var pages []reader.Page
		for i, sheet := range strings.Split(strings.ToValidUTF8(text, ""), "\f") {
			page := reader.Page{Number: i + 1}
			for _, line := range strings.Split(sheet, "\n") {
				kind, level := reader.Paragraph, 0
				switch {
				case strings.HasPrefix(line, "#"):
					kind, level = reader.Heading, min(len(line)-len(strings.TrimLeft(line, "#")), 6)
				case strings.HasPrefix(line, "|"):
					kind = reader.Row
				}
				if line = strings.Join(strings.Fields(line), " "); line != "" {
					page.Blocks = append(page.Blocks, reader.Block{Kind: kind, Level: level, Text: line})
				}
			}
			pages = append(pages, page)
		}
		requireWhole(t, pages)
	})
}

func TestARowIsNeverParted(t *testing.T) {
	t.Parallel()
	page := reader.Page{Number: 1, Blocks: []reader.Block{{Kind: reader.Heading, Level: 1, Text: "Price list"}}}
	rows := map[string]bool{"Price list": true}
	for i := range 200 {
		row := fmt.Sprintf("Service: Cleaning number %d. Deep. Thorough; Price: %d", i, i*10)
		rows[row] = true
		page.Blocks = append(page.Blocks, reader.Block{Kind: reader.Row, Text: row})
	}
	chunks := chunker.Cut([]reader.Page{page})
	require.Greater(t, len(chunks), 5)
	for i, c := range chunks {
		for _, line := range strings.Split(c.Text, "\n") {
			require.True(t, rows[line], line)
		}
		require.Zero(t, c.Overlap)
		if i > 0 {
			require.Equal(t, []string{"Price list"}, c.Headings)
			require.True(t, strings.HasPrefix(c.Text, "Service: "))
		}
		if i < len(chunks)-1 {
			require.Greater(t, c.Tokens, chunker.Enough*9/10)
		}
	}
}

func TestHeadingsAndPagesAreKept(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Every patient is asked about allergies before the treatment. ", 25)
	chunks := chunker.Cut([]reader.Page{
		{Number: 1, Blocks: []reader.Block{{Kind: reader.Heading, Level: 1, Text: "House rules"}, {Kind: reader.Heading, Level: 2, Text: "Before"},
			{Kind: reader.Paragraph, Text: long}, {Kind: reader.Heading, Level: 2, Text: "After"}}},
		{Number: 2, Blocks: []reader.Block{{Kind: reader.Paragraph, Text: long}}},
	})
	require.Len(t, chunks, 2)
	require.Equal(t, 1, chunks[0].Page)
	require.Empty(t, chunks[0].Headings)
	require.True(t, strings.HasPrefix(chunks[0].Text, "House rules\nBefore\nEvery"))
	require.True(t, strings.HasPrefix(chunks[1].Text, "After\nEvery"), "a heading goes with what it heads")
	require.Equal(t, []string{"House rules"}, chunks[1].Headings)
	require.Equal(t, 2, chunks[1].Page, "where the text stands")
}

func TestNoChunkRunsOverThePage(t *testing.T) {
	t.Parallel()
	chunks := chunker.Cut([]reader.Page{
		{Number: 1, Blocks: []reader.Block{{Kind: reader.Paragraph, Text: "Parking is free."}}},
		{Number: 2, Blocks: []reader.Block{{Kind: reader.Heading, Level: 1, Text: "Prices"}, {Kind: reader.Row, Text: "Cleaning | 80"}}},
	})
	require.Equal(t, []chunker.Chunk{{Page: 1, Text: "Parking is free.", Tokens: 4}, {Page: 2, Text: "Prices\nCleaning | 80", Tokens: 5}}, chunks)
}

func TestALongParagraphOverlapsByWholeSentences(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 120 {
		fmt.Fprintf(&text, "Sentence number %d speaks of Dr. Quillan and his rooms. ", i)
	}
	chunks := chunker.Cut([]reader.Page{{Blocks: []reader.Block{{Kind: reader.Paragraph, Text: strings.TrimSpace(text.String())}}}})
	require.Greater(t, len(chunks), 2)
	for _, c := range chunks[1:] {
		require.Positive(t, c.Overlap)
		require.Greater(t, chunker.Tokens(c.Text[:c.Overlap]), chunker.Overlap/2)
		require.True(t, strings.HasPrefix(c.Text, "Sentence number "), c.Text[:60])
		require.True(t, strings.HasPrefix(c.Text[c.Overlap:], " Sentence number "))
		require.True(t, strings.HasSuffix(c.Text, "rooms."))
	}
}
