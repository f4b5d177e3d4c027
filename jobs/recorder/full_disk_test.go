//go:build unix

package recorder_test

import (
	"context"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/storage"
)

// fill leaves files of this process no room beyond half of what the tests copy, until the returned function is called: a
// limit is what every user can set, and writing meets it as it meets a full disk, in the middle of a file.
func fill(t *testing.T) (clear func()) {
	t.Helper()
	const half = 8 << 10
	var usual syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &usual))
	signal.Ignore(syscall.SIGXFSZ)
	full := usual
	full.Cur = half
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full))
	return func() {
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &usual))
		signal.Reset(syscall.SIGXFSZ)
	}
}

// crowded is a folder on a disk that is full when something is put there.
type crowded struct {
	storage.Store
	t    *testing.T
	full bool
}

func (c *crowded) Put(ctx context.Context, key string, body io.Reader, size int64, kind string) error {
	if c.full {
		defer fill(c.t)()
	}
	return c.Store.Put(ctx, key, body, size, kind)
}

// files are what lies in a folder and below.
func files(t *testing.T, folder string) (names []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, path)
		}
		return err
	}))
	return names
}

// Neither test runs beside others: the limit is the whole process's.
func TestAFullDiskLeavesTheRecordingAtItsSourceUntilThereIsRoom(t *testing.T) {
	b := setup(t)
	folder := t.TempDir()
	kept, err := storage.NewDirectory(folder)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	disk := &crowded{Store: kept, t: t, full: true}
	b.r.Store = disk
	b.report(t, serve(t, b.source).URL)
	for range 2 {
		_, err := b.r.Copy(t.Context(), b.org, b.call, false)
		require.ErrorIs(t, err, storage.ErrFull)
		require.NotContains(t, err.Error()+b.log.String(), folder)
		require.Equal(t, "at_provider", b.state(t), "it is tried again")
		require.Empty(t, files(t, folder), "no half file takes what room there is")
	}
	disk.full = false
	_, err = b.r.Copy(t.Context(), b.org, b.call, true)
	require.NoError(t, err)
	require.Equal(t, "stored", b.state(t))
	content, err := os.ReadFile(files(t, folder)[0])
	require.NoError(t, err)
	require.Equal(t, string(b.sound), string(content))
}

// Before it is stored a recording lies on the worker's own disk. That it is full says nothing about Vapi.
func TestAWorkersFullDiskIsNotTakenForALostRecording(t *testing.T) {
	b := setup(t)
	b.report(t, serve(t, b.source).URL)
	clear := fill(t)
	_, err := b.r.Copy(t.Context(), b.org, b.call, true)
	clear()
	require.ErrorIs(t, err, storage.ErrFull)
	require.Equal(t, "failed storage", b.state(t))
	require.Zero(t, b.vapi.Requests(), "Vapi is not asked for another address")
	require.Empty(t, b.bucket.Keys())
}
