package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Failure is how the next request goes wrong.
type Failure struct {
	// Status is the answer, e.g. 429 or 503. 0: the request is served as usual, after Delay.
	Status int
	// Code is the provider's number of the error, where it has numbers (Twilio). 0: one that goes with Status.
	Code int
	// RetryAfter is sent in whole seconds with the failure when it is positive.
	RetryAfter time.Duration
	// Delay passes before the answer. A client that gives up ends it.
	Delay time.Duration
	// Acts: the provider carries the request out first, if it is a good one, then waits and fails. False: a request that
	// fails, or whose client gives up meanwhile, has no effect. Reads have none in any case.
	Acts bool
}

// failures are those that were ordered and not used yet, and how many requests came. Safe for concurrent use.
type failures struct {
	mu       sync.Mutex
	ordered  []Failure
	requests int
}

func (q *failures) order(f []Failure) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ordered = append(q.ordered, f...)
}

// forget drops those that were not used.
func (q *failures) forget() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ordered = nil
}

// next counts the request and returns its failure, the zero one for a request that is served.
func (q *failures) next() Failure {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.requests++
	if len(q.ordered) == 0 {
		return Failure{}
	}
	f := q.ordered[0]
	q.ordered = q.ordered[1:]
	return f
}

func (q *failures) count() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.requests
}

// play serves the request or fails it. refuse writes a failure in the provider's own shape.
func (f Failure) play(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc, refuse func(http.ResponseWriter, int)) {
	var acted *heldAnswer
	if f.Acts {
		acted = &heldAnswer{header: http.Header{}, status: http.StatusOK}
		serve(acted, r)
	}
	if !f.wait(r) {
		return
	}
	switch {
	case f.Status != 0:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Round(time.Second)/time.Second)))
		}
		refuse(w, f.Status)
	case acted != nil:
		acted.release(w)
	default:
		serve(w, r)
	}
}

// wait lets the delay pass; false when the client left first.
func (f Failure) wait(r *http.Request) bool {
	if f.Delay <= 0 {
		return true
	}
	timer := time.NewTimer(f.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// heldAnswer keeps an answer until it is known whether the client gets it.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *heldAnswer) Header() http.Header         { return a.header }
func (a *heldAnswer) WriteHeader(status int)      { a.status = status }
func (a *heldAnswer) Write(p []byte) (int, error) { return a.body.Write(p) }

func (a *heldAnswer) release(w http.ResponseWriter) {
	for key, values := range a.header {
		w.Header()[key] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // a client that has gone away is not our trouble
}

// readBody takes the whole body in, since a server sees its client leave only once the body is read. False: it is longer
// than limit or broke off.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return nil, false
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, true
}
