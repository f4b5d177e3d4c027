package contract_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/server/apitest"
)

// Every operation of the description has an example, and an example names every field that takes an id: a new operation
// or field comes with its proofs.
func TestEveryOperationAndEveryIDHasAnExample(t *testing.T) {
	t.Parallel()
	d := apitest.Load(t)
	named := map[string]map[string]bool{}
	for _, e := range examples() {
		op := d.Operation(requestOf(e.with(dummies(e))))
		require.NotNil(t, op, "%s: no operation answers %s", e.operation, e.ask)
		require.Equal(t, op.OperationID, e.operation, e.ask)
		if named[e.operation] == nil {
			named[e.operation] = map[string]bool{}
		}
		for _, place := range e.places() {
			named[e.operation][place] = true
		}
	}
	all := operations(d.Spec)
	require.Greater(t, len(all), 90, "control: the description is read")
	for name, op := range all {
		require.Contains(t, named, name, "the operation has no example")
		for _, place := range idsOf(op) {
			inPath := strings.HasPrefix(place, "path:") // an example has no other
			require.True(t, inPath || named[name][place], "%s: no example has an id in %s", name, place)
		}
	}
}

// A good request of every operation is answered as the description says (the handler of the tests sees to that), and so
// are the ordinary bad ones: without a token, for what is not there, with an id that is none.
func TestEveryOperationAnswersAsDescribed(t *testing.T) {
	t.Parallel()
	c := setup(t)
	all := operations(apitest.Load(t).Spec)
	for _, e := range examples() {
		t.Run(e.operation, func(t *testing.T) {
			good := e.with(c.ids)
			c.ready(t, e)
			w := c.send(t, c.token, good)
			require.Equal(t, e.status, w.Code, w.Body.String())
			c.books.putBack(t)
			if !open(all[e.operation]) {
				c.refused(t, c.send(t, "", good), http.StatusUnauthorized, "unauthenticated")
			}
			method, target, _ := strings.Cut(e.ask, " ")
			path, _, _ := strings.Cut(target, "?")
			for _, name := range placeholder().FindAllString(path, -1) {
				none := example{ask: method + " " + strings.Replace(e.ask[len(method)+1:], name, uuid.NewString(), 1), body: e.body}
				if name != "<org>" { // of an organization it is not said whether there is one
					c.refused(t, c.send(t, c.token, none.with(c.ids)), http.StatusNotFound, "not_found", e.noted()...)
					c.books.putBack(t)
				}
				broken := example{ask: method + " " + strings.Replace(e.ask[len(method)+1:], name, "quillfeather", 1), body: e.body}
				c.refused(t, c.send(t, c.token, broken.with(c.ids)), http.StatusBadRequest, "bad_request")
			}
		})
	}
}

// dummies are ids that belong to nothing.
func dummies(e example) map[string]string {
	ids := map[string]string{}
	for _, name := range e.things() {
		ids[name] = uuid.Nil.String()
	}
	return ids
}

// places are where an example has ids: query:name and body:field.
func (e example) places() (places []string) {
	_, query, _ := strings.Cut(e.ask, "?")
	for _, pair := range strings.Split(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); placeholder().MatchString(value) {
			places = append(places, "query:"+name)
		}
	}
	var body any
	if json.Unmarshal([]byte(e.body), &body) == nil {
		places = append(places, placesIn("body", body)...)
	}
	return places
}

func placesIn(at string, value any) (places []string) {
	switch v := value.(type) {
	case string:
		if placeholder().MatchString(v) {
			places = append(places, at)
		}
	case []any:
		for _, item := range v {
			places = append(places, placesIn(at, item)...)
		}
	case map[string]any:
		for name, item := range v {
			places = append(places, placesIn(at+":"+name, item)...)
		}
	}
	return places
}

// idsOf is where an operation takes ids.
func idsOf(op *openapi3.Operation) (places []string) {
	for _, p := range op.Parameters {
		if isID(p.Value.Schema.Value) {
			places = append(places, p.Value.In+":"+p.Value.Name)
		}
	}
	if op.RequestBody != nil {
		places = append(places, idsWithin("body", op.RequestBody.Value.Content.Get("application/json").Schema.Value)...)
	}
	return places
}

func idsWithin(at string, schema *openapi3.Schema) (places []string) {
	if isID(schema) {
		return []string{at}
	}
	for name, property := range schema.Properties {
		places = append(places, idsWithin(at+":"+name, property.Value)...)
	}
	for _, part := range schema.AllOf {
		places = append(places, idsWithin(at, part.Value)...)
	}
	if schema.Items != nil {
		places = append(places, idsWithin(at, schema.Items.Value)...)
	}
	return places
}

func isID(schema *openapi3.Schema) bool {
	if len(schema.AllOf) == 1 {
		return isID(schema.AllOf[0].Value)
	}
	return schema.Format == "uuid"
}
