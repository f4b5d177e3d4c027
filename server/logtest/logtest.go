// Package logtest keeps what servers in tests log and answer, so that
// cmd/logscrub can look for what must not be in it. Without VOXANNE_TEST_LOGS
// it keeps nothing.
package logtest

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// Keep returns a writer for a test server's log: to w, and kept.
func Keep(t testing.TB, w io.Writer) io.Writer {
	t.Helper()
	file := dbtest.Kept(t, dbtest.KeptServer)
	if file == nil {
		return w
	}
	return io.MultiWriter(w, file)
}

// KeepErrors serves next and keeps the bodies of its answers that are no success.
func KeepErrors(t testing.TB, next http.Handler) http.Handler {
	t.Helper()
	file := dbtest.Kept(t, dbtest.KeptErrors)
	if file == nil {
		return next
	}
	return &errorKeeper{next: next, file: file}
}

type errorKeeper struct {
	next http.Handler
	mu   sync.Mutex
	file *os.File
}

func (k *errorKeeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	seen := &answer{ResponseWriter: w, status: http.StatusOK}
	k.next.ServeHTTP(seen, r)
	if seen.status < http.StatusBadRequest {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	// A test that ended has closed the file; what its server still says is nobody's.
	_, _ = k.file.Write(append(bytes.TrimSpace(seen.body.Bytes()), '\n'))
}

// answer remembers what was answered.
type answer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	a.body.Write(p)
	return a.ResponseWriter.Write(p)
}

// Unwrap gives http.ResponseController the real writer.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
