package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// typed is a command of the page with what it shall answer.
type typed struct {
	args      []string
	status    int
	answer    string
	elsewhere bool // at another installation
}

// typedOn are the commands in the console blocks of a page, in their order; blocks headed "console elsewhere" are of another
// installation.
func typedOn(t *testing.T, path string) (all []typed) {
	t.Helper()
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, block := range regexp.MustCompile("(?s)```console( elsewhere)?\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		for _, one := range strings.Split("\n"+block[2], "\n$ voxanne ")[1:] {
			line, answer, _ := strings.Cut(one, "\n")
			command, exit, _ := strings.Cut(line, "  # exit ")
			status, _ := strconv.Atoi(exit) // none is 0
			all = append(all, typed{strings.Fields(command), status, strings.TrimRight(answer, "\n"), block[1] != ""})
		}
	}
	return all
}

// requireLike compares an answer with one in which … stands for anything.
func requireLike(t *testing.T, want, got string) {
	t.Helper()
	pattern := "(?s)^" + strings.ReplaceAll(regexp.QuoteMeta(want), "…", ".*") + "$"
	require.Regexp(t, pattern, strings.TrimRight(got, "\n"))
}

func TestCommandsOfTheOperatorsPageRun(t *testing.T) {
	t.Parallel()
	m := answering(t)
	m.worker(t)
	m.book(t, "+13125550144", "2030-03-06 05:30:00+00", "confirmed")
	commands := typedOn(t, "../../docs/operators.md")
	require.Greater(t, len(commands), 12)
	here, elsewhere := m.environ, m.another(t)
	file := filepath.Join(t.TempDir(), "clinic.zip")
	for _, c := range commands {
		m.environ = here
		if c.elsewhere {
			m.environ = elsewhere
		}
		for i, argument := range c.args {
			c.args[i] = strings.NewReplacer("$SLUG", m.slug, "$RUN", m.run.String(), "$FILE", file).Replace(argument)
		}
		status, out, complaints := m.command(t, c.args...)
		require.Equal(t, c.status, status, "%v\n%s%s", c.args, out, complaints)
		requireLike(t, c.answer, out+complaints)
	}
}
