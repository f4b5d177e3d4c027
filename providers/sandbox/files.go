package sandbox

import (
	"bytes"
	"net/http"
	"slices"
	"sync"
	"time"
)

// maxFile is the largest file that a played storage takes, in bytes.
const maxFile = 64 << 20

// file is a stored file.
type file struct {
	content     []byte
	contentType string
	at          time.Time
}

// files are those of a bucket. Safe for concurrent use.
type files struct {
	mu    sync.Mutex
	byKey map[string]file
}

func (f *files) put(key string, stored file) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byKey == nil {
		f.byKey = map[string]file{}
	}
	f.byKey[key] = stored
}

func (f *files) get(key string) (file, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	stored, found := f.byKey[key]
	return stored, found
}

func (f *files) remove(key string) (found bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, found = f.byKey[key]
	delete(f.byKey, key)
	return found
}

// keys are those of all files, sorted.
func (f *files) keys() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	keys := make([]string, 0, len(f.byKey))
	for key := range f.byKey {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// serve answers GET and HEAD with ranges, as storages do.
func (s file) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", s.contentType)
	http.ServeContent(w, r, "", s.at, bytes.NewReader(s.content))
}
