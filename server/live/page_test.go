package live_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

const pagePath = "../../docs/live.md"

// patterns are what differs from run to run.
var patterns = map[string]*regexp.Regexp{
	"<id>":     regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`),
	"<cursor>": regexp.MustCompile(`\b\d+-\d+\b`),
	"<time>":   regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z`),
	"<ticket>": regexp.MustCompile(`"[A-Za-z0-9_-]{43}"`),
	"<retry>":  regexp.MustCompile(`retry: \d{4}`),
}

// same blanks what differs from run to run; times before cursors, whose form they contain.
func same(text string) string {
	for _, name := range []string{"<time>", "<id>", "<ticket>", "<retry>", "<cursor>"} {
		text = patterns[name].ReplaceAllString(text, name)
	}
	return strings.TrimSpace(text)
}

func TestTranscriptsOfTheLivePageAreTrue(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(pagePath)
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?ms)^```console\n(.*?)^```").FindAllStringSubmatch(string(page), -1)
	require.Len(t, blocks, 2)
	b := setup(t)
	b.beat = 2 * time.Second // what happens comes before it
	p := b.start(t, nil)
	_, token := b.member(t, lakeside, time.Hour)
	values := map[string]string{"$TOKEN": token, "$BACKEND_URL": p.url}
	var cursor string
	tried := 0
	for _, block := range blocks {
		for step := range strings.SplitSeq(strings.TrimPrefix(block[1], "$ "), "\n$ ") {
			command, want, _ := strings.Cut(step, "\n")
			got := p.curl(t, command, values, cursor, len(strings.Split(strings.TrimRight(want, "\n"), "\n")), func() { b.tell(t, lakeside) })
			require.Equal(t, same(want), same(got), command)
			if ticket := patterns["<ticket>"].FindString(got); ticket != "" {
				values["$TICKET"] = strings.Trim(ticket, `"`)
			}
			if ids := patterns["<cursor>"].FindAllString(got, -1); len(ids) > 0 && tried == 0 {
				cursor = ids[len(ids)-1]
			}
			tried++
		}
	}
	require.Equal(t, 3, tried)
}

// curl does what the command line says and returns as many lines as the page shows; once the stream is ready,
// something happens in the clinic.
func (p *process) curl(t *testing.T, command string, values map[string]string, cursor string, lines int, happens func()) string {
	t.Helper()
	for name, value := range values {
		command = strings.ReplaceAll(command, name, value)
	}
	command = regexp.MustCompile(`cursor=[\d-]+`).ReplaceAllString(command, "cursor="+cursor)
	words := regexp.MustCompile(`"([^"]*)"|(\S+)`).FindAllStringSubmatch(command, -1)
	require.Equal(t, "curl", words[0][2])
	method, header, address := http.MethodGet, http.Header{}, ""
	for i := 1; i < len(words); i++ {
		switch word := words[i]; word[2] {
		case "-s", "-sN":
		case "-X":
			i++
			method = words[i][2]
		case "-H":
			i++
			name, value, _ := strings.Cut(words[i][1], ": ")
			header.Set(name, value)
		default:
			address = word[1]
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	require.NoError(t, err)
	r.Header = header
	response, err := p.client.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	var printed strings.Builder
	buffer := make([]byte, 4096)
	for told := false; strings.Count(printed.String(), "\n") < lines; {
		n, err := response.Body.Read(buffer)
		printed.Write(buffer[:n])
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		if !told && method == http.MethodGet {
			happens()
			told = true
		}
	}
	return strings.Join(strings.Split(printed.String(), "\n")[:lines], "\n")
}

// Everything that functions announce is in the description and on the page, and the other way round.
func TestTypesAreThoseThatAreAnnounced(t *testing.T) {
	t.Parallel()
	root, err := dbtest.Root()
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(root, "sql/*_function_*.sql"))
	require.NoError(t, err)
	announced := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, call := range regexp.MustCompile(`(?s)perform app\.announce\(\s*(case\b.*?\bend|'[a-z_]+'),`).FindAllStringSubmatch(string(text), -1) {
			for _, kind := range regexp.MustCompile(`(?:\bthen |\belse |^)'([a-z_]+)'`).FindAllStringSubmatch(call[1], -1) {
				announced[kind[1]] = true
			}
		}
	}
	var kinds []string
	for kind := range announced {
		kinds = append(kinds, kind)
	}
	spec, err := openapi3.NewLoader().LoadFromFile("../openapi.yaml")
	require.NoError(t, err)
	var described []string
	for _, value := range spec.Components.Schemas["LiveEvent"].Value.Properties["type"].Value.Enum {
		described = append(described, value.(string))
	}
	slices.Sort(kinds)
	slices.Sort(described)
	require.Equal(t, kinds, described)

	page, err := os.ReadFile(pagePath)
	require.NoError(t, err)
	_, table, _ := strings.Cut(string(page), "## Types")
	table, _, _ = strings.Cut(table, "##")
	var shown []string
	for _, row := range regexp.MustCompile("(?m)^\\| ([^|]*`[^|]*) \\|").FindAllStringSubmatch(table, -1) {
		for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row[1], -1) {
			shown = append(shown, name[1])
		}
	}
	slices.Sort(shown)
	require.Equal(t, kinds, shown)
}
