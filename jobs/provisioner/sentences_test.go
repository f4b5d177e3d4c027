package provisioner_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
)

// What a run may fail of is explained on its page, and what stands there is told in a sentence of its own.
func TestEveryReasonOfALineIsExplained(t *testing.T) {
	t.Parallel()
	root, err := dbtest.Root()
	require.NoError(t, err)
	read := func(path string) string {
		text, err := os.ReadFile(filepath.Join(root, path))
		require.NoError(t, err)
		return string(text)
	}
	_, table, found := strings.Cut(read("docs/numbers.md"), "| `lastErrorCode` | means |")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	explained := map[string]bool{}
	for _, word := range regexp.MustCompile("`([a-z]+(?:_[a-z]+)*)`").FindAllStringSubmatch(table, -1) {
		explained[word[1]] = true
		require.NotEqual(t, provisioner.Sentence("anything"), provisioner.Sentence(word[1]), word[1])
	}
	words := regexp.MustCompile(`(?i)(?:code(?: =|:)|, ) ?"([a-z]+(?:_[a-z]+)+|unreadable)"`)
	for _, path := range []string{"jobs/provisioner/verdict.go", "jobs/provisioner/inspect.go"} {
		given := words.FindAllStringSubmatch(read(path), -1)
		require.Greater(t, len(given), 3, "control: the words are found")
		for _, word := range given {
			require.True(t, explained[word[1]], "%s: %s", path, word[1])
		}
	}
}
