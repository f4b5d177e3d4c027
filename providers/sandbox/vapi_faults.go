package sandbox

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// maxPatches is how many PATCH bodies are kept; the oldest go first.
const maxPatches = 1000

// Risk is a failure that strikes at random. Several risks exclude each other: their shares add up.
type Risk struct {
	Share   float64 // of the requests, 0 to 1
	Failure Failure
}

// Patch is a PATCH request that came in, refused or not.
type Patch struct {
	Path string
	Body json.RawMessage // as sent; may be no JSON
}

// Fail makes the next requests fail, one failure each, in order; the ones after them are served.
func (v *Vapi) Fail(failures ...Failure) { v.failures.order(failures) }

// FailAtRandom makes requests fail from now on, the same ones for the same seed and order of requests. Failures ordered
// with Fail come first. Without risks nothing fails any more.
func (v *Vapi) FailAtRandom(seed uint64, risks ...Risk) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.random, v.risks = rand.New(rand.NewPCG(seed, seed)), slices.Clone(risks)
}

// SetLatency delays every answer from now on, on top of a failure's own delay.
func (v *Vapi) SetLatency(latency time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.latency = latency
}

// Requests returns how many requests came so far, refused and failed ones included.
func (v *Vapi) Requests() int { return v.failures.count() }

// Counts returns how many requests came so far by method and path pattern, such as "PATCH /assistant/{id}"; refused and
// failed ones included. Those for no known path are counted as "/".
func (v *Vapi) Counts() map[string]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.counts)
}

// Patches returns the last thousand PATCH requests that reached their object's handler, oldest first.
func (v *Vapi) Patches() []Patch {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.patches)
}

// notePatch needs v.mu.
func (v *Vapi) notePatch(path string, body []byte) {
	if len(v.patches) == maxPatches {
		v.patches = slices.Delete(v.patches, 0, 1)
	}
	v.patches = append(v.patches, Patch{Path: path, Body: slices.Clone(body)})
}

// failureOf counts the request and decides how it fails; the zero Failure for one that is served at once.
func (v *Vapi) failureOf(r *http.Request) Failure {
	_, pattern := v.routes.Handler(r)
	failure := v.failures.next()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.counts[pattern]++
	if failure == (Failure{}) {
		failure = drawn(v.random, v.risks)
	}
	failure.Delay += v.latency
	return failure
}

// drawn is what strikes a request. Without risks no luck is used up.
func drawn(random *rand.Rand, risks []Risk) Failure {
	if len(risks) == 0 {
		return Failure{}
	}
	luck := random.Float64()
	for _, risk := range risks {
		if luck < risk.Share {
			return risk.Failure
		}
		luck -= risk.Share
	}
	return Failure{}
}
