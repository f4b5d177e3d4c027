package apitest

import "github.com/getkin/kin-openapi/openapi3"

// forbidSurprises closes every object of the answers that does not say whether it has more properties than its own: an
// answer with a field that the description does not know is as wrong as one that lacks a field. Parts of an allOf stay
// open, because each would refuse the properties of the others.
func forbidSurprises(spec *openapi3.T) {
	c := closer{parts: map[*openapi3.Schema]bool{}, seen: map[*openapi3.Schema]bool{}}
	for _, ref := range spec.Components.Schemas {
		c.findParts(ref)
	}
	clear(c.seen)
	for _, item := range spec.Paths.Map() {
		for _, op := range item.Operations() {
			for _, response := range op.Responses.Map() {
				for _, media := range response.Value.Content {
					c.close(media.Schema)
				}
			}
		}
	}
}

type closer struct{ parts, seen map[*openapi3.Schema]bool }

// findParts notes the schemas that others are composed of.
func (c closer) findParts(ref *openapi3.SchemaRef) {
	c.walk(ref, func(schema *openapi3.Schema) {
		for _, part := range schema.AllOf {
			c.parts[part.Value] = true
		}
	})
}

func (c closer) close(ref *openapi3.SchemaRef) {
	c.walk(ref, func(schema *openapi3.Schema) {
		says := schema.AdditionalProperties.Has != nil || schema.AdditionalProperties.Schema != nil
		if len(schema.Properties) > 0 && !says && !c.parts[schema] {
			no := false
			schema.AdditionalProperties.Has = &no
		}
	})
}

// walk visits a schema and those within it, each once.
func (c closer) walk(ref *openapi3.SchemaRef, visit func(*openapi3.Schema)) {
	if ref == nil || ref.Value == nil || c.seen[ref.Value] {
		return
	}
	c.seen[ref.Value] = true
	visit(ref.Value)
	c.walk(ref.Value.Items, visit)
	c.walk(ref.Value.AdditionalProperties.Schema, visit)
	for _, property := range ref.Value.Properties {
		c.walk(property, visit)
	}
	for _, part := range ref.Value.AllOf {
		c.walk(part, visit)
	}
}
