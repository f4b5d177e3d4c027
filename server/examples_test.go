package server

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// whoMay is how a description begins to say who may ask; those that need no token say so too.
var whoMay = regexp.MustCompile(`(?i)every member may|for staff|for owners|owners and admins|needs no sign-in`)

// A dashboard developer finds with every operation what it is for, who may, what it answers, and an example of each body.
func TestEveryOperationIsDescribedWithExamples(t *testing.T) {
	t.Parallel()
	spec, err := loadDescription()
	require.NoError(t, err)
	for path, item := range spec.Paths.Map() {
		for method, op := range item.Operations() {
			at := method + " " + path
			assert.NotEmpty(t, op.Summary, at)
			assert.Regexp(t, whoMay, op.Description, at)
			assert.NotNil(t, op.Responses.Default(), at)
			if op.Security == nil {
				assert.NotNil(t, op.Responses.Status(401), at)
			}
			if op.RequestBody != nil {
				requireExample(t, at+" takes", op.RequestBody.Value.Content)
			}
			for status, response := range op.Responses.Map() {
				if strings.HasPrefix(status, "2") {
					requireExample(t, at+" answers", response.Value.Content)
				}
			}
		}
	}
}

// requireExample wants an example of a JSON body that fits its schema and names no field that the schema does not have.
func requireExample(t *testing.T, at string, content openapi3.Content) {
	t.Helper()
	media := content.Get("application/json")
	if media == nil {
		return
	}
	example := media.Example
	if example == nil {
		example = media.Schema.Value.Example
	}
	if !assert.NotNil(t, example, at) {
		return
	}
	written, err := json.Marshal(example)
	require.NoError(t, err, at)
	var read any
	require.NoError(t, json.Unmarshal(written, &read), at)
	assert.NoError(t, media.Schema.Value.VisitJSON(read, openapi3.EnableFormatValidation()), at)
	assert.Empty(t, undeclared("", media.Schema.Value, read), at)
}

// undeclared names the fields of value that its schema does not have.
func undeclared(at string, schema *openapi3.Schema, value any) (fields []string) {
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			fields = append(fields, undeclared(fmt.Sprintf("%s[%d]", at, i), schema.Items.Value, item)...)
		}
	case map[string]any:
		for name, field := range value {
			if declared := propertyOf(schema, name); declared != nil {
				fields = append(fields, undeclared(at+"."+name, declared, field)...)
			} else {
				fields = append(fields, at+"."+name)
			}
		}
	}
	return fields
}

// propertyOf finds a property in a schema or in what it is composed of, nil for none.
func propertyOf(schema *openapi3.Schema, name string) *openapi3.Schema {
	if ref := schema.Properties[name]; ref != nil {
		return ref.Value
	}
	for _, part := range schema.AllOf {
		if found := propertyOf(part.Value, name); found != nil {
			return found
		}
	}
	return nil
}

func TestUndeclaredFieldsOfExamplesAreFound(t *testing.T) {
	t.Parallel()
	spec, err := loadDescription()
	require.NoError(t, err)
	call := spec.Components.Schemas["CallDetail"].Value
	require.Empty(t, undeclared("", call, map[string]any{"id": "1", "transcript": []any{map[string]any{"text": "x"}}}))
	require.ElementsMatch(t, []string{".callId", ".transcript[0].said"},
		undeclared("", call, map[string]any{"callId": "1", "transcript": []any{map[string]any{"said": "x"}}}))
}
