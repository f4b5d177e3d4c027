package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
)

// serveEvent reads, changes or deletes one event.
func (g *Google) serveEvent(w http.ResponseWriter, r *http.Request, c *googleCalendar, id string) {
	e := c.events[id]
	if e == nil {
		refuseGoogle(w, http.StatusNotFound, "global", "notFound", "Not Found")
		return
	}
	if match := r.Header.Get("If-Match"); r.Method != http.MethodGet && match != "" && match != "*" && match != e.etag() {
		refuseGoogleAt(w, http.StatusPreconditionFailed, "global", "conditionNotMet", "Precondition Failed", "header", "If-Match")
		return
	}
	switch r.Method {
	case http.MethodGet:
		answerGoogle(w, r.URL.Query().Get("fields"), e.wire(c.zone))
	case http.MethodPatch:
		g.patchEvent(w, r, c, e)
	case http.MethodDelete:
		if e.Status == "cancelled" {
			refuseGoogle(w, http.StatusGone, "global", "deleted", "Resource has been deleted")
			return
		}
		c.cancel(e, g.now())
		g.changedIn(c)
		w.WriteHeader(http.StatusNoContent)
	default:
		refuseGoogle(w, http.StatusNotFound, "global", "notFound", "Not Found")
	}
}

// insertEvent makes an event; an id that was ever used, by a deleted one too, is refused (Google: events.insert).
func (g *Google) insertEvent(w http.ResponseWriter, r *http.Request, c *googleCalendar) {
	var body googleBody
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		refuseGoogle(w, http.StatusBadRequest, "global", "parseError", "Parse Error")
		return
	}
	e := GoogleEvent{ID: newID(""), Status: "confirmed"}
	if body.ID != nil {
		e.ID = *body.ID
	}
	if !validGoogleID(e.ID) {
		refuseGoogle(w, http.StatusBadRequest, "global", "invalid", "Invalid resource id value.")
		return
	}
	if c.events[e.ID] != nil {
		refuseGoogle(w, http.StatusConflict, "global", "duplicate", "The requested identifier already exists.")
		return
	}
	err := body.into(&e) // before e is handed on
	g.store(w, r, c, e, err)
}

// patchEvent changes an event; of an instance it makes an exception (Google: events.patch).
func (g *Google) patchEvent(w http.ResponseWriter, r *http.Request, c *googleCalendar, e *GoogleEvent) {
	var patch map[string]any
	if json.NewDecoder(r.Body).Decode(&patch) != nil {
		refuseGoogle(w, http.StatusBadRequest, "global", "parseError", "Parse Error")
		return
	}
	changed, err := e.patched(c.zone, patch)
	changed.Exception = changed.Series != ""
	g.store(w, r, c, changed, err)
}

// store keeps an event that was read well, tells the channels, and answers with it. err is why it was not.
func (g *Google) store(w http.ResponseWriter, r *http.Request, c *googleCalendar, e GoogleEvent, err error) {
	var refused *googleRefusal
	if errors.As(err, &refused) {
		refuseGoogle(w, http.StatusBadRequest, "calendar", refused.reason, refused.message)
		return
	}
	stored := c.put(e, g.now())
	g.changedIn(c)
	answerGoogle(w, r.URL.Query().Get("fields"), stored.wire(c.zone))
}
