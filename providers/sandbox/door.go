package sandbox

import (
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Addresses at which a person does by hand what staff do in their own calendars: GET / lists calendars with their events, as a
// page or, asked for application/json, as JSON; POST /staff/add (calendar, title, start, end), /staff/move (calendar, event,
// start, end) and /staff/delete (calendar, event) take forms. Times are the calendar's, as in 2026-03-02T09:30. There is no
// sign-in: whoever serves a sandbox serves it to this machine alone.
const (
	doorPage   = "/"
	doorPath   = "/staff/"
	doorMinute = "2006-01-02T15:04"
)

// How far ahead the page looks; of recurring events only the next days' instances are listed one by one.
const (
	doorDays      = 90 * 24 * time.Hour
	doorInstances = 7 * 24 * time.Hour
)

// deskCalendar is a calendar as the page shows it.
type deskCalendar struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Person string      `json:"person"`
	Zone   string      `json:"zone"`
	Events []deskEvent `json:"events"`
}

// deskEvent is an event as the page shows it; times are the calendar's, dates for all-day ones.
type deskEvent struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Start     string `json:"start"`
	End       string `json:"end"`
	Recurring bool   `json:"recurring"` // the series, or one of it
	Ours      bool   `json:"ours"`      // written by the app, not by people
}

// desk is what the door needs of a played provider. Times are wall clocks' readings in the calendar's zone.
type desk interface {
	listed() []deskCalendar
	added(calendarID, title string, start, end time.Time) (id string, err error)
	moved(calendarID, eventID string, start, end time.Time) error
	removed(calendarID, eventID string) error
}

// throughDoor serves a request that is for the door; false: it is for the provider.
func throughDoor(d desk, w http.ResponseWriter, r *http.Request) bool {
	what, staff := strings.CutPrefix(r.URL.Path, doorPath)
	switch {
	case r.Method == http.MethodGet && r.URL.Path == doorPage:
		showDesk(d, w, r)
	case r.Method == http.MethodPost && staff:
		id, err := atDesk(d, what, r)
		answerDesk(w, r, id, err)
	default:
		return false
	}
	return true
}

func showDesk(d desk, w http.ResponseWriter, r *http.Request) {
	if wantsJSON(r) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"calendars": d.listed()}) // a client that has gone away is not our trouble
		return
	}
	page, err := template.New("desk").Parse(deskPage)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, d.listed())
}

// atDesk does what a form asks for and returns the id of an added event.
func atDesk(d desk, what string, r *http.Request) (id string, err error) {
	if err := r.ParseForm(); err != nil {
		return "", errors.New("the body is not a form")
	}
	f := r.PostForm
	switch what {
	case "delete":
		return "", d.removed(f.Get("calendar"), f.Get("event"))
	case "add", "move":
	default:
		return "", errors.New("add, move or delete")
	}
	start, end, err := spanOf(f)
	switch {
	case err != nil:
		return "", err
	case what == "add":
		return d.added(f.Get("calendar"), f.Get("title"), start, end)
	}
	return "", d.moved(f.Get("calendar"), f.Get("event"), start, end)
}

func spanOf(f url.Values) (start, end time.Time, err error) {
	start, err = time.Parse(doorMinute, f.Get("start"))
	if err == nil {
		end, err = time.Parse(doorMinute, f.Get("end"))
	}
	if err != nil || !end.After(start) {
		return start, end, errors.New("start and end are as in 2026-03-02T09:30, the end after the start")
	}
	return start, end, nil
}

// answerDesk leads a browser back to the page and tells others what they did.
func answerDesk(w http.ResponseWriter, r *http.Request, id string, err error) {
	switch {
	case errors.Is(err, ErrNoSuchEvent):
		http.Error(w, err.Error(), http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	case wantsJSON(r):
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"id": id})
	default:
		http.Redirect(w, r, doorPage, http.StatusSeeOther)
	}
}

func wantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}

const deskPage = `<!doctype html><meta charset="utf-8"><title>Played calendars</title>
<style>body{font:15px system-ui;margin:2em auto;max-width:60em}td{padding:.2em .8em .2em 0}form{display:inline}.ours{color:#06c}</style>
<h1>Played calendars</h1><p>What staff do in their own calendars. Times are the calendar's.</p>
{{range $c := .}}<h2>{{.Name}} <small>{{.Person}}, {{.Zone}}</small></h2><table>
{{range .Events}}<tr{{if .Ours}} class="ours"{{end}}><td>{{.Start}}<td>{{.End}}<td>{{.Title}}{{if .Recurring}} ↻{{end}}<td>
<form method="post" action="/staff/move"><input type="hidden" name="calendar" value="{{$c.ID}}"><input type="hidden" name="event" value="{{.ID}}">
<input type="datetime-local" name="start" value="{{.Start}}" required><input type="datetime-local" name="end" value="{{.End}}" required><button>Move</button></form>
<form method="post" action="/staff/delete"><input type="hidden" name="calendar" value="{{$c.ID}}"><input type="hidden" name="event" value="{{.ID}}"><button>Delete</button></form>
{{end}}</table><form method="post" action="/staff/add"><input type="hidden" name="calendar" value="{{.ID}}"><input name="title" placeholder="Title">
<input type="datetime-local" name="start" required><input type="datetime-local" name="end" required><button>Add</button></form>{{end}}
`
