// Package apitest holds the servers of tests to server/openapi.yaml: every answer that a test provokes must be one that
// the description allows.
package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// Description is the API's description, made stricter where it speaks of answers, see forbidSurprises.
type Description struct {
	Spec   *openapi3.T
	router routers.Router
}

// load reads the description once per process: parsing it costs more than most tests.
var load = sync.OnceValues(func() (*Description, error) {
	root, err := dbtest.Root()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, "server", "openapi.yaml"))
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	spec, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("parse the description: %w", err)
	}
	forbidSurprises(spec)
	openapi3filter.RegisterBodyDecoder("application/pdf", openapi3filter.FileBodyDecoder) // the library knows text and JSON
	router, err := gorillamux.NewRouter(spec)
	if err != nil {
		return nil, fmt.Errorf("route by the description: %w", err)
	}
	return &Description{Spec: spec, router: router}, nil
})

// Load returns the description that answers are held to.
func Load(t testing.TB) *Description {
	t.Helper()
	d, err := load()
	if err != nil {
		t.Fatal("apitest: ", err)
	}
	return d
}

// Checked serves next and fails the test with every answer that the description does not allow.
func Checked(t testing.TB, next http.Handler) http.Handler {
	t.Helper()
	d := Load(t)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &answer{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		if err := d.Check(r, seen.status, w.Header(), seen.body.Bytes()); err != nil {
			t.Errorf("%s %s was answered with what openapi.yaml does not say: %v", r.Method, r.URL.Path, err)
		}
	})
}

// Operation is the operation that a request is for; nil when the description has none.
func (d *Description) Operation(r *http.Request) *openapi3.Operation {
	route, _, err := d.router.FindRoute(r)
	if err != nil {
		return nil
	}
	return route.Operation
}

// Check compares an answer with what the description says about its operation: status, content type, body and headers.
// What no operation is answered with must be a refusal in our shape.
func (d *Description) Check(r *http.Request, status int, header http.Header, body []byte) error {
	if status == http.StatusTemporaryRedirect && path.Clean(r.URL.Path) != r.URL.Path {
		return nil // http.ServeMux sends who asks for /a/./b to /a/b
	}
	if status >= http.StatusBadRequest {
		if err := requestIDOf(header, body, r.Method); err != nil && ours(r.URL.Path) {
			return err
		}
	}
	route, params, err := d.router.FindRoute(r)
	if err != nil {
		return d.checkUnrouted(r, status, body)
	}
	if !described(route.Operation, status) {
		return fmt.Errorf("%s: status %d is not described: %s", route.Operation.OperationID, status, body)
	}
	if status == http.StatusNoContent && len(body) > 0 {
		return fmt.Errorf("%s: 204 with a body", route.Operation.OperationID)
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 status, Header: header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	input.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(context.WithoutCancel(r.Context()), input); err != nil {
		return fmt.Errorf("%s: %d: %w\n%s", route.Operation.OperationID, status, err, body)
	}
	return nil
}

// described says whether an operation's answers name a status. `default` stands only for what may happen to any request:
// a wrong method, a body that is too large, and trouble.
func described(op *openapi3.Operation, status int) bool {
	anywhere := []int{http.StatusMethodNotAllowed, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests}
	return op.Responses.Status(status) != nil || status >= http.StatusInternalServerError || slices.Contains(anywhere, status)
}

// checkUnrouted holds refusals of paths and methods that the description does not have to the one shape.
func (d *Description) checkUnrouted(r *http.Request, status int, body []byte) error {
	if !ours(r.URL.Path) || r.Method == http.MethodHead || status < http.StatusBadRequest {
		return nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("a refusal that is no JSON: %w: %s", err, body)
	}
	return d.Spec.Components.Schemas["Error"].Value.VisitJSON(value, openapi3.VisitAsResponse())
}

// ours says whether a path is the dashboard API's; webhooks answer in the words of their callers, and browsers that come
// back from a consent get a page.
func ours(asked string) bool {
	return strings.HasPrefix(asked, "/api/") && !strings.HasPrefix(asked, "/api/vapi/") && !strings.HasPrefix(asked, "/api/twilio/") &&
		!strings.HasSuffix(asked, "-oauth/callback")
}

// requestIDOf checks that a refusal names the request as its header does.
func requestIDOf(header http.Header, body []byte, method string) error {
	if method == http.MethodHead {
		return nil
	}
	var refusal struct {
		RequestID string `json:"request_id"`
	}
	if err := json.Unmarshal(body, &refusal); err != nil {
		return fmt.Errorf("a refusal that is no JSON: %w: %s", err, body)
	}
	if id := header.Get("X-Request-Id"); id == "" || id != refusal.RequestID {
		return fmt.Errorf("the refusal is of request %q, the header says %q", refusal.RequestID, id)
	}
	return nil
}

// answer remembers what was answered.
type answer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	a.body.Write(p)
	return a.ResponseWriter.Write(p)
}

// Unwrap gives http.ResponseController the real writer.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
