package reception_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/jobs"
	"github.com/voxanne-ai/voxanne/jobs/librarian"
	"github.com/voxanne-ai/voxanne/jobs/reader"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/server"
)

const (
	pathKnowledge = "/api/knowledge-base"
	backendURL    = "https://api.clinic.example"
	ownerID       = "a0000000-0000-7000-8000-0000000000e1"
)

// library is a bundle whose clinic uploads documents, with the workers that read them.
type library struct {
	*bundle
	t     *testing.T
	url   string
	token string
	http  *http.Client
}

// openLibrary lets Lakeside's owner use the dashboard's API.
func openLibrary(t *testing.T) *library {
	t.Helper()
	l := &library{bundle: setup(t), t: t, token: ownersToken(t)}
	// The queue goes by the machine's clock, and these tests do not book.
	l.database.Exec(t, `update app.test_clock set at = now()`)
	l.database.Exec(t, `insert into auth.users (id, email) values ('`+ownerID+`', 'ada.quillfeather@patients.example')`)
	l.database.Exec(t, `update public.profiles set org_id = '`+lakeside+`' where user_id = '`+ownerID+`'`) // signing up founds a clinic
	handler, err := server.New(server.Deps{
		DB:       server.NewDatabase(l.served),
		Auth:     server.NewVerifier(server.Config{BackendURL: backendURL, JWTSecret: jwtSecret}, http.DefaultClient),
		Log:      server.NewLogger(l.log, slog.LevelInfo),
		Metrics:  server.NewMetrics(),
		Accounts: &server.Accounts{},
		Uploads:  server.NewUploads(inProcess{}),
	})
	require.NoError(t, err)
	listening := httptest.NewServer(handler)
	t.Cleanup(listening.Close)
	t.Cleanup(listening.Client().CloseIdleConnections)
	l.url, l.http = listening.URL, listening.Client()
	return l
}

// work runs the real workers until the test ends.
func (l *library) work() {
	l.t.Helper()
	log := server.NewLogger(l.log, slog.LevelInfo)
	documents, err := librarian.New(librarian.Options{
		DB: l.served, Reader: inProcess{}, Models: embedding.NewModels(embedding.NewLexical()), Log: log})
	require.NoError(l.t, err)
	ctx, stop := context.WithCancel(l.t.Context())
	done := make(chan error, 1)
	go func() {
		done <- jobs.Run(ctx, jobs.Options{DirectURL: l.database.LoginURL, DB: l.served, Documents: documents, Log: log})
	}()
	l.t.Cleanup(func() {
		stop()
		require.NoError(l.t, <-done)
	})
}

func ownersToken(t *testing.T) string {
	t.Helper()
	token := jwt.New()
	for name, value := range map[string]any{"iss": backendURL + "/auth/v1", "sub": ownerID, "aud": "authenticated", "role": "authenticated", "exp": time.Now().Add(time.Hour),
		"app_metadata": map[string]any{"org_id": lakeside}} {
		require.NoError(t, token.Set(name, value))
	}
	signed, err := jwt.Sign(token, jwt.WithKey(jwa.HS256(), []byte(jwtSecret)))
	require.NoError(t, err)
	return string(signed)
}

// api asks the dashboard's API as the owner and decodes the answer.
func (l *library) api(method, path, contentType string, body []byte, answer any) (status int) {
	l.t.Helper()
	r, err := http.NewRequestWithContext(l.t.Context(), method, l.url+path, bytes.NewReader(body))
	require.NoError(l.t, err)
	r.Header.Set("Authorization", "Bearer "+l.token)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Idempotency-Key", uuid.NewString())
	response, err := l.http.Do(r)
	require.NoError(l.t, err)
	defer response.Body.Close()
	require.NoError(l.t, json.NewDecoder(response.Body).Decode(answer))
	return response.StatusCode
}

// uploaded is what the API says of a file: its document, or why it is refused.
type uploaded struct {
	ID    string
	Error string
}

func (l *library) upload(name string) (status int, answer uploaded) {
	l.t.Helper()
	content, err := os.ReadFile(filepath.Join(documentsFolder(l.t), name))
	require.NoError(l.t, err)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	require.NoError(l.t, err)
	_, err = part.Write(content)
	require.NoError(l.t, err)
	require.NoError(l.t, form.Close())
	return l.api(http.MethodPost, pathKnowledge+"/upload", form.FormDataContentType(), body.Bytes(), &answer), answer
}

// fill uploads files and waits until callers are answered from them.
func (l *library) fill(names ...string) {
	l.t.Helper()
	for _, name := range names {
		status, answer := l.upload(name)
		require.Equal(l.t, http.StatusCreated, status, "%s: %s", name, answer.Error)
	}
	require.EventuallyWithT(l.t, func(c *assert.CollectT) {
		assert.Empty(c, l.text(l.t, `select coalesce(string_agg(concat_ws(' ', d.filename, v.state, v.error), ', '), '')
			from knowledge_documents d join knowledge_versions v on v.document_id = d.id
			where d.deleted_at is null and v.state <> 'ready'`))
	}, 60*time.Second, 100*time.Millisecond)
}

// empty deletes all documents.
func (l *library) empty() {
	l.t.Helper()
	var list struct{ Items []struct{ ID string } }
	require.Equal(l.t, http.StatusOK, l.api(http.MethodGet, pathKnowledge+"?limit=100", "", nil, &list))
	for _, item := range list.Items {
		require.Equal(l.t, http.StatusOK, l.api(http.MethodDelete, pathKnowledge+"/"+item.ID, "", nil, &struct{}{}))
	}
}

func documentsFolder(t *testing.T) string {
	t.Helper()
	root, err := dbtest.Root()
	require.NoError(t, err)
	return filepath.Join(root, "jobs/reader/testdata/documents")
}

// documentQuestion is a line of questions.tsv: what a caller asks, and what the answer must quote, from where.
type documentQuestion struct{ shelf, file, page, words, question string }

func documentQuestions(t *testing.T) []documentQuestion {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(documentsFolder(t), "questions.tsv"))
	require.NoError(t, err)
	var questions []documentQuestion
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		f := strings.Split(line, "\t")
		require.Len(t, f, 5, line)
		questions = append(questions, documentQuestion{f[0], f[1], f[2], f[3], f[4]})
	}
	return questions
}

// source is how an answer names where it stands.
func (q documentQuestion) source() string {
	if q.page == "-" {
		return "[" + q.file + "] "
	}
	return "[" + q.file + ", page " + q.page + "] "
}

// TestDocumentsOfManyProgramsAreAnsweredFromTheRightPage: uploaded over HTTP, read by the workers, asked by a signed call.
func TestDocumentsOfManyProgramsAreAnsweredFromTheRightPage(t *testing.T) {
	t.Parallel()
	l := openLibrary(t)
	l.work()
	shelves, order := map[string][]documentQuestion{}, []string{}
	for _, q := range documentQuestions(t) {
		if shelves[q.shelf] == nil {
			order = append(order, q.shelf)
		}
		shelves[q.shelf] = append(shelves[q.shelf], q)
	}
	p := l.call("+13125550142")
	for _, shelf := range order {
		var names []string
		for i, q := range shelves[shelf] {
			if i == 0 || q.file != shelves[shelf][i-1].file {
				names = append(names, q.file)
			}
		}
		l.fill(names...)
		first := 0
		for _, q := range shelves[shelf] {
			answer := p.ask(t, "queryKnowledgeBase", map[string]any{"query": q.question})
			assert.Empty(t, answer.Error, q.question)
			_, passages, _ := strings.Cut(answer.Result, "[")
			found := false
			for i, passage := range strings.Split("["+passages, " [") {
				passage = "[" + strings.TrimPrefix(passage, "[")
				if strings.HasPrefix(passage, q.source()) && strings.Contains(passage, q.words) {
					found = true
					if i == 0 {
						first++
					}
				}
			}
			assert.True(t, found, "%s %s\n%q is not in:\n%s", q.source(), q.question, q.words, answer.Result)
		}
		t.Logf("%s: %d of %d questions are answered by the first passage", shelf, first, len(shelves[shelf]))
		l.empty()
	}
	require.NotContains(t, l.log.String(), "Quillbrook", "documents do not stand in logs")
}

func TestDocumentsThatCannotBeReadAreRefusedWithASentence(t *testing.T) {
	t.Parallel()
	l := openLibrary(t)
	for name, why := range map[string]reader.Code{
		"qpdf-password.pdf":  reader.Encrypted, // asks for a password
		"qpdf-protected.pdf": reader.Encrypted, // opens without one, but may not be copied from
		"scan.pdf":           reader.ImageOnly,
	} {
		status, answer := l.upload(name)
		require.Equal(t, http.StatusBadRequest, status, name)
		require.Equal(t, why.Sentence(), answer.Error, name)
	}
	require.Zero(t, l.count(t, `select count(*) from knowledge_documents`))
}
