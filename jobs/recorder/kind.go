package recorder

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// sniffed is how many bytes tell what a file is.
const sniffed = 16

// kindAt reads the beginning of a file and returns its type. What the provider says about it is not asked: an error page
// may call itself sound. ErrNotAudio.
func kindAt(file io.Reader) (string, error) {
	if from, ok := file.(io.ReaderAt); ok {
		file = io.NewSectionReader(from, 0, sniffed)
	}
	beginning := make([]byte, sniffed)
	n, err := io.ReadFull(file, beginning)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("look at the recording: %w", err)
	}
	if kind := kindOf(beginning[:n]); kind != "" {
		return kind, nil
	}
	return "", ErrNotAudio
}

// kindOf knows what telephone services write: WAV, MP3, Ogg, FLAC, MP4 and WebM.
func kindOf(b []byte) string {
	at := func(from int, mark string) bool {
		return len(b) >= from+len(mark) && bytes.Equal(b[from:from+len(mark)], []byte(mark))
	}
	switch {
	case (at(0, "RIFF") || at(0, "RF64")) && at(8, "WAVE"):
		return "audio/wav"
	case at(0, "ID3"), len(b) > 1 && b[0] == 0xff && b[1]&0xe6 == 0xe2: // MPEG's frame sync, layer III
		return "audio/mpeg"
	case at(0, "OggS"):
		return "audio/ogg"
	case at(0, "fLaC"):
		return "audio/flac"
	case at(4, "ftyp"):
		return "audio/mp4"
	case at(0, "\x1a\x45\xdf\xa3"):
		return "audio/webm"
	}
	return ""
}
