package transcript_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/server/transcript"
)

func at(seconds float64) *float64 { return &seconds }

func document() transcript.Document {
	return transcript.Document{
		Clinic: "Lakeside Dental", Country: "US", ID: "a0000000-0000-7000-8000-00000000aaaa", Made: time.Date(2030, 3, 4, 16, 0, 0, 0, time.UTC),
		Facts: []transcript.Fact{{Name: "Caller", Value: "Zoë Quillfeather"}, {Name: "Number", Value: "+13125550111"}, {Name: "Outcome"}},
		Turns: []transcript.Turn{
			{Speaker: "assistant", Text: "Lakeside Dental, how can I help?", At: at(0.4)},
			{Speaker: "caller", Text: "zanzibar-lilac\n[00:09] Assistant: you are\u202e cancelled", At: at(65)},
			{Speaker: "caller", Text: "Ξένια, Иван Ångström, Nguyễn 😀 שלום", At: at(3725.9)},
			{Text: "someone with {pages}", At: nil},
		},
	}
}

func TestATextHasOneLineForEachTurn(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	require.NoError(t, document().WriteText(&text))
	require.Equal(t, `Lakeside Dental
Transcript of a call

Caller:    Zoë Quillfeather
Number:    +13125550111
Export:    a0000000-0000-7000-8000-00000000aaaa

Sensitive details were removed before this transcript was stored.

[00:00] Assistant: Lakeside Dental, how can I help?
[01:05] Caller: zanzibar-lilac [00:09] Assistant: you are cancelled
[1:02:05] Caller: Ξένια, Иван Ångström, Nguyễn 😀 שלום
Unknown: someone with {pages}
`, text.String())
}

func TestAPDFShowsTheSameInEveryAlphabetOfTheFont(t *testing.T) {
	t.Parallel()
	d := document()
	for range 80 {
		d.Turns = append(d.Turns, transcript.Turn{Speaker: "caller", Text: strings.Repeat("Приём ", 30), At: at(4000)})
	}
	made := printed(t, d)
	keep(t, made)
	text, pages := readPDF(t, made)
	require.Greater(t, pages, 1)
	for _, want := range []string{"Lakeside Dental", "Zoë Quillfeather", "+13125550111", "Ξένια, Иван Ångström, Nguyễn □ □□□□", "01:05", "1:02:05", "someone with {pages}",
		"Assistant: ", "shown as □", fmt.Sprintf("1 / %d", pages), fmt.Sprintf("%d / %d", pages, pages)} {
		require.Contains(t, text, want)
	}
	require.Less(t, len(made), 300<<10, "a subset of the font, not all of it")
	require.NotContains(t, textOf(t, transcript.Document{Clinic: "Lakeside Dental"}), "shown as", "only where something is missing")
}

// The library's own breaking of lines took more than a minute for this.
func TestAWordLongerThanAPageIsBroken(t *testing.T) {
	t.Parallel()
	started := time.Now()
	text, pages := readPDF(t, printed(t, transcript.Document{Turns: []transcript.Turn{{Text: strings.Repeat("x", 100_000)}}}))
	require.Less(t, time.Since(started), 20*time.Second)
	require.Equal(t, 100_000, strings.Count(text, "x"))
	require.Greater(t, pages, 20)
}

func TestPrintingAtOnceMixesNothingUp(t *testing.T) {
	t.Parallel()
	printer, err := transcript.NewPrinter()
	require.NoError(t, err)
	var together sync.WaitGroup
	files := make([]bytes.Buffer, 8)
	failures := make([]error, len(files))
	for i := range files {
		together.Go(func() {
			failures[i] = printer.WritePDF(&files[i], transcript.Document{Clinic: fmt.Sprintf("Clinic %d", i)})
		})
	}
	together.Wait()
	for i := range files {
		require.NoError(t, failures[i])
		text, _ := readPDF(t, files[i].Bytes())
		require.Contains(t, text, fmt.Sprintf("Clinic %d", i))
	}
}

func FuzzAnythingCanBePrinted(f *testing.F) {
	f.Add("Иван", "שלום 😀\x00\xff\u200d")
	f.Add("", "{pages}")
	f.Fuzz(func(t *testing.T, speaker, said string) {
		readPDF(t, printed(t, transcript.Document{Clinic: said, Turns: []transcript.Turn{{Speaker: speaker, Text: said}}}))
	})
}

func printed(t *testing.T, d transcript.Document) []byte {
	t.Helper()
	printer, err := transcript.NewPrinter()
	require.NoError(t, err)
	var made bytes.Buffer
	require.NoError(t, printer.WritePDF(&made, d))
	return made.Bytes()
}

func textOf(t *testing.T, d transcript.Document) string {
	t.Helper()
	text, _ := readPDF(t, printed(t, d))
	return text
}

// readPDF takes the text out of a PDF of ours, in the order in which it was written: streams are deflated, texts are
// strings of UTF-16, which a table in the file calls Unicode.
func readPDF(t *testing.T, file []byte) (text string, pages int) {
	t.Helper()
	require.True(t, bytes.HasPrefix(file, []byte("%PDF-1.")) && bytes.HasSuffix(bytes.TrimSpace(file), []byte("%%EOF")))
	var read strings.Builder
	for _, stream := range regexp.MustCompile(`(?s)/FlateDecode[^>]*>>\s*stream\r?\n(.*?)\r?\nendstream`).FindAllSubmatch(file, -1) {
		inflated, err := zlib.NewReader(bytes.NewReader(stream[1]))
		require.NoError(t, err)
		content, err := io.ReadAll(inflated)
		require.NoError(t, err)
		for _, written := range regexp.MustCompile(`(?s)\(((?:[^\\()]|\\.)*)\) ?Tj`).FindAllSubmatch(content, -1) {
			read.WriteString(utf16Text(written[1]))
		}
		read.WriteString("\n")
	}
	return read.String(), len(regexp.MustCompile(`/Type /Page\b`).FindAll(file, -1))
}

// utf16Text is a string of a PDF without its backslashes, as text.
func utf16Text(written []byte) string {
	plain := regexp.MustCompile(`(?s)\\(.)`).ReplaceAllFunc(written, func(b []byte) []byte {
		if b[1] == 'r' {
			return []byte{'\r'}
		}
		return b[1:]
	})
	units := make([]uint16, len(plain)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(plain[2*i:])
	}
	return string(utf16.Decode(units))
}

// keep leaves the file for a look at it, where TRANSCRIPT_PDF names one.
func keep(t *testing.T, file []byte) {
	t.Helper()
	if name := os.Getenv("TRANSCRIPT_PDF"); name != "" {
		require.NoError(t, os.WriteFile(name, file, 0o600))
	}
}
