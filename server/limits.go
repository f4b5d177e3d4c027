package server

import (
	"context"
	"net/http"
	"time"
)

const (
	maxAPIBody   = 1 << 20 // bytes of a dashboard request
	maxVoiceBody = 5 << 20 // bytes of a Vapi message; a report carries the transcript several times over
	// maxTextingBody is for a form of Twilio's: the longest text has 1600 characters, and each takes up to twelve bytes.
	maxTextingBody = 64 << 10

	// apiTimeout is shorter than the 30 s after which the dashboard gives up,
	// so that it hears a reason.
	apiTimeout = 25 * time.Second
	// voiceTimeout bounds a webhook as a whole; the voice handlers keep tighter
	// budgets of their own. Vapi gives up after 20 s.
	voiceTimeout = 20 * time.Second
	// textingTimeout is shorter than the 15 s after which Twilio gives up.
	textingTimeout = 10 * time.Second
)

// limit refuses bodies of more than max bytes and ends the request's context
// after timeout. A declared length is refused at once, an undeclared one when
// reading passes the limit (*http.MaxBytesError).
func limit(max int64, timeout time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > max {
			w.Header().Set("Connection", "close") // do not read the rest
			WriteError(w, r, NewError(CodeBodyTooLarge, sentenceTooLarge, nil))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, max)
		next.ServeHTTP(w, r)
	})
}
