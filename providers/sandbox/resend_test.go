package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const testResendKey = "test-secret-resend-key"

// postEmail sends a body with headers (name, value, …) and returns the status and the answer.
func postEmail(t *testing.T, url, body string, headers ...string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/emails", strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+testResendKey)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	var answer map[string]any
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&answer))
	return resp.StatusCode, answer
}

func TestResendIsAsStrictAsTheRealOne(t *testing.T) {
	t.Parallel()
	played := NewResend(testResendKey)
	played.Verified("clinic.example")
	server := httptest.NewServer(played)
	t.Cleanup(server.Close)
	const good = `{"from":"Lakeside <v@clinic.example>","to":["quill@patients.example"],"subject":"s","text":"t",` +
		`"attachments":[{"filename":"a.ics","content":"QQ==","content_type":"text/calendar"}]}`
	for name, c := range map[string]struct {
		old, new string
		headers  []string
		status   int
		name     string
	}{
		"no key":             {headers: []string{"Authorization", ""}, status: 401, name: "missing_api_key"},
		"other key":          {headers: []string{"Authorization", "Bearer x"}, status: 403, name: "invalid_api_key"},
		"form":               {headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 400, name: "validation_error"},
		"not JSON":           {old: good, new: "x", status: 400, name: "validation_error"},
		"unknown field":      {old: `"subject"`, new: `"subjekt"`, status: 400, name: "validation_error"},
		"no sender":          {old: `"Lakeside <v@clinic.example>"`, new: `""`, status: 422, name: "missing_required_field"},
		"bad sender":         {old: `"Lakeside <v@clinic.example>"`, new: `"Lakeside"`, status: 422, name: "validation_error"},
		"other domain":       {old: `v@clinic`, new: `v@other`, status: 403, name: "validation_error"},
		"nobody":             {old: `["quill@patients.example"]`, new: `[]`, status: 422, name: "missing_required_field"},
		"bad recipient":      {old: `quill@`, new: `quill`, status: 422, name: "validation_error"},
		"no subject":         {old: `"s"`, new: `""`, status: 422, name: "missing_required_field"},
		"no content":         {old: `"t"`, new: `""`, status: 422, name: "missing_required_field"},
		"not base64":         {old: `QQ==`, new: `Q`, status: 422, name: "invalid_attachment"},
		"file without name":  {old: `"a.ics"`, new: `""`, status: 422, name: "invalid_attachment"},
		"long idempotency":   {headers: []string{"Idempotency-Key", strings.Repeat("k", 257)}, status: 400, name: "invalid_idempotency_key"},
		"many":               {old: `["quill@patients.example"]`, new: `["q@patients.example"` + strings.Repeat(`,"q@patients.example"`, 50) + `]`, status: 422, name: "validation_error"},
		"attachment of null": {old: `"QQ=="`, new: `null`, status: 422, name: "invalid_attachment"},
	} {
		require.Contains(t, good, c.old, name)
		body := good
		if c.old != "" {
			body = strings.Replace(good, c.old, c.new, 1)
		}
		status, answer := postEmail(t, server.URL, body, c.headers...)
		require.Equal(t, c.status, status, name)
		require.Equal(t, c.name, answer["name"], name)
		require.Equal(t, float64(c.status), answer["statusCode"], name)
		require.NotEmpty(t, answer["message"], name)
	}
	require.Empty(t, played.Emails())
	status, answer := postEmail(t, server.URL, strings.Replace(good, `["quill@patients.example"]`, `"quill@patients.example"`, 1))
	require.Equal(t, 200, status, "one address need not be a list")
	require.Equal(t, played.Emails()[0].ID, answer["id"])
	require.Equal(t, []byte("A"), played.Emails()[0].Attachments[0].Content)
}

func TestResendKeepsKeys(t *testing.T) {
	t.Parallel()
	played := NewResend(testResendKey)
	server := httptest.NewServer(played)
	t.Cleanup(server.Close)
	const body = `{"from":"v@clinic.example","to":"quill@patients.example","subject":"s","text":"t"}`
	_, first := postEmail(t, server.URL, body, "Idempotency-Key", "k")
	_, again := postEmail(t, server.URL, body, "Idempotency-Key", "k")
	require.Equal(t, first, again)
	status, other := postEmail(t, server.URL, strings.Replace(body, `"s"`, `"z"`, 1), "Idempotency-Key", "k")
	require.Equal(t, 409, status)
	require.Equal(t, "invalid_idempotent_request", other["name"])
	require.Len(t, played.Emails(), 1)
	_, _ = postEmail(t, server.URL, body)
	_, _ = postEmail(t, server.URL, body)
	require.Len(t, played.Emails(), 3, "without a key each is another")
	_, _ = postEmail(t, server.URL, `{}`, "Idempotency-Key", "refused")
	status, _ = postEmail(t, server.URL, body, "Idempotency-Key", "refused")
	require.Equal(t, 200, status, "a refusal uses no key up")
}
