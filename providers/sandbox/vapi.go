// Package sandbox plays the outside services over real HTTP, for tests, development and the demo. It keeps to their
// published contracts, is as strict as they are, and fails on command.
package sandbox

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Vapi plays Vapi's REST interface: `GET /call/{id}` for calls that were added. It is an http.Handler, safe for
// concurrent use.
type Vapi struct {
	key      string
	routes   *http.ServeMux
	mu       sync.Mutex
	calls    map[string]json.RawMessage
	failures []Failure
	requests int
}

// NewVapi plays the account that privateKey opens.
func NewVapi(privateKey string) *Vapi {
	v := &Vapi{key: privateKey, routes: http.NewServeMux(), calls: map[string]json.RawMessage{}}
	v.routes.HandleFunc("GET /call/{id}", v.getCall)
	v.routes.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, "Cannot "+r.Method+" "+r.URL.Path)
	})
	return v
}

// AddCall adds or replaces the call with this id. The JSON is served as it is.
func (v *Vapi) AddCall(id string, call json.RawMessage) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.calls[id] = call
}

// Fail makes the next requests fail, one failure each, in order; the ones after them are served.
func (v *Vapi) Fail(failures ...Failure) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.failures = append(v.failures, failures...)
}

// Requests returns how many requests came so far, refused and failed ones included.
func (v *Vapi) Requests() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.requests
}

// ServeHTTP checks the key, fails if told to, and serves.
func (v *Vapi) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	failure := v.next()
	if failure.Delay > 0 {
		timer := time.NewTimer(failure.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return
		}
	}
	switch {
	case failure.Status != 0:
		if failure.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(failure.RetryAfter.Round(time.Second)/time.Second)))
		}
		refuse(w, failure.Status, failureText(failure.Status))
	case !v.authorized(r):
		refuse(w, http.StatusUnauthorized,
			"Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa.")
	default:
		v.routes.ServeHTTP(w, r)
	}
}

func (v *Vapi) next() Failure {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.requests++
	if len(v.failures) == 0 {
		return Failure{}
	}
	f := v.failures[0]
	v.failures = v.failures[1:]
	return f
}

func (v *Vapi) authorized(r *http.Request) bool {
	key, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return found && v.key != "" && subtle.ConstantTimeCompare([]byte(key), []byte(v.key)) == 1
}

func (v *Vapi) getCall(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	call, found := v.calls[r.PathValue("id")]
	v.mu.Unlock()
	if !found {
		refuse(w, http.StatusNotFound, "Call not found.")
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(call) // a client that has gone away is not our trouble
}

func failureText(status int) string {
	if status == http.StatusTooManyRequests {
		return "Rate limit exceeded"
	}
	return http.StatusText(status)
}

// refuse writes Vapi's error body. Its `message` is a text or a list of texts; validation errors are lists.
func refuse(w http.ResponseWriter, status int, text string) {
	var message any = text
	if status == http.StatusBadRequest {
		message = []string{text}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"message": message, "error": http.StatusText(status), "statusCode": status})
}
