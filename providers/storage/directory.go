package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

const (
	partMark = ".part-" // between a file's name and random letters, while it is written
	// partStale is when a part's writer must have died; no file takes so long.
	partStale = time.Hour
)

// Directory keeps files in a folder of this machine, for development and for a single server. The folder must be on a
// disk that survives the process, and all processes must see the same one.
type Directory struct{ root *os.Root }

// NewDirectory makes the folder where it is missing and keeps everybody else out of it.
func NewDirectory(folder string) (*Directory, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the storage: %w", err)
	}
	root, err := os.OpenRoot(folder) // no path leads out of it, whatever links lie in it
	if err != nil {
		return nil, fmt.Errorf("open the folder of the storage: %w", err)
	}
	return &Directory{root: root}, nil
}

// Close gives the folder back.
func (d *Directory) Close() error { return d.root.Close() }

// Name is directory.
func (d *Directory) Name() string { return "directory" }

// Put writes beside the file and renames, so that the file is whole whenever it is there, also after a power cut. ErrFull.
func (d *Directory) Put(ctx context.Context, key string, body io.Reader, size int64, _ string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := d.put(ctx, key, body, size)
	if IsFull(err) {
		return ErrFull
	}
	return err
}

func (d *Directory) put(ctx context.Context, key string, body io.Reader, size int64) error {
	if err := d.root.MkdirAll(path.Dir(key), 0o700); err != nil {
		return fmt.Errorf("make a folder in the storage: %w", err)
	}
	if err := d.removeParts(key, partStale); err != nil {
		return err
	}
	part := key + partMark + strings.ToLower(rand.Text())
	if err := d.write(ctx, part, body, size); err != nil {
		return errors.Join(err, d.remove(part))
	}
	if err := d.root.Rename(part, key); err != nil {
		return errors.Join(fmt.Errorf("put a file in its place: %w", err), d.remove(part))
	}
	return nil
}

func (d *Directory) write(ctx context.Context, name string, body io.Reader, size int64) (err error) {
	file, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("open a file to write: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := io.Copy(file, &exactly{from: whileWanted{ctx, body}, left: size}); err != nil {
		return fmt.Errorf("write a file: %w", err)
	}
	return file.Sync()
}

// whileWanted ends reading with its context: a file is not written to the end for nobody.
type whileWanted struct {
	ctx  context.Context //nolint:containedctx // lives as long as one Put
	body io.Reader
}

func (w whileWanted) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.body.Read(p)
}

// Get opens the file and goes to offset.
func (d *Directory) Get(_ context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	file, err := d.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("open a file: %w", err)
	}
	if _, err := file.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(fmt.Errorf("go to a place in a file: %w", err), file.Close())
	}
	if length < 0 {
		return file, nil
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(file, length), file}, nil
}

// Stat asks the file system.
func (d *Directory) Stat(_ context.Context, key string) (int64, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	info, err := d.root.Stat(key)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return 0, ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("look at a file: %w", err)
	}
	return info.Size(), nil
}

// Delete removes the file, and parts of it that a process left when it died.
func (d *Directory) Delete(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return errors.Join(d.remove(key), d.removeParts(key, 0))
}

// removeParts removes parts of key's file that were last written so long ago.
func (d *Directory) removeParts(key string, age time.Duration) error {
	entries, err := fs.ReadDir(d.root.FS(), path.Dir(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list a folder of the storage: %w", err)
	}
	var failed []error
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !strings.HasPrefix(entry.Name(), path.Base(key)+partMark) || time.Since(info.ModTime()) < age {
			continue // also one that has just gone
		}
		failed = append(failed, d.remove(path.Join(path.Dir(key), entry.Name())))
	}
	return errors.Join(failed...)
}

func (d *Directory) remove(name string) error {
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a file: %w", err)
	}
	return nil
}

// SignedURL is always ErrNoSignedURL: whoever serves the files signs addresses of its own.
func (d *Directory) SignedURL(context.Context, string, time.Duration) (string, error) {
	return "", ErrNoSignedURL
}
