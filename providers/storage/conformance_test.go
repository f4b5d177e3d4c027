package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testSecret = "test-secret-storage"
	key        = "recordings/a0000000-0000-7000-8000-000000000001/one"
)

// kept is one storage under test.
type kept struct {
	storage.Store
	keys func() []string          // what really lies there; nil: look into folder
	fail func(...sandbox.Failure) // nil: cannot fail on command
	// another is the same place with another secret; nil where there is none.
	another storage.Store
}

// everyStorage runs the test on all implementations.
func everyStorage(t *testing.T, test func(*testing.T, kept)) {
	t.Helper()
	for name, open := range map[string]func(*testing.T) kept{"directory": directory, "s3": s3, "supabase": supabase} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := open(t)
			require.Equal(t, name, k.Name())
			test(t, k)
		})
	}
}

func directory(t *testing.T) kept {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "files")
	d, err := storage.NewDirectory(folder)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return kept{Store: d, keys: func() (names []string) {
		require.NoError(t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				name, _ := filepath.Rel(folder, path)
				names = append(names, name)
			}
			return err
		}))
		return names
	}}
}

func s3(t *testing.T) kept {
	t.Helper()
	played := sandbox.NewS3("eu-central-1", "clinic-files", "AKIAPLAYED", testSecret)
	server := httptest.NewServer(played)
	t.Cleanup(server.Close)
	open := func(secret string) storage.Store {
		s, err := storage.NewS3(storage.S3Options{Endpoint: server.URL, Region: "eu-central-1", Bucket: "clinic-files",
			AccessKey: "AKIAPLAYED", SecretKey: secret, HTTP: server.Client().Transport})
		require.NoError(t, err)
		return s
	}
	return kept{Store: open(testSecret), keys: played.Keys, fail: played.Fail, another: open("test-secret-other")}
}

func supabase(t *testing.T) kept {
	t.Helper()
	played := sandbox.NewSupabaseStorage(testSecret, "clinic-files")
	server := httptest.NewServer(played)
	t.Cleanup(server.Close)
	open := func(secret string) storage.Store {
		s, err := storage.NewSupabase(storage.SupabaseOptions{URL: server.URL, ServiceKey: secret, Bucket: "clinic-files", HTTP: server.Client()})
		require.NoError(t, err)
		return s
	}
	return kept{Store: open(testSecret), keys: played.Keys, fail: played.Fail, another: open("test-secret-other")}
}

func (k kept) put(t *testing.T, content string) error {
	t.Helper()
	return k.Put(t.Context(), key, strings.NewReader(content), int64(len(content)), "audio/wav")
}

func (k kept) read(t *testing.T, offset, length int64) string {
	t.Helper()
	body, err := k.Get(t.Context(), key, offset, length)
	require.NoError(t, err)
	content, err := io.ReadAll(body)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	return string(content)
}

func TestAFileIsStoredReadInPartsReplacedAndDeleted(t *testing.T) {
	t.Parallel()
	everyStorage(t, func(t *testing.T, k kept) {
		for _, err := range []error{
			second(k.Stat(t.Context(), key)), second(k.Get(t.Context(), key, 0, -1)), second(k.Get(t.Context(), key, 0, 0)),
		} {
			require.ErrorIs(t, err, storage.ErrNotFound)
		}
		require.NoError(t, k.Delete(t.Context(), key), "what is wished is so")
		require.NoError(t, k.put(t, "0123456789"))
		size, err := k.Stat(t.Context(), key)
		require.NoError(t, err)
		require.EqualValues(t, 10, size)
		require.Equal(t, "0123456789", k.read(t, 0, -1))
		require.Equal(t, "345", k.read(t, 3, 3))
		require.Equal(t, "789", k.read(t, 7, -1))
		require.Equal(t, "89", k.read(t, 8, 50), "beyond the end there is nothing")
		require.Empty(t, k.read(t, 3, 0))
		require.NoError(t, k.put(t, "again"))
		require.Equal(t, "again", k.read(t, 0, -1))
		require.Equal(t, []string{key}, k.keys())
		require.NoError(t, k.Delete(t.Context(), key))
		require.Empty(t, k.keys())
	})
}

func second[T any](_ T, err error) error { return err }

func TestAHalfFileIsNeverThere(t *testing.T) {
	t.Parallel()
	everyStorage(t, func(t *testing.T, k kept) {
		require.NoError(t, k.put(t, "whole"))
		for name, body := range map[string]io.Reader{
			"shorter": strings.NewReader("par"), "longer": strings.NewReader("more than said"),
			"broken": io.MultiReader(strings.NewReader("par"), brokenReader{}),
		} {
			require.Error(t, k.Put(t.Context(), key, body, 5, "audio/wav"), name)
			require.Equal(t, "whole", k.read(t, 0, -1), name)
			require.Equal(t, []string{key}, k.keys(), name)
		}
		ended, end := context.WithCancel(t.Context())
		end()
		require.ErrorIs(t, k.Put(ended, key, strings.NewReader("other"), 5, "audio/wav"), context.Canceled)
		require.Equal(t, "whole", k.read(t, 0, -1))
	})
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("the line broke") }

func TestNoKeyLeadsElsewhere(t *testing.T) {
	t.Parallel()
	everyStorage(t, func(t *testing.T, k kept) {
		for _, bad := range []string{"", "/", "../one", "a/../../one", "/etc/passwd", "a//b", "a/", "a/.", "A", "a b", "a%2fb", "a\x00b", "a\nb", "a?b", `a\b`, strings.Repeat("a", 201)} {
			require.Error(t, k.Put(t.Context(), bad, strings.NewReader("x"), 1, "audio/wav"), bad)
			require.Error(t, second(k.Get(t.Context(), bad, 0, -1)), bad)
			require.Error(t, second(k.Stat(t.Context(), bad)), bad)
			require.Error(t, k.Delete(t.Context(), bad), bad)
		}
		require.Empty(t, k.keys())
	})
}

func TestASignedAddressReadsForItsTimeOnly(t *testing.T) {
	t.Parallel()
	everyStorage(t, func(t *testing.T, k kept) {
		require.NoError(t, k.put(t, "0123456789"))
		address, err := k.SignedURL(t.Context(), key, time.Minute)
		if k.Name() == "directory" {
			require.ErrorIs(t, err, storage.ErrNoSignedURL)
			return
		}
		require.NoError(t, err)
		require.NotContains(t, address, testSecret)
		ask := func(method, address string) (int, string) {
			req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
			require.NoError(t, err)
			req.Header.Set("Range", "bytes=2-4")
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			resp, err := client.Do(req)
			require.NoError(t, err)
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			return resp.StatusCode, string(body)
		}
		status, body := ask(http.MethodGet, address)
		require.Equal(t, []any{http.StatusPartialContent, "234"}, []any{status, body})
		for _, changed := range []string{strings.Replace(address, "/one", "/two", 1), address[:len(address)-1], strings.Split(address, "?")[0]} {
			status, _ = ask(http.MethodGet, changed)
			require.GreaterOrEqual(t, status, 400, changed)
		}
		short, err := k.SignedURL(t.Context(), key, time.Second)
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			status, _ := ask(http.MethodGet, short)
			return status >= 400
		}, 5*time.Second, 100*time.Millisecond, "its time passes")
	})
}

func TestTroubleIsToldApart(t *testing.T) {
	t.Parallel()
	everyStorage(t, func(t *testing.T, k kept) {
		if k.fail == nil {
			return // a directory has no server that could fail
		}
		require.NoError(t, k.put(t, "0123456789"))
		for name, ask := range map[string]func() error{
			"put":    func() error { return k.put(t, "again") },
			"get":    func() error { return second(k.Get(t.Context(), key, 0, -1)) },
			"stat":   func() error { return second(k.Stat(t.Context(), key)) },
			"delete": func() error { return k.Delete(t.Context(), key) },
		} {
			k.fail(sandbox.Failure{Status: 503})
			var unavailable *storage.UnavailableError
			require.ErrorAs(t, ask(), &unavailable, name)
			require.Equal(t, 503, unavailable.Status, name)
		}
		require.Equal(t, "0123456789", k.read(t, 0, -1), "what failed did nothing")

		require.ErrorIs(t, k.another.Put(t.Context(), key, bytes.NewReader([]byte("x")), 1, "audio/wav"), storage.ErrUnauthorized)
		err := second(k.another.Get(t.Context(), key, 0, -1))
		require.ErrorIs(t, err, storage.ErrUnauthorized)
		require.NotContains(t, err.Error(), key, "errors quote nothing")
	})
}
