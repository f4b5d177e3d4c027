package server

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
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

	sentenceOtherBody  = "This key was used for another request. Take a new one."
	sentenceInFlight   = "The same request is being carried out at this moment. Ask again in a moment."
	sentenceActed      = "This was carried out, but its answer is lost. Look at what became of it before you wish it again."
	sentenceTooLate    = "This took too long, and another try of the same request has begun. Nothing was changed here."
	sentenceInvalidKey = "The header Idempotency-Key must have 1 to 200 printable characters."
)

// wish is a request that its client may repeat.
type wish struct {
	claims Claims
	params db.ClaimRequestParams
	keys   *vault.Keyring
}

// once carries out, of all requests that are one wish, one. The others get its answer, or busy themselves waiting for
// it. Only what was done is remembered: a refusal changed nothing, so the same wish is judged anew, and a failure (5xx)
// may pass. Requests with neither key nor X-Request-Id, and those that only read, go straight through. keys seal answers
// that hold a secret.
//
// The claim, what the handler changes and the answer are three transactions. The handler's says itself that it acted
// (noteEffect), so a process that dies leaves one of two things: a wish that changed nothing, which the next try carries out
// once the lease is over, or one that acted and whose answer is lost; then every try is told so, and nothing acts again.
func once(members memberships, keys *vault.Keyring, next http.Handler) http.Handler {
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
		wanted := wish{claims: claims, keys: keys, params: db.ClaimRequestParams{
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
			wanted.replay(w, r, claim)
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
// finds the answer kept. The key is given back when there is nothing to keep, also after a panic, unless nobody knows
// whether a change stands.
func (w wish) carryOut(out http.ResponseWriter, r *http.Request, members memberships, next http.Handler) {
	answer := &answerBuffer{header: http.Header{}}
	kept := false
	try := &try{claim: w.params.ClaimID}
	defer func() {
		if !kept && !try.doubtful.Load() {
			w.finish(r.Context(), members, func(ctx context.Context, tx db.Tx) error {
				_, err := tx.AbandonRequest(ctx, w.params.ClaimID)
				return err
			})
		}
	}()
	next.ServeHTTP(answer, r.WithContext(context.WithValue(r.Context(), tryKey{}, try)))
	if status := answer.statusOrOK(); status >= 200 && status <= 299 {
		kept = true // also when writing fails: what was carried out must not be free to be carried out again at once
		w.finish(r.Context(), members, func(ctx context.Context, tx db.Tx) error {
			_, err := tx.FinishRequest(ctx, w.keep(answer))
			return err
		})
	}
	answer.sendTo(out)
}

// try is one carrying out of a wish, as its transactions know it.
type try struct {
	claim uuid.UUID
	// doubtful: the connection broke while a change of it was being committed. Nobody knows whether it stands, so the key
	// is not given back: when the lease is over, the database does.
	doubtful atomic.Bool
}

type tryKey struct{}

func tryOf(ctx context.Context) *try {
	t, _ := ctx.Value(tryKey{}).(*try)
	return t
}

// noteDoubt remembers that a change may or may not be committed. Outside of a wish with a key it does nothing.
func noteDoubt(ctx context.Context) {
	if t := tryOf(ctx); t != nil {
		t.doubtful.Store(true)
	}
}

// noteEffect says, in the transaction that carried a wish with a key out, that it did: the one commits with the other.
// A transaction that only read says nothing. Error: conflict when the try took so long that another one has the wish; then
// nothing of it may stay. Outside of such a wish it does nothing.
func noteEffect(ctx context.Context, tx db.Tx) error {
	t := tryOf(ctx)
	if t == nil {
		return nil
	}
	held, err := tx.NoteEffect(ctx, t.claim)
	if err == nil && !held {
		err = NewError(CodeConflict, sentenceTooLate, nil)
	}
	return err
}

// repeatable is a context in which changes are not noted as those of a wish with a key: they have a key of their own, so a
// try after a death repeats nothing, and its answer is better than none.
func repeatable(ctx context.Context) context.Context { return context.WithValue(ctx, tryKey{}, nil) }

// finish writes down what became of the wish, whether or not the client still waits.
func (w wish) finish(ctx context.Context, members memberships, write func(context.Context, db.Tx) error) {
	finishing, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTimeout)
	defer cancel()
	err := members.AsUser(finishing, w.claims.Raw, func(tx db.Tx, _ db.Member) error { return write(finishing, tx) })
	if err != nil {
		LogCause(ctx, "the answer to a wish with a key could not be kept", err)
	}
}

func seconds(d time.Duration) int32 { return int32(d / time.Second) }
