package server

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/reader"
)

const pathKnowledge = "/api/knowledge-base"

// readsHere reads documents in this process.
type readsHere struct{}

func (readsHere) Read(ctx context.Context, kind reader.Kind, r io.Reader, limits reader.Limits) ([]reader.Page, error) {
	return reader.Read(ctx, kind, r, limits)
}

// upload sends a form with a file and other fields, name and value in turns.
func (c *clinic) upload(t *testing.T, name string, content []byte, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	return c.uploadTo(t, pathKnowledge+"/upload", name, content, fields...)
}

func (c *clinic) uploadTo(t *testing.T, path, name string, content []byte, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		require.NoError(t, form.WriteField(fields[i], fields[i+1]))
	}
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		require.NoError(t, err)
		_, err = part.Write(content)
		require.NoError(t, err)
	}
	require.NoError(t, form.Close())
	r := c.request(t, http.MethodPost, path, body.String(), "Content-Type", form.FormDataContentType(), "Idempotency-Key", "upload-"+name)
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

func TestAFileIsUploadedOnce(t *testing.T) {
	t.Parallel()
	c := found(t)
	prices := []byte("Service,Price\nWhitening,zanzibar-lilac 80\n")
	first := answered(t, c.upload(t, `C:\files\prices.csv`, prices, "category", "products_services", "active", "false"), http.StatusCreated)
	item := first["item"].(map[string]any)
	require.Equal(t, []any{"prices.csv", "products_services", false, nil, 1.0, "csv", "waiting", string(prices)},
		[]any{item["filename"], item["category"], item["active"], item["version"], item["latestVersion"], item["kind"], item["state"], item["content"]})
	again := c.upload(t, `C:\files\prices.csv`, prices, "category", "products_services", "active", "false")
	require.Equal(t, first, answered(t, again, http.StatusCreated), "the same wish, though every form has a boundary of its own")
	require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
	require.Equal(t, first["id"], answered(t, c.upload(t, "copy.csv", prices), http.StatusCreated)["id"], "the same file by another name")
	require.Equal(t, 1, c.number(t, `select count(*) from public.knowledge_documents`))
	require.Equal(t, 1, c.number(t, `select count(*) from river.river_job where kind = 'ingest_knowledge'`))
}

func TestFilesThatCannotBeSearchedAreRefused(t *testing.T) {
	t.Parallel()
	c := found(t)
	for says, file := range map[string]struct {
		name    string
		content []byte
	}{
		reader.Damaged.Sentence():     {"prices.pdf", []byte("%PDF-1.4 nothing")},
		reader.Encrypted.Sentence():   {"prices.docx", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest")},
		reader.Unsupported.Sentence(): {"prices.png", []byte("\x89PNG\r\n\x1a\n1234")},
	} {
		require.Equal(t, says, requireRefusal(t, c.upload(t, file.name, file.content), http.StatusBadRequest, CodeBadRequest).Error)
	}
	requireRefusal(t, c.upload(t, "", nil), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, c.upload(t, "a.txt", []byte("a"), "category", "secrets"), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, c.upload(t, "b.txt", []byte("a"), "other", "field"), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, c.upload(t, "large.txt", bytes.Repeat([]byte("a "), maxFile/2+1)), http.StatusRequestEntityTooLarge, CodeBodyTooLarge)
	requireRefusal(t, c.console(t, http.MethodPost, pathKnowledge+"/upload", `{}`), http.StatusBadRequest, CodeBadRequest)
	c.become(t, "staff")
	requireRefusal(t, c.upload(t, "c.txt", []byte("zanzibar-lilac")), http.StatusForbidden, CodeForbidden)
	require.Zero(t, c.number(t, `select count(*) from public.knowledge_documents`))
	r := httptest.NewRequest(http.MethodPost, pathKnowledge+"/upload", strings.NewReader("x"))
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	requireRefusal(t, w, http.StatusUnauthorized, CodeUnauthenticated)
}

func TestADocumentGetsAnotherFile(t *testing.T) {
	t.Parallel()
	c := found(t)
	other := &clinic{data: c.data, handler: c.handler}
	other.org, other.user = other.signUp(t, "bea.quillwort@patients.example")
	item := answered(t, c.upload(t, "prices.csv", []byte("Service,Price\nWhitening,80\n")), http.StatusCreated)["item"].(map[string]any)
	path := pathKnowledge + "/" + item["id"].(string) + "/upload"
	seen := func(w *httptest.ResponseRecorder) []any {
		item := answered(t, w, http.StatusOK)["item"].(map[string]any)
		return []any{item["filename"], item["kind"], item["latestVersion"], item["category"], item["active"], item["content"]}
	}
	second := c.uploadTo(t, path, "new.md", []byte("# Prices\n\nWhitening zanzibar-lilac 90."), "category", "products_services", "active", "false")
	require.Equal(t, []any{"prices.csv", "md", 2.0, "products_services", false, "# Prices\n\nWhitening zanzibar-lilac 90."}, seen(second))
	again := c.uploadTo(t, path, "new.md", []byte("# Prices\n\nWhitening zanzibar-lilac 90."), "category", "products_services", "active", "false")
	require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
	require.Equal(t, []any{"prices.csv", "md", 2.0, "products_services", false, "# Prices\n\nWhitening zanzibar-lilac 90."},
		seen(c.uploadTo(t, path, "copy.md", []byte("# Prices\n\nWhitening zanzibar-lilac 90."))), "the file it has is no new version")
	require.Equal(t, 2, c.number(t, `select count(*) from river.river_job where kind = 'ingest_knowledge'`))

	require.Equal(t, reader.Damaged.Sentence(),
		requireRefusal(t, c.uploadTo(t, path, "prices.pdf", []byte("%PDF-1.4 nothing")), http.StatusBadRequest, CodeBadRequest).Error)
	requireRefusal(t, c.uploadTo(t, path, "large.txt", bytes.Repeat([]byte("a "), maxFile/2+1)), http.StatusRequestEntityTooLarge, CodeBodyTooLarge)
	requireRefusal(t, c.uploadTo(t, path, "", nil), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, c.console(t, http.MethodPost, path, `{}`), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, c.uploadTo(t, pathKnowledge+"/0190a000-0000-7000-8000-000000000009/upload", "a.txt", []byte("a")), http.StatusNotFound, CodeNotFound)
	requireRefusal(t, other.uploadTo(t, path, "b.txt", []byte("zanzibar-lilac")), http.StatusNotFound, CodeNotFound)
	answered(t, c.upload(t, "hours.txt", []byte("We open at nine.")), http.StatusCreated)
	requireRefusal(t, c.uploadTo(t, path, "same.txt", []byte("We open at nine.")), http.StatusConflict, CodeConflict)
	c.become(t, "staff")
	requireRefusal(t, c.uploadTo(t, path, "c.txt", []byte("zanzibar-lilac")), http.StatusForbidden, CodeForbidden)
	require.Equal(t, 2, c.number(t, `select max(latest_version) from public.knowledge_documents`))
}

func TestATextIsKeptChangedAndDeleted(t *testing.T) {
	t.Parallel()
	c := found(t)
	item := answered(t, c.console(t, http.MethodPost, pathKnowledge, `{"filename": "hours.md", "content": "# Hours\n\nWe open at nine."}`), http.StatusCreated)["item"].(map[string]any)
	path := pathKnowledge + "/" + item["id"].(string)
	require.Equal(t, []any{"md", "general", true}, []any{item["kind"], item["category"], item["active"]})
	item = c.ok(t, http.MethodPatch, path, `{"content": "# Hours\n\nWe open at ten.", "active": false}`)["item"].(map[string]any)
	require.Equal(t, []any{2.0, false, "# Hours\n\nWe open at ten."}, []any{item["latestVersion"], item["active"], item["content"]})
	require.Empty(t, c.ok(t, http.MethodGet, path+"/chunks", "")["chunks"], "no version is ready")
	require.Equal(t, []any{0.0, "words"}, func() []any {
		found := c.ok(t, http.MethodPost, pathKnowledge+"/search", `{"query": "When do you open?"}`)
		return []any{found["count"], found["by"]}
	}())
	tooLong := `{"filename": "long.txt", "content": "` + strings.Repeat("é", maxKnowledgeText/2+1) + `"}`
	require.Equal(t, sentenceTextTooLong, requireRefusal(t, c.console(t, http.MethodPost, pathKnowledge, tooLong), http.StatusBadRequest, CodeBadRequest).Error)
	c.ok(t, http.MethodDelete, path, "")
	requireRefusal(t, c.console(t, http.MethodGet, path, ""), http.StatusNotFound, CodeNotFound)
	require.Empty(t, c.ok(t, http.MethodGet, pathKnowledge, "")["items"])
}
