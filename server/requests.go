package server

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// unstored keeps answers, which are about patients, out of every cache on their way and out of the browser's. A handler that
// says no-store itself means more by it, see wish.keep.
func unstored(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", noStore)
		next.ServeHTTP(w, r)
	})
}

// readsAsGet serves HEAD as the GET that http.ServeMux takes it for: the description, and so the validator, has no HEAD.
// net/http drops the body.
func readsAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			asked := *r
			asked.Method, r = http.MethodGet, &asked
		}
		next.ServeHTTP(w, r)
	})
}

// oneValue refuses a body that is more than one JSON value: the validator and the generated code read the first and would
// not notice the rest. Whoever only reads is not asked for a body, so theirs is nobody's business.
func oneValue(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			WriteError(w, r, err)
			return
		}
		if len(body) > 0 && !json.Valid(body) {
			WriteError(w, r, NewError(CodeInvalidJSON, sentenceInvalidJSON, reasonError("more than one value")))
			return
		}
		r.Body = readAgain(r.Body, body)
		next.ServeHTTP(w, r)
	})
}

// validated is a body as the validator leaves it.
type validated interface{ ValidatedValue() any }

// bodyAgain is a body that was read and can be read once more.
type bodyAgain struct {
	io.ReadCloser
	validated
}

// readAgain makes a body of the text that was read from it. It keeps the value that was validated, which the generated
// code binds in preference to the text: encoding/json would take a field of that text in any case of letters, and the
// parts of one that comes twice, none of which the validator has seen.
func readAgain(read io.ReadCloser, text []byte) io.ReadCloser {
	again := io.NopCloser(bytes.NewReader(text))
	if value, ok := read.(validated); ok {
		return bodyAgain{again, value}
	}
	return again
}
