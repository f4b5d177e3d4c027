package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
)

const (
	// maxKeptAnswer is the longest answer that is kept, in bytes; the table's own limit.
	maxKeptAnswer = 1 << 20
	// keptAs stands beside an answer's own headers in its row and says in what form its body is kept, unless as it is.
	keptAs     = "Voxanne-Kept-As"
	keptSealed = "sealed" // vault.Sealed as JSON
	keptNot    = "nothing"
	// sealedAnswers is in place of a provider when an answer is sealed.
	sealedAnswers = "kept answer"
)

// keep is the row of an answer. One with Cache-Control: no-store holds a secret and is kept sealed; one that is too long,
// or cannot be sealed, is kept without its body: that it was carried out must not be forgotten.
func (w wish) keep(a *answerBuffer) db.FinishRequestParams {
	headers := map[string]string{}
	for name := range a.header {
		headers[name] = a.header.Get(name)
	}
	body := append([]byte{}, a.body.Bytes()...) // never nil, which would be NULL
	if a.header.Get("Cache-Control") == noStore {
		headers[keptAs] = keptSealed
		body = w.seal(body)
	}
	if body == nil || len(body) > maxKeptAnswer {
		headers[keptAs], body = keptNot, []byte{}
	}
	encoded, _ := json.Marshal(headers) // strings: cannot fail
	return db.FinishRequestParams{ClaimID: w.params.ClaimID, Status: int32(a.statusOrOK()), Headers: encoded, Response: body}
}

// seal is body for nobody who only has the database; nil when it cannot be sealed.
func (w wish) seal(body []byte) []byte {
	if w.keys == nil {
		return nil
	}
	sealed, err := w.keys.Seal(w.claims.OrgID, sealedAnswers, body)
	if err != nil {
		return nil
	}
	encoded, err := json.Marshal(sealed)
	if err != nil {
		return nil
	}
	return encoded
}

// open is the body of a kept answer. Error: conflict when it was not kept, or its key is gone.
func (w wish) open(as string, kept []byte) ([]byte, error) {
	switch as {
	case "":
		return kept, nil
	case keptSealed:
		var sealed vault.Sealed
		if err := json.Unmarshal(kept, &sealed); err != nil || w.keys == nil {
			return nil, NewError(CodeConflict, sentenceActed, err)
		}
		body, err := w.keys.Open(w.claims.OrgID, sealedAnswers, sealed)
		if err != nil {
			return nil, NewError(CodeConflict, sentenceActed, err)
		}
		return body, nil
	default:
		return nil, NewError(CodeConflict, sentenceActed, nil)
	}
}

// replay answers a wish that is not carried out again.
func (w wish) replay(out http.ResponseWriter, r *http.Request, claim db.RequestClaim) {
	switch claim.Outcome {
	case "replay":
		w.repeat(out, r, claim)
	case "other_body":
		WriteError(out, r, NewError(CodeUnprocessable, sentenceOtherBody, nil))
	case "acted":
		WriteError(out, r, NewError(CodeConflict, sentenceActed, nil))
	default:
		WriteError(out, r, NewError(CodeConflict, sentenceInFlight, nil).After(time.Second))
	}
}

// repeat gives a kept answer once more, and says that it does.
func (w wish) repeat(out http.ResponseWriter, r *http.Request, claim db.RequestClaim) {
	var headers map[string]string
	if err := json.Unmarshal(claim.Headers, &headers); err != nil || claim.Status == nil {
		WriteError(out, r, NewError(CodeInternal, sentenceInternal, fmt.Errorf("a kept answer is broken: %w", err)))
		return
	}
	body, err := w.open(headers[keptAs], claim.Response)
	if err != nil {
		WriteError(out, r, err)
		return
	}
	delete(headers, keptAs)
	for name, value := range headers {
		out.Header().Set(name, value)
	}
	out.Header().Set("Idempotent-Replayed", "true")
	out.WriteHeader(int(*claim.Status))
	_, _ = out.Write(body) // a client that has gone away cannot be told
}

// answerBuffer holds an answer back until it is kept.
type answerBuffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answerBuffer) Header() http.Header { return a.header }

func (a *answerBuffer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK {
		a.status = status
	}
}

func (a *answerBuffer) Write(b []byte) (int, error) { return a.body.Write(b) }

func (a *answerBuffer) statusOrOK() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}

func (a *answerBuffer) sendTo(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.statusOrOK())
	_, _ = w.Write(a.body.Bytes()) // a client that has gone away cannot be told
}
