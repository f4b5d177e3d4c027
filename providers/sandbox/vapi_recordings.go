package sandbox

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// recordingLife is how long an address of a recording opens it.
const recordingLife = 5 * time.Minute

// AddRecording adds or replaces the recording of a call. GET /call/{id}/mono-recording sends to an address of this server
// that opens it for five minutes without a key.
func (v *Vapi) AddRecording(callID, contentType string, content []byte) {
	v.recordings.put(callID, file{content: content, contentType: contentType, at: time.Now()})
}

// RecordEverything gives every call whose recording is asked for, whatever its id, a tone of a second, for development.
func (v *Vapi) RecordEverything() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.recordsAll = true
}

// monoRecording redirects to the recording's address.
func (v *Vapi) monoRecording(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	v.mu.Lock()
	recordsAll := v.recordsAll
	v.mu.Unlock()
	if _, found := v.recordings.get(id); !found {
		if !recordsAll {
			refuse(w, http.StatusNotFound, "Recording not found.")
			return
		}
		v.AddRecording(id, "audio/wav", Tone(time.Second))
	}
	until := strconv.FormatInt(time.Now().Add(recordingLife).Unix(), 10)
	http.Redirect(w, r, "/recordings/"+id+"?until="+until+"&signature="+v.recordingMark(id, until), http.StatusFound)
}

// isRecording tells whether a request is for an address that needs no key.
func isRecording(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/recordings/") }

// recording serves a signed address, as the bucket behind Vapi does.
func (v *Vapi) recording(w http.ResponseWriter, r *http.Request) {
	id, until := r.PathValue("id"), r.URL.Query().Get("until")
	seconds, err := strconv.ParseInt(until, 10, 64)
	stored, found := v.recordings.get(id)
	if err != nil || time.Now().Unix() >= seconds || !found || !hmac.Equal([]byte(v.recordingMark(id, until)), []byte(r.URL.Query().Get("signature"))) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	stored.serve(w, r)
}

func (v *Vapi) recordingMark(id, until string) string {
	mac := hmac.New(sha256.New, []byte(v.key))
	_, _ = mac.Write([]byte(id + " " + until)) // a hash takes everything
	return hex.EncodeToString(mac.Sum(nil))
}

// Tone is a WAV file of a soft 440 Hz tone, 8 kHz, 16 bits, one channel.
func Tone(length time.Duration) []byte {
	const rate = 8000
	samples := make([]int16, int(length.Seconds()*rate))
	for i := range samples {
		samples[i] = int16(3000 * math.Sin(2*math.Pi*440*float64(i)/rate))
	}
	size := uint32(2 * len(samples)) //nolint:gosec // seconds of sound
	var wav bytes.Buffer
	for _, part := range []any{
		[]byte("RIFF"), 36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2 * rate), uint16(2), uint16(16),
		[]byte("data"), size, samples,
	} {
		_ = binary.Write(&wav, binary.LittleEndian, part) // a buffer takes everything
	}
	return wav.Bytes()
}
