package server

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	nethttpmiddleware "github.com/oapi-codegen/nethttp-middleware"

	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/server/api"
)

// description is the contract of the dashboard API, served as it is written.
//
//go:embed openapi.yaml
var description []byte

// described is the description, read and checked, and its page. It is a part of the program that never changes: once a
// process is enough, and reading it takes longer than starting everything else does.
var described = sync.OnceValues(func() (read struct {
	spec *openapi3.T
	page []byte
}, err error) {
	if read.spec, err = openapi3.NewLoader().LoadFromData(description); err != nil {
		return read, fmt.Errorf("read openapi.yaml: %w", err)
	}
	if err = read.spec.Validate(context.Background()); err != nil {
		return read, fmt.Errorf("check openapi.yaml: %w", err)
	}
	read.page, err = docsPage(read.spec)
	return read, err
})

// mountAPI registers every operation of the description on mux. Each is
// authenticated and validated as the description says before the generated
// code reads a parameter, and repeated wishes act once.
func mountAPI(mux *http.ServeMux, spec *openapi3.T, handlers handlers, keys *vault.Keyring, door *memberDoor) {
	validate := nethttpmiddleware.OapiRequestValidatorWithOptions(spec, &nethttpmiddleware.Options{
		Options:              openapi3filter.Options{AuthenticationFunc: authenticate(door)},
		ErrorHandlerWithOpts: refuseInvalid,
	})
	guard := func(h http.Handler) http.Handler {
		return unstored(limit(maxAPIBody, apiTimeout, readsAsGet(withoutEmpty(validate(oneValue(once(handlers.db, keys, h)))))))
	}
	uploads := func(h http.Handler) http.Handler {
		return unstored(limit(maxUpload, uploadTimeout, asForm(door, validate(once(handlers.db, keys, h)))))
	}
	strict := api.NewStrictHandlerWithOptions(handlers, nil, api.StrictHTTPServerOptions{
		RequestErrorHandlerFunc:  func(w http.ResponseWriter, r *http.Request, err error) { WriteError(w, r, requestError(err)) },
		ResponseErrorHandlerFunc: WriteError,
	})
	api.HandlerWithOptions(strict, api.StdHTTPServerOptions{
		BaseRouter:       guardedMux{ServeMux: mux, guard: guard, uploads: uploads},
		ErrorHandlerFunc: func(w http.ResponseWriter, r *http.Request, err error) { WriteError(w, r, requestError(err)) },
	})
}

// guardedMux puts guard in front of every operation it registers, so that
// operations live on the same mux as everything else and their patterns are
// known to the log.
type guardedMux struct {
	*http.ServeMux
	guard func(http.Handler) http.Handler
	// uploads stands in front of the operations that take a file.
	uploads func(http.Handler) http.Handler
}

// HandleFunc is what the generated code registers with.
func (m guardedMux) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	if takesFile(pattern) {
		m.Handle(pattern, m.uploads(http.HandlerFunc(h)))
		return
	}
	m.Handle(pattern, m.guard(http.HandlerFunc(h)))
}

// authenticate lets members through the door to operations with bearerAuth, which are all
// that do not say `security: []`.
func authenticate(door *memberDoor) openapi3filter.AuthenticationFunc {
	return func(ctx context.Context, in *openapi3filter.AuthenticationInput) error {
		return door.pass(ctx, in.RequestValidationInput.Request.Header)
	}
}

// refuseInvalid answers a request that the description does not allow.
func refuseInvalid(_ context.Context, err error, w http.ResponseWriter, r *http.Request, _ nethttpmiddleware.ErrorHandlerOpts) {
	WriteError(w, r, requestError(err))
}

// requestError makes a refusal of what the validator or the generated code says
// about a request. Only our own names and the schema's rules are repeated.
func requestError(err error) error {
	var security *openapi3filter.SecurityRequirementsError
	var tooLarge *http.MaxBytesError
	if errors.As(err, &security) || errors.As(err, &tooLarge) {
		return err // holds the refusal of the Verifier, or is known to the funnel
	}
	var invalid *openapi3filter.RequestError
	if errors.As(err, &invalid) {
		return invalidRequest(invalid)
	}
	var format *api.InvalidParamFormatError
	if errors.As(err, &format) {
		return NewError(CodeBadRequest, fmt.Sprintf("The parameter %s is not valid.", format.ParamName), err)
	}
	return NewError(CodeBadRequest, "The request is not valid.", err)
}

func invalidRequest(err *openapi3filter.RequestError) error {
	subject := "The request"
	switch {
	case err.Parameter != nil:
		subject = fmt.Sprintf("The %s parameter %s", err.Parameter.In, err.Parameter.Name)
	case err.RequestBody != nil:
		subject = "The request body"
	}
	var parse *openapi3filter.ParseError
	if err.RequestBody != nil && errors.As(err, &parse) {
		return NewError(CodeInvalidJSON, sentenceInvalidJSON, err)
	}
	return NewError(CodeBadRequest, subject+" "+complaint(err)+".", err)
}

// complaint says what is wrong without repeating what was sent.
func complaint(err *openapi3filter.RequestError) string {
	if err.Parameter != nil && err.Parameter.Schema != nil && err.Parameter.Schema.Value.Format == "uuid" {
		return "must be a UUID"
	}
	var schema *openapi3.SchemaError
	if !errors.As(err, &schema) {
		return "is missing or not valid"
	}
	schema = innermost(schema)
	if field := schema.JSONPointer(); len(field) > 0 && field[0] != "" {
		return fmt.Sprintf("is not valid at %q: %s", field[0], rule(schema))
	}
	return "is not valid: " + rule(schema)
}

// innermost is the rule that was broken of a schema that is composed of others.
func innermost(err *openapi3.SchemaError) *openapi3.SchemaError {
	var inner *openapi3.SchemaError
	for errors.As(err.Origin, &inner) {
		err = inner
	}
	return err
}

// rule names the schema's rule that was broken, in words where there are some.
func rule(err *openapi3.SchemaError) string {
	switch err.SchemaField {
	case "required":
		return "it is missing"
	case "properties":
		return "it has a field that is not known here"
	case "type":
		return "it has the wrong type"
	case "enum":
		return "it is none of the allowed values"
	case "minLength", "minItems", "minimum":
		return "it is too short or too small"
	case "maxLength", "maxItems", "maximum":
		return "it is too long or too large"
	case "pattern", "format":
		return "it has the wrong format"
	default:
		return "it breaks the rule " + err.SchemaField
	}
}
