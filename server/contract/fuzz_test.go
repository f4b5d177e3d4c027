package contract_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/apitest"
)

// More and other random requests: VOXANNE_FUZZ_REQUESTS of each operation, from VOXANNE_FUZZ_SEED on; or
// `go test -fuzz FuzzRequests ./server/contract`.
const (
	fuzzRequests = 12
	fuzzSeed     = 1
)

// Whatever is asked, the answer is one that the description allows (the handler of the tests sees to that), and never
// trouble of ours.
func TestRandomRequestsAreAnsweredOrRefused(t *testing.T) {
	t.Parallel()
	c := setup(t)
	requests, first := setting(t, "VOXANNE_FUZZ_REQUESTS", fuzzRequests), setting(t, "VOXANNE_FUZZ_SEED", fuzzSeed)
	asked := c.askable(t)
	answers := map[string]int{}
	for _, target := range asked {
		for seed := first; seed < first+requests; seed++ {
			status := c.fuzz(t, target, uint64(seed)) //nolint:gosec // a seed
			answers[http.StatusText(status)]++
			if target.method == http.MethodDelete && status < http.StatusMultipleChoices {
				c.books.putBack(t) // or the others would find nothing
			}
		}
		c.books.putBack(t)
	}
	t.Log(answers)
	require.Greater(t, answers["OK"]+answers["Created"], len(asked)*requests/8, "control: many of the requests are good")
	require.Greater(t, answers["Bad Request"], len(asked)*requests/8, "control: many are not")
}

// FuzzRequests asks one operation after the other with requests drawn from a seed.
func FuzzRequests(f *testing.F) {
	c := setup(f)
	asked := c.askable(f)
	f.Add(uint64(0))
	f.Fuzz(func(t *testing.T, seed uint64) {
		mine := *c
		mine.handler = apitest.Checked(t, c.unchecked)
		mine.fuzz(t, asked[seed%uint64(len(asked))], seed)
		mine.books.putBack(t)
	})
}

// askable is an operation with its examples.
type askable struct {
	method, path string
	op           *openapi3.Operation
	examples     []example
}

func (c *clinics) askable(t testing.TB) (all []askable) {
	t.Helper()
	spec := apitest.Load(t).Spec
	for _, path := range slices.Sorted(maps.Keys(spec.Paths.Map())) {
		item := spec.Paths.Value(path)
		for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
			op := *item.Operations()[method]
			op.Parameters = append(slices.Clone(item.Parameters), op.Parameters...)
			all = append(all, askable{method: method, path: path, op: &op, examples: slices.DeleteFunc(examples(), func(e example) bool {
				return e.operation != op.OperationID
			})})
		}
	}
	return all
}

// fuzz asks once and checks the answer; the same seed asks the same.
func (c *clinics) fuzz(t testing.TB, target askable, seed uint64) (status int) {
	t.Helper()
	d := drawer{
		Rand:  rand.New(rand.NewPCG(seed, uint64(len(target.op.OperationID)))),
		ids:   append(slices.Sorted(maps.Values(c.ids)), pick(drawer{Rand: rand.New(rand.NewPCG(seed, 1))}, slices.Sorted(maps.Values(c.foreign)))),
		spoil: []int{0, 4, 12, 12}[seed%4],
	}
	r, body := d.request(c, target)
	shown := fmt.Sprintf("%s, seed %d: %s %s %v\n%.2000q", target.op.OperationID, seed, r.Method, r.URL, r.Header, body)
	r.Header.Set("Authorization", "Bearer "+c.token)
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	require.False(t, t.Failed(), shown)
	require.Less(t, w.Code, http.StatusInternalServerError, "%s\n%s", shown, w.Body)
	if w.Code >= http.StatusBadRequest {
		var refusal struct{ Code server.Code }
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &refusal), shown)
		require.Contains(t, server.Codes(), refusal.Code, shown)
		require.NotContains(t, w.Body.String(), "SQLSTATE", shown)
	}
	return w.Code
}

// request draws one: of an example with something spoilt, or all from the schemas.
func (d drawer) request(c *clinics, target askable) (*http.Request, string) {
	path, body, example := d.path(target), "", d.oneIn(2)
	if example {
		chosen := pick(d, target.examples).with(c.ids)
		path, body = chosen.target, chosen.body
		if body != "" && d.oneIn(2) {
			body = d.spoilt(body)
		}
	} else if target.op.RequestBody != nil {
		body = d.value(target.op.RequestBody.Value.Content.Get("application/json").Schema.Value)
	}
	if d.spoil > 0 {
		body = d.broken(body)
	}
	r := httptest.NewRequest(target.method, path, strings.NewReader(body))
	if !example || d.oneIn(4) {
		r.URL.RawQuery = d.query(target.op)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	d.headers(r)
	return r, body
}

// path fills the path's parameters.
func (d drawer) path(target askable) string {
	path := target.path
	for _, p := range target.op.Parameters {
		if p.Value.In != openapi3.ParameterInPath {
			continue
		}
		value := d.text(p.Value.Schema.Value)
		if d.oneIn(2 * d.spoil) {
			value = pick(d, []string{
				"%00", "..", ".", "a/b", strings.ToUpper(value), "{" + value + "}", "urn:uuid:" + value, strings.ReplaceAll(value, "-", ""), " " + value, value + "\n",
				"00000000-0000-0000-0000-000000000000", strings.Repeat("a", 5000), "\xff", "\u202e", "1", "-1", "undefined", "null", "[object Object]",
			})
		}
		path = strings.Replace(path, "{"+p.Value.Name+"}", url.PathEscape(value), 1)
	}
	return path
}

// query draws parameters, some twice, some that there are not, some badly encoded.
func (d drawer) query(op *openapi3.Operation) string {
	var pairs []string
	for _, p := range op.Parameters {
		if p.Value.In != openapi3.ParameterInQuery || !p.Value.Required && d.oneIn(2) {
			continue
		}
		for range 1 + d.IntN(2)*d.IntN(2)*min(d.spoil, 1) {
			pairs = append(pairs, p.Value.Name+"="+url.QueryEscape(strings.Trim(d.value(p.Value.Schema.Value), `"[]`)))
		}
	}
	if d.oneIn(2 * d.spoil) {
		pairs = append(pairs, pick(d, []string{"unknown=1", "%", "page=%zz", "limit=%00", "search=%ff%fe", "=", "a[b]=c", "page=1;limit=2", "search=%F0%9F%A6%B7", "page", "&&&"}))
	}
	return strings.Join(pairs, "&")
}

// broken breaks some bodies as a whole.
func (d drawer) broken(body string) string {
	if !d.oneIn(10) {
		return body
	}
	return pick(d, []string{
		"", " ", body[:len(body)/2], "\ufeff" + body, body + body, body + "\x00", "[" + body + "]", "null", "1", `"text"`, "\x1f\x8b\x08\x00",
		strings.Repeat(" ", 1<<20) + body, strings.Repeat("[", 100_000), "a=b&c=d",
	})
}

// headers adds odd ones.
func (d drawer) headers(r *http.Request) {
	odd := map[string][]string{
		"Content-Type": {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16",
			"application/json;;;", "APPLICATION/JSON", "application/vnd.api+json", "quill", "*/*"},
		"Idempotency-Key":  {"", "press-1", strings.Repeat("k", 201), "na\u00efve", "\t", "0"},
		"X-Request-Id":     {"", "req_1", strings.Repeat("r", 65), "a b", "a\r\nX-Injected: 1", "\xff"},
		"Traceparent":      {"", "00-0-0-0", strings.Repeat("f", 2000)},
		"Accept":           {"text/html", "image/*;q=nonsense"},
		"Content-Encoding": {"gzip"},
	}
	for _, name := range slices.Sorted(maps.Keys(odd)) {
		if d.oneIn(3 * d.spoil) {
			r.Header.Set(name, pick(d, odd[name]))
		}
	}
}

// setting is a number of the environment.
func setting(t testing.TB, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	number, err := strconv.Atoi(text)
	require.NoError(t, err, name)
	return number
}
