package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
)

const (
	idempotencyHeader = "Idempotency-Key"
	maxIdempotencyKey = 200 // bytes

	// keepByKey is how long a wish named by its client is remembered, keepByRequest one that only repeats its
	// X-Request-Id: older dashboards do so for the tries of one call, and give up within two minutes.
	keepByKey     = 24 * time.Hour
	keepByRequest = 2 * time.Minute
	// requestLease is longer than the longest request takes; a try that has not answered by then has died.
	requestLease = time.Minute
	// A repeated wish waits so long for the first to be answered, asking in growing intervals.
	repeatWait              = 5 * time.Second
	firstPause, widestPause = 20 * time.Millisecond, 320 * time.Millisecond
	// finishTimeout bounds writing an answer down, also for a client that has gone away.
	finishTimeout = 5 * time.Second
	// maxKeptAnswer is the longest answer that is kept, in bytes; the table's own limit.
	maxKeptAnswer = 1 << 20

	sentenceOtherBody  = "This key was used for another request. Take a new one."
	sentenceInFlight   = "The same request is being carried out at this moment. Ask again in a moment."
	sentenceInvalidKey = "The header Idempotency-Key must have 1 to 200 printable characters."
)

// wish is a request that its client may repeat.
type wish struct {
	claims Claims
	params db.ClaimRequestParams
}

// once carries out, of all requests that are one wish, one. The others get its answer, or busy themselves waiting for
// it. Only what was done is remembered: a refusal changed nothing, so the same wish is judged anew, and a failure (5xx)
// may pass. Requests with neither key nor X-Request-Id, and those that only read, go straight through.
func once(members memberships, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, keep, err := keyOf(r)
		claims, known := claimsOf(r.Context())
		if err != nil {
			WriteError(w, r, err)
			return
		}
		if key == "" || !known {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			WriteError(w, r, err)
			return
		}
		r.Body = readAgain(r.Body, body)
		wanted := wish{claims: claims, params: db.ClaimRequestParams{
			Method: r.Method, Route: scopeOf(r.Context()).routeName(), Key: key, BodyHash: hashOf(r, body), ClaimID: uuid.New(),
			KeepSeconds: seconds(keep), LeaseSeconds: seconds(requestLease),
		}}
		claim, err := wanted.claim(r.Context(), members)
		switch {
		case err != nil:
			WriteError(w, r, err)
		case claim.Outcome == "run":
			wanted.carryOut(w, r, members, next)
		default:
			replay(w, r, claim)
		}
	})
}

// keyOf names the wish; empty for one that cannot be repeated. Error: bad_request.
func keyOf(r *http.Request) (key string, keep time.Duration, err error) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return "", 0, nil
	}
	if keys := r.Header.Values(idempotencyHeader); len(keys) > 0 {
		if len(keys) > 1 || !printable(keys[0]) {
			return "", 0, NewError(CodeBadRequest, sentenceInvalidKey, nil)
		}
		return idempotencyHeader + ":" + keys[0], keepByKey, nil
	}
	if id := r.Header.Get(requestIDHeader); wellFormedID(id) {
		return requestIDHeader + ":" + id, keepByRequest, nil
	}
	return "", 0, nil
}

// printable accepts visible ASCII and blanks within.
func printable(key string) bool {
	if key == "" || len(key) > maxIdempotencyKey {
		return false
	}
	for _, c := range []byte(key) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// hashOf is what must be equal under one key besides user, method and route: path, query and body.
func hashOf(r *http.Request, body []byte) []byte {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%s\x00%s\x00", r.URL.EscapedPath(), r.URL.RawQuery) // a hash takes everything
	_, _ = sum.Write(body)
	return sum.Sum(nil)
}

// claim asks until the wish is free, answered, or has been waited for long enough; then its outcome is "running".
func (w wish) claim(ctx context.Context, members memberships) (claim db.RequestClaim, err error) {
	deadline := time.Now().Add(repeatWait)
	for pause := firstPause; ; pause = min(2*pause, widestPause) {
		err = members.AsUser(ctx, w.claims.Raw, func(tx db.Tx, _ db.Member) (err error) {
			claim, err = tx.ClaimRequest(ctx, w.params)
			return err
		})
		if err != nil || claim.Outcome != "running" || time.Now().Add(pause).After(deadline) {
			return claim, err
		}
		select {
		case <-ctx.Done():
			return claim, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// carryOut serves the request, keeps its answer and only then sends it: who repeats a wish after reading its answer
// finds the answer kept. The key is given back when there is nothing to keep, also after a panic.
func (w wish) carryOut(out http.ResponseWriter, r *http.Request, members memberships, next http.Handler) {
	answer := &answerBuffer{header: http.Header{}}
	kept := false
	defer func() {
		if !kept {
			w.finish(r.Context(), members, func(ctx context.Context, tx db.Tx) error {
				_, err := tx.AbandonRequest(ctx, w.params.ClaimID)
				return err
			})
		}
	}()
	next.ServeHTTP(answer, r)
	if headers, ok := answer.keepable(); ok {
		kept = true // also when writing fails: what was carried out must not be free to be carried out again at once
		w.finish(r.Context(), members, func(ctx context.Context, tx db.Tx) error {
			_, err := tx.FinishRequest(ctx, db.FinishRequestParams{
				ClaimID: w.params.ClaimID, Status: int32(answer.statusOrOK()), Headers: headers, Response: append([]byte{}, answer.body.Bytes()...), // never nil, which would be NULL
			})
			return err
		})
	}
	answer.sendTo(out)
}

// finish writes down what became of the wish, whether or not the client still waits.
func (w wish) finish(ctx context.Context, members memberships, write func(context.Context, db.Tx) error) {
	finishing, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	err := members.AsUser(finishing, w.claims.Raw, func(tx db.Tx, _ db.Member) error { return write(finishing, tx) })
	if err != nil {
		LogCause(ctx, "the answer to a wish with a key could not be kept", err)
	}
}

// replay answers a wish that is not carried out again.
func replay(w http.ResponseWriter, r *http.Request, claim db.RequestClaim) {
	switch claim.Outcome {
	case "replay":
		var headers map[string]string
		if err := json.Unmarshal(claim.Headers, &headers); err != nil || claim.Status == nil {
			WriteError(w, r, NewError(CodeInternal, sentenceInternal, fmt.Errorf("a kept answer is broken: %w", err)))
			return
		}
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		w.Header().Set("Idempotent-Replayed", "true")
		w.WriteHeader(int(*claim.Status))
		_, _ = w.Write(claim.Response) // a client that has gone away cannot be told
	case "other_body":
		WriteError(w, r, NewError(CodeUnprocessable, sentenceOtherBody, nil))
	default:
		WriteError(w, r, NewError(CodeConflict, sentenceInFlight, nil).After(time.Second))
	}
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

// keepable returns the handler's headers as JSON; false for an answer that is not kept: nothing was done, it is too
// long, or it holds what is shown once and stored nowhere (no-store).
func (a *answerBuffer) keepable() (json.RawMessage, bool) {
	if status := a.statusOrOK(); status < 200 || status > 299 || a.body.Len() > maxKeptAnswer || a.header.Get("Cache-Control") == "no-store" {
		return nil, false
	}
	headers := map[string]string{}
	for name := range a.header {
		headers[name] = a.header.Get(name)
	}
	encoded, err := json.Marshal(headers)
	return encoded, err == nil
}

func (a *answerBuffer) sendTo(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.statusOrOK())
	_, _ = w.Write(a.body.Bytes()) // a client that has gone away cannot be told
}

func seconds(d time.Duration) int32 { return int32(d / time.Second) }
