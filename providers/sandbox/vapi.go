// Package sandbox plays the outside services over real HTTP, for tests, development and the demo. It keeps to their
// published contracts, is as strict as they are, and fails on command.
package sandbox

import (
	"crypto/subtle"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxVapiBody is the most that is read of a request.
const maxVapiBody = 8 << 20

// Vapi plays Vapi's REST interface: assistants, tools, squads, phone numbers and credentials with all five methods, calls
// that are placed and live, calls over a WebSocket, and `GET /call/{id}` for calls that were added. It is an http.Handler,
// safe for concurrent use.
type Vapi struct {
	key      string
	routes   *http.ServeMux
	failures failures

	mu         sync.Mutex
	random     *rand.Rand // of list orders and random failures
	calls      map[string]json.RawMessage
	assistants map[string]vapiObject
	tools      map[string]vapiObject
	squads     map[string]vapiObject
	numbers    map[string]vapiObject
	keys       map[string]vapiObject // credentials
	secrets    map[string]string     // what was sent with a number or a credential and is never shown again, by id
	telephony  *Twilio               // nil: numbers are imported without being looked at
	noKeys     int                   // the status of /credential when it is absent, else 0
	pinned     map[string]bool       // ids that DELETE refuses
	latency    time.Duration
	risks      []Risk
	counts     map[string]int // by method and path pattern
	patches    []Patch
	lines      outbound
	now        func() time.Time
	last       time.Time // that tick returned
	recordsAll bool
	recordings files
	web        webCalls
}

// NewVapi plays the account that privateKey opens. Close ends the calls that were placed.
func NewVapi(privateKey string) *Vapi {
	v := &Vapi{
		key: privateKey, routes: http.NewServeMux(), random: rand.New(rand.NewPCG(1, 1)), calls: map[string]json.RawMessage{},
		assistants: map[string]vapiObject{}, tools: map[string]vapiObject{}, squads: map[string]vapiObject{},
		numbers: map[string]vapiObject{}, keys: map[string]vapiObject{}, secrets: map[string]string{},
		pinned: map[string]bool{}, counts: map[string]int{}, now: time.Now,
	}
	v.lines.open()
	v.serveCalls()
	v.routes.HandleFunc("GET /transport/{id}/{secret}", v.webSound)
	v.routes.HandleFunc("GET /call/{id}/mono-recording", v.monoRecording)
	v.routes.HandleFunc("GET /recordings/{id}", v.recording)
	v.serveKind(vapiKind{path: "/assistant", name: "Assistant", pin: "assistant_pinned", objects: v.assistants, check: checkAssistant})
	v.serveKind(vapiKind{path: "/tool", name: "Tool", pin: "tool_pinned", objects: v.tools, check: checkTool})
	v.serveKind(vapiKind{path: "/squad", name: "Squad", pin: "squad_pinned", objects: v.squads, check: checkSquad})
	v.serveNumbers()
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

// ServeHTTP counts the request, checks the key, fails if told to, and serves.
func (v *Vapi) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	failure := v.failureOf(r)
	if _, whole := readBody(w, r, maxVapiBody); !whole {
		refuse(w, http.StatusRequestEntityTooLarge, "request entity too large")
		return
	}
	serve := v.serve
	if !isRecording(r) && !isWebSound(r) && !v.authorized(r) {
		serve = func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusUnauthorized,
				"Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa.")
		}
	}
	failure.play(w, r, serve, func(w http.ResponseWriter, status int) { refuse(w, status, failureText(status)) })
}

// serve answers a request that has the key.
func (v *Vapi) serve(w http.ResponseWriter, r *http.Request) {
	if !v.absent(w, r) {
		v.routes.ServeHTTP(w, r)
	}
}

func (v *Vapi) authorized(r *http.Request) bool {
	key, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return found && v.key != "" && subtle.ConstantTimeCompare([]byte(key), []byte(v.key)) == 1
}

func failureText(status int) string {
	if status == http.StatusTooManyRequests {
		return "Rate limit exceeded"
	}
	return http.StatusText(status)
}

func refuse(w http.ResponseWriter, status int, texts ...string) { refusal(status, texts...).write(w) }

// vapiAnswer is an answer that is not written yet.
type vapiAnswer struct {
	status int
	body   []byte
}

// refusal is Vapi's error body. Its `message` is a text or a list of texts; validation errors are lists.
func refusal(status int, texts ...string) vapiAnswer {
	var message any = texts
	if status != http.StatusBadRequest {
		message = strings.Join(texts, " ")
	}
	body, _ := json.Marshal(map[string]any{"message": message, "error": http.StatusText(status), "statusCode": status}) // cannot fail
	return vapiAnswer{status: status, body: body}
}

func (a vapiAnswer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that has gone away is not our trouble
}

// locked serves with v.mu held, but not while it writes: a client may read slowly.
func (v *Vapi) locked(serve func(r *http.Request) vapiAnswer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		answer := serve(r)
		v.mu.Unlock()
		answer.write(w)
	}
}
