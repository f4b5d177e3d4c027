package vapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Found is a tool that would take a caller's business past our server, and where it hangs.
type Found struct {
	Where  string // such as model.tools[0], model.toolIds[2], hooks[0].do[1], members[1].assistantOverrides.tools:append[0]
	Type   string
	Name   string // of its function, "" when it has none
	ToolID string // "" for one that is written into the assistant
}

// Inspector tells interceptors from tools that may stay. Safe for concurrent use.
//
// Interceptors are, by type and never by name: google.*, gohighlevel.*, ghl, slack.* and make; sms, which texts people past
// our record of who wants no texts; apiRequest, code and mcp
// unless they go to our own host; a function whose server (its own, else the assistant's) is on another host; and a
// transferCall with destinations of its own, because the server decides where to put a caller through. Other types stay,
// and so do ids of tools that the account does not list.
type Inspector struct {
	host  string
	tools map[string]Object
}

// NewInspector takes the base URL of our own server and the account's tools as [Client.ListTools] returns them, by which
// ids are judged. A base URL without a host is an error.
func NewInspector(ownBaseURL string, tools []Object) (*Inspector, error) {
	host := hostOf(ownBaseURL)
	if host == "" {
		return nil, errors.New("the own base URL is not an http(s) address")
	}
	in := &Inspector{host: host, tools: make(map[string]Object, len(tools))}
	for _, tool := range tools {
		if id := tool.Text("id"); id != "" {
			in.tools[id] = tool
		}
	}
	return in, nil
}

// Interceptors finds them in an assistant or a squad: among inline tools, by id, by pinned reference, in hooks, and in
// what a squad's members override; nil when there are none.
func (in *Inspector) Interceptors(assistant Object) []Found {
	_, found := in.sifted("", assistant, "")
	return found
}

// RemoveInterceptors returns a copy without them, and what was removed. Emptied lists stay as empty lists, since a missing
// key would not clear anything; a hook that has nothing left to do goes. All other values are kept byte for byte. Without
// interceptors the copy equals the assistant. Tools are only detached: another assistant may use them.
func (in *Inspector) RemoveInterceptors(assistant Object) (Object, []Found) {
	cleaned, found := in.sifted("", assistant, "")
	return maps.Clone(cleaned), found
}

// Tool judges one tool of the account by itself; a function without a server of its own passes.
func (in *Inspector) Tool(tool Object) (Found, bool) {
	return describe("", tool), in.intercepts(tool, "")
}

// sifted handles an assistant, its model, a squad, a member or its overrides: their keys do not collide. inherited is the
// URL of the server around it, "" for none. When nothing is found, o itself comes back.
func (in *Inspector) sifted(path string, o Object, inherited string) (Object, []Found) {
	if own := serverURL(o); own != "" {
		inherited = own
	}
	var all []Found
	for _, key := range []string{"tools", "tools:append", "toolIds", "toolRefs", "hooks", "members"} {
		elements := o.list(key)
		if len(elements) == 0 {
			continue
		}
		var kept []json.RawMessage
		before := len(all)
		for i, element := range elements {
			left, found := in.element(key, fmt.Sprintf("%s%s[%d]", path, key, i), element, inherited)
			all = append(all, found...)
			if left != nil {
				kept = append(kept, left)
			}
		}
		if len(all) > before {
			o = with(o, key, listBytes(kept))
		}
	}
	for _, key := range []string{"model", "assistant", "assistantOverrides", "membersOverrides"} {
		inner := o.object(key)
		if inner == nil {
			continue
		}
		if cleaned, found := in.sifted(path+key+".", inner, inherited); len(found) > 0 {
			all = append(all, found...)
			o = with(o, key, cleaned.Bytes())
		}
	}
	return o, all
}

// element returns what is left of an element of one of the lists, nil for nothing.
func (in *Inspector) element(key, where string, element json.RawMessage, inherited string) (json.RawMessage, []Found) {
	if key == "toolIds" {
		var id string
		if json.Unmarshal(element, &id) != nil {
			return element, nil
		}
		return in.unlessFound(element, where, in.tools[id], inherited)
	}
	o, err := ParseObject(element)
	if err != nil {
		return element, nil
	}
	switch key {
	case "toolRefs":
		return in.unlessFound(element, where, in.tools[o.Text("toolId")], inherited)
	case "hooks":
		return in.hook(where, element, o, inherited)
	case "members":
		cleaned, found := in.sifted(where+".", o, inherited)
		if len(found) == 0 {
			return element, nil
		}
		return cleaned.Bytes(), found
	default:
		return in.unlessFound(element, where, o, inherited)
	}
}

// hook sifts the actions of a hook: a tool by id, one written into the action, or an action that is itself a tool.
func (in *Inspector) hook(where string, element json.RawMessage, hook Object, inherited string) (json.RawMessage, []Found) {
	var kept []json.RawMessage
	var all []Found
	for i, raw := range hook.list("do") {
		action, err := ParseObject(raw)
		if err != nil {
			kept = append(kept, raw)
			continue
		}
		left := raw
		for _, tool := range []Object{in.tools[action.Text("toolId")], action.object("tool"), action} {
			if left != nil {
				var found []Found
				left, found = in.unlessFound(raw, fmt.Sprintf("%s.do[%d]", where, i), tool, inherited)
				all = append(all, found...)
			}
		}
		if left != nil {
			kept = append(kept, left)
		}
	}
	switch {
	case len(all) == 0:
		return element, nil
	case len(kept) == 0:
		return nil, all
	default:
		return with(hook, "do", listBytes(kept)).Bytes(), all
	}
}

// unlessFound returns the element, or nothing when the tool it stands for is an interceptor.
func (in *Inspector) unlessFound(
	element json.RawMessage, where string, tool Object, inherited string,
) (json.RawMessage, []Found) {
	if !in.intercepts(tool, inherited) {
		return element, nil
	}
	return nil, []Found{describe(where, tool)}
}

// intercepts is the rule; a nil tool, which is one we know nothing of, passes.
func (in *Inspector) intercepts(tool Object, inherited string) bool {
	kind := tool.Text("type")
	for _, family := range []string{"google.", "gohighlevel.", "ghl.", "slack."} {
		if strings.HasPrefix(kind, family) {
			return true
		}
	}
	switch kind {
	case "ghl", "make", "sms":
		return true
	case "apiRequest":
		return hostOf(tool.Text("url")) != in.host
	case "code", "mcp":
		return hostOf(serverURL(tool)) != in.host
	case "transferCall":
		return !slices.Contains([]string{"", "null", "[]"}, string(compact(tool["destinations"])))
	case "function":
		address := serverURL(tool)
		if address == "" {
			address = inherited
		}
		return address != "" && hostOf(address) != in.host
	default:
		return false
	}
}

func describe(where string, tool Object) Found {
	name := tool.object("function").Text("name")
	if name == "" {
		name = tool.Text("name")
	}
	return Found{Where: where, Type: tool.Text("type"), Name: name, ToolID: tool.Text("id")}
}

// serverURL also reads the flat key that older objects have.
func serverURL(o Object) string {
	if address := o.object("server").Text("url"); address != "" {
		return address
	}
	return o.Text("serverUrl")
}

// hostOf returns host and port in lower case, the port also when it is the scheme's own; "" for what is no http(s) address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	port := u.Port()
	switch {
	case port != "":
	case strings.EqualFold(u.Scheme, "https"):
		port = "443"
	case strings.EqualFold(u.Scheme, "http"):
		port = "80"
	default:
		return ""
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}

// with returns a copy of o in which one field is replaced.
func with(o Object, key string, value json.RawMessage) Object {
	changed := maps.Clone(o)
	changed[key] = value
	return changed
}

// compact drops white space around and inside a value that was read from JSON.
func compact(value json.RawMessage) []byte {
	return []byte(strings.Join(strings.Fields(string(value)), ""))
}
