package sandbox

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

type vapiTest struct {
	t      *testing.T
	played *Vapi
	url    string
}

func playVapi(t *testing.T) vapiTest {
	t.Helper()
	played := NewVapi("test-secret-key")
	server := httptest.NewServer(played)
	t.Cleanup(server.Close)
	return vapiTest{t: t, played: played, url: server.URL}
}

// ask returns the status and the body; a body is sent as JSON.
func (b vapiTest) ask(method, path, body string) (int, string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(body))
	require.NoError(b.t, err)
	req.Header.Set("Authorization", "Bearer test-secret-key")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(b.t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	return resp.StatusCode, string(answer)
}

// made creates an object and returns its id.
func (b vapiTest) made(path, body string) (id string) {
	b.t.Helper()
	status, answer := b.ask("POST", path, body)
	require.Equal(b.t, 201, status, answer)
	return decodeObject(b.t, answer).text("id")
}

func decodeObject(t *testing.T, text string) vapiObject {
	t.Helper()
	var o vapiObject
	require.NoError(t, json.Unmarshal([]byte(text), &o))
	return o
}

const someModel = `{"provider":"openai","model":"gpt-4o"}`

func TestVapiMakesWhatIsServerMade(t *testing.T) {
	t.Parallel()
	b := playVapi(t)
	id := b.made("/assistant", `{"name":"Desk","model":`+someModel+`,"metadata":{"n":1.0}}`)
	require.NoError(t, uuid.Validate(id))
	status, body := b.ask("GET", "/assistant/"+id, "")
	require.Equal(t, 200, status)
	require.Contains(t, body, `"metadata":{"n":1.0}`)
	o := decodeObject(t, body)
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`, o.text("createdAt"))
	require.Equal(t, o.text("createdAt"), o.text("updatedAt"))
	require.NotEmpty(t, o.text("orgId"))

	status, body = b.ask("PATCH", "/assistant/"+id, `{"name":null,"model":{"provider":"x","model":"y"}}`)
	require.Equal(t, 200, status)
	changed := decodeObject(t, body)
	require.NotContains(t, changed, "name")
	require.JSONEq(t, `{"provider":"x","model":"y"}`, string(changed["model"]))
	require.Equal(t, o["metadata"], changed["metadata"])
	require.Greater(t, changed.text("updatedAt"), o.text("updatedAt"))

	status, body = b.ask("PATCH", "/assistant/"+id, body)
	require.Equal(t, 400, status, "what GET says cannot be written back")
	for _, key := range []string{"id", "orgId", "createdAt", "updatedAt", "latestVersion"} {
		require.Contains(t, body, "property "+key+" should not exist")
	}
	status, body = b.ask("DELETE", "/assistant/"+id, "")
	require.Equal(t, 200, status)
	require.JSONEq(t, string(changed.bytes()), body)
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		status, body = b.ask(method, "/assistant/"+id, `{}`)
		require.Equal(t, 404, status)
		require.JSONEq(t, `{"message":"Assistant not found.","error":"Not Found","statusCode":404}`, body)
	}
}

func TestVapiRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	b := playVapi(t)
	assistant := b.made("/assistant", `{"model":`+someModel+`}`)
	tool := b.made("/tool", `{"type":"function","function":{"name":"f"}}`)
	for body, problem := range map[string]string{
		`{"tools":[]}`:                                                           "property tools should not exist",
		`{"isServerUrlSecretSet":true}`:                                          "property isServerUrlSecretSet should not exist",
		`{"name":"` + strings.Repeat("é", 41) + `"}`:                             "name must be shorter than or equal to 40 characters",
		`{"name":7}`:                                                             "name must be a string",
		`{"maxDurationSeconds":9}`:                                               "maxDurationSeconds must be a number from 10 to 43200",
		`{"model":{"toolIds":[]}}`:                                               "model.provider must be a string",
		`{"model":{"provider":"p"}}`:                                             "model.model must be a string",
		`{"model":7}`:                                                            "model must be an object",
		`{"model":{"provider":"p","model":"m","functions":[]}}`:                  "model.property functions should not exist",
		`{"model":{"provider":"p","model":"m","toolIds":["x"]}}`:                 "model.each value in toolIds must be a UUID",
		`{"model":{"provider":"p","model":"m","toolIds":"x"}}`:                   "model.toolIds must be an array",
		`{"model":{"provider":"p","model":"m","tools":[{"type":"x"}]}}`:          "model.tools.0.type must be one of",
		`{"model":{"provider":"p","model":"m","tools":[{"type":"dtmf","a":1}]}}`: "model.tools.0.property a should not exist",
		`{"server":{"url":"https://x","secret":"test-secret-x"}}`:                "server.property secret should not exist",
		`{"server":{"url":"https://x","timeoutSeconds":301}}`:                    "server.timeoutSeconds must be a number from 1 to 300",
		`[]`: "the body is not a JSON object",
	} {
		for _, request := range [][2]string{{"POST", "/assistant"}, {"PATCH", "/assistant/" + assistant}} {
			status, answer := b.ask(request[0], request[1], body)
			require.Equal(t, 400, status, body)
			var refusal struct{ Message []string }
			require.NoError(t, json.Unmarshal([]byte(answer), &refusal), "the message is a list")
			require.Contains(t, strings.Join(refusal.Message, "\n"), problem)
		}
	}
	for body, problem := range map[string]string{
		`{"type":"function","name":"x","function":{"name":"f"}}`:                                                                          "property name should not exist",
		`{"type":"function","latestVersion":"v1","function":{"name":"f"}}`:                                                                "property latestVersion should not exist",
		`{"type":"function","function":{"name":"f g"}}`:                                                                                   "function.name must match",
		`{"type":"function","function":{"description":"d"}}`:                                                                              "function.name must match",
		`{"type":"function","function":{"name":"f","maxTokens":1}}`:                                                                       "function.property maxTokens should not exist",
		`{"type":"function","function":{"name":"f","parameters":{"type":"array","properties":{}}}}`:                                       "function.parameters.type must be",
		`{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}`:                                                      "function.parameters.properties must be an object",
		`{"type":"function","function":{"name":"f"},"server":{"secret":"test-secret-x"}}`:                                                 "server.property secret should not exist",
		`{"type":"function","function":{"name":"f"},"messages":[{"type":"request-start","content":"` + strings.Repeat("x", 1001) + `"}]}`: "messages.0.content must be shorter",
		`{"type":"carrierPigeon"}`: "type must be",
	} {
		for _, request := range [][2]string{{"POST", "/tool"}, {"PATCH", "/tool/" + tool}} {
			status, answer := b.ask(request[0], request[1], body)
			require.Equal(t, 400, status, body)
			require.Contains(t, answer, problem)
		}
	}
	status, _ := b.ask("POST", "/tool", `{}`)
	require.Equal(t, 400, status)
	status, answer := b.ask("PATCH", "/tool/"+tool, `{"type":"endCall"}`)
	require.Equal(t, 400, status, answer)
	status, answer = b.ask("PATCH", "/tool/"+tool, `{"function":{"name":"g"}}`)
	require.Equal(t, 200, status, "the type may be left out")
	require.JSONEq(t, `{"name":"g"}`, string(decodeObject(t, answer)["function"]))
}

func TestVapiPins(t *testing.T) {
	t.Parallel()
	b := playVapi(t)
	for path, body := range map[string]string{"/tool": `{"type":"endCall"}`, "/assistant": `{}`} {
		id := b.made(path, body)
		b.played.Pin(id)
		status, answer := b.ask("DELETE", path+"/"+id, "")
		require.Equal(t, 409, status)
		require.Contains(t, answer, `"error":"`+path[1:]+`_pinned"`)
	}
}

func TestVapiListsAreBareUnsortedArrays(t *testing.T) {
	t.Parallel()
	b := playVapi(t)
	at := time.Date(2026, 5, 4, 15, 0, 0, 0, time.UTC)
	for i := range 150 {
		_, err := b.played.AddTool(json.RawMessage(`{"id":"` + strconv.Itoa(i) + `","createdAt":"` + at.Add(time.Duration(i)*time.Second).Format(vapiTime) + `"}`))
		require.NoError(t, err)
	}
	list := func(query string) (ids []int) {
		status, answer := b.ask("GET", "/tool?"+query, "")
		require.Equal(t, 200, status, answer)
		var objects []vapiObject
		require.NoError(t, json.Unmarshal([]byte(answer), &objects))
		for _, o := range objects {
			id, err := strconv.Atoi(o.text("id"))
			require.NoError(t, err)
			ids = append(ids, id)
		}
		return ids
	}
	require.Len(t, list(""), 100)
	require.Empty(t, list("limit=0"))
	all := list("limit=1000")
	require.Len(t, all, 150)
	require.False(t, slices.IsSorted(all))
	require.NotEqual(t, all, list("limit=1000"), "another order every time")
	middle := at.Add(75 * time.Second).Format(vapiTime)
	for query, n := range map[string]int{"createdAtLe=" + middle: 76, "createdAtLt=" + middle: 75, "createdAtGe=" + middle: 75, "createdAtGt=" + middle: 74,
		"createdAtGe=" + middle + "&createdAtLe=" + middle: 1, "updatedAtLe=" + middle: 0} {
		require.Len(t, list("limit=1000&"+query), n, query)
	}
	for _, bad := range []string{"limit=1001", "limit=-1", "limit=x", "page=2", "createdAtLe=yesterday", "createdAtEq=" + middle} {
		status, answer := b.ask("GET", "/tool?"+bad, "")
		require.Equal(t, 400, status, bad)
		require.Contains(t, answer, `"message":[`)
	}
}

func TestVapiFailsAtRandomAsOftenAsTold(t *testing.T) {
	t.Parallel()
	statuses := func(seed uint64) map[int]int {
		b := playVapi(t)
		b.played.FailAtRandom(seed, Risk{Share: 0.05, Failure: Failure{Status: 503}}, Risk{Share: 0.02, Failure: Failure{Status: 429}})
		seen := map[int]int{}
		for range 1000 {
			recorder := httptest.NewRecorder()
			req := httptest.NewRequest("GET", "/tool/x", nil)
			req.Header.Set("Authorization", "Bearer test-secret-key")
			b.played.ServeHTTP(recorder, req)
			seen[recorder.Code]++
		}
		require.Equal(t, map[string]int{"GET /tool/{id}": 1000}, b.played.Counts())
		return seen
	}
	seen := statuses(7)
	require.InDelta(t, 50, seen[503], 25)
	require.InDelta(t, 20, seen[429], 15)
	require.Equal(t, seen, statuses(7), "the same seed, the same failures")
	require.False(t, maps.Equal(seen, statuses(8)))
}

func TestVapiActsAndThenFails(t *testing.T) {
	t.Parallel()
	b := playVapi(t)
	b.played.Fail(Failure{Status: 500}, Failure{Status: 500, Acts: true})
	for want := range 2 {
		status, _ := b.ask("POST", "/tool", `{"type":"endCall"}`)
		require.Equal(t, 500, status)
		require.Len(t, b.played.Tools(), want)
	}
	b.played.SetLatency(60 * time.Millisecond)
	began := time.Now()
	b.ask("GET", "/tool", "")
	require.GreaterOrEqual(t, time.Since(began), 60*time.Millisecond)
}

func TestVapiKeepsTheLastPatches(t *testing.T) {
	t.Parallel()
	b := playVapi(t)
	for i := range maxPatches + 5 {
		req := httptest.NewRequest("PATCH", "/tool/x", strings.NewReader(`{"n": `+strconv.Itoa(i)+`}`))
		req.Header.Set("Authorization", "Bearer test-secret-key")
		b.played.ServeHTTP(httptest.NewRecorder(), req)
	}
	patches := b.played.Patches()
	require.Len(t, patches, maxPatches)
	require.Equal(t, Patch{Path: "/tool/x", Body: json.RawMessage(`{"n": 5}`)}, patches[0])
	require.Equal(t, `{"n": 1004}`, string(patches[maxPatches-1].Body))
}

func TestVapiSquadsNeedMembers(t *testing.T) {
	t.Parallel()
	b := playVapi(t)
	status, _ := b.ask("POST", "/squad", `{"name":"x"}`)
	require.Equal(t, 400, status)
	id := b.made("/squad", `{"members":[{"assistantId":"a"}]}`)
	status, _ = b.ask("PATCH", "/squad/"+id, `{"members":[]}`)
	require.Equal(t, 200, status)
	require.Contains(t, string(b.played.Squads()[id]), `"members":[]`)
}
