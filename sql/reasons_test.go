package sql_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A reason is a literal that a function assigns, chooses in a case, returns or hands to app.settle_scheduled.
var (
	writesReasons = regexp.MustCompile(`\breason (:=|= )|v_reason text|app\.settle_scheduled\(array|returns text.*refusal|l\.reason`)
	sqlReasons    = []*regexp.Regexp{
		regexp.MustCompile(`reason (?::?=) '([a-z_]+)'`),
		regexp.MustCompile(`(?:then|else) '([a-z_]+)'`),
		regexp.MustCompile(`return '([a-z_]+)'`),
		regexp.MustCompile(`'skipped', '([a-z_]+)'`),
		regexp.MustCompile(`'([a-z_]+)', (?:true|false)\)`), // the rows of a table of limits
	}
	goReasons = regexp.MustCompile(`(?m)^\s*reason[A-Z]\w*\s+= "([a-z_]+)"`)
)

// otherWords are literals of the same places that are no reasons: outcomes, states, kinds and categories.
var otherWords = []string{"blocked", "code", "follow_up", "neutral_confirmation", "queued", "replayed", "send"}

func TestReasonsOfMessagesAreThoseOfTheirPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/messages.md")
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(page), "## Reasons")
	section, _, _ := strings.Cut(rest, "\n## ")
	told := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*?`) \\|").FindAllStringSubmatch(section, -1) {
		for _, word := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row[1], -1) {
			told[word[1]] = true
		}
	}
	require.Equal(t, slices.Sorted(maps.Keys(reasonsInCode(t))), slices.Sorted(maps.Keys(told)))
}

func reasonsInCode(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	files, err := filepath.Glob("*_function_*.sql")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		code := string(text)
		aboutMessages := regexp.MustCompile(`message|campaign|visits_to_tell|take_|spoken_refusal|_schedule_`).MatchString(file)
		if !aboutMessages || !(writesReasons.MatchString(code) || strings.Contains(file, "refusal")) {
			continue
		}
		for _, pattern := range sqlReasons {
			for _, m := range pattern.FindAllStringSubmatch(code, -1) {
				if !slices.Contains(otherWords, m[1]) {
					found[m[1]] = true
				}
			}
		}
	}
	verdicts, err := os.ReadFile("../jobs/messenger/verdict.go")
	require.NoError(t, err)
	for _, m := range goReasons.FindAllStringSubmatch(string(verdicts), -1) {
		found[m[1]] = true
	}
	return found
}
