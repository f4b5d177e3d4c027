package vapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Tools says which tools an assistant shall carry of ours.
type Tools struct {
	IDs     []string // of the registered ones; what `model.toolIds` shall hold
	Earlier []string // ids of ours that no assistant shall hold any more
	Names   []string // of all our tools; another tool that answers to one of them would take its calls
	Native  []Object // written into `model.tools`, one for each type
	Own     string   // base URL of our server, by which interceptors are told
}

// References reports whether an assistant refers to tools other than ours by id, so that the account's list is needed to
// judge them.
func (t Tools) References(assistant Object) bool {
	model := assistant.object("model")
	return len(model.list("toolRefs")) > 0 || len(assistant.list("hooks")) > 0 ||
		slices.ContainsFunc(ToolIDs(assistant["model"]), func(id string) bool {
			return !slices.Contains(t.IDs, id) && !slices.Contains(t.Earlier, id)
		})
}

// Link returns a copy of an assistant that carries our tools: earlier ids of ours, tools of other makers with a name of
// ours, and interceptors are gone, the registered ids and the native tools are there, and everything else is as it was,
// byte for byte. account is what [Client.ListTools] returned; it may be empty when [Tools.References] is false. A model
// that is missing is made, an Own without a host is an error.
//
// Old and new ids change places in one value, `model`, which Vapi replaces at once: no call meets an assistant without.
func (t Tools) Link(assistant Object, account []Object) (Object, error) {
	inspector, err := NewInspector(t.Own, account)
	if err != nil {
		return nil, err
	}
	cleaned, _ := inspector.RemoveInterceptors(assistant)
	model := cleaned.object("model")
	if model == nil {
		model = Object{}
	}
	strangers := t.strangers(account)
	if refs := model.list("toolRefs"); len(refs) > 0 {
		model = with(model, "toolRefs", listBytes(slices.DeleteFunc(refs, func(ref json.RawMessage) bool {
			id := refID(ref)
			return slices.Contains(t.IDs, id) || slices.Contains(t.Earlier, id) || slices.Contains(strangers, id)
		})))
	}
	if inline := t.inline(model.list("tools")); len(inline) > 0 || len(model.list("tools")) > 0 {
		model = with(model, "tools", listBytes(inline))
	}
	linked, err := WithToolIDs(model.Bytes(), t.ids(ToolIDs(model.Bytes()), strangers))
	if err != nil {
		return nil, fmt.Errorf("link the tools: %w", err)
	}
	return with(cleaned, "model", linked), nil
}

// Carries reports whether a model holds all registered ids, no earlier one, and every native tool.
func (t Tools) Carries(model json.RawMessage) bool {
	ids := ToolIDs(model)
	for _, id := range t.IDs {
		if !slices.Contains(ids, id) {
			return false
		}
	}
	if slices.ContainsFunc(t.Earlier, func(id string) bool { return slices.Contains(ids, id) }) {
		return false
	}
	o, err := ParseObject(model)
	if err != nil {
		return false
	}
	inline := o.list("tools")
	return bytes.Equal(listBytes(t.inline(inline)), listBytes(inline))
}

// ids keeps foreign ids and ours in their places and appends ours that are missing.
func (t Tools) ids(now, strangers []string) []string {
	var kept []string
	for _, id := range append(slices.Clone(now), t.IDs...) {
		ours := slices.Contains(t.IDs, id)
		if ours && slices.Contains(kept, id) || !ours && (slices.Contains(t.Earlier, id) || slices.Contains(strangers, id)) {
			continue
		}
		kept = append(kept, id)
	}
	return kept
}

// inline drops functions with names of ours and appends the native tools whose type is missing; one of the clinic's own
// making that does the same stays.
func (t Tools) inline(now []json.RawMessage) []json.RawMessage {
	var kept []json.RawMessage
	var types []string
	for _, raw := range now {
		tool, err := ParseObject(raw)
		if err == nil && !isNative(tool) && t.answersTo(tool) {
			continue
		}
		types, kept = append(types, tool.Text("type")), append(kept, raw)
	}
	for _, native := range t.Native {
		if !slices.Contains(types, native.Text("type")) {
			kept = append(kept, native.Bytes())
		}
	}
	return kept
}

// strangers are the ids of listed tools, other than ours, that would take our tools' calls.
func (t Tools) strangers(account []Object) []string {
	var ids []string
	for _, tool := range account {
		if id := tool.Text("id"); !slices.Contains(t.IDs, id) && t.answersTo(tool) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (t Tools) answersTo(tool Object) bool {
	name := describe("", tool).Name
	if isNative(tool) {
		name = tool.Text("type")
	}
	return name != "" && slices.Contains(t.Names, name)
}

// isNative: of a type that we write inline; its type is its name.
func isNative(tool Object) bool {
	return slices.Contains([]string{"transferCall", "endCall"}, tool.Text("type"))
}

func refID(ref json.RawMessage) string {
	o, err := ParseObject(ref)
	if err != nil {
		return ""
	}
	return o.Text("toolId")
}
