package sql_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// longestPlaceholder bounds how much longer a text can become: "[date of birth]" for "3/5/82".
const longestPlaceholder = 15

// said draws what may be in a transcript: words that the rules look for, in any order, and any characters at all.
func said() *rapid.Generator[string] {
	words := rapid.SampledFrom(strings.Fields(`my name is this for son I'm it's calling Ann Quill QUILL quill's O'Quill May Will van de la
		one two oh o double triple twelve forty-two hundred thousand 3 12 312 555-0111 4242 2030-03-05 1982 3/5/82 10:30 $120 dollars
		social ssn card cvv mrn policy number member id AB- born birthday dob March 5th third of nineteen eighty at dot com gmail @
		jo@patients.example live street Street St. Maple apartment 3B 12 rue Hauptstraße IL 60614 SE1 7PB P.O. box Q-U-I-L-L a i
		, . ; : ? ! - / ( ) + # ' ’ [name] [phone] [ ] < > = _ ~ ¶ [date of birth] ß É 日本 zip code is ... and or until`))
	return rapid.Custom(func(t *rapid.T) string {
		var text strings.Builder
		for range rapid.IntRange(0, 14).Draw(t, "words") {
			text.WriteString(rapid.OneOf(words, words, words, words, rapid.StringN(0, 4, -1)).Draw(t, "word"))
			text.WriteString(rapid.SampledFrom([]string{" ", " ", " ", "", "\n", "\u00a0"}).Draw(t, "gap"))
		}
		return strings.ReplaceAll(text.String(), "\x00", "")
	})
}

// holds checks what the redactor promises of every text.
func holds(t require.TestingT, ctx context.Context, conn *pgx.Conn, text string) {
	names := []string{"Ann Quill", "May", "Will O'Quill", "Zoë"}
	var once, twice string
	require.NoError(t, conn.QueryRow(ctx, `select app.redact_phi($1, $2)`, text, names).Scan(&once), "%q", text)
	require.NoError(t, conn.QueryRow(ctx, `select app.redact_phi($1, $2)`, once, names).Scan(&twice), "%q", once)
	require.Equal(t, once, twice, "redacting %q twice is not redacting it once", text)
	require.True(t, utf8.ValidString(once))
	require.LessOrEqual(t, utf8.RuneCountInString(once), longestPlaceholder*(utf8.RuneCountInString(text)+1), "%q", text)
	require.NotContains(t, once, "jo@patients.example")

	// The same words as turns: as many as there were, and nothing more to take out of them.
	turns := strings.Split(text, "\n")
	var kept, again []string
	require.NoError(t, conn.QueryRow(ctx, `select app.redact_turns($1, $2)`, turns, names).Scan(&kept), "%q", turns)
	require.Len(t, kept, len(turns), "%q", turns)
	require.NoError(t, conn.QueryRow(ctx, `select app.redact_turns($1, $2)`, kept, names).Scan(&again), "%q", kept)
	require.Equal(t, kept, again, "redacting %q twice is not redacting it once", turns)
}

func TestRedactingAnythingTwiceIsRedactingItOnce(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), dbtest.New(t).OwnerURL)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	rapid.Check(t, func(rt *rapid.T) { holds(rt, t.Context(), conn, said().Draw(rt, "said")) })
}

func FuzzRedaction(f *testing.F) {
	conn, err := pgx.Connect(f.Context(), dbtest.New(f).OwnerURL)
	require.NoError(f, err)
	f.Cleanup(func() { conn.Close(context.Background()) })
	for _, text := range []string{"", " ", "jo at patients dot example", "three one two five five five oh one one one", "[name", "\n¶\n", "'", "1.2.3,4",
		"my number is\nthree one two\nmm-hm\nfive five five\n0142", "\u202eat gmail dot com\u202c ann\u05d0\u05d1 @", strings.Repeat("z", 100_000)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		// A transcript comes as JSON: neither broken UTF-8 nor NUL can be in it.
		holds(t, t.Context(), conn, strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", ""))
	})
}
