package voice

import (
	"encoding/json"
	"fmt"
	"strings"
)

// What is told to the model instead of carrying out a call.
const (
	problemTooLong      = "The argument %q is too long: at most %d characters."
	problemNotAnObject  = "The arguments could not be read: send them as one JSON object."
	problemBrokenJSON   = "The arguments could not be read: the JSON text is broken or was cut off."
	problemTooMany      = "These are too many tool calls at once. Ask again, with fewer."
	problemOtherAddress = "This address serves another tool than the one that was called."
)

// ToolCall is one wish of the model.
type ToolCall struct {
	ID   string // echoed exactly; "" when none was sent, and then no replay key
	Name string // "" when only the path of the request names the tool, see [Message.NameTool]
	Args Args   // never nil
	// Problem is a sentence saying why this call must not be carried out; answer with it. "" means sound.
	Problem string

	unread []string // texts that are in no argument
}

// AllText returns every text of the call, also of arguments that could not be read or were left out: someone who says
// that they cannot breathe is heard even when the model's JSON was cut off, or wrote it where a clinic's id would stand.
func (c ToolCall) AllText() []string { return append(c.Args.AllText(), c.unread...) }

// NameTool gives the name from a request's path to the calls that came without one. A call that names another tool
// than the path gets a Problem.
func (m *Message) NameTool(name string) {
	for i := range m.ToolCalls {
		call := &m.ToolCalls[i]
		switch {
		case call.Name == "":
			call.Name = name
		case call.Name != name:
			call.Problem = problemOtherAddress
		}
	}
}

// readToolCalls returns the tool calls of an envelope, nil when it has none of the known fields.
// The three lists of Vapi's tool-calls repeat one another, so the first that holds something is taken.
func readToolCalls(envelope object) []ToolCall {
	for _, key := range []string{"toolCallList", "toolCalls"} {
		if items := envelope.objects(key); len(items) > 0 {
			return readItems(items)
		}
	}
	if items := envelope.objects("toolWithToolCallList"); len(items) > 0 {
		return readItems(unwrapTools(items))
	}
	for _, key := range []string{"toolCall", "functionCall"} {
		if item := envelope.object(key); item != nil {
			return readItems([]object{item})
		}
	}
	if envelope.text("type") == TypeToolCalls {
		return []ToolCall{}
	}
	return nil
}

// unwrapTools takes the call out of each `{function, …, toolCall}`; the tool's own name stands in for a missing one.
// Beside it stand the tool's schema and static parameters, which are no arguments.
func unwrapTools(items []object) []object {
	var out []object
	for _, item := range items {
		call := item.object("toolCall")
		if call == nil {
			continue
		}
		if toolName(call) == "" {
			call["name"] = toolName(item)
		}
		out = append(out, call)
	}
	return out
}

// readItems reads every call, also those too many: each wants an answer, and may tell of an emergency.
func readItems(items []object) []ToolCall {
	calls := make([]ToolCall, 0, len(items))
	for i, item := range items {
		call := readItem(item)
		if i >= MaxToolCalls {
			call.Problem = problemTooMany
		}
		calls = append(calls, call)
	}
	return calls
}

func readItem(item object) ToolCall {
	call := readArguments(argumentsOf(item))
	call.ID = firstText(identifier(item, "id"), identifier(item, "toolCallId"))
	call.Name = limited(toolName(item), maxWord)
	return call
}

func toolName(item object) string {
	return firstText(item.object("function").text("name"), item.text("name"))
}

// argumentsOf returns the first of the four places where arguments may be. A list under `parameters` is the static
// parameters of a tool, already merged into the arguments by Vapi.
func argumentsOf(item object) any {
	function := item.object("function")
	for _, v := range []any{function["arguments"], function["parameters"], item["arguments"], item["parameters"]} {
		if _, list := v.([]any); v != nil && !list {
			return v
		}
	}
	return nil
}

// readArguments accepts an object, JSON text of an object (also quoted twice), blank text, and nothing.
func readArguments(v any) ToolCall {
	for range 2 {
		s, isText := v.(string)
		if !isText {
			break
		}
		if strings.TrimSpace(s) == "" {
			v = nil
			break
		}
		decoded, err := decode([]byte(s))
		if err != nil {
			return ToolCall{Args: Args{}, Problem: problemBrokenJSON, unread: collectText(s, nil)}
		}
		v = decoded
	}
	if v == nil {
		return ToolCall{Args: Args{}}
	}
	m, ok := v.(map[string]any)
	if !ok {
		return ToolCall{Args: Args{}, Problem: problemNotAnObject, unread: collectText(withoutTenants(v), nil)}
	}
	args, _ := withoutTenants(m).(map[string]any)
	return ToolCall{Args: args, Problem: tooLong(args), unread: sentencesForTenants(m, false, nil)}
}

// tooLong returns the problem of the first argument that is longer than allowed, nested texts included. Nothing is
// cut: half a message or half a name is worse than a question back.
func tooLong(args map[string]any) string {
	for _, key := range sortedKeys(args) {
		if len(key) > MaxArgumentText || longest(args[key]) > MaxArgumentText {
			return fmt.Sprintf(problemTooLong, limited(key, 40), MaxArgumentText)
		}
	}
	return ""
}

func longest(v any) int {
	n := 0
	switch t := v.(type) {
	case string:
		n = len(t)
	case json.Number:
		n = len(t)
	case []any:
		for _, entry := range t {
			n = max(n, longest(entry))
		}
	case map[string]any:
		for key, entry := range t {
			n = max(n, len(key), longest(entry))
		}
	}
	return n
}

// readOlderBody reads the bodies of the older tool routes, which have no envelope: `{toolCallId, tool: {arguments}}`,
// `{tool: "name", params}`, `{function: "name", parameters}`, `{name, arguments}`, and the bare arguments. They carry
// identifiers of a clinic only when they repeat Vapi's call and phoneNumber; without these they lead to no tenant.
func readOlderBody(root object) []ToolCall {
	if tool := root.object("tool"); tool != nil {
		call := readItem(tool)
		call.ID = firstText(identifier(root, "toolCallId"), call.ID)
		return []ToolCall{call}
	}
	for _, shape := range []struct{ name, args string }{{"tool", "params"}, {"function", "parameters"}, {"name", "arguments"}, {"", "arguments"}} {
		args, ok := root[shape.args]
		if !ok || (shape.name != "" && root.text(shape.name) == "") {
			continue
		}
		call := readArguments(args)
		call.ID = identifier(root, "toolCallId")
		if shape.name != "" {
			call.Name = limited(root.text(shape.name), maxWord)
		}
		return []ToolCall{call}
	}
	return bareArguments(root)
}

// bareArguments takes a whole body as the arguments, less what belongs to the envelope.
func bareArguments(root object) []ToolCall {
	rest := map[string]any{}
	for key, v := range root {
		switch key {
		case "call", "phoneNumber", "customer", "assistant", "artifact", "metadata", "timestamp", "toolCallId", "chat":
		default:
			rest[key] = v
		}
	}
	call := readArguments(rest)
	if len(call.Args) == 0 {
		return nil
	}
	call.ID = identifier(root, "toolCallId")
	return []ToolCall{call}
}
