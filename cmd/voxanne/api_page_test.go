package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/localpg"
)

const apiPage = "../../docs/api.md"

// Every command of docs/api.md, typed in order into one shell beside a new instance, answers as the page says.
func TestTheCommandsOfTheAPIPageAnswerAsItSays(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(apiPage)
	require.NoError(t, err)
	steps := stepsOf(string(page))
	require.Greater(t, len(steps), 40, "the page's commands are not found")

	// As in a checkout: the instance's values in .local, the program in bin.
	dir := t.TempDir()
	home := filepath.Join(dir, ".local")
	t.Cleanup(func() { require.NoError(t, localpg.Remove(context.Background(), filepath.Join(home, "pg"))) })
	dev := start(t, home, "CORS_ORIGINS=https://dashboard.clinic.example")
	dev.ready(t, home)
	path, err := binary()
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "bin"), 0o755))
	require.NoError(t, os.Symlink(path, filepath.Join(dir, "bin", "voxanne")))

	terminal := openShell(t, dir)
	known := map[string]string{}
	for _, step := range steps {
		got := terminal.run(t, step.command)
		fresh, err := compare(step.answer, got, known)
		assert.NoError(t, err, "docs/api.md, line %d:\n%s\nanswers\n%s", step.line, step.command, got)
		for name, value := range fresh {
			known[name] = value
			terminal.run(t, fmt.Sprintf("export %s='%s'", name, strings.ReplaceAll(value, "'", `'\''`)))
		}
	}
}

// step is a command of the page and what it answers.
type step struct {
	line            int
	command, answer string
}

var consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")

// stepsOf reads the console blocks: a command begins with "$ " and goes on while its lines end with a backslash; what
// follows is its answer.
func stepsOf(page string) (steps []step) {
	for _, block := range consoleBlock.FindAllStringSubmatchIndex(page, -1) {
		line := strings.Count(page[:block[2]], "\n")
		goesOn := false
		for text := range strings.Lines(page[block[2]:block[3]]) {
			line++
			command, begins := strings.CutPrefix(text, "$ ")
			if begins {
				steps = append(steps, step{line: line})
			} else {
				command = text
			}
			now := &steps[len(steps)-1]
			if begins || goesOn {
				now.command += command
				goesOn = strings.HasSuffix(command, "\\\n")
			} else {
				now.answer += text
			}
		}
	}
	return steps
}

// shell is a bash that is typed into.
type shell struct {
	in  io.Writer
	out *bufio.Reader
}

const promptMark = "--- answered ---"

func openShell(t *testing.T, dir string) *shell {
	t.Helper()
	for _, name := range []string{"bash", "curl"} {
		_, err := exec.LookPath(name)
		require.NoError(t, err, "db/localpg/setup.sh --tests installs what is missing")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // it takes seconds; a command that hangs must not hang the rest
	cmd := exec.CommandContext(ctx, "bash", "--norc")
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C.UTF-8"}
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = cmd.Stdout
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait() // its last command's status
		cancel()
	})
	return &shell{in: in, out: bufio.NewReader(out)}
}

// run types a command and returns what it prints.
func (s *shell) run(t *testing.T, command string) string {
	t.Helper()
	_, err := fmt.Fprintf(s.in, "%s\necho; echo '%s'\n", command, promptMark)
	require.NoError(t, err)
	var printed strings.Builder
	for {
		line, err := s.out.ReadString('\n')
		require.NoError(t, err, "%s\nprinted %s", command, printed.String())
		if line == promptMark+"\n" {
			return strings.TrimSuffix(printed.String(), "\n")
		}
		printed.WriteString(line)
	}
}
