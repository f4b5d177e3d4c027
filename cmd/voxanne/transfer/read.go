package transfer

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const (
	// longestLine is that of a row, in bytes: what jsonb holds at most, by which every row was written.
	longestLine = 256 << 20
	// longestManifest is hundreds of times what a clinic's tables and recordings need, in bytes.
	longestManifest = 256 << 20
)

// Archive is one that is open for reading.
type Archive struct {
	Manifest Manifest
	zip      *zip.ReadCloser
	entries  map[string]*zip.File
}

// Open opens the archive at path and reads its manifest; Close ends it. Refused: it is none, or one that this program cannot
// read.
func Open(path string) (*Archive, error) {
	opened, err := zip.OpenReader(path)
	if err != nil {
		return nil, refused("the archive cannot be opened: %v", err)
	}
	a := &Archive{zip: opened, entries: map[string]*zip.File{}}
	if err := a.readManifest(); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Close releases the file.
func (a *Archive) Close() error { return a.zip.Close() }

func (a *Archive) readManifest() error {
	for _, entry := range a.zip.File {
		if a.entries[entry.Name] != nil {
			return refused("the archive holds %s twice", entry.Name)
		}
		a.entries[entry.Name] = entry
	}
	entry := a.entries[manifestName]
	if entry == nil {
		return refused("this is no archive of a clinic: it has no %s", manifestName)
	}
	body, err := entry.Open()
	if err != nil {
		return refused("%s cannot be read: %v", manifestName, err)
	}
	defer body.Close()
	// Not as long as the archive says: a few packed kilobytes can unpack to more than there is memory.
	if err := json.NewDecoder(io.LimitReader(body, longestManifest)).Decode(&a.Manifest); err != nil {
		return refused("%s cannot be read: %v", manifestName, err)
	}
	if a.Manifest.Format != Format {
		return refused("the archive has format %d, and this program reads format %d", a.Manifest.Format, Format)
	}
	return nil
}

// Verify reads everything once and compares it with the manifest: the parts, their lengths, rows and checksums. Refused: it is
// not what was written.
func (a *Archive) Verify(ctx context.Context) error {
	if len(a.entries) != len(a.Manifest.Parts)+1 {
		return refused("the archive does not hold the parts that its manifest lists")
	}
	seen := map[string]bool{manifestName: true} // a part that is listed twice would hide one that is not
	for _, p := range a.Manifest.Parts {
		if seen[p.Name] {
			return refused("the manifest lists %s twice", p.Name)
		}
		seen[p.Name] = true
		if err := a.verifyPart(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (a *Archive) verifyPart(ctx context.Context, p Part) error {
	entry := a.entries[p.Name]
	if entry == nil {
		return refused("the archive lacks %s", p.Name)
	}
	body, err := entry.Open()
	if err != nil {
		return refused("%s is damaged: %v", p.Name, err)
	}
	defer body.Close()
	hash, counted := sha256.New(), &lineCount{}
	n, err := io.Copy(io.MultiWriter(hash, counted), io.LimitReader(stoppable{ctx, body}, p.Bytes+1)) // one more is too many
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return refused("%s is damaged: %v", p.Name, err)
	case n != p.Bytes, hex.EncodeToString(hash.Sum(nil)) != p.SHA256, p.Rows != 0 && counted.lines != p.Rows:
		return refused("%s is not what was exported", p.Name)
	}
	return nil
}

// eachBatch reads a part's lines and hands them on, a few at a time.
func (a *Archive) eachBatch(ctx context.Context, name string, do func(lines []string) error) error {
	entry := a.entries[name]
	if entry == nil {
		return refused("the archive lacks %s", name)
	}
	body, err := entry.Open()
	if err != nil {
		return refused("%s is damaged: %v", name, err)
	}
	defer body.Close()
	from := bufio.NewReaderSize(stoppable{ctx, body}, 64<<10)
	for {
		lines, ended, err := nextLines(from)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return refused("%s is damaged: %v", name, err)
		}
		if len(lines) > 0 {
			if err := do(lines); err != nil {
				return err
			}
		}
		if ended {
			return nil
		}
	}
}

// nextLines reads lines until they have batchBytes together.
func nextLines(from *bufio.Reader) (lines []string, ended bool, err error) {
	for size := 0; size < batchBytes; {
		line, err := nextLine(from)
		switch {
		case errors.Is(err, io.EOF) && line == "":
			return lines, true, nil
		case err != nil:
			return nil, false, err
		}
		lines = append(lines, line[:len(line)-1])
		size += len(line)
	}
	return lines, false, nil
}

// nextLine reads a line with its end, of longestLine bytes at most. io.EOF comes with what stands behind the last end.
func nextLine(from *bufio.Reader) (string, error) {
	var line []byte
	for {
		piece, err := from.ReadSlice('\n')
		if len(line)+len(piece) > longestLine {
			return "", fmt.Errorf("a line is longer than %d bytes", longestLine)
		}
		line = append(line, piece...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return string(line), err
		}
	}
}

// lineCount counts the lines that are written to it.
type lineCount struct{ lines int64 }

func (c *lineCount) Write(p []byte) (int, error) {
	for _, b := range p {
		if b == '\n' {
			c.lines++
		}
	}
	return len(p), nil
}

// stoppable is a reader that ends with its context, which a file does not know.
type stoppable struct {
	ctx  context.Context //nolint:containedctx // lives as long as one part is read
	from io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.from.Read(p)
}
