package server

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed docs.html
var docsTemplate string

// docsOperation is one operation as the page shows it.
type docsOperation struct {
	Method, Path, ID, Summary, Description string
	Parameters                             []docsField
	Body                                   []docsField
	BodyExample                            string
	Answers                                []docsAnswer
	Open                                   bool // needs no token
}

type docsAnswer struct {
	Status, Description, Example string
	Fields                       []docsField
}

// docsField is a parameter or a property; In is where a parameter stands, Type names a schema that Anchor leads to.
type docsField struct {
	Name, In, Type, Anchor, Description string
	Required                            bool
}

type docsSection struct {
	Name, Description string
	Operations        []docsOperation
}

type docsSchema struct {
	Name, Type, Description string
	Fields                  []docsField
}

// docsPage renders the description as one HTML page without scripts or anything from elsewhere, so that it can be
// read where there is no internet.
func docsPage(spec *openapi3.T) ([]byte, error) {
	tmpl, err := template.New("docs").Funcs(template.FuncMap{"prose": prose, "inline": inline}).Parse(docsTemplate)
	if err != nil {
		return nil, fmt.Errorf("parse docs.html: %w", err)
	}
	var page bytes.Buffer
	err = tmpl.Execute(&page, map[string]any{
		"Title": spec.Info.Title, "Version": spec.Info.Version, "Description": spec.Info.Description,
		"Sections": docsSections(spec), "Schemas": docsSchemas(spec),
	})
	if err != nil {
		return nil, fmt.Errorf("write the page of the API: %w", err)
	}
	return page.Bytes(), nil
}

// prose sets a description's paragraphs; the description's own line breaks mean nothing.
func prose(text string) template.HTML {
	var set strings.Builder
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		set.WriteString("<p>" + string(inline(paragraph)) + "</p>\n")
	}
	return template.HTML(set.String()) //nolint:gosec // every part was escaped
}

// inline sets words with code between backticks.
func inline(text string) template.HTML {
	parts := strings.Split(template.HTMLEscapeString(text), "`")
	for i := 1; i < len(parts)-1; i += 2 {
		parts[i] = "<code>" + parts[i] + "</code>"
	}
	return template.HTML(strings.Join(parts, "")) //nolint:gosec // escaped above
}

// serveDocs answers with the page; it may style itself and do nothing else.
func serveDocs(page []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		_, _ = w.Write(page) // a client that has gone away cannot be told
	}
}

// docsSections are the operations by tag, in the description's order of tags and by path.
func docsSections(spec *openapi3.T) []docsSection {
	sections := make([]docsSection, 0, len(spec.Tags)+1)
	for _, tag := range spec.Tags {
		sections = append(sections, docsSection{Name: tag.Name, Description: tag.Description})
	}
	for _, path := range spec.Paths.InMatchingOrder() {
		item := spec.Paths.Value(path)
		for method, op := range item.Operations() {
			at := slices.IndexFunc(sections, func(s docsSection) bool { return len(op.Tags) > 0 && s.Name == op.Tags[0] })
			if at < 0 {
				at, sections = len(sections), append(sections, docsSection{Name: "Other"})
			}
			sections[at].Operations = append(sections[at].Operations, docsOperationOf(method, path, op))
		}
	}
	for _, section := range sections {
		slices.SortFunc(section.Operations, func(a, b docsOperation) int {
			return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
		})
	}
	return sections
}

func docsOperationOf(method, path string, op *openapi3.Operation) docsOperation {
	shown := docsOperation{
		Method: method, Path: path, ID: op.OperationID, Summary: op.Summary, Description: op.Description,
		Open: op.Security != nil && len(*op.Security) == 0,
	}
	for _, p := range op.Parameters {
		name, anchor := schemaName(p.Value.Schema)
		shown.Parameters = append(shown.Parameters, docsField{
			Name: p.Value.Name, In: p.Value.In, Type: name, Anchor: anchor, Required: p.Value.Required, Description: p.Value.Description,
		})
	}
	if op.RequestBody != nil {
		shown.Body, shown.BodyExample = contentOf(op.RequestBody.Value.Content)
	}
	for status, response := range op.Responses.Map() {
		answer := docsAnswer{Status: status}
		if response.Value.Description != nil {
			answer.Description = *response.Value.Description
		}
		answer.Fields, answer.Example = contentOf(response.Value.Content)
		shown.Answers = append(shown.Answers, answer)
	}
	slices.SortFunc(shown.Answers, func(a, b docsAnswer) int { return strings.Compare(a.Status, b.Status) })
	return shown
}

// errorSchema is of the refusals, whose examples would fill the page: they differ in code and sentence only.
const errorSchema = "Error"

// contentOf shows a body by the name of its schema, and an example where there is one.
func contentOf(content openapi3.Content) (fields []docsField, example string) {
	for kind, media := range content {
		name, anchor := schemaName(media.Schema)
		fields = append(fields, docsField{Name: kind, Type: name, Anchor: anchor})
		sample := media.Example
		if sample == nil && media.Schema != nil && media.Schema.Value != nil {
			sample = media.Schema.Value.Example
		}
		if sample != nil && name != errorSchema {
			if written, err := json.MarshalIndent(sample, "", "  "); err == nil {
				example = string(written)
			}
		}
	}
	return fields, example
}

func docsSchemas(spec *openapi3.T) []docsSchema {
	schemas := make([]docsSchema, 0, len(spec.Components.Schemas))
	for name, ref := range spec.Components.Schemas {
		schemas = append(schemas, docsSchema{
			Name: name, Type: typeOf(ref.Value), Description: ref.Value.Description, Fields: properties(ref.Value),
		})
	}
	slices.SortFunc(schemas, func(a, b docsSchema) int { return strings.Compare(a.Name, b.Name) })
	return schemas
}

// properties are those of a schema and of what it is composed of.
func properties(schema *openapi3.Schema) (fields []docsField) {
	for _, part := range schema.AllOf {
		fields = append(fields, properties(part.Value)...)
	}
	for name, ref := range schema.Properties {
		kind, anchor := schemaName(ref)
		fields = append(fields, docsField{
			Name: name, Type: kind, Anchor: anchor, Required: slices.Contains(schema.Required, name), Description: ref.Value.Description,
		})
	}
	slices.SortFunc(fields, func(a, b docsField) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// schemaName is a named schema's name with its anchor, or the type in words.
func schemaName(ref *openapi3.SchemaRef) (name, anchor string) {
	if ref == nil || ref.Value == nil {
		return "", ""
	}
	if at := strings.LastIndex(ref.Ref, "/"); at >= 0 {
		name = ref.Ref[at+1:]
		return name, "schema-" + name
	}
	if ref.Value.Type == nil && len(ref.Value.AllOf) == 1 {
		return schemaName(ref.Value.AllOf[0]) // a reference that has a Go name of its own
	}
	if ref.Value.Type.Is("array") {
		item, itemAnchor := schemaName(ref.Value.Items)
		return "list of " + item, itemAnchor
	}
	return typeOf(ref.Value), ""
}

// typeOf says a schema's type, format, allowed values, limits and default.
func typeOf(schema *openapi3.Schema) string {
	words := []string{}
	if schema.Type != nil {
		words = append(words, schema.Type.Slice()...)
	}
	if schema.Format != "" {
		words = append(words, "("+schema.Format+")")
	}
	if len(schema.Enum) > 0 {
		words = append(words, "one of "+strings.ReplaceAll(strings.Trim(fmt.Sprint(schema.Enum), "[]"), " ", ", "))
	}
	if schema.Min != nil && schema.Max != nil {
		words = append(words, fmt.Sprintf("%.0f to %.0f", *schema.Min, *schema.Max))
	}
	if schema.MaxLength != nil {
		words = append(words, fmt.Sprintf("up to %d characters", *schema.MaxLength))
	}
	if schema.Nullable {
		words = append(words, "or null")
	}
	if schema.Default != nil {
		words = append(words, fmt.Sprintf("(default %v)", schema.Default))
	}
	return strings.Join(words, " ")
}
