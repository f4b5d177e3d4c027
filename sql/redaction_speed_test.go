package sql_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// transcript is a call of 300 turns, as long as an hour's; two of ten hold an identifier.
const transcript = `select array_agg((array[
	'Thank you for calling Lakeside Dental, this is Ava, how can I help you today?',
	'Hi, my name is Maeve Quillfeather and I''d like to book a cleaning for next Tuesday if you have anything in the morning.',
	'Sure, we have nine fifteen, ten thirty or eleven on Tuesday the third of March.',
	'Ten thirty works.', 'Great. Is there anything else?', 'How much is it?',
	'The cleaning is $120 and takes about 45 minutes.', 'Okay. And is there parking behind the house?',
	'Yes, the first hour is free.', 'Good, my number is three one two, five five five, oh one one one.'])[1 + i % 10] order by i)
	from generate_series(0, 299) i`

// slowest is far above what a transcript takes, on any machine: only a pattern that has gone wrong reaches it.
const slowest = 2 * time.Second

func TestALongTranscriptIsRedactedInTime(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), dbtest.New(t).OwnerURL)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	best := time.Hour
	for range 5 {
		began := time.Now()
		var turns int
		require.NoError(t, conn.QueryRow(t.Context(),
			`select cardinality(app.redact_turns((`+transcript+`), '{Maeve Quillfeather}'))`).Scan(&turns))
		require.Equal(t, 300, turns)
		best = min(best, time.Since(began))
	}
	t.Logf("300 turns, the best of five: %s", best)
	require.Less(t, best, slowest)
}

func TestTextsMadeToTakeLongDoNot(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), dbtest.New(t).OwnerURL)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	for _, part := range []string{"a dot ", "one two , ", "12 Maple ", "born on the ", "1", "my name is ", "my son ", "policy number is A ", "a.b@", "A B C "} {
		began := time.Now()
		_, err := conn.Exec(t.Context(), `select app.redact_phi(repeat($1, 10000 / char_length($1)), '{Ann Quill}')`, part)
		require.NoError(t, err)
		require.Less(t, time.Since(began), 5*slowest, "ten thousand characters of %q", part)
	}
}

// TestVeryLongTextsAreRedactedInTime has a megabyte in one piece, and as many signs as nobody says: the time grows with the
// length, not with its square.
func TestVeryLongTextsAreRedactedInTime(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), dbtest.New(t).OwnerURL)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	for part, length := range map[string]int{"1": 1_000_000, "a@": 1_000_000, "x": 1_000_000, "\u05d0": 1_000_000, "a.": 50_000, "@": 50_000} {
		began := time.Now()
		var left int
		require.NoError(t, conn.QueryRow(t.Context(),
			`select char_length(app.redact_phi(repeat($1, $2::integer / char_length($1)), '{Ann Quill}'))`, part, length).Scan(&left))
		t.Logf("%d of %q: %s, %d characters left", length, part, time.Since(began), left)
		require.Less(t, time.Since(began), 10*slowest, "%d of %q", length, part)
	}
}
