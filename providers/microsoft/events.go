package microsoft

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Kinds of events (Graph: eventType).
const (
	Single     = "singleInstance"
	Occurrence = "occurrence"   // of a series, as its pattern says
	Exception  = "exception"    // of a series, changed by itself
	Series     = "seriesMaster" // stands for no time of its own: its occurrences do
)

// appointmentProperty is the named property of our events that holds the appointment's id. The GUID names our set of
// properties and must never change: events that were made are found by it.
const appointmentProperty = "String {8c1d5f0e-6a55-4a0b-9d67-2f6b1f0c7e43} Name VoxanneAppointment"

// Event is what matters of an event. Its text is not read.
type Event struct {
	ID          string // immutable, unless the event leaves the mailbox
	Kind        string // [Single], [Occurrence], [Exception] or [Series]
	SeriesID    string // of an occurrence or exception
	Subject     string
	Start, End  Moment
	AllDay      bool   // Start and End are midnights and mean dates, in no zone
	Cancelled   bool   // by its organizer
	ShowAs      string // free, tentative, busy, oof, workingElsewhere, unknown
	Response    string // of the mailbox's owner: none, organizer, tentativelyAccepted, accepted, declined, notResponded
	Version     string // changes with every change
	Appointment string // the id of our appointment; empty for an event that is not ours
	Made        bool   // by us: a copy that staff made has at most the mark of the appointment, not our creation's name
}

// wireEvent is an event as Graph writes it, or a row that only says that one is gone.
type wireEvent struct {
	ID       string     `json:"id"`
	Type     string     `json:"type"`
	Series   string     `json:"seriesMasterId"`
	Subject  string     `json:"subject"`
	Start    wireMoment `json:"start"`
	End      wireMoment `json:"end"`
	AllDay   bool       `json:"isAllDay"`
	Canceled bool       `json:"isCancelled"`
	ShowAs   string     `json:"showAs"`
	Response struct {
		Response string `json:"response"`
	} `json:"responseStatus"`
	Transaction string          `json:"transactionId"`
	ChangeKey   string          `json:"changeKey"`
	ETag        string          `json:"@odata.etag"`
	Removed     json.RawMessage `json:"@removed"`
	Properties  []struct {
		ID    string `json:"id"`
		Value string `json:"value"`
	} `json:"singleValueExtendedProperties"`
}

type wireMoment struct {
	DateTime string `json:"dateTime"`
	TimeZone string `json:"timeZone"`
}

// event reads a row that is not removed. False: it has no id or no times.
func (w wireEvent) event() (Event, bool) {
	start, err := ParseMoment(w.Start.DateTime, w.Start.TimeZone)
	if err != nil || w.ID == "" {
		return Event{}, false
	}
	end, err := ParseMoment(w.End.DateTime, w.End.TimeZone)
	if err != nil {
		return Event{}, false
	}
	e := Event{ID: w.ID, Kind: w.Type, SeriesID: w.Series, Subject: w.Subject, Start: start, End: end, AllDay: w.AllDay,
		Cancelled: w.Canceled, ShowAs: w.ShowAs, Response: w.Response.Response, Version: w.ETag}
	if e.Version == "" {
		e.Version = w.ChangeKey
	}
	if e.Kind == "" {
		e.Kind = Single
	}
	if e.Kind != Single { // staff made a series of ours: then it is theirs, and takes time
		return e, true
	}
	e.Appointment, e.Made = AppointmentOf(w.Transaction)
	for _, p := range w.Properties {
		if strings.EqualFold(p.ID, appointmentProperty) && isUUID.MatchString(p.Value) {
			e.Appointment = strings.ToLower(p.Value)
		}
	}
	return e, true
}

// inherits fills what Graph leaves out of an occurrence in a delta from its series: it has only id, type, series and times
// there.
func (e Event) inherits(series Event) Event {
	e.Subject, e.AllDay, e.Cancelled, e.ShowAs, e.Response = series.Subject, series.AllDay, series.Cancelled, series.ShowAs, series.Response
	return e
}

// Draft is what we write into a calendar.
type Draft struct {
	Appointment string // uuid of our appointment
	// Generation makes a creation another one than those before it: raise it when an event that existed was deleted and is
	// wanted again, and leave it for a repetition.
	Generation int
	Subject    string
	Text       string // plain
	Place      string
	Start, End time.Time
	Private    bool // hides the subject from those with whom the calendar is shared
}

var (
	isUUID          = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	transactionForm = regexp.MustCompile(`^vx-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-[0-9]{1,9}$`)
)

// transaction names a creation, so that Graph makes it once however often it is asked; and it marks the event as ours in a
// delta, which shows no extended properties.
func (d Draft) transaction() string {
	return "vx-" + strings.ToLower(d.Appointment) + "-" + strconv.Itoa(d.Generation)
}

// AppointmentOf returns the appointment's id that a transaction id of ours holds.
func AppointmentOf(transactionID string) (appointment string, ours bool) {
	m := transactionForm.FindStringSubmatch(transactionID)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// fields are what a creation and a change have in common. Patching them leaves staff's own additions alone.
func (d Draft) fields() map[string]any {
	sensitivity := "normal"
	if d.Private {
		sensitivity = "private"
	}
	return map[string]any{
		"isAllDay": false, // else one that staff made last all day stays so, and its times are refused
		"subject":  d.Subject, "body": map[string]string{"contentType": "text", "content": d.Text},
		"start": momentAt(d.Start), "end": momentAt(d.End), "showAs": "busy", "sensitivity": sensitivity, "isReminderOn": false,
		"location": map[string]string{"displayName": d.Place},
	}
}
