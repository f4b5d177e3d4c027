package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
)

// funnel writes err as a response and returns it with what was logged.
func funnel(t *testing.T, err error) (*httptest.ResponseRecorder, *logBuffer) {
	t.Helper()
	log := &logBuffer{}
	w := httptest.NewRecorder()
	withScope(NewLogger(log, slog.LevelDebug), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		WriteError(w, r, err)
	})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w, log
}

func TestWriteErrorMapsErrors(t *testing.T) {
	t.Parallel()
	pg := func(code string) error { return fmt.Errorf("ask: %w", &pgconn.PgError{Code: code}) }
	_, numError := strconv.Atoi("x")
	cases := map[string]struct {
		err    error
		status int
		code   Code
	}{
		"bad input":          {pg("VX400"), 400, CodeBadRequest},
		"no membership":      {pg("VX401"), 401, CodeNotAMember},
		"role":               {pg("VX403"), 403, CodeForbidden},
		"not found":          {pg("VX404"), 404, CodeNotFound},
		"conflict":           {pg("VX409"), 409, CodeConflict},
		"busy":               {pg("VX503"), 503, CodeBusy},
		"lock timeout":       {pg("55P03"), 503, CodeBusy},
		"statement timeout":  {pg("57014"), 503, CodeBusy},
		"serialization":      {pg("40001"), 503, CodeBusy},
		"deadlock":           {pg("40P01"), 503, CodeBusy},
		"no connections":     {pg("53300"), 503, CodeBusy},
		"shutting down":      {pg("57P01"), 503, CodeBusy},
		"unique violation":   {pg("23505"), 500, CodeInternal},
		"not allowed to see": {pg("42501"), 500, CodeInternal},
		"pool exhausted":     {fmt.Errorf("acquire: %w", context.DeadlineExceeded), 503, CodeBusy},
		"client went away":   {context.Canceled, 503, CodeBusy},
		"no rows":            {fmt.Errorf("get: %w", pgx.ErrNoRows), 404, CodeNotFound},
		"body too large":     {&http.MaxBytesError{Limit: 1}, 413, CodeBodyTooLarge},
		"broken JSON":        {json.Unmarshal([]byte("{"), &struct{}{}), 400, CodeInvalidJSON},
		"own error":          {fmt.Errorf("book: %w", NewError(CodeRateLimited, "Slow down.", nil)), 429, CodeRateLimited},
		"anything else":      {numError, 500, CodeInternal},
		"nothing":            {nil, 500, CodeInternal},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := funnel(t, tc.err)
			requireRefusal(t, w, tc.status, tc.code)
			require.Equal(t, tc.status == 503 || tc.status == 429, w.Header().Get("Retry-After") != "")
		})
	}
}

func TestWriteErrorShowsOurSentencesOnly(t *testing.T) {
	t.Parallel()
	ours, _ := funnel(t, &pgconn.PgError{Code: "VX409", Message: "This slot was just taken."})
	require.Equal(t, "This slot was just taken.", requireRefusal(t, ours, 409, CodeConflict).Error)

	for message, sentence := range map[string]string{
		"there is no such template":    "There is no such template.",
		"are you sure?":                "Are you sure?",
		"last_visit_before is no date": "last_visit_before is no date.",
		"écrivez un nom":               "Écrivez un nom.",
	} {
		w, _ := funnel(t, &pgconn.PgError{Code: "VX404", Message: message})
		require.Equal(t, sentence, requireRefusal(t, w, 404, CodeNotFound).Error)
	}

	careless, _ := funnel(t, &pgconn.PgError{Code: "VX400", Message: "Not a number: +13125550123."})
	require.Equal(t, "Not a number: [phone].", requireRefusal(t, careless, 400, CodeBadRequest).Error)
}

func TestWriteErrorNeitherShowsNorLogsRowValues(t *testing.T) {
	t.Parallel()
	_, number := strconv.Atoi("zanzibar-lilac")
	_, moment := time.Parse(time.RFC3339, "zanzibar-lilac")
	for name, err := range map[string]error{
		"postgres": fmt.Errorf("insert: %w", &pgconn.PgError{
			Code: "23505", ConstraintName: "contacts_org_id_phone_key", TableName: "contacts",
			Message: "duplicate zanzibar-lilac", Detail: "Key (phone)=(+13125550123) Quillfeather zanzibar-lilac", Where: "zanzibar-lilac", Hint: "zanzibar-lilac",
		}),
		"postgres, ours":   &pgconn.PgError{Code: "VX401", Message: "zanzibar-lilac", Detail: "zanzibar-lilac"},
		"joined":           errors.Join(errors.New("first"), &pgconn.PgError{Code: "22P02", Message: "zanzibar-lilac"}),
		"behind our error": NewError(CodeInternal, sentenceInternal, &pgconn.PgError{Code: "22P02", Message: "zanzibar-lilac"}),
		"number":           fmt.Errorf("parse: %w", number),
		"time":             fmt.Errorf("parse: %w", moment),
		"unencodable":      unencodable(t),
		"refusal's cause":  NewError(CodeBadRequest, "No.", errors.New("zanzibar-lilac")),
		"phone in a cause": errors.New("call +13125550123 or a.quillby@patients.example"),
	} {
		w, log := funnel(t, err)
		for _, planted := range []string{"zanzibar", "Quill", "quill", "3125550123"} {
			require.NotContains(t, w.Body.String(), planted, name)
			require.NotContains(t, log.String(), planted, name)
		}
		require.Len(t, log.lines(t, "request refused"), 1, name)
	}
	_, log := funnel(t, NewError(CodeBusy, sentenceBusy, fmt.Errorf("keys: %w", reasonError("status 502"))))
	require.Equal(t, "status 502", log.lines(t, "request refused")[0]["reason"], "control: a cause of ours is logged")
	_, log = funnel(t, fmt.Errorf("zanzibar-lilac: %w", context.DeadlineExceeded))
	require.NotContains(t, log.String(), "zanzibar")
	_, log = funnel(t, NewError(CodeInternal, sentenceInternal, fmt.Errorf("zanzibar-lilac: %w", &net.OpError{Op: "dial", Err: io.EOF})))
	require.Equal(t, "EOF", log.lines(t, "request refused")[0]["cause"])

	_, log = funnel(t, &pgconn.PgError{Code: "23505", ConstraintName: "contacts_org_id_phone_key", TableName: "contacts"})
	line := log.lines(t, "request refused")[0]
	require.Equal(t, "23505", line["sqlstate"])
	require.Equal(t, "contacts_org_id_phone_key", line["constraint"])
	require.Equal(t, "ERROR", line["level"])
}

// unencodable is what pgx says of an argument that does not fit its type.
func unencodable(t *testing.T) error {
	t.Helper()
	_, err := pgtype.NewMap().Encode(pgtype.DateOID, pgtype.TextFormatCode, struct{ Name string }{"Quillfeather zanzibar-lilac"}, nil)
	require.ErrorContains(t, err, "zanzibar", "the positive control: it quotes")
	return err
}

func TestWriteErrorLeavesAStartedResponseAlone(t *testing.T) {
	t.Parallel()
	b := setup(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("begun"))
		WriteError(w, r, errors.New("too late"))
	}))
	w := b.do(http.MethodPost, "/api/vapi/webhook", "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "begun", w.Body.String())
}

func TestEveryCodeIsDescribed(t *testing.T) {
	t.Parallel()
	spec, err := openapi3.NewLoader().LoadFromData(description)
	require.NoError(t, err)
	var described []Code
	for _, value := range spec.Components.Schemas["ErrorCode"].Value.Enum {
		described = append(described, Code(value.(string)))
	}
	require.ElementsMatch(t, Codes(), described)
	for _, code := range Codes() {
		require.Equal(t, code == CodeInternal, code.status() == http.StatusInternalServerError, "%s has a status", code)
	}
}

func TestRequestErrorSaysWhatIsWrongWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	schema := openapi3.NewObjectSchema().WithProperty("email", openapi3.NewStringSchema().WithMaxLength(5)).WithRequired([]string{"email"})
	tooLong := schema.VisitJSON(map[string]any{"email": "a.quillby@patients.example"})
	missing := schema.VisitJSON(map[string]any{})
	body := &openapi3.RequestBody{}
	cases := map[string]struct {
		err  error
		code Code
		want string
	}{
		"too long":       {&openapi3filter.RequestError{RequestBody: body, Err: tooLong}, CodeBadRequest, `The request body is not valid at "email": it is too long or too large.`},
		"missing":        {&openapi3filter.RequestError{RequestBody: body, Err: missing}, CodeBadRequest, `The request body is not valid at "email": it is missing.`},
		"no body":        {&openapi3filter.RequestError{RequestBody: body, Err: openapi3filter.ErrInvalidRequired}, CodeBadRequest, "The request body is missing or not valid."},
		"not JSON":       {&openapi3filter.RequestError{RequestBody: body, Err: &openapi3filter.ParseError{Kind: openapi3filter.KindInvalidFormat}}, CodeInvalidJSON, "The request body is not valid JSON."},
		"over the limit": {&openapi3filter.RequestError{RequestBody: body, Err: &http.MaxBytesError{Limit: 1}}, CodeBodyTooLarge, sentenceTooLarge},
		"anything":       {errors.New("a.quillby@patients.example"), CodeBadRequest, "The request is not valid."},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := classify(requestError(tc.err))
			require.Equal(t, tc.code, e.Code)
			require.Equal(t, tc.want, e.Message)
		})
	}
}
