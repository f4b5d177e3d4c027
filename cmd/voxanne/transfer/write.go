package transfer

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
)

// writer writes an archive part by part and keeps what the manifest says of them.
type writer struct {
	zip   *zip.Writer
	parts []Part

	open io.Writer // the part that is being written
	hash hash.Hash
}

// begin starts the next part. Recordings are compressed already; rows become a tenth.
func (w *writer) begin(name string, compress bool) error {
	w.end()
	header := &zip.FileHeader{Name: name, Method: zip.Store}
	if compress {
		header.Method = zip.Deflate
	}
	header.SetMode(0o600)
	open, err := w.zip.CreateHeader(header)
	if err != nil {
		return refused("the archive cannot be written: %v", err)
	}
	w.open, w.hash = open, sha256.New()
	w.parts = append(w.parts, Part{Name: name})
	return nil
}

// Write adds to the part that was begun last.
func (w *writer) Write(p []byte) (int, error) {
	n, err := w.open.Write(p)
	w.hash.Write(p[:n]) // never fails
	w.parts[len(w.parts)-1].Bytes += int64(n)
	if err != nil {
		return n, refused("the archive cannot be written: %v", err)
	}
	return n, nil
}

// lines adds rows to the part that was begun last.
func (w *writer) lines(lines []string) error {
	for _, line := range lines {
		if _, err := io.WriteString(w, line+"\n"); err != nil {
			return err
		}
	}
	w.parts[len(w.parts)-1].Rows += int64(len(lines))
	return nil
}

// end notes the checksum of the part that is open, if one is.
func (w *writer) end() {
	if w.open != nil {
		w.parts[len(w.parts)-1].SHA256 = hex.EncodeToString(w.hash.Sum(nil))
		w.open = nil
	}
}

// close writes the manifest, which knows all parts, and ends the archive.
func (w *writer) close(m *Manifest) error {
	w.end()
	m.Parts = w.parts
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	last, err := w.zip.Create(manifestName)
	if err == nil {
		_, err = last.Write(append(text, '\n'))
	}
	if err == nil {
		err = w.zip.Close()
	}
	if err != nil {
		return refused("the archive cannot be written: %v", err)
	}
	return nil
}
