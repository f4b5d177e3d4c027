package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// An overloaded service says so at once: such answers must not make it look fast.
func TestWhoIsPutOffWasNotServed(t *testing.T) {
	t.Parallel()
	overloaded := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client hears of it
		}
		m, err := voice.Parse(body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(m.Answer(nil)) // trouble, in a sentence
	}))
	defer overloaded.Close()
	c := callers{&sandbox.Caller{BaseURL: overloaded.URL, Auth: sandbox.SignSeconds(benchSecret)}}
	_, err := c.arrive(t.Context(), "book", 20, time.Second)
	require.ErrorContains(t, err, "had no answer")
	_, err = c.measure(t.Context(), "book", 1, 0, time.Second)
	require.ErrorIs(t, err, errPutOff)
}
