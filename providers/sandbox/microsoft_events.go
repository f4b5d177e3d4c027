package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// outlookFields are those of an event that a client may write.
var outlookFields = map[string]bool{"subject": true, "body": true, "start": true, "end": true, "showAs": true, "sensitivity": true,
	"isReminderOn": true, "isAllDay": true, "location": true, "transactionId": true, "singleValueExtendedProperties": true}

var (
	propertyForm   = regexp.MustCompile(`^String \{[0-9a-fA-F-]{36}\} Name \S+$`)
	propertyFilter = regexp.MustCompile(`^singleValueExtendedProperties/Any\(ep: ep/id eq '([^']+)' and ep/value eq '([^']+)'\)$`)
	propertyExpand = regexp.MustCompile(`^singleValueExtendedProperties\(\$filter=id eq '([^']+)'\)$`)
)

// outlookBody is what a client wrote.
type outlookBody struct {
	Subject     *string       `json:"subject"`
	Body        *outlookText  `json:"body"`
	Start       *outlookClock `json:"start"`
	End         *outlookClock `json:"end"`
	ShowAs      *string       `json:"showAs"`
	Sensitivity *string       `json:"sensitivity"`
	Location    *struct {
		Name string `json:"displayName"`
	} `json:"location"`
	AllDay      *bool  `json:"isAllDay"`
	Transaction string `json:"transactionId"`
	Properties  []struct {
		ID    string `json:"id"`
		Value string `json:"value"`
	} `json:"singleValueExtendedProperties"`
}

type outlookText struct {
	Content string `json:"content"`
}

type outlookClock struct {
	DateTime string `json:"dateTime"`
	TimeZone string `json:"timeZone"`
}

// readOutlookBody refuses what Graph would not understand.
func readOutlookBody(r *http.Request) (outlookBody, string, error) {
	var sent map[string]json.RawMessage
	var body outlookBody
	decoder := json.NewDecoder(r.Body)
	if decoder.Decode(&sent) != nil {
		return body, "", errors.New("the body is not JSON")
	}
	for name := range sent {
		if !outlookFields[name] {
			return body, "", errors.New("the property '" + name + "' does not exist on type 'microsoft.graph.event'")
		}
	}
	raw, _ := json.Marshal(sent) // in the order of the names: equal for equal requests
	if json.Unmarshal(raw, &body) != nil {
		return body, "", errors.New("a property has another type")
	}
	return body, string(raw), nil
}

// apply writes what was sent into an event.
func (b outlookBody) apply(e *OutlookEvent) error {
	if b.Subject != nil {
		e.Subject = *b.Subject
	}
	if b.Body != nil {
		e.Text = b.Body.Content
	}
	if b.ShowAs != nil {
		e.ShowAs = *b.ShowAs
	}
	if b.Sensitivity != nil {
		e.Private = *b.Sensitivity == "private"
	}
	if b.Location != nil {
		e.Location = b.Location.Name
	}
	if b.AllDay != nil {
		e.AllDay = *b.AllDay
	}
	for _, part := range []struct {
		sent *outlookClock
		into *time.Time
	}{{b.Start, &e.Start}, {b.End, &e.End}} {
		if part.sent == nil {
			continue
		}
		at, err := time.Parse("2006-01-02T15:04:05", part.sent.DateTime)
		if err != nil {
			return errors.New("the value of a dateTime is not valid")
		}
		if _, err = time.LoadLocation(part.sent.TimeZone); err != nil || part.sent.TimeZone == "" {
			return errors.New("a time zone is not supported")
		}
		*part.into, e.Zone = at, part.sent.TimeZone
	}
	if e.Start.IsZero() || !e.End.After(e.Start) {
		return errors.New("the end is not after the start")
	}
	if e.AllDay && (!isMidnight(e.Start) || !isMidnight(e.End)) {
		return errors.New("the start and end of an all-day event need to be set to midnight")
	}
	return nil
}

func isMidnight(wall time.Time) bool {
	return wall.Hour() == 0 && wall.Minute() == 0 && wall.Second() == 0
}

func (m *Microsoft) createEvent(r *http.Request, box *outlookBox) graphAnswer {
	c, refused := editable(r, box)
	if refused != nil {
		return *refused
	}
	body, raw, err := readOutlookBody(r)
	if err != nil {
		return refuseGraph(http.StatusBadRequest, "RequestBodyRead", err.Error())
	}
	if made, used := box.made[body.Transaction]; used && body.Transaction != "" {
		return m.repeated(r, c, made, raw)
	}
	var e OutlookEvent
	if err = body.apply(&e); err != nil {
		return refuseGraph(http.StatusBadRequest, "ErrorInvalidRequest", err.Error())
	}
	properties := map[string]string{}
	for _, p := range body.Properties {
		if !propertyForm.MatchString(p.ID) {
			return refuseGraph(http.StatusBadRequest, "ErrorInvalidPropertySet", "the id of an extended property is not valid: "+p.ID)
		}
		properties[p.ID] = p.Value
	}
	item := c.insert(e)
	item.transaction, item.properties = body.Transaction, properties
	if body.Transaction != "" {
		box.made[body.Transaction] = outlookCreation{item: item, body: raw}
	}
	m.tell(c, item.ID, "created")
	return m.shown(r, http.StatusCreated, item.row(item.OutlookEvent, "singleInstance", nil))
}

// repeated answers a creation whose transaction id was used: the same request gets the same event, another one nothing.
func (m *Microsoft) repeated(r *http.Request, c *outlookCalendar, made outlookCreation, raw string) graphAnswer {
	if made.body != raw || made.item.deleted || made.item.calendar != c {
		return refuseGraph(http.StatusConflict, "ErrorDuplicateTransactionId", "Your request can't be completed: the transactionId was used.")
	}
	return m.shown(r, http.StatusCreated, made.item.row(made.item.OutlookEvent, "singleInstance", nil))
}

func (m *Microsoft) getEvent(r *http.Request, box *outlookBox) graphAnswer {
	c := box.calendar(r.PathValue("calendar"))
	if c == nil {
		return refuseGraph(http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store.")
	}
	row, found := c.find(r.PathValue("event"))
	if !found {
		return refuseGraph(http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store.")
	}
	return m.shown(r, http.StatusOK, row)
}

func (m *Microsoft) patchEvent(r *http.Request, box *outlookBox) graphAnswer {
	c, refused := editable(r, box)
	if refused != nil {
		return *refused
	}
	item := c.item(r.PathValue("event"))
	if item == nil {
		return refuseGraph(http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store.")
	}
	body, _, err := readOutlookBody(r)
	if err == nil && (body.Transaction != "" || body.Properties != nil) {
		err = errors.New("the property cannot be changed")
	}
	e := item.OutlookEvent
	if err == nil {
		err = body.apply(&e)
	}
	if err != nil {
		return refuseGraph(http.StatusBadRequest, "ErrorInvalidRequest", err.Error())
	}
	item.change(func(into *OutlookEvent) { *into = e })
	m.tell(c, item.ID, "updated")
	kind := "singleInstance"
	if item.Recurrence != nil {
		kind = "seriesMaster"
	}
	return m.shown(r, http.StatusOK, item.row(item.OutlookEvent, kind, nil))
}

func (m *Microsoft) deleteEvent(r *http.Request, box *outlookBox) graphAnswer {
	c, refused := editable(r, box)
	if refused != nil {
		return *refused
	}
	item := c.item(r.PathValue("event"))
	if item == nil {
		return refuseGraph(http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store.")
	}
	item.remove()
	m.tell(c, item.ID, "deleted")
	return graphAnswer{status: http.StatusNoContent}
}

// findEvents serves the events that carry an extended property, and nothing else.
func (m *Microsoft) findEvents(r *http.Request, box *outlookBox) graphAnswer {
	c, wanted := box.calendar(r.PathValue("calendar")), propertyFilter.FindStringSubmatch(r.URL.Query().Get("$filter"))
	switch {
	case c == nil:
		return refuseGraph(http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store.")
	case wanted == nil || !propertyForm.MatchString(wanted[1]):
		return refuseGraph(http.StatusBadRequest, "ErrorInvalidUrlQueryFilter", "The query filter contains one or more invalid nodes.")
	}
	value := []any{}
	for _, item := range c.items {
		if !item.deleted && item.properties[wanted[1]] != "" && strings.EqualFold(item.properties[wanted[1]], wanted[2]) {
			row, _ := c.find(item.ID)
			value = append(value, row.json(prefersOf(r).zone))
		}
	}
	return graphAnswer{status: http.StatusOK, body: map[string]any{"value": value}}
}

// find returns a single event, a series, or an occurrence of one.
func (c *outlookCalendar) find(id string) (outlookRow, bool) {
	item := c.item(id)
	if item != nil && item.Recurrence == nil {
		return item.row(item.OutlookEvent, "singleInstance", nil), true
	}
	if item != nil {
		return item.row(item.OutlookEvent, "seriesMaster", nil), true
	}
	series, date, _ := strings.Cut(id, ".")
	on, err := time.Parse("20060102", date)
	if item = c.item(series); err != nil || item == nil {
		return outlookRow{}, false
	}
	for _, row := range item.rows(on.AddDate(0, 0, -400), on.AddDate(0, 0, 400)) {
		if row.event.ID == id {
			return row, true
		}
	}
	return outlookRow{}, false
}

// shown is an event with the extended property that was asked for.
func (m *Microsoft) shown(r *http.Request, status int, row outlookRow) graphAnswer {
	fields := row.json(prefersOf(r).zone)
	if wanted := propertyExpand.FindStringSubmatch(r.URL.Query().Get("$expand")); wanted != nil && row.item.properties[wanted[1]] != "" {
		fields["singleValueExtendedProperties"] = []any{map[string]any{"id": wanted[1], "value": row.item.properties[wanted[1]]}}
	}
	return graphAnswer{status: status, body: fields}
}

// editable returns the calendar of a request that writes, or why it may not.
func editable(r *http.Request, box *outlookBox) (*outlookCalendar, *graphAnswer) {
	c := box.calendar(r.PathValue("calendar"))
	refused := refuseGraph(http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store.")
	if c == nil {
		return nil, &refused
	}
	if !c.canEdit {
		refused = refuseGraph(http.StatusForbidden, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
		return nil, &refused
	}
	return c, nil
}
