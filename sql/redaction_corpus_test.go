package sql_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// recallFloors are what the redactor promises by kind; docs/redaction.md says how much it holds. Kinds without a promise
// are printed only.
var recallFloors = map[string]float64{"ssn": 0.98, "card": 0.98, "phone": 0.98, "email": 0.98, "address": 0.90, "name": 0.90, "dob": 0.90, "record": 0.90}

// precisionFloor is how much of what goes must be an identifier, so that staff can still read what was said.
const precisionFloor = 0.95

// betweenTurns stands between the turns of a talk.
const betweenTurns = " // "

// sentence is a line of testdata/redaction: what was said, where its identifiers are, and which names the call's rows know.
type sentence struct {
	text  string
	spans []identifier
	names []string
}

// identifier is a part of a text, in bytes. kind: ssn, card, phone, email, dob, record, address, name.
type identifier struct {
	kind       string
	start, end int
}

var (
	annotation  = regexp.MustCompile(`\{(\w+)\|([^}]*)\}`)
	placeholder = regexp.MustCompile(`\[(ssn|card|phone|number|email|date of birth|record number|address|name|medical term)\]`)
	shortKinds  = map[string]string{"date of birth": "dob", "record number": "record"}
)

func parseSentence(line string) sentence {
	text, names, _ := strings.Cut(line, "\t")
	s := sentence{names: strings.FieldsFunc(names, func(r rune) bool { return r == ',' })}
	var plain strings.Builder
	last := 0
	for _, m := range annotation.FindAllStringSubmatchIndex(text, -1) {
		plain.WriteString(text[last:m[0]])
		start := plain.Len()
		plain.WriteString(text[m[4]:m[5]])
		s.spans = append(s.spans, identifier{text[m[2]:m[3]], start, plain.Len()})
		last = m[1]
	}
	plain.WriteString(text[last:])
	s.text = plain.String()
	return s
}

func sentences(t *testing.T, file string) []sentence {
	t.Helper()
	var all []sentence
	for line := range strings.Lines(read(t, file)) {
		if line = strings.TrimRight(line, "\n"); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, parseSentence(line))
		}
	}
	return all
}

// taken finds which parts of a text the placeholders of its redaction stand for.
func taken(t *testing.T, text, redacted string) []identifier {
	t.Helper()
	marks := placeholder.FindAllStringSubmatchIndex(redacted, -1)
	pattern, last := "(?s)^", 0
	for _, m := range marks {
		pattern += regexp.QuoteMeta(redacted[last:m[0]]) + "(.+?)"
		last = m[1]
	}
	found := regexp.MustCompile(pattern + regexp.QuoteMeta(redacted[last:]) + "$").FindStringSubmatchIndex(text)
	require.NotNil(t, found, "%q is not %q with placeholders", redacted, text)
	var spans []identifier
	for i, m := range marks {
		kind := redacted[m[2]:m[3]]
		if short := shortKinds[kind]; short != "" {
			kind = short
		}
		spans = append(spans, identifier{kind, found[2*i+2], found[2*i+3]})
	}
	return spans
}

// covers says whether every letter and digit of a span is in one of others, and whether one of its own kind has a part.
func covers(text string, s identifier, others []identifier) (gone, rightKind bool) {
	for i, r := range text[s.start:s.end] {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		in := false
		for _, o := range others {
			if at := s.start + i; at >= o.start && at < o.end {
				in, rightKind = true, rightKind || o.kind == s.kind
			}
		}
		if !in {
			return false, rightKind
		}
	}
	return true, rightKind
}

// tally counts spans of one kind.
type tally struct{ said, gone, rightKind, took, rightly int }

func redacted(t *testing.T, address string, all []sentence) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	out := make([]string, len(all))
	for i, s := range all {
		if !strings.Contains(s.text, betweenTurns) {
			require.NoError(t, conn.QueryRow(t.Context(), `select app.redact_phi($1, $2)`, s.text, s.names).Scan(&out[i]))
			continue
		}
		var turns []string
		require.NoError(t, conn.QueryRow(t.Context(), `select app.redact_turns($1, $2)`, strings.Split(s.text, betweenTurns), s.names).Scan(&turns))
		out[i] = strings.Join(turns, betweenTurns)
	}
	return out
}

// measure counts by kind and logs every sentence in which something was missed or taken too much.
func measure(t *testing.T, all []sentence, redacted []string) map[string]*tally {
	t.Helper()
	counts := map[string]*tally{}
	of := func(kind string) *tally {
		if counts[kind] == nil {
			counts[kind] = &tally{}
		}
		return counts[kind]
	}
	for i, s := range all {
		took, wrong := taken(t, s.text, redacted[i]), false
		for _, said := range s.spans {
			gone, right := covers(s.text, said, took)
			c := of(said.kind)
			c.said++
			if gone {
				c.gone++
			}
			if gone && right {
				c.rightKind++
			}
			wrong = wrong || !gone
		}
		for _, o := range took {
			c, rightly := of(o.kind), false
			c.took++
			for _, said := range s.spans {
				rightly = rightly || o.start < said.end && said.start < o.end
			}
			if rightly {
				c.rightly++
			}
			wrong = wrong || !rightly
		}
		if wrong {
			t.Logf("%q became %q", s.text, redacted[i])
		}
	}
	return counts
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

func TestRedactionOfTheCorpus(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	sentencesRead, clean := 0, 0
	for _, part := range []string{"built_with", "held_out", "fresh", "fresh2", "fresh3", "fresh4", "fresh5", "fresh6", "fresh7", "fresh8", "fresh9"} {
		all := sentences(t, "testdata/redaction/"+part+".tsv")
		counts := measure(t, all, redacted(t, d.OwnerURL, all))
		table := fmt.Sprintf("%s, %d sentences\n%-8s %6s %7s %9s %6s %9s\n", part, len(all), "kind", "said", "recall", "own kind", "taken", "precision")
		var sum tally
		for _, kind := range []string{"ssn", "card", "phone", "number", "email", "dob", "record", "address", "name"} {
			c := counts[kind]
			if c == nil {
				continue
			}
			table += fmt.Sprintf("%-8s %6d %7.3f %9.3f %6d %9.3f\n", kind, c.said, share(c.gone, c.said), share(c.rightKind, c.said), c.took, share(c.rightly, c.took))
			if floor, promised := recallFloors[kind]; promised && share(c.gone, c.said) < floor {
				t.Errorf("%s: the recall of %s is below %.2f", part, kind, floor)
			}
			sum.said, sum.gone, sum.took, sum.rightly = sum.said+c.said, sum.gone+c.gone, sum.took+c.took, sum.rightly+c.rightly
		}
		t.Logf("%s%-8s %6d %7.3f %9s %6d %9.3f", table, "all", sum.said, share(sum.gone, sum.said), "", sum.took, share(sum.rightly, sum.took))
		if share(sum.rightly, sum.took) < precisionFloor {
			t.Errorf("%s: the precision is below %.2f", part, precisionFloor)
		}
		for _, s := range all {
			if sentencesRead++; len(s.spans) == 0 {
				clean++
			}
		}
	}
	require.GreaterOrEqual(t, sentencesRead, 2050, "the corpus shrank")
	require.GreaterOrEqual(t, clean, 540, "sentences with nothing to redact")
}
