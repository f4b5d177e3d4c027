package sandbox

import "encoding/json"

// Shape is one of the ways in which tool calls were seen or documented.
type Shape int

// The four argument shapes. [Shapes] lists them.
const (
	NestedObject   Shape = iota // function.arguments is an object: the wire of 2024 to 2026
	NestedText                  // function.arguments is JSON text: the published schema
	FlatArguments               // {id, name, arguments}: the guides
	FlatParameters              // {id, name, parameters}: the guides
)

// Shapes returns all argument shapes.
func Shapes() []Shape { return []Shape{NestedObject, NestedText, FlatArguments, FlatParameters} }

// String names the shape for test output.
func (s Shape) String() string {
	switch s {
	case NestedObject:
		return "nested object"
	case NestedText:
		return "nested text"
	case FlatArguments:
		return "flat arguments"
	default:
		return "flat parameters"
	}
}

// ToolCall is one wish of the model.
type ToolCall struct {
	ID        string // the same wish again under a new id is another ToolCall
	Name      string
	Arguments map[string]any
}

// ToolCalls asks for one or several tools in one message, with the `toolCalls` duplicate and the definitions beside it,
// as on the wire.
func ToolCalls(l Line, shape Shape, calls ...ToolCall) Message {
	m := l.message("tool-calls")
	m.asked = calls
	var list, withTools []any
	for _, call := range calls {
		list = append(list, call.item(shape))
		withTools = append(withTools, map[string]any{
			"type": "function", "async": false,
			"function": map[string]any{"name": call.Name, "description": "A tool.", "parameters": map[string]any{"type": "object", "properties": map[string]any{}}},
			"server":   map[string]any{"url": "https://api.example/hooks", "timeoutSeconds": 20},
			"messages": []any{}, "toolCall": call.item(shape),
		})
	}
	m.fields["toolCallList"], m.fields["toolCalls"], m.fields["toolWithToolCallList"] = list, list, withTools
	return m
}

// FunctionCall asks for a tool the way assistants of old do. The answer is `{"result": …}`.
func FunctionCall(l Line, call ToolCall) Message {
	m := l.message("function-call")
	m.fields["functionCall"] = map[string]any{"name": call.Name, "parameters": call.Arguments}
	return m
}

func (c ToolCall) item(shape Shape) map[string]any {
	arguments := c.Arguments
	if arguments == nil {
		arguments = map[string]any{}
	}
	switch shape {
	case FlatArguments:
		return map[string]any{"id": c.ID, "name": c.Name, "arguments": arguments}
	case FlatParameters:
		return map[string]any{"id": c.ID, "name": c.Name, "parameters": arguments}
	}
	function := map[string]any{"name": c.Name, "arguments": arguments}
	if shape == NestedText {
		text, _ := json.Marshal(arguments) // texts and numbers always encode
		function["arguments"] = string(text)
	}
	return map[string]any{"id": c.ID, "type": "function", "function": function}
}
