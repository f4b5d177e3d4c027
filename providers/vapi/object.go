package vapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Object is a JSON object whose values are kept byte for byte, so that fields we do not know survive a round trip.
type Object map[string]json.RawMessage

// ParseObject reads an object. The values are copies of the bytes of data, with their white space.
func ParseObject(data []byte) (Object, error) {
	var o Object
	if err := json.Unmarshal(data, &o); err != nil {
		return nil, fmt.Errorf("not a JSON object: %w", withoutValue(err))
	}
	if o == nil {
		return nil, errors.New("not a JSON object: null")
	}
	return o, nil
}

// Encode writes Go values as an object, without the escapes that only HTML needs. An error: v is written as no object.
func Encode(v any) (Object, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write an object: %w", err)
	}
	return ParseObject(out.Bytes())
}

// Bytes writes the object with sorted keys and its values as they are. Use it in place of json.Marshal, which rewrites
// raw values: white space, and < > & in texts. A nil value is written as null.
func (o Object) Bytes() json.RawMessage {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, key := range slices.Sorted(maps.Keys(o)) {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(quoted(key))
		out.WriteByte(':')
		if o[key] == nil {
			out.WriteString("null")
		}
		out.Write(o[key])
	}
	out.WriteByte('}')
	return out.Bytes()
}

// Text returns a text field, "" when it is missing or no text.
func (o Object) Text(key string) string {
	var text string
	if json.Unmarshal(o[key], &text) != nil {
		return ""
	}
	return text
}

// number returns a whole number, 0 when it is missing or none.
func (o Object) number(key string) int {
	var n int
	if json.Unmarshal(o[key], &n) != nil {
		return 0
	}
	return n
}

// object returns a field that is an object, nil when it is missing or anything else.
func (o Object) object(key string) Object {
	inner, err := ParseObject(o[key])
	if err != nil {
		return nil
	}
	return inner
}

// list returns the elements of a field that is a list, nil when it is missing or anything else.
func (o Object) list(key string) []json.RawMessage {
	var elements []json.RawMessage
	if json.Unmarshal(o[key], &elements) != nil {
		return nil
	}
	return elements
}

// listBytes writes a list with its elements as they are.
func listBytes(elements []json.RawMessage) json.RawMessage {
	var out bytes.Buffer
	out.WriteByte('[')
	for i, element := range elements {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(element)
	}
	out.WriteByte(']')
	return out.Bytes()
}

// quoted writes a JSON text without the escapes that only HTML needs. A text always can be written.
func quoted(text string) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(text)
	return bytes.TrimRight(out.Bytes(), "\n")
}

// withoutValue keeps what was read out of error texts.
func withoutValue(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return errors.New("it is another kind of value")
	}
	return errors.New("the syntax is wrong")
}

// WithToolIDs returns a model with these toolIds and every other field's value as it is, byte for byte; the order of the
// keys may change. Order and repetitions of the ids are kept, no ids give an empty list. An error: model is no object.
//
// Vapi replaces `model` as a whole, so this is what a PATCH that links tools must carry (Vapi: PATCH /assistant/{id}).
func WithToolIDs(model json.RawMessage, ids []string) (json.RawMessage, error) {
	o, err := ParseObject(model)
	if err != nil {
		return nil, fmt.Errorf("set the model's tool ids: %w", err)
	}
	elements := make([]json.RawMessage, len(ids))
	for i, id := range ids {
		elements[i] = quoted(id)
	}
	o["toolIds"] = listBytes(elements)
	return o.Bytes(), nil
}

// ToolIDs returns the toolIds of a model, nil when it has none. Entries that are no texts are left out.
func ToolIDs(model json.RawMessage) []string {
	o, err := ParseObject(model)
	if err != nil {
		return nil
	}
	var ids []string
	for _, element := range o.list("toolIds") {
		var id string
		if json.Unmarshal(element, &id) == nil {
			ids = append(ids, id)
		}
	}
	return ids
}
