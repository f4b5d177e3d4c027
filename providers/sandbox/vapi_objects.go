package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
)

// vapiOrg is the account's organisation.
const vapiOrg = "0b5c1d5e-0000-4000-8000-000000000001"

// vapiTime is how Vapi writes times.
const vapiTime = "2006-01-02T15:04:05.000Z"

// vapiObject is a stored object; its values are served byte for byte as they came.
type vapiObject map[string]json.RawMessage

// vapiKind is one sort of objects behind `path` and `path/{id}`.
type vapiKind struct {
	path    string
	name    string // in sentences
	pin     string // the error of a refused DELETE
	objects map[string]vapiObject
	check   func(body, old vapiObject) []string // what is wrong with a body; old is nil on creation
	keep    func(id string, o vapiObject)       // takes what is not shown out of an object that is about to be stored; nil: all is shown
}

func (v *Vapi) serveKind(k vapiKind) {
	for pattern, serve := range map[string]func(*http.Request) vapiAnswer{
		"GET " + k.path:              v.listOf(k.objects),
		"POST " + k.path:             func(r *http.Request) vapiAnswer { return v.create(r, k) },
		"GET " + k.path + "/{id}":    func(r *http.Request) vapiAnswer { return v.get(r, k) },
		"PATCH " + k.path + "/{id}":  func(r *http.Request) vapiAnswer { return v.patch(r, k) },
		"DELETE " + k.path + "/{id}": func(r *http.Request) vapiAnswer { return v.remove(r, k) },
	} {
		v.routes.HandleFunc(pattern, v.locked(serve))
	}
}

// AddAssistant adds or replaces an assistant as the dashboard could have made it: nothing is checked. Missing id, orgId,
// createdAt and updatedAt are filled in. It returns the id, or an error when object is no JSON object.
func (v *Vapi) AddAssistant(object json.RawMessage) (id string, err error) {
	return v.add(v.assistants, object)
}

// AddTool is [Vapi.AddAssistant] for a tool.
func (v *Vapi) AddTool(object json.RawMessage) (id string, err error) { return v.add(v.tools, object) }

// AddSquad is [Vapi.AddAssistant] for a squad.
func (v *Vapi) AddSquad(object json.RawMessage) (id string, err error) {
	return v.add(v.squads, object)
}

// Assistants returns all assistants by id, as GET serves them.
func (v *Vapi) Assistants() map[string]json.RawMessage { return v.written(v.assistants) }

// Tools returns all tools by id, as GET serves them.
func (v *Vapi) Tools() map[string]json.RawMessage { return v.written(v.tools) }

// Squads returns all squads by id, as GET serves them.
func (v *Vapi) Squads() map[string]json.RawMessage { return v.written(v.squads) }

// Pin makes DELETE of these ids answer 409, as for objects that a version refers to.
func (v *Vapi) Pin(ids ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range ids {
		v.pinned[id] = true
	}
}

// Unpin undoes [Vapi.Pin].
func (v *Vapi) Unpin(ids ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range ids {
		delete(v.pinned, id)
	}
}

func (v *Vapi) written(objects map[string]vapiObject) map[string]json.RawMessage {
	v.mu.Lock()
	defer v.mu.Unlock()
	all := make(map[string]json.RawMessage, len(objects))
	for id, o := range objects {
		all[id] = o.bytes()
	}
	return all
}

func (v *Vapi) add(objects map[string]vapiObject, data json.RawMessage) (string, error) {
	var o vapiObject
	if err := json.Unmarshal(data, &o); err != nil || o == nil {
		return "", errors.New("not a JSON object")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for key, value := range v.newHead() {
		if o[key] == nil {
			o[key] = value
		}
	}
	objects[o.text("id")] = o
	return o.text("id"), nil
}

// newHead returns the keys that Vapi makes. It needs v.mu.
func (v *Vapi) newHead() vapiObject {
	at := jsonText(v.tick())
	return vapiObject{"id": jsonText(uuid.NewString()), "orgId": jsonText(vapiOrg), "createdAt": at, "updatedAt": at}
}

// tick returns the time. It never repeats, so that one can tell what is newer. It needs v.mu.
func (v *Vapi) tick() string {
	now := v.now().UTC().Truncate(time.Millisecond)
	if !now.After(v.last) {
		now = v.last.Add(time.Millisecond)
	}
	v.last = now
	return now.Format(vapiTime)
}

func (v *Vapi) create(r *http.Request, k vapiKind) vapiAnswer {
	_, body, problems := readObject(r)
	if problems == nil {
		problems = k.check(body, nil)
	}
	if problems != nil {
		return refusal(http.StatusBadRequest, problems...)
	}
	made := withoutNulls(body)
	maps.Copy(made, v.newHead())
	made["latestVersion"] = jsonText("v1")
	if k.keep != nil {
		k.keep(made.text("id"), made)
	}
	k.objects[made.text("id")] = made
	return vapiAnswer{status: http.StatusCreated, body: made.bytes()}
}

func (v *Vapi) get(r *http.Request, k vapiKind) vapiAnswer {
	o, found := k.objects[r.PathValue("id")]
	if !found {
		return refusal(http.StatusNotFound, k.name+" not found.")
	}
	return vapiAnswer{status: http.StatusOK, body: o.bytes()}
}

// patch replaces top-level keys and clears those that are null; nested objects are never merged.
func (v *Vapi) patch(r *http.Request, k vapiKind) vapiAnswer {
	raw, body, problems := readObject(r)
	v.notePatch(r.URL.Path, raw)
	old, found := k.objects[r.PathValue("id")]
	if !found {
		return refusal(http.StatusNotFound, k.name+" not found.")
	}
	if problems == nil {
		problems = k.check(body, old)
	}
	if problems != nil {
		return refusal(http.StatusBadRequest, problems...)
	}
	changed := maps.Clone(old)
	maps.Copy(changed, body)
	changed = withoutNulls(changed)
	changed["updatedAt"] = jsonText(v.tick())
	if k.keep != nil {
		k.keep(r.PathValue("id"), changed)
	}
	k.objects[r.PathValue("id")] = changed
	return vapiAnswer{status: http.StatusOK, body: changed.bytes()}
}

func (v *Vapi) remove(r *http.Request, k vapiKind) vapiAnswer {
	id := r.PathValue("id")
	o, found := k.objects[id]
	if !found {
		return refusal(http.StatusNotFound, k.name+" not found.")
	}
	if v.pinned[id] {
		body, _ := json.Marshal(map[string]string{"error": k.pin, "message": k.name + " is pinned by a version."}) // cannot fail
		return vapiAnswer{status: http.StatusConflict, body: body}
	}
	delete(k.objects, id)
	return vapiAnswer{status: http.StatusOK, body: o.bytes()}
}

// readObject reads the body of a request. As at Vapi, one of another content type counts as empty.
func readObject(r *http.Request) (raw []byte, body vapiObject, problems []string) {
	raw, _ = io.ReadAll(r.Body) // it is in memory already
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return raw, vapiObject{}, nil
	}
	if err := json.Unmarshal(raw, &body); err != nil || body == nil {
		return raw, nil, []string{"the body is not a JSON object"}
	}
	return raw, body, nil
}

// bytes writes the object with sorted keys and its values as they came; json.Marshal would rewrite them.
func (o vapiObject) bytes() []byte {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, key := range slices.Sorted(maps.Keys(o)) {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(jsonText(key))
		out.WriteByte(':')
		out.Write(o[key])
	}
	out.WriteByte('}')
	return out.Bytes()
}

// text returns a text field, "" when it is missing or no text.
func (o vapiObject) text(key string) string {
	var text string
	if json.Unmarshal(o[key], &text) != nil {
		return ""
	}
	return text
}

func withoutNulls(o vapiObject) vapiObject {
	kept := vapiObject{}
	for key, value := range o {
		if string(value) != "null" {
			kept[key] = value
		}
	}
	return kept
}

func jsonText(text string) json.RawMessage {
	written, _ := json.Marshal(text) // a text always can be written
	return written
}
